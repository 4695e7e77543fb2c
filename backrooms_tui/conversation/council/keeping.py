"""Where councils are kept: each is a session of its own, with a record of its own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from backrooms_tui.conversation.measuring import Meter
from backrooms_tui.conversation.publishing import Listener
from backrooms_tui.session.state import SessionState


async def _nothing() -> None:
    """Nothing is to be given back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A session that is ready to be held: its id, who records it, and its state, which is empty for a new one.
    `close` writes what is left; it raises OperatorError where that could not be kept."""

    session: str
    listeners: Sequence[Listener] = ()
    state: SessionState = field(default_factory=SessionState)
    measure: Meter | None = None
    close: Callable[[], Awaitable[None]] = _nothing


class Keeping(Protocol):
    """Keeps councils, and finds them again. All methods raise OperatorError where that cannot be."""

    async def new_id(self) -> str:
        """An id that no session has."""
        ...

    async def open(self, council: str) -> Kept:
        """The session `council` as it stood, or an empty one of that id where nothing of it was kept."""
        ...

    async def state(self, council: str) -> SessionState | None:
        """The session `council`, to look at; None where it is not there any more."""
        ...


class InMemory:
    """Keeps councils for as long as the program runs."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._kept: dict[str, SessionState] = {}
        self._given = 0

    async def new_id(self) -> str:
        """The outer session's id, and a number."""
        self._given += 1
        return f"{self._session}.{self._given}"

    async def open(self, council: str) -> Kept:
        """See `Keeping.open`."""
        return Kept(council, state=self._kept.setdefault(council, SessionState()))

    async def state(self, council: str) -> SessionState | None:
        """See `Keeping.state`."""
        return self._kept.get(council)
