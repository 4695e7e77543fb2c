"""Where one goes on to from a replay: its family, its files, what was judged of it."""

from backrooms_tui.ui.screens.replay.playback import Playback
from backrooms_tui.ui.screens.stage.watching import WatchingScreen


class LeadingScreen(WatchingScreen):
    """A screen that plays `session` (an id); `playback` is None before it is open."""

    session: str
    playback: Playback | None

    def action_branches(self) -> None:
        """The family of this session as a tree."""
        if self.playback is not None:
            self.playback.pause()
            self.backrooms.show_branches(self.session)

    def action_export(self) -> None:
        """Write this session to a file."""
        if self.playback is not None:
            self.playback.pause()
            summary = self.playback.summary
            self.backrooms.show_export([self.session], summary.title if summary is not None else "")

    def action_judge(self) -> None:
        """What was judged of this session."""
        if self.playback is not None:
            self.playback.pause()
            self.backrooms.show_judging(self.session)

    def action_undo_request(self) -> None:
        """Take back what an agent asked for last, where this session is led from the stage behind this screen."""
        from backrooms_tui.ui.screens.stage.stage import StageScreen
        from backrooms_tui.ui.screens.stage.undoing import led, undo_in

        if self.playback is None:
            return
        stages = [screen.conversation for screen in self.app.screen_stack if isinstance(screen, StageScreen)]
        here = next((found for one in stages if (found := led(one, self.session)) is not None), None)
        if here is not None:
            told = undo_in(here)
        elif self.playback.live:
            told = "This session is led elsewhere: there it can be undone"
        else:
            told = "What is over stays as it was; f goes on from here"
        if told:
            self.say(told)
