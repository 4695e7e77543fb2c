"""The application with a fault in it, as a process: its stage breaks as soon as a turn has been shown."""

import sys

from backrooms_tui.ui.screens.stage.stage import StageScreen


def break_the_stage() -> None:
    """From the second turn on, the stage cannot be drawn."""
    heading = StageScreen._heading

    def broken(self: StageScreen) -> object:
        if self.state.turn >= 2:
            raise ZeroDivisionError("the stage is \x1b]52;c;aGFja2Vk\x07 broken")
        return heading(self)

    StageScreen._heading = broken  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    break_the_stage()
    from backrooms_tui.cli.root import start

    sys.argv[0] = "backrooms"
    start()
