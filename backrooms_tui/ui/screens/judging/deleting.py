"""Deleting judgements with a way back, for as long as the screen is there."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backrooms_tui.session.judgement import Judgement
    from backrooms_tui.store.database import Store


class Deleted:
    """What was deleted here, the last one last. What is asked for first is done first (`one_by_one`); `pending` counts
    what is asked for and not done yet: what is read meanwhile is out of date."""

    def __init__(self) -> None:
        self._gone: list[Judgement] = []
        self.one_by_one = asyncio.Lock()
        self.pending = 0

    def __bool__(self) -> bool:
        return bool(self._gone)

    def add(self, judgement: "Judgement") -> None:
        """From here on it is not there; `forget` follows."""
        self._gone.append(judgement)
        self.pending += 1

    def last(self) -> "Judgement | None":
        """The one that was deleted last, which is there again; `keep` follows. None where there is none."""
        if not self._gone:
            return None
        self.pending += 1
        return self._gone.pop()

    async def forget(self, store: "Store", judgement: "Judgement") -> None:
        """Delete it, unless it was brought back in between. Raises OperatorError."""
        try:
            async with self.one_by_one:
                if judgement in self._gone:
                    try:
                        await asyncio.to_thread(store.forget_judgement, judgement.id)
                    except BaseException:
                        self._gone.remove(judgement)
                        raise
        finally:
            self.pending -= 1

    async def keep(self, store: "Store", judgement: "Judgement") -> None:
        """Bring it back. Raises OperatorError."""
        try:
            async with self.one_by_one:
                await asyncio.to_thread(store.keep_judgement, judgement)
        finally:
            self.pending -= 1
