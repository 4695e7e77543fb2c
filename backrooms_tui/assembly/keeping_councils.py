"""Councils in the person's store: each is a session of its own, recorded beside the one that it serves."""

import asyncio

from backrooms_tui.assembly.claiming import claimed
from backrooms_tui.assembly.measuring import SessionMeter
from backrooms_tui.conversation.council.keeping import Kept
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.recorder import Recorder


class StoredCouncils:
    """Keeps councils in `store`, and goes on with those that are there; see `Keeping`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def new_id(self) -> str:
        """An id that no session has."""
        return await asyncio.to_thread(self._store.new_id)

    async def open(self, council: str) -> Kept:
        """The session `council`, which nobody else can record until it is closed. Raises LiveError where somebody
        does."""
        claim = await claimed(self._store, council)
        try:
            state = await self.state(council)
            measure = await asyncio.to_thread(SessionMeter)
        except BaseException:
            claim.release()
            raise
        recorder = Recorder(self._store, council if state is not None else None, claim=claim)
        return Kept(council, (recorder,), state or SessionState(), measure, recorder.aclose)

    async def state(self, council: str) -> SessionState | None:
        """The session `council`; None where it is not there."""
        try:
            return await asyncio.to_thread(self._store.state, council)
        except StoreError:
            raise
        except OperatorError:
            return None
