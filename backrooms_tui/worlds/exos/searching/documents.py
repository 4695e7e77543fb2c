"""Searching the person's documents: an index that is made in a thread at the first question, and kept up to date.

The text of a PDF is taken out in a process of its own (`pdf_reading`), for the index and for whoever asks for that one.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.searching.document import Document
from backrooms_tui.worlds.exos.searching.folder import Folder, Listing, is_pdf
from backrooms_tui.worlds.exos.searching.papers import Papers
from backrooms_tui.worlds.exos.searching.passages import LONGEST, Passages, beginnings, snippet, words_of
from backrooms_tui.worlds.exos.searching.pdf_reading import Limits

# Passages that are found by meaning: about three seconds of making vectors, and three megabytes of text.
MEANT = 4000
MOST_HITS = 10
_IN_ONE = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a document, and what it was found by; on which `page`, 0 where it has none. Line 0 is where its name
    alone was found."""

    name: str
    line: int
    text: str
    by: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found, and what there is to say about how it was."""

    found: Sequence[Found]
    note: str = ""


class Documents:
    """The documents of a folder, for one world. `patience` is how many seconds a search waits for the index before it
    answers with what there is so far, and a reader for a PDF. What a PDF may take is in `limits`."""

    def __init__(
        self, folder: Folder, meaning: Meaning | None = None, patience: float = 8.0, limits: Limits | None = None
    ) -> None:
        self._folder = folder
        self._papers = Papers(folder, limits)
        self._patience = patience
        self._meaning = meaning
        self._index: Passages | None = None
        self._listing = Listing()
        self._known: dict[str, tuple[int, tuple[int, int]]] = {}
        self._names: dict[int, str] = {}
        self._made = 0
        self._task: asyncio.Task[None] | None = None
        self._asked: asyncio.Task[None] | None = None
        self._left = threading.Event()

    async def find(self, query: str) -> Answered:
        """The documents' passages for `query`, as they are on the disk now."""
        index = await self._up_to_date()
        found = await asyncio.to_thread(self._found, index, query)
        return Answered(found, self._note(index))

    async def names(self) -> Answered:
        """Every document's name."""
        listing = await asyncio.to_thread(self._folder.listing)
        notes = self._papers.notes(listing.files)
        if listing.left:
            notes.append(f"{listing.left:,} more are too many or too large to be read.")
        return Answered([Found(name, 1, "", "") for name in self._readable(listing)], "\n".join(notes))

    async def document(self, name: str) -> Document:
        """The whole of a document. Raises NotDone where there is none of this name, or none that can be read; and for a
        PDF whose reading takes longer than one waits."""
        if not is_pdf(name):
            return Document(await asyncio.to_thread(self._folder.text, name))
        until = asyncio.get_running_loop().time() + self._patience
        while (found := await asyncio.to_thread(self._papers.kept, name)) is None:
            if self._asked is None or self._asked.done():
                self._asked = asyncio.create_task(self._in_a_thread(self._read_paper, name))
            # It goes on when nobody waits for it any more.
            left = max(0.0, until - asyncio.get_running_loop().time())
            done, _ = await asyncio.wait([self._asked], timeout=left)
            if not done or self._left.is_set():
                raise NotDone(f"{name} is still being read.", "The same again in a moment shows it.")
            for task in done:
                task.result()
        return found

    async def aclose(self) -> None:
        """Stop reading, and give the memory back."""
        self._leave()
        if tasks := [task for task in (self._task, self._asked) if task is not None]:
            await asyncio.wait(tasks)
        if self._index is not None:
            self._index.close()

    def _leave(self) -> None:
        self._left.set()
        self._papers.stop()

    async def _in_a_thread(self, read: Callable[[T], None], what: T) -> None:
        try:
            await asyncio.to_thread(read, what)
        except asyncio.CancelledError:
            # The loop is ending, and would wait for the thread.
            self._leave()
            raise

    async def _up_to_date(self) -> Passages:
        index = self._index = self._index or Passages(self._meaning, MEANT)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._in_a_thread(self._read_anew, index))
        # It goes on when nobody waits for it any more.
        done, _ = await asyncio.wait([self._task], timeout=self._patience)
        for task in done:
            task.result()
        return index

    def _read_anew(self, index: Passages) -> None:
        """Bring the index to what is on the disk."""
        self._listing = self._folder.listing()
        names = self._readable(self._listing)
        there = frozenset(names)
        self._papers.keep_only(there)
        for name in [name for name in self._known if name not in there]:
            self._forget(index, name)
        with self._papers.reading() as reading:
            # What is read at once does not wait for what may take long.
            for name in sorted(names, key=is_pdf):
                stamp = self._listing.files[name]
                known = self._known.get(name)
                if known is not None and known[1] == stamp:
                    continue
                self._forget(index, name)
                try:
                    text = self._papers.document(name, reading).text if is_pdf(name) else self._folder.text(name)
                except NotDone:
                    text = ""
                if self._left.is_set():
                    return
                self._made += 1
                self._names[self._made] = name
                index.add(self._made, f"{name}\n{text}")
                self._known[name] = (self._made, stamp)

    def _readable(self, listing: Listing) -> list[str]:
        """The names of what can be read here."""
        return [name for name in listing.files if self._papers.readable or not is_pdf(name)]

    def _read_paper(self, name: str) -> None:
        """Have the text of a PDF kept, or why there is none."""
        with suppress(NotDone), self._papers.reading() as reading:
            self._papers.document(name, reading)

    def _forget(self, index: Passages, name: str) -> None:
        known = self._known.pop(name, None)
        if known is not None:
            self._names.pop(known[0], None)
            index.remove(known[0])

    def _found(self, index: Passages, query: str) -> list[Found]:
        words = words_of(query)
        found: list[Found] = []
        unread: dict[str, Found] = {}
        documents: dict[str, tuple[Document, list[str]]] = {}
        for hit in index.find(query):
            name = self._names.get(hit.source)
            if name is None or sum(one.name == name for one in found) >= _IN_ONE:
                continue
            try:
                document, lines = documents.get(name) or documents.setdefault(name, self._as_shown(name))
            except NotDone as why:
                if is_pdf(name):
                    unread.setdefault(name, Found(name, 0, why.why, hit.by))
            else:
                # In the index its name stands above the text.
                line = _place(lines, max(1, hit.line - 1), beginnings(words))
                text = snippet("\n".join(lines[line - 1 : line + 5]), words)
                found.append(Found(name, line, text, hit.by, document.page(line)))
            if len(found) == MOST_HITS:
                break
        # Of these the name alone was found, which is short, and would be the best of all.
        return [*found, *unread.values()][:MOST_HITS]

    def _as_shown(self, name: str) -> tuple[Document, list[str]]:
        """A document that was found, and its lines."""
        if not is_pdf(name):
            document = Document(self._folder.text(name))
        elif (kept := self._papers.kept(name)) is not None:
            document = kept
        else:
            raise NotDone("It has changed, and is read anew.")
        return document, document.text.split("\n")

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
        notes += self._papers.notes(self._listing.files)
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
