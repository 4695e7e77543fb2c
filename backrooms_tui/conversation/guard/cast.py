"""Who a line can claim to be spoken by: the speaker, the others, the operator, and the roles of a chat."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Kind = Literal["own", "other", "operator", "user", "assistant", "system", "alpaca"]

# The words under which chat formats and their imitations write the roles; in the languages that people ask models in.
ROLES: dict[str, Kind] = {
    "user": "user",
    "human": "user",
    "prompter": "user",
    "benutzer": "user",
    "nutzer": "user",
    "utilisateur": "user",
    "usuario": "user",
    "ユーザー": "user",
    "assistant": "assistant",
    "assistent": "assistant",
    "asistente": "assistant",
    "アシスタント": "assistant",
    "system": "system",
    "instruction": "alpaca",
    "response": "alpaca",
    "input": "alpaca",
}
TITLES = frozenset(
    [
     "dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss", "sir", "lady", "lord", "captain",
     "sergeant", "inspector", "father", "mother", "brother", "sister", "uncle", "aunt", "king", "queen",
     "saint", "st", "the", "a", "an", "old", "young", "little", "herr", "frau", "der", "die", "das", "le", "la",
     "les", "el", "los", "monsieur", "madame", "señor", "señora", "don", "doña"
    ]
)  # fmt: skip
# First words of names such as "Question Master" that stand before a colon in anybody's prose.
PLAIN_WORDS = frozenset(
    [
     "answer", "question", "note", "warning", "hint", "example", "idea", "summary", "title", "chapter", "scene",
     "act", "part", "step", "word", "voice", "agent", "player", "speaker", "model", "number", "first", "second",
     "third", "new"
    ]
)  # fmt: skip
INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), None)


@dataclass(frozen=True, slots=True)
class Who:
    """Who a spelling stands for, and the name to show."""

    kind: Kind
    name: str


def folded(name: str) -> str:
    """`name` in the form in which two spellings of it are equal."""
    plain = unicodedata.normalize("NFKC", name.translate(INVISIBLE))
    return " ".join(plain.casefold().split())


def spellings(name: str) -> Iterator[str]:
    """What `name` may be written as before a colon: whole, without its title, its first name."""
    whole = " ".join(name.split())
    if not whole:
        return
    yield whole
    words = whole.split(" ")
    while len(words) > 1 and folded(words[0]).rstrip(".") in TITLES:
        words = words[1:]
        yield " ".join(words)
    first = words[0].rstrip(",")
    # A single letter is an item of a list more often than somebody's first name.
    if len(words) > 1 and folded(first) not in PLAIN_WORDS and (len(first) > 1 or not first.isascii()):
        yield first


class Cast:
    """Looks up who is meant by a spelling. `speaker`, `others` and `operator` are names as the session has them."""

    def __init__(self, speaker: str, others: Sequence[str], operator: str) -> None:
        self.others = tuple(others)
        self._who: dict[str, Who] = {word: Who(kind, word) for word, kind in ROLES.items()}
        written = set(ROLES)
        entries = [(operator, Who("operator", operator))]
        entries += [(name, Who("other", name)) for name in others]
        # Last, so that a first name which the speaker shares with somebody is the speaker's.
        entries.append((speaker, Who("own", speaker)))
        for name, who in entries:
            for spelling in spellings(name):
                self._who[folded(spelling)] = who
                written |= {spelling, unicodedata.normalize("NFC", spelling), unicodedata.normalize("NFD", spelling)}
        # But somebody's whole name is theirs, whoever else has it for a first name.
        for name, who in entries:
            if name.strip():
                self._who[folded(name)] = who
        longest_first = sorted(written, key=lambda spelling: (-len(spelling), spelling))
        # A regular expression over the participants' own spellings.
        self.pattern = "|".join(re.escape(spelling).replace(r"\ ", r"[ \u00a0]{1,3}") for spelling in longest_first)
        # The others' names as they stand in prose.
        self.names = tuple({folded(s) for name in others for s in spellings(name)})

    def who(self, spelling: str) -> Who | None:
        """Who `spelling` means, in any case."""
        return self._who.get(folded(spelling))


@lru_cache(maxsize=32)
def cast_of(speaker: str, others: tuple[str, ...], operator: str) -> Cast:
    """The cast of these names; a session asks for the same few again at every turn."""
    return Cast(speaker, others, operator)
