"""What two texts have in common and what not, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Words, runs of blanks, and all else sign by sign. Letters of scripts without blanks stand alone.
_PIECES = re.compile(r"\s+|[^\W_\u2e80-\u9fff\uac00-\ud7af]+|.", re.DOTALL)
# Two texts are compared in less than half a second up to so many pieces of one times pieces of the other (measured).
_MOST = 4_000_000
# With fewer of the words in common, two texts only share the words that all texts share: to mark the rest says nothing.
ALIKE = 0.4
# What is in common between two differences is marked with them where it is no longer than this: "a", "of the".
_LONE = 2

Span = tuple[int, int]
Whose = Literal["both", "first", "second"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How alike two texts are, from 0 to 1, and the stretches (from, to) of each that the other does not have.

    `merged` is both texts in one, stretch by stretch. Where they are hardly alike, nothing is marked: all differs.
    """

    alike: float
    first: tuple[Span, ...] = ()
    second: tuple[Span, ...] = ()
    merged: tuple[tuple[Whose, str], ...] = ()

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.alike == 1.0


def compare_wording(first: str, second: str) -> Wording:
    """What is different between `first` and `second`. Texts too long for it count as all different."""
    if first == second:
        return Wording(1.0)
    one, other = _PIECES.findall(first), _PIECES.findall(second)
    head = _in_common(one, other)
    tail = _in_common(one[head:][::-1], other[head:][::-1])
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    if len(left) * len(right) > _MOST:
        return Wording(0.0)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    found = [block for block in matcher.get_matching_blocks() if block.size]
    both = _words(one[:head]) + _words(one[len(one) - tail :]) + sum(_words(left[b.a : b.a + b.size]) for b in found)
    total = _words(one) + _words(other)
    alike = min(2 * both / total, 0.999) if total else 0.0
    if alike < ALIKE:
        return Wording(alike)
    # What lies at an end goes on with what is in common before it or after it.
    kept = [
        (head + block.a, head + block.b, block.size)
        for block in found
        if _words(left[block.a : block.a + block.size]) > _LONE
        or (head and not (block.a or block.b))
        or (tail and (block.a + block.size, block.b + block.size) == (len(left), len(right)))
    ]
    blocks = [(0, 0, head), *kept, (len(one) - tail, len(other) - tail, tail)]
    return Wording(
        alike,
        _others(one, [(mine, size) for mine, _, size in blocks]),
        _others(other, [(theirs, size) for _, theirs, size in blocks]),
        _merged(one, other, blocks),
    )


def _in_common(one: list[str], other: list[str]) -> int:
    """How many pieces both begin with."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _words(pieces: list[str]) -> int:
    return sum(piece[0].isalnum() for piece in pieces)


def _others(pieces: list[str], kept: list[tuple[int, int]]) -> tuple[Span, ...]:
    """The stretches in letters of what is not `kept` (from a piece, so many); without blanks at their ends."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    spans: list[Span] = []
    at = 0
    for begin, size in kept:
        first, last = at, begin
        while first < last and pieces[first].isspace():
            first += 1
        while last > first and pieces[last - 1].isspace():
            last -= 1
        if first < last:
            spans.append((starts[first], starts[last]))
        at = begin + size
    return tuple(spans)


def _merged(one: list[str], other: list[str], kept: list[tuple[int, int, int]]) -> tuple[tuple[Whose, str], ...]:
    made: list[tuple[Whose, str]] = []
    mine = theirs = 0
    for first, second, size in kept:
        made.append(("first", "".join(one[mine:first])))
        made.append(("second", "".join(other[theirs:second])))
        made.append(("both", "".join(one[first : first + size])))
        mine, theirs = first + size, second + size
    return tuple((whose, text) for whose, text in made if text)
