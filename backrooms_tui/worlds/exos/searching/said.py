"""Searching what was said in the session: what was said to all, so that the answer tells nobody what was not for them.

A whisper, a council and what an agent thought are never found. What an agent was not there to hear, it does not find.
"""

import asyncio
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from backrooms_tui.session.entries import RoundEntry, TurnEntry, WordEntry
from backrooms_tui.session.state import SessionState
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.searching.passages import Passages, snippet, words_of

# Whether a seat (0: the operator) was told of the entry at an index of the timeline.
Hears = Callable[[SessionState, int, int], bool]
# Passages that are found by meaning: about two seconds of making vectors, once.
MEANT = 3000
MOST_HITS = 10


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stretch of what was said: by whom, in which turn (0 between the turns, after the turn `after`)."""

    who: str
    turn: int
    after: int
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class _Piece:
    entry: int
    who: str
    turn: int
    after: int
    text: str


class Said:
    """What was said in one session, read as it comes. The screens of the environment `skips` are not read. `patience`
    is how many seconds a search waits until all is read, before it answers with what there is so far."""

    def __init__(self, hears: Hears, meaning: Meaning | None, skips: str, patience: float) -> None:
        self._hears = hears
        self._meaning = meaning
        self._skips = skips
        self._patience = patience
        self._command = re.compile(
            rf"^(?:\S{{0,40}}[$>#] ?)?[^\w\n]{{0,8}}{skips}[ \t].*$", re.MULTILINE | re.IGNORECASE
        )
        self._index: _Index | None = None
        self._revision = 0
        self._entries = 0
        self._after = 0

    async def find(self, state: SessionState, seat: int, query: str) -> tuple[list[Remembered], int]:
        """What was said that `query` is about, the best first, of what `seat` may find (0: the operator); and how many
        pieces are not read yet."""
        if self._index is None or self._revision != state.revision or self._entries > len(state.entries):
            # The past has changed: all is read anew.
            await self.aclose()
            self._index, self._revision, self._entries, self._after = _Index(self._meaning), state.revision, 0, 0
        index = self._index
        index.waiting.extend(self._news(state))
        await index.catch_up(self._patience)
        return await asyncio.to_thread(index.find, query, lambda entry: self._may(state, seat, entry)), len(
            index.waiting
        )

    async def aclose(self) -> None:
        """Stop reading, and give the memory back."""
        index, self._index = self._index, None
        if index is not None:
            await index.aclose()

    def _news(self, state: SessionState) -> list[_Piece]:
        """What was said since it was asked last."""
        fresh: list[_Piece] = []
        for number in range(self._entries, len(state.entries)):
            entry = state.entries[number]
            if isinstance(entry, TurnEntry) and not entry.retracted:
                self._after = entry.turn
                fresh += self._of_turn(number, entry, state)
            elif isinstance(entry, WordEntry) and entry.to == 0:
                fresh.append(_Piece(number, "said to all", 0, self._after, entry.text))
            elif isinstance(entry, RoundEntry):
                fresh.append(_Piece(number, entry.label, 0, self._after, entry.text))
        self._entries = len(state.entries)
        return fresh

    def _of_turn(self, number: int, entry: TurnEntry, state: SessionState) -> list[_Piece]:
        if not entry.exchanges or not state.agents[entry.agent].is_world:
            # The commands that searched are not what is looked for either; the lines stay in their places.
            return [_Piece(number, entry.name, entry.turn, entry.turn, self._command.sub("", entry.heard))]
        # A world's: its screens, but for those that show what was found already.
        return [
            _Piece(number, entry.name, entry.turn, entry.turn, one.screen)
            for one in entry.exchanges
            if one.name.partition(".")[0] != self._skips
        ]

    def _may(self, state: SessionState, seat: int, number: int) -> bool:
        if number >= len(state.entries):
            return False
        entry = state.entries[number]
        if isinstance(entry, TurnEntry):
            there = not entry.retracted
        else:
            there = isinstance(entry, WordEntry | RoundEntry) and not entry.taken_back
        return there and self._hears(state, seat, number)


class _Index:
    """The pieces that were read, and those that are `waiting`."""

    def __init__(self, meaning: Meaning | None) -> None:
        self.waiting: deque[_Piece] = deque()
        self._pieces: list[_Piece] = []
        self._passages = Passages(meaning, MEANT)
        self._task: asyncio.Task[None] | None = None
        self._left = threading.Event()

    async def catch_up(self, patience: float) -> None:
        """Read what is waiting, in a thread; which goes on when the `patience`, in seconds, is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while self.waiting:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(asyncio.to_thread(self._read))
            done, _ = await asyncio.wait([self._task], timeout=max(0.0, until - loop.time()))
            if not done:
                return
            self._task.result()

    def find(self, query: str, may: Callable[[int], bool]) -> list[Remembered]:
        """The pieces for `query`, of the entries that `may` be found."""
        found: list[Remembered] = []
        seen: set[int] = set()
        words = words_of(query)
        for hit in self._passages.find(query):
            piece = self._pieces[hit.source]
            if hit.source in seen or not may(piece.entry):
                continue
            seen.add(hit.source)
            text = "\n".join(piece.text.split("\n")[hit.line - 1 :])
            found.append(Remembered(piece.who, piece.turn, piece.after, snippet(text, words), hit.by))
            if len(found) == MOST_HITS:
                break
        return found

    async def aclose(self) -> None:
        """Stop reading, and give the memory back."""
        self._left.set()
        if self._task is not None:
            await asyncio.wait([self._task])
        self._passages.close()

    def _read(self) -> None:
        while self.waiting and not self._left.is_set():
            self._pieces.append(self.waiting.popleft())
            self._passages.add(len(self._pieces) - 1, self._pieces[-1].text)
