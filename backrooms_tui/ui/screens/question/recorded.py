"""What to do with a session that somebody else records: it cannot go on here as well, but it can be watched."""

import asyncio
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.ui.screens.question.question import Answer, QuestionScreen
from backrooms_tui.ui.showing import shown_line

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.store.living import LiveError
    from backrooms_tui.ui.app import BackroomsApp

_ANSWERS = (Answer("watch", "w", "Watch"), Answer("branch", "b", "Branch here"), Answer("stay", "escape", "Back"))


async def go_on_or_ask(app: "BackroomsApp", session: str) -> "Opened | None":
    """The session (an id), ready to go on. None where somebody records it: then the person was asked, and watches it,
    goes on from its last turn in a branch, or does nothing. Within a worker. Raises OperatorError."""
    from backrooms_tui.assembly.continuing import resume
    from backrooms_tui.store.living import LiveError

    try:
        return await resume(app.workspace, session)
    except LiveError as error:
        live = error
    await _ask(app, live)
    return None


async def _ask(app: "BackroomsApp", error: "LiveError") -> None:
    from backrooms_tui.assembly.continuing import branch
    from backrooms_tui.session.trouble import OperatorError

    question = Content.assemble("It is being recorded by ", shown_line(error.keeper.spoken))
    answer = await app.push_screen_wait(QuestionScreen(question, _ANSWERS))
    if answer == "watch":
        app.show_replay(error.session)
    elif answer == "branch":
        turns = (await asyncio.to_thread(app.workspace.store.summary, error.session)).turns
        if not turns:
            raise OperatorError("nothing was said in it yet", "a branch goes on from a turn")
        app.show_stage(await branch(app.workspace, error.session, turns))
