"""Words as the search understands them: what was asked for, and where it stands in a text.

A word is a run of letters and digits, whatever its case and accents. Both databases are given the words that this
module finds, so that they find the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

# Letters and digits, and the accents that may follow a letter as characters of their own.
_ACCENT = r"[\u0300-\u036f]"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|{_ACCENT})*")
_ASKED = re.compile(r'"([^"]*)"?|([^\s"]+)')
_AROUND = 60  # characters of a snippet on either side of what was found
# PostgreSQL keeps at most 1 MB of words a row, positions up to 16,383, and 256 of them for a word.
_MOST_BYTES = 500_000
_MOST_WORDS = 16_383
_MOST_PLACES = 256
_LONGEST_WORD = 500
# The beginning of a word is looked up as such from so many letters on: fewer would mean half of all words.
LEAST_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after another. `open` means that the last one is only the beginning of a word."""

    words: tuple[str, ...]
    open: bool = False

    def __str__(self) -> str:
        """As a person would ask for it."""
        if self.open:
            return f"{self.words[-1]}*" if len(self.words) == 1 else f"{'-'.join(self.words)}*"
        return self.words[0] if len(self.words) == 1 else f'"{" ".join(self.words)}"'


def phrase_of(text: str, *, quoted: bool = False, typing: bool = False) -> Phrase | None:
    """The words of `text`, None where it holds none. Not `quoted`, a `*` at its end leaves the last word open; while
    somebody is `typing` it, so it is without one."""
    words = _WORD.findall(text)
    if not words:
        return None
    unfinished = not quoted and (text.endswith("*") or (typing and (text[-1].isalnum() or text[-1] in words[-1])))
    return Phrase(tuple(words), unfinished and len(words[-1]) >= LEAST_BEGINNING)


def being_typed(text: str) -> Phrase | None:
    """The words of a quotation that is not closed yet, None where there are none. The last one may go on; too short to
    be looked up as a beginning it is left out, so that what fits so far is found and not only what ends here."""
    phrase = phrase_of(text, typing=True)
    if phrase is None or phrase.open or len(phrase.words) == 1 or not text.endswith(phrase.words[-1]):
        return phrase
    return Phrase(phrase.words[:-1])


def phrases(asked: str) -> list[Phrase]:
    """What was asked for without fields: what is not quoted is a phrase of its own up to the next space."""
    found = (phrase_of(quoted or plain, quoted=not plain) for quoted, plain in _ASKED.findall(asked))
    return [phrase for phrase in found if phrase is not None]


def pattern(asked: str) -> re.Pattern[str] | None:
    """What finds, in what a turn says, the words that `asked` was found by; None where it holds none."""
    return pattern_of(phrases(asked))


def pattern_of(sought: Sequence[Phrase]) -> re.Pattern[str] | None:
    """What finds any of these phrases in a text, whatever its case and accents; None for no phrases."""
    if not sought:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(_expression, sought))})(?![^\W_])", re.IGNORECASE)


def fts5(all_of: Iterable[Phrase], none_of: Iterable[Phrase] = ()) -> str:
    """The question in the words of SQLite's FTS5. `all_of` must hold a phrase."""
    asked = " ".join(map(_in_fts5, all_of))
    unwanted = " OR ".join(map(_in_fts5, none_of))
    return f"({asked}) NOT ({unwanted})" if unwanted else asked


def tsquery(all_of: Iterable[Phrase], none_of: Iterable[Phrase] = ()) -> str:
    """The question in the words of PostgreSQL."""
    return " & ".join([*map(_in_postgres, all_of), *(f"!{_in_postgres(phrase)}" for phrase in none_of)])


def tsvector(said: str) -> str:
    """What is said, word for word, as PostgreSQL keeps it."""
    places: dict[str, list[int]] = {}
    left = _MOST_BYTES
    for place, word in enumerate(_WORD.findall(said)[:_MOST_WORDS], start=1):
        folded = _folded(word)
        if folded not in places:
            left -= len(folded.encode())
            if left < 0:
                break
        places.setdefault(folded, []).append(place)
    return " ".join(f"'{word}':{','.join(map(str, where[:_MOST_PLACES]))}" for word, where in places.items())


def snippet(said: str, sought: re.Pattern[str] | None) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A piece of `said` around the first place of what is `sought`, and where in it that stands."""
    first = sought.search(said) if sought is not None else None
    middle = first.start() if first is not None else 0
    start, end = max(0, middle - _AROUND), min(len(said), middle + _AROUND * 2)
    before, after = "…" if start else "", "…" if end < len(said) else ""
    shift = len(before) - start
    # A word that goes on behind the end is not one that was sought.
    found = sought.finditer(said, middle, min(len(said), end + _AROUND)) if sought is not None and first else ()
    marks = tuple((each.start() + shift, each.end() + shift) for each in found if each.end() <= end)
    return before + said[start:end] + after, marks


def _folded(word: str) -> str:
    """As unicode61 with remove_diacritics folds it: small letters without accents."""
    if word.isascii():
        return word.lower()[:_LONGEST_WORD]
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))[:_LONGEST_WORD]


def _expression(phrase: Phrase) -> str:
    # Between the words of a phrase stands what belongs to no word.
    words = r"[\W_]+".join(map(_any_accent, phrase.words))
    return rf"{words}(?:[^\W_]|{_ACCENT})*" if phrase.open else words


def _any_accent(word: str) -> str:
    """The word as a regular expression, whatever its accents."""
    letters = (f"[{re.escape(letter)}{_accented().get(letter, '')}]{_ACCENT}*" for letter in _folded(word))
    return f"(?:{''.join(letters)}|{re.escape(word)})"


@cache
def _accented() -> dict[str, str]:
    """The letters that are one character together with their accent, by what is left without it."""
    found: dict[str, str] = {}
    for code in range(0xC0, 0x2000):
        folded = _folded(chr(code))
        if folded != chr(code) and len(folded) == 1:
            found[folded] = found.get(folded, "") + chr(code)
    return found


def _in_fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"{"*" if phrase.open else ""}'


def _in_postgres(phrase: Phrase) -> str:
    words = [f"'{_folded(word)}'" for word in phrase.words]
    if phrase.open:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"
