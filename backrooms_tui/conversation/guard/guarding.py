"""The guard: what of a reply is the speaker's own."""

import re
from collections.abc import Sequence

from backrooms_tui.conversation.guard.cast import cast_of
from backrooms_tui.conversation.guard.finding import Cut, Guarded
from backrooms_tui.conversation.guard.marks import marks
from backrooms_tui.conversation.guard.own_name import without_own_name
from backrooms_tui.conversation.guard.reading import Reader

# A line that only parts what was said from what is cut.
RULES = frozenset("-*_=~#─—")
ASIDES = re.compile(r"\([^()]{0,400}\)|\*[^*\n]{1,400}\*|\[[^\[\]]{0,400}\]")
TRAILING = (",", ":", ";", "-", "—", "–", "、")


def guarded(
    text: str, *, speaker: str, others: Sequence[str], operator: str = "Operator", play: bool = False
) -> Guarded:
    """`text` up to where it begins to speak as another participant, as the operator, or as a chat template.

    `speaker` and `others` are names as the session has them. The speaker's own name before its first words is taken
    off, and so is a template's header of its own turn. In a `play` the names of others are allowed and the own name
    stays. A text of which nothing is taken comes back as it is. Where it is ambiguous nothing is cut: what was cut
    wrongly is missed by everybody, what was left wrongly is seen and can be edited. Linear in the length of `text`.
    """
    reader = Reader(cast_of(speaker, tuple(others), operator), play)
    reader.feed(text)
    reader.end()
    return kept_of(text, reader)


def kept_of(text: str, reader: Reader) -> Guarded:
    """What is kept of `text`, all of which `reader` has read."""
    found = reader.found
    kept = text if found is None else _trimmed(text[: found.at])
    if reader.lead:
        kept = kept[reader.lead :].lstrip()
    if not reader.play:
        kept = without_own_name(kept, reader.cast)
    cut = None if found is None else Cut(found.reason, found.at, text[found.at :])
    return Guarded(kept, cut, marks(kept, reader.cast.others))


def little_left(guarded: Guarded) -> bool:
    """Whether so little is left of a reply that its agent should be asked again.

    Short is not little: a command ("ls") or a "Yes." before the cut is a whole turn. Little is nothing; only what is
    done and not said, where the rest was another's; or a beginning that leads up to what was cut ("And then:").
    """
    if not guarded.text.strip():
        return True
    if guarded.cut is None:
        return False
    said = ASIDES.sub(" ", guarded.text).strip()
    words = [word for word in said.split() if any(letter.isalnum() for letter in word)]
    return not words or (len(words) < 4 and said.endswith(TRAILING))


def _trimmed(text: str) -> str:
    """`text` without the space and the dividing lines at its end."""
    text = text.rstrip()
    while True:
        start = text.rfind("\n") + 1
        last = text[start:].strip()
        if len(last) < 2 or not RULES.issuperset(last.replace(" ", "")):
            return text
        text = text[:start].rstrip()
