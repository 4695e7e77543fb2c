"""Marking the sessions in the list: a star by one key, the dialog for all of it, and the way to what has a star."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.css.query import NoMatches

from backrooms_tui.session.mark import Mark
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.home.carrying import CarryingScreen
from backrooms_tui.ui.screens.marking.turn_marks import starred_or_not
from backrooms_tui.ui.showing import shown_line

if TYPE_CHECKING:
    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp

_GROUP = "marks"


class StarringScreen(CarryingScreen):
    """A screen with a list of sessions, of which the chosen one can be marked."""

    def __init__(self) -> None:
        super().__init__()
        self._marking = asyncio.Lock()

    def _say(self, text: Content | str) -> None:
        """Tell what happened."""
        raise NotImplementedError

    def _complain(self, error: OperatorError, also: str = "") -> None:
        """Tell what went wrong."""
        raise NotImplementedError

    def action_moments(self) -> None:
        """All that has a star."""
        self._backrooms.show_moments()

    def action_star(self) -> None:
        """Give the chosen session a star, or take it away."""

        def told(mark: Mark) -> str:
            return "★ {} has a star" if mark.starred is not None else "The star of {} is gone"

        if (chosen := self._chosen) is not None:
            self._change(chosen, starred_or_not, told)

    def action_note(self) -> None:
        """Star, tags and note of the chosen session."""
        if (chosen := self._chosen) is not None:
            self._write(chosen)

    def _write(self, session: "SessionSummary") -> None:
        from backrooms_tui.ui.screens.marking.marking import MarkScreen

        before = session.mark

        def kept(after: Mark | None) -> None:
            if after is not None:
                self._change(session, lambda now: now.with_changes(before, after), lambda _: "The mark of {} is kept")

        dialog = MarkScreen(self._backrooms.workspace, session.title or session.id, before, turn=False)
        self.app.push_screen(dialog, kept)

    def _change(self, session: "SessionSummary", make: Callable[[Mark], Mark], told: Callable[[Mark], str]) -> None:
        self.run_worker(self._keep(session, make, told), group=_GROUP, exit_on_error=False)

    async def _keep(self, session: "SessionSummary", make: Callable[[Mark], Mark], told: Callable[[Mark], str]) -> None:
        store = self._backrooms.workspace.store
        async with self._marking:  # one key after another
            try:
                _, after = await asyncio.to_thread(lambda: store.mark(session.id, 0, make))
            except OperatorError as error:
                if is_there(self):
                    self._complain(error)
                return
        if is_there(self):
            title = shown_line(session.title or session.id).truncate(40, ellipsis=True)
            before, behind = told(after).split("{}")
            self._say(Content.assemble(before, "“", title, "”", behind))
            self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a session is there only when there is one."""
        try:
            if action in ("star", "note"):
                return self._chosen is not None
        except NoMatches:  # asked before the screen is composed
            return False
        return super().check_action(action, parameters)

    @property
    def _backrooms(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)
