"""What is noticed about a reply and never cut: a refusal, and stepping out of one's part on purpose.

A character may refuse, and may say no at length. What marks a model's refusal are its set phrases: that it is a
model, that it has guidelines, that it cannot help "with that request". The weaker ones count only where a reply
begins, which is where models put them, and not when somebody of the story is called by name in the same breath.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from backrooms_tui.conversation.guard.finding import Mark, MarkKind
from backrooms_tui.conversation.guard.phrases import OUT_OF_CHARACTER, REFUSAL, REFUSING_START
from backrooms_tui.conversation.guard.quotation import quotations

OPENING_WORDS = 320
SENTENCE_END = re.compile(r"[.!?\n。]")


def marks(text: str, others: Sequence[str]) -> tuple[Mark, ...]:
    """What is noticed in `text`, in the order in which it stands there, at most one of each kind. `others` are the
    names of those whom the speaker may be talking to. What stands in quotation marks is not the speaker's."""
    spans = quotations(text)
    starts = [start for start, _ in spans]

    def own(at: int) -> bool:
        nearest = bisect_right(starts, at) - 1
        return nearest < 0 or at >= spans[nearest][1]

    found: list[tuple[int, Mark]] = []
    opening = REFUSING_START.match(text[:OPENING_WORDS])
    if opening is not None and own(opening.end() - 1) and not _calls_somebody(text[:OPENING_WORDS], opening, others):
        found.append((0, Mark("refusal", opening[0].strip())))
    else:
        found += _first("refusal", REFUSAL, text, own)
    found += _first("out_of_character", OUT_OF_CHARACTER, text, own)
    return tuple(mark for _, mark in sorted(found, key=lambda pair: pair[0]))


def _first(kind: MarkKind, pattern: re.Pattern[str], text: str, own: Callable[[int], bool]) -> list[tuple[int, Mark]]:
    match = next((m for m in pattern.finditer(text) if own(m.start())), None)
    return [] if match is None else [(match.start(), Mark(kind, match[0].strip()))]


def _calls_somebody(opening: str, match: re.Match[str], others: Sequence[str]) -> bool:
    """Whether it is a character who says no: a name of somebody of the story stands in the same sentence."""
    sentence = (opening[: match.end()] + SENTENCE_END.split(opening[match.end() :], maxsplit=1)[0]).casefold()
    names = {part.casefold() for name in others if name.strip() for part in (name.strip(), name.split()[0])}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) for name in names)
