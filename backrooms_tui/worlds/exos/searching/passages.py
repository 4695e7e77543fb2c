"""Passages of texts, found by words and, where the optional package is installed, by meaning.

By words it is BM25 over SQLite's full-text index, in memory; the texts themselves are not kept here.
"""

import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from backrooms_tui.worlds.exos.meaning import Meaning

# A passage is so many characters at most, of whole lines where they are shorter.
LONGEST = 800
# Seen: paraphrases stand above 0.7, unrelated texts below 0.05; a question and its passage are in between.
NEAR = 0.3
_WORD = re.compile(r"\w+")
# Letters that are written without spaces between the words: each is a word here (CJK, kana, Hangul).
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_MOST_WORDS = 24
_RANKED = 300


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: in which `source`, from which line on (from 1), and by what."""

    source: int
    line: int
    by: Literal["words", "some words", "meaning"]


class Passages:
    """Found in any thread. `meant` passages at most are found by meaning: making their vectors takes time."""

    def __init__(self, meaning: Meaning | None = None, meant: int = 0) -> None:
        self._meaning = meaning
        self._meant = meant if meaning else 0
        self._lock = threading.Lock()
        self._vectors: dict[int, Any] = {}
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._database.executescript(
            "CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='porter unicode61 remove_diacritics 2');"
            # A number is not given twice: what was forgotten is still in the index.
            "CREATE TABLE passages(id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER, line INTEGER);"
            "CREATE INDEX by_source ON passages(source);"
        )

    @property
    def all_meant(self) -> bool:
        """Whether every passage can be found by meaning."""
        return self._meaning is not None and len(self._vectors) < self._meant

    def add(self, source: int, text: str) -> None:
        """Make the passages of `text` known under `source`."""
        rows = list(passages_of(text))
        vectors = [self._vector(passage) for _, passage in rows[: max(0, self._meant - len(self._vectors))]]
        with self._lock:
            self._database.execute("BEGIN")
            for number, (line, passage) in enumerate(rows):
                place = self._database.execute("INSERT INTO passages(source, line) VALUES (?, ?)", (source, line))
                self._database.execute(
                    "INSERT INTO words(rowid, text) VALUES (?, ?)", (place.lastrowid, _spaced(passage))
                )
                if number < len(vectors) and vectors[number] is not None and place.lastrowid is not None:
                    self._vectors[place.lastrowid] = vectors[number]
            self._database.execute("COMMIT")

    def remove(self, source: int) -> None:
        """Forget the passages of `source`."""
        with self._lock:
            for (number,) in self._database.execute("SELECT id FROM passages WHERE source = ?", (source,)).fetchall():
                self._vectors.pop(number, None)
            # What is left of them in the index leads nowhere, and is not found.
            self._database.execute("DELETE FROM passages WHERE source = ?", (source,))

    def find(self, query: str) -> Iterator[Hit]:
        """The passages for `query`: those with all its words, the best first, or with some; then by nearness in
        meaning. A source comes as often as it has passages."""
        words = words_of(query)
        seen: set[tuple[int, int]] = set()
        found = list(self._with(words, " AND ", "words")) or list(self._with(words, " OR ", "some words"))
        whole = [hit for hit in found if hit.by == "words"]
        for hit in (*whole, *self._near(query), *(found if not whole else ())):
            if (hit.source, hit.line) not in seen:
                seen.add((hit.source, hit.line))
                yield hit

    def close(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._database.close()
            self._vectors.clear()

    def _with(self, words: list[str], joined: str, by: Literal["words", "some words"]) -> Iterator[Hit]:
        phrases = (_spaced(word).strip().replace('"', "") for word in words)
        asked = joined.join(f'"{phrase}"' for phrase in phrases if phrase)
        if not asked:
            return
        with self._lock:
            rows = self._database.execute(
                "SELECT source, line FROM words JOIN passages ON passages.id = words.rowid "
                "WHERE words MATCH ? ORDER BY bm25(words), passages.id LIMIT ?",
                (asked, _RANKED),
            ).fetchall()
        for source, line in rows:
            yield Hit(source, line, by)

    def _near(self, query: str) -> Iterator[Hit]:
        if self._meaning is None or not self._vectors:
            return
        wanted = self._meaning.vector(query[:2000])
        if wanted is None:
            return
        with self._lock:
            vectors = list(self._vectors.items())
        near = sorted(((self._meaning.nearness(wanted, one), -number) for number, one in vectors), reverse=True)
        for nearness, number in near[:_RANKED]:
            if nearness < NEAR:
                return
            with self._lock:
                row = self._database.execute("SELECT source, line FROM passages WHERE id = ?", (-number,)).fetchone()
            if row:
                yield Hit(row[0], row[1], "meaning")

    def _vector(self, text: str) -> Any | None:
        return self._meaning.vector(text) if self._meaning else None


def words_of(query: str) -> list[str]:
    """The words of a query, in small letters, each once."""
    return list(dict.fromkeys(word.casefold() for word in _WORD.findall(query[:2000])))[:_MOST_WORDS]


def beginnings(words: list[str]) -> list[str]:
    """What of `words` also stands in their other forms, roughly: enough to show the place."""
    return [word[: max(4, len(word) - 3)] for word in words]


def passages_of(text: str) -> Iterator[tuple[int, str]]:
    """The passages of `text`, each with the number of the line in which it begins."""
    begun, size, gathered = 1, 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        for at in range(0, max(1, len(line)), LONGEST):
            piece = line[at : at + LONGEST]
            if gathered and size + len(piece) > LONGEST:
                yield begun, "\n".join(gathered)
                gathered, size = [], 0
            if not gathered:
                begun = number
            gathered.append(piece)
            size += len(piece) + 1
    if any(piece.strip() for piece in gathered):
        yield begun, "\n".join(gathered)


def snippet(text: str, words: list[str], length: int = 220) -> str:
    """A stretch of `text` on one line, around the first of the `words` that is in it, in any form."""
    flat = " ".join(text.split())
    low = flat.casefold()
    places = [at for word in beginnings(words) if (at := low.find(word)) >= 0]
    first = max(0, min(places, default=0) - length // 3)
    first = flat.rfind(" ", 0, first) + 1 if first else 0
    piece = flat[first : first + length]
    return f"{'…' if first else ''}{piece}{'…' if first + length < len(flat) else ''}"


def _spaced(text: str) -> str:
    # Half a surrogate pair cannot go into the database.
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return _UNSPACED.sub(lambda letter: f" {letter[0]} ", whole)
