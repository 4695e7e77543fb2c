"""A turn cut into what the measures count: words in any script, sentences, and runs of words."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backrooms_tui.stall.meaning import Meaning, Vector

# A turn's beginning and end say enough; what lies between is not read. It bounds time and memory for any turn.
LONGEST = 16_000
LONGEST_WORD = 48
RUN = 3
# The direction of a text settles long before its end.
LONGEST_FOR_MEANING = 4_000
# Scripts that write no spaces between words: each pair of neighbouring letters stands for a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(
    rf"[{_UNSPACED}]+"
    rf"|[^\W_{_UNSPACED}]+(?:['’][^\W_{_UNSPACED}]+)*"
    # Pictures and signs that mean something: emoji, suits, arrows. Punctuation does not, nor does a control character.
    "|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
_RUN = re.compile(rf"[{_UNSPACED}]")
_SENTENCE = re.compile(r"([^.!?…。！？¡¿؟।\n]+)([.!?…。！？؟।\n]*)")


def cut(text: str, longest: int) -> str:
    """`text`, or its beginning and its end where it has more than `longest` characters."""
    return text if len(text) <= longest else text[: longest // 2] + "\n" + text[-longest // 2 :]


def words_of(text: str) -> tuple[str, ...]:
    """The words of `text`, in lower case and in order. Emoji are words; unspaced scripts give letter pairs."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if _RUN.match(word):
            found.extend(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.append(word[:LONGEST_WORD].replace("’", "'"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence, and the punctuation that ends it."""

    words: tuple[str, ...]
    end: str


def sentences_of(text: str) -> list[Sentence]:
    """The sentences of `text`, roughly: cut at final punctuation and line ends; those without a word are left out."""
    found = ((words_of(part[1]), part[2]) for part in _SENTENCE.finditer(text))
    return [Sentence(words, end) for words, end in found if words]


@dataclass
class Spoken:
    """One turn as the measures see it: who said it, and its text, cut down to `LONGEST` characters."""

    seat: int
    text: str
    _vector: "Vector | None" = field(default=None, init=False, repr=False, compare=False)
    _measured: bool = field(default=False, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, seat: int, text: str) -> "Spoken":
        """The turn `text` of `seat`: a text of any length and content."""
        return cls(seat, cut(text, LONGEST))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All its words, in order; see `words_of`."""
        return tuple(word for sentence in self.sentences for word in sentence.words)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(self.words)

    def vector(self, meaning: "Meaning | None") -> "Vector | None":
        """The turn's direction in `meaning`, worked out once; None without `meaning`, or without a word in the turn."""
        if meaning is None or not self.words:
            return None
        if not self._measured:
            self._vector = meaning.vector(cut(self.text, LONGEST_FOR_MEANING))
            self._measured = True
        return self._vector

    @cached_property
    def sentences(self) -> list[Sentence]:
        """See `sentences_of`."""
        return sentences_of(self.text)

    @cached_property
    def runs(self) -> frozenset[str]:
        """Each run of `RUN` words once; a turn that is shorter is one run."""
        words = self.words
        if len(words) <= RUN:
            return frozenset((" ".join(words),)) if words else frozenset()
        return frozenset(map(" ".join, zip(*(words[at:] for at in range(RUN)), strict=False)))
