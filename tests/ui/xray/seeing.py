"""Sessions to look through, and what a person reads of them."""

from collections.abc import Sequence

from textual.app import App

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.screens.xray.page import Page
from backrooms_tui.ui.screens.xray.xray import XRayScreen
from tests.ui.widgets.talk import Talk


async def keep(workspace: Workspace, events: Sequence[AnyEvent]) -> None:
    """Put a session into the person's store."""
    recorder = Recorder(workspace.store)
    for event in events:
        recorder.hear(event)
    await recorder.aclose()


async def kept_talk(workspace: Workspace, talk: Talk) -> str:
    """The talk, kept; its id."""
    await keep(workspace, talk.events)
    return talk.state.session


def screen_of(app: App[object]) -> XRayScreen:
    """The x-ray that is open."""
    assert isinstance(app.screen, XRayScreen)
    return app.screen


def rows_of(app: App[object]) -> str:
    """All rows of the page as they are drawn, also those out of sight."""
    page = app.screen.query_one(Page)
    rows = [row for piece in page.pieces for row in piece.rows(page.text_width)]
    return "\n".join("".join(text for text, _ in row.pieces).rstrip() for row in rows)
