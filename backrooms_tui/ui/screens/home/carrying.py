"""What goes in and out of the list of sessions: files that are written and brought in, and what was deleted."""

from typing import TYPE_CHECKING, cast

from textual.css.query import NoMatches
from textual.screen import Screen

from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.home.deleting import Deletions
from backrooms_tui.ui.screens.home.several import Several
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from textual.worker import Worker

    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp


class CarryingScreen(Screen[None]):
    """A screen with a list of sessions, of which several may be chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._deletions = Deletions()
        self._several = Several()

    @property
    def _chosen(self) -> "SessionSummary | None":
        """The one that is marked."""
        raise NotImplementedError

    def _head(self) -> None:
        """Say how many there are, and how many are chosen."""
        raise NotImplementedError

    def _read(self) -> "Worker[None]":
        """List the sessions as they are now."""
        raise NotImplementedError

    def action_mark(self) -> None:
        """Choose the marked session beside others, or let go of it, and go to the next one."""
        if (chosen := self._chosen) is not None:
            self._several.turn(chosen.id)
            self.query_one(Rows).marked += 1
            self._redraw()

    def action_let_go(self) -> None:
        """Choose none of them."""
        self._several.clear()
        self._redraw()

    def _redraw(self) -> None:
        self.query_one(Rows).redraw()
        self._head()
        self.refresh_bindings()

    def action_export(self) -> None:
        """Write the chosen sessions to files; where none are, the marked one."""
        backrooms, chosen = cast("BackroomsApp", self.app), self._chosen
        if len(self._several) > 1:
            backrooms.show_export(self._several.ids, f"{len(self._several):,} sessions")
        elif chosen is not None:
            one = self._several.ids or [chosen.id]
            backrooms.show_export(one, chosen.title or chosen.id if one == [chosen.id] else "the chosen session")

    def action_import(self) -> None:
        """Bring in a file."""
        cast("BackroomsApp", self.app).show_import()

    def action_judge(self) -> None:
        """What was judged of the chosen session."""
        if (chosen := self._chosen) is not None:
            cast("BackroomsApp", self.app).show_judging(chosen.id)

    def action_trash(self) -> None:
        """What was deleted. What comes back from there is not hidden here any more."""
        cast("BackroomsApp", self.app).show_trash(self._came_back, self._deletions.settled)

    def _came_back(self, session: str) -> None:
        self._deletions.show(session)
        if self.is_current and is_there(self):  # the trash was left before it was back
            self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a session is there only when there is one."""
        try:
            if action in ("mark", "export", "judge"):
                return self._chosen is not None
            if action == "let_go":
                return bool(self._several)
        except NoMatches:  # asked before the screen is composed
            return False
        return True
