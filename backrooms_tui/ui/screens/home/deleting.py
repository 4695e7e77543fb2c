"""Deleting with a way back: hidden at once, deleted when nobody brought it back in time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.timer import Timer

    from backrooms_tui.store.summaries import SessionSummary

# How long a deletion can be undone, in seconds.
UNDO_SECONDS = 20.0


@dataclass(slots=True)
class _Hidden:
    session: "SessionSummary"
    timer: "Timer"


class Deletions:
    """What is hidden and waits to be deleted. Until then the store still has it, whatever happens to the program."""

    def __init__(self, later: Callable[[float, Callable[[], None]], "Timer"], delete: Callable[[str], None]) -> None:
        """`later` calls something after so many seconds; `delete` deletes the session of that id for good."""
        self._later = later
        self._delete = delete
        self._hidden: list[_Hidden] = []

    def __contains__(self, session: str) -> bool:
        return any(one.session.id == session for one in self._hidden)

    def __bool__(self) -> bool:
        return bool(self._hidden)

    def hide(self, session: "SessionSummary") -> None:
        """Hide `session`, and delete it when the time to undo that is over."""
        timer = self._later(UNDO_SECONDS, lambda: self._over(session.id))
        self._hidden.append(_Hidden(session, timer))

    def undo(self) -> "SessionSummary | None":
        """Bring back the one that was hidden last; None where there is none."""
        if not self._hidden:
            return None
        last = self._hidden.pop()
        last.timer.stop()
        return last.session

    def take_all(self) -> list[str]:
        """The ids of all that are hidden, which the caller deletes now: nobody can undo it any more."""
        hidden, self._hidden = self._hidden, []
        for one in hidden:
            one.timer.stop()
        return [one.session.id for one in hidden]

    def _over(self, session: str) -> None:
        self._hidden = [one for one in self._hidden if one.session.id != session]
        self._delete(session)
