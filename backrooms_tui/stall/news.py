"""How much a turn brings that was not said lately. Not a part of the meter: news excuses what is alike."""

import math

from backrooms_tui.stall.memory import Memory
from backrooms_tui.stall.words import Spoken

# In living talk about half of a turn's words are new at first, and fewer the more words are known already (as
# Heaps' law has it). Read off the healthy transcripts of the calibration half.
AT_FIRST = 0.45
KNOWN = 400.0
# A short turn may be all frame and one new word, as in a game ("Who is in the ...?"): that word is news enough.
SHORT = 8


def is_counted_on(word: str, memory: Memory) -> bool:
    """Whether `word` is a number that merely follows one that was said: "option 8" after "option 7" is no news."""
    return word.isdecimal() and len(word) < 9 and str(int(word) - 1) in memory.words


def news(turn: Spoken, memory: Memory) -> float:
    """How many of a turn's different words nobody said in the turns remembered, against what a living turn brings.

    0: nothing new; 1: as much as can be hoped for.
    """
    if not turn.vocabulary:
        return 0.0
    new = sum(1 for word in turn.vocabulary if word not in memory.words and not is_counted_on(word, memory))
    expected = AT_FIRST / math.sqrt(1 + len(memory.words) / KNOWN)
    found = new / len(turn.vocabulary) / expected
    if len(turn.vocabulary) <= SHORT:
        found = max(found, float(new))
    return min(1.0, found)
