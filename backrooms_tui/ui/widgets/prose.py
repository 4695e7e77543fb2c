"""Reading text as the light Markdown that models write: every character stays where it is and only its look changes.

So a turn looks the same while it is spoken and when it is whole, and nothing jumps when it ends.
"""

import re
from dataclasses import dataclass
from typing import Literal

# How a stretch of text looks; the style sheet of the transcript says what that means.
Tone = Literal[
    "text",
    "faint",
    "heading",
    "strong",
    "emphasis",
    "code",
    "block",
    "screen",
    "command",
    "quote",
    "bullet",
    "operator",
    "cue",
    "notice",
    "warning",
    "reasoning",
    "failed",
    "hit",
    "gutter",
    "chosen",
    "seat-1",
    "seat-2",
    "seat-3",
    "seat-4",
    "seat-5",
    "seat-6",
    "seat-7",
    "seat-8",
]
Run = tuple[int, int, Tone]  # from, to, and how it looks; runs are in order and do not overlap

_HEADING = re.compile(r" {0,3}#{1,6} ")
_FENCE = re.compile(r"\s{0,12}(`{3,}|~{3,})")
_QUOTE = re.compile(r"\s*>+ ?")
_BULLET = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)]) +")
_RULE = re.compile(r"\s{0,3}([-*_])(?:\s*\1){2,}\s*")
# Spans end within two hundred characters, so that hostile text cannot make the search quadratic.
_SPAN = re.compile(
    r"(?P<code>(?P<tick>`{1,3})(?!`)[^`].{0,200}?(?<!`)(?P=tick)(?!`)|``)"
    r"|(?P<strong>(?<!\*)\*\*(?=[^\s*]).{1,200}?(?<=[^\s*])\*\*(?!\*)|(?<!\w)__(?=[^\s_]).{1,200}?(?<=[^\s_])__(?!\w))"
    r"|(?P<emphasis>(?<![\w*])\*(?=[^\s*])[^*]{1,200}?(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=[^\s_])[^_]{1,200}?(?<=[^\s_])_(?!\w))"
)
_LONGEST = 8000  # letters of a line in which spans are looked for
_MARKER = re.compile(r"`{1,3}|\*{1,2}|_{1,2}")


@dataclass(frozen=True, slots=True)
class Look:
    """How one line looks. `fill` colours the row to its end, `indent` is for the rows after the first, in cells."""

    runs: tuple[Run, ...]
    fill: Tone = "text"
    indent: int = 0
    by_words: bool = True


class Reader:
    """Says how each line of a text looks, in order: it remembers whether a code block is open."""

    def __init__(self) -> None:
        self._fence = ""

    @property
    def in_code(self) -> bool:
        """Whether a code block is open before the next line."""
        return bool(self._fence)

    def look(self, line: str, *, whole: bool = True) -> Look:
        """How `line` looks. One that is not `whole` yet may look different when it is, and opens and closes nothing."""
        size = len(line)
        fence = _FENCE.match(line)
        if self._fence:
            closes = fence is not None and fence[1].startswith(self._fence) and not line[fence.end() :].strip()
            if closes and whole:
                self._fence = ""
            return Look(((0, size, "faint" if closes else "block"),), "block", by_words=False)
        if fence is not None and (fence[1][0] == "~" or "`" not in line[fence.end() :]):
            if whole:
                self._fence = fence[1]
            return Look(((0, size, "faint"),), "block", by_words=False)
        if _HEADING.match(line):
            return Look(((0, size, "heading"),))
        if _RULE.fullmatch(line):
            return Look(((0, size, "faint"),))
        quote = _QUOTE.match(line)
        if quote is not None:
            return Look(((0, quote.end(), "faint"), (quote.end(), size, "quote")), indent=quote.end())
        bullet = _BULLET.match(line)
        if bullet is not None:
            start = bullet.end()
            return Look(((0, start, "bullet"), *inline(line, start)), indent=start)
        return Look(inline(line, 0), indent=size - len(line.lstrip(" ")))


def inline(line: str, start: int) -> tuple[Run, ...]:
    """**Strong**, *emphasised* and `code` stretches of a line from `start` on, their signs faint."""
    runs: list[Run] = []
    for found in _SPAN.finditer(line, start, _LONGEST):
        begin, end = found.span()
        tone: Tone = "code" if found["code"] else "strong" if found["strong"] else "emphasis"
        sign = _MARKER.match(line, begin)
        size = len(sign[0]) if sign is not None else 0
        if 2 * size >= end - begin:
            continue
        runs += [(start, begin, "text"), (begin, begin + size, "faint"), (begin + size, end - size, tone)]
        runs.append((end - size, end, "faint"))
        start = end
    runs.append((start, len(line), "text"))
    return tuple(run for run in runs if run[0] < run[1])


def with_hits(line: str, runs: tuple[Run, ...], wanted: re.Pattern[str] | None) -> tuple[Run, ...]:
    """`runs`, with every place where `wanted` stands shown as found."""
    if wanted is None:
        return runs
    hits = [found.span() for found in wanted.finditer(line) if found.end() > found.start()]
    if not hits:
        return runs
    cut: list[Run] = []
    for begin, end, tone in runs:
        for first, last in hits:
            if last <= begin or first >= end:
                continue
            if first > begin:
                cut.append((begin, first, tone))
            cut.append((max(first, begin), min(last, end), "hit"))
            begin = min(last, end)
        if begin < end:
            cut.append((begin, end, tone))
    return tuple(cut)
