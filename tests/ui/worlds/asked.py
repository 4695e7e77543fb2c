"""Waiting until the operator is asked, and may answer."""

from backrooms_tui.ui.screens.stage.permission_bar import PermissionBar
from tests.ui.stage.conftest import Stage


def bar(stage: Stage) -> PermissionBar:
    """Where it is asked."""
    return stage.screen.query_one(PermissionBar)


async def asked(stage: Stage, name: str = "clock.now") -> None:
    """Wait until `name` is asked for, the conversation stands, and the keys answer."""
    await stage.sees("‖ asks", f"for {name}", "a allow once", f"s allow {name}")
    await stage.until(lambda: not stage.screen.performance.running)


def outcomes(stage: Stage) -> list[str]:
    """How the commands went, in order."""
    return [one.outcome for _, turn in sorted(stage.state.turns.items()) for one in turn.exchanges]
