"""Notes by their words and by what they mean: the nearest first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from operator import itemgetter
from typing import Any

from backrooms_tui.session.notebook import Note
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.telling import one_line

_WORDS = 16  # of a question
_READ = 4_000  # letters of a note that its meaning is made of
_NEAR = 0.25  # of what has nothing in common, 0.05 was seen; of paraphrases, 0.77 and more
_SNIPPET = 90  # letters
_BEFORE = 20  # of them that stand before the word
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A note that was found: how many of the words stand in it, of `asked`, and how near it is in meaning."""

    note: Note
    words: int
    asked: int
    nearness: float

    @property
    def why(self) -> str:
        """By what it was found."""
        found = []
        if self.words:
            found.append("all words" if self.words == self.asked > 1 else "word" if self.asked == 1 else "some words")
        if self.nearness >= _NEAR:
            found.append(f"meaning {self.nearness:.2f}")
        return ", ".join(found)


class Finding:
    """Remembers what it made of each note, so that a note that is as it was costs nothing again."""

    def __init__(self, meaning: Meaning | None) -> None:
        self._meaning = meaning
        self._known: dict[int, tuple[Note, str]] = {}
        self._vectors: dict[int, tuple[Note, Any | None]] = {}

    @property
    def by_meaning(self) -> bool:
        """Whether it can find by meaning."""
        return self._meaning is not None

    def find(self, asked: str, notes: Iterable[Note], most: int, *, by_meaning: bool) -> tuple[list[Hit], int]:
        """The notes that fit, the nearest first, `most` of them; and how many fit. It may take a while, and may be
        called in any thread."""
        notes = list(notes)
        words = list(dict.fromkeys(_WORD.findall(asked[:1_000].casefold())))[:_WORDS]
        near = self._nearness(asked, notes) if by_meaning else {}
        found: list[tuple[float, int, Note, int, float]] = []
        for note in notes:
            folded = self._folded(note)
            count = 0
            for word in words:
                count += word in folded
            nearness = near.get(note.number, 0.0)
            if count or nearness >= _NEAR:
                weight = max(nearness, 0.0) + (count / len(words) if words else 0.0)
                found.append((-weight, note.number, note, count, nearness))
        nearest = nsmallest(most, found, key=itemgetter(0, 1))
        return [Hit(note, count, len(words), nearness) for _, _, note, count, nearness in nearest], len(found)

    def _folded(self, note: Note) -> str:
        known = self._known.get(note.number)
        if known is not None and known[0] is note:
            return known[1]
        if known is None or known[0] != note:
            known = (note, f"{note.title}\n{note.text}".casefold())
        self._known[note.number] = (note, known[1])
        return known[1]

    def _nearness(self, asked: str, notes: Iterable[Note]) -> dict[int, float]:
        meaning = self._meaning
        wanted = meaning.vector(asked[:_READ]) if meaning is not None else None
        if meaning is None or wanted is None:
            return {}
        found = {}
        for note in notes:
            known = self._vectors.get(note.number)
            if known is None or (known[0] is not note and known[0] != note):
                known = self._vectors[note.number] = (note, meaning.vector(f"{note.title}\n{note.text[:_READ]}"))
            if known[1] is not None:
                found[note.number] = meaning.nearness(wanted, known[1])
        return found


def snippet(text: str, asked: str) -> str:
    """The place in `text` where one of the words that were asked for stands; else its beginning."""
    folded = text.casefold()
    places = [at for word in _WORD.findall(asked[:1_000].casefold())[:_WORDS] if (at := folded.find(word)) >= 0]
    begin = max(0, min(places, default=0) - _BEFORE)
    shown = one_line(text[begin : begin + 4 * _SNIPPET], _SNIPPET)
    return f"…{shown}" if begin and shown else shown
