"""Several sessions chosen at once, beside the marked row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from backrooms_tui.store.summaries import SessionSummary


class Several:
    """The sessions (by id) that were chosen, in the order in which that was done."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> list[str]:
        """All of them."""
        return list(self._ids)

    def turn(self, session: str) -> None:
        """Choose the session, or let go of it."""
        if session in self._ids:
            del self._ids[session]
        else:
            self._ids[session] = None

    def clear(self) -> None:
        """None of them."""
        self._ids.clear()

    def without(self, gone: Iterable[str]) -> None:
        """Let go of what is not there any more."""
        for session in gone:
            self._ids.pop(session, None)

    @property
    def room(self) -> int:
        """Cells that the sign takes in each row."""
        return 2 if self._ids else 0

    def sign(self, session: "SessionSummary") -> Content:
        """What stands before the row."""
        if not self._ids:
            return Content("")
        return Content("✓ ") if session.id in self._ids else Content("  ")
