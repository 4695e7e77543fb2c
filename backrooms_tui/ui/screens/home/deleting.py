"""Deleting with a way back: into the trash, and out of it again for as long as the screen is there."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary


class Deletions:
    """What was put into the trash here, the last one last. What is asked for first is done first."""

    def __init__(self) -> None:
        self._hidden: list[SessionSummary] = []
        self._back: list[SessionSummary] = []
        self._turns = asyncio.Lock()

    def __contains__(self, session: str) -> bool:
        return any(one.id == session for one in self._hidden)

    def __bool__(self) -> bool:
        return bool(self._hidden)

    @property
    def waiting(self) -> bool:
        """Whether something may still have to be done."""
        return bool(self._hidden or self._back)

    def hide(self, session: "SessionSummary") -> None:
        """From here on `session` is not shown; `put_away` follows."""
        self._hidden.append(session)

    def show(self, session: str) -> None:
        """It could not be deleted, or is back."""
        self._hidden = [one for one in self._hidden if one.id != session]

    def last(self) -> "SessionSummary | None":
        """The one that was hidden last, which is shown again; `bring_back` follows. None where there is none."""
        if not self._hidden:
            return None
        self._back.append(self._hidden.pop())
        return self._back[-1]

    async def put_away(self, store: "Store", session: str) -> None:
        """Put the session into the trash. Raises OperatorError."""
        async with self._turns:
            if session in self:  # nobody has brought it back in between
                await asyncio.to_thread(store.put_away, session)

    async def bring_back(self, store: "Store", session: str) -> None:
        """Take the session out of the trash. Raises OperatorError."""
        async with self._turns:
            await asyncio.to_thread(store.bring_back, session)
            self._back = [one for one in self._back if one.id != session]

    async def settled(self) -> None:
        """Wait for what was asked for so far."""
        async with self._turns:
            pass

    def finish(self, store: "Store") -> None:
        """Do at once what is still waiting to be done, as nobody will be here to do it."""
        from backrooms_tui.session.trouble import OperatorError

        for act, several in ((store.put_away, self._hidden), (store.bring_back, self._back)):
            for one in several:
                with suppress(OperatorError):  # it is where it belongs already
                    act(one.id)
