"""How much of a turn is manners: sentences of a known phrase that say nothing beside it."""

from backrooms_tui.stall.phrases import TURNING, Phrases
from backrooms_tui.stall.words import Spoken

# Longer sentences say something beside the phrase in them.
LONGEST = 24
_QUESTION = ("?", "？", "؟")


def share_of(turn: Spoken, phrases: Phrases) -> float:
    """The share, 0 to 1, of a turn's words that stand in short sentences with such a phrase.

    A question asks something, and a sentence with "but" goes on: neither counts.
    """
    inside = 0
    for sentence in turn.sentences:
        words = sentence.words
        if len(words) <= LONGEST and not sentence.end.endswith(_QUESTION):
            inside += len(words) if phrases.within(words) and not TURNING.within(words) else 0
    return inside / len(turn.words) if turn.words else 0.0
