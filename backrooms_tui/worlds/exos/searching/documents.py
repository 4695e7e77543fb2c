"""Searching the person's documents: an index that is made in a thread at the first question, and kept up to date."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.searching.folder import Folder, Listing
from backrooms_tui.worlds.exos.searching.passages import LONGEST, Passages, beginnings, snippet, words_of

# Passages that are found by meaning: about three seconds of making vectors, and three megabytes of text.
MEANT = 4000
MOST_HITS = 10
_IN_ONE = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a document, and what it was found by."""

    name: str
    line: int
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found, and what there is to say about how it was."""

    found: Sequence[Found]
    note: str = ""


class Documents:
    """The documents of a folder, for one world. `patience` is how many seconds a search waits for the index before it
    answers with what there is so far."""

    def __init__(self, folder: Folder, meaning: Meaning | None = None, patience: float = 8.0) -> None:
        self._folder = folder
        self._patience = patience
        self._meaning = meaning
        self._index: Passages | None = None
        self._listing = Listing()
        self._known: dict[str, tuple[int, tuple[int, int]]] = {}
        self._names: dict[int, str] = {}
        self._made = 0
        self._task: asyncio.Task[None] | None = None
        self._left = threading.Event()

    async def find(self, query: str) -> Answered:
        """The documents' passages for `query`, as they are on the disk now."""
        index = await self._up_to_date()
        found = await asyncio.to_thread(self._found, index, query)
        return Answered(found, self._note(index))

    async def names(self) -> Answered:
        """Every document's name."""
        listing = await asyncio.to_thread(self._folder.listing)
        left = f"{listing.left:,} more are too many or too large to be read." if listing.left else ""
        return Answered([Found(name, 1, "", "") for name in listing.files], left)

    async def text(self, name: str) -> str:
        """The whole of a document. Raises NotDone where there is none of this name."""
        return await asyncio.to_thread(self._folder.text, name)

    async def aclose(self) -> None:
        """Stop reading, and give the memory back."""
        self._left.set()
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._index is not None:
            self._index.close()

    async def _up_to_date(self) -> Passages:
        index = self._index = self._index or Passages(self._meaning, MEANT)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(asyncio.to_thread(self._read_anew, index))
        # It goes on when nobody waits for it any more.
        done, _ = await asyncio.wait([self._task], timeout=self._patience)
        for task in done:
            task.result()
        return index

    def _read_anew(self, index: Passages) -> None:
        """Bring the index to what is on the disk."""
        self._listing = self._folder.listing()
        for name in [name for name in self._known if name not in self._listing.files]:
            self._forget(index, name)
        for name, stamp in self._listing.files.items():
            if self._left.is_set():
                return
            known = self._known.get(name)
            if known is not None and known[1] == stamp:
                continue
            self._forget(index, name)
            try:
                text = self._folder.text(name)
            except NotDone:
                text = ""
            self._made += 1
            self._names[self._made] = name
            index.add(self._made, f"{name}\n{text}")
            self._known[name] = (self._made, stamp)

    def _forget(self, index: Passages, name: str) -> None:
        known = self._known.pop(name, None)
        if known is not None:
            self._names.pop(known[0], None)
            index.remove(known[0])

    def _found(self, index: Passages, query: str) -> list[Found]:
        words = words_of(query)
        found: list[Found] = []
        texts: dict[str, list[str]] = {}
        for hit in index.find(query):
            name = self._names.get(hit.source)
            if name is None or sum(one.name == name for one in found) >= _IN_ONE:
                continue
            try:
                lines = texts.get(name) or texts.setdefault(name, self._folder.text(name).split("\n"))
            except NotDone:
                continue
            # In the index its name stands above the text.
            line = _place(lines, max(1, hit.line - 1), beginnings(words))
            found.append(Found(name, line, snippet("\n".join(lines[line - 1 : line + 5]), words), hit.by))
            if len(found) == MOST_HITS:
                break
        return found

    def _note(self, index: Passages) -> str:
        """How far it has come, and what is left out."""
        notes: list[str] = []
        if self._task is not None and not self._task.done():
            so_far, all_of_them = len(self._known), len(self._listing.files)
            notes.append(
                f"The documents are still being read, {so_far:,} of {all_of_them:,} so far: ask again for the others."
            )
        if self._listing.left:
            notes.append(f"{self._listing.left:,} documents are too many or too large, and were left out.")
        if self._meaning is None:
            notes.append("Found by words only.")
        elif not index.all_meant:
            notes.append(f"By meaning, only the first {MEANT:,} passages are found.")
        return "\n".join(notes)


def _place(lines: list[str], first: int, beginnings: list[str]) -> int:
    """The line from `first` on, in the length of a passage, in which the most words stand."""
    best, most, size = first, 0, 0
    for number in range(first, len(lines) + 1):
        line = lines[number - 1].casefold()
        there = sum(word in line for word in beginnings)
        if there > most:
            best, most = number, there
        size += len(line) + 1
        if size > LONGEST:
            break
    return best
