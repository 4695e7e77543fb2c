"""Turns that are empty, or far shorter than their speaker's used to be."""

from collections import deque
from statistics import median

from backrooms_tui.stall.ramp import ramp
from backrooms_tui.stall.words import Spoken

# Whoever always spoke in a word or two (moves, guesses, commands) does not shrink.
USED_TO_SAY = 8
A_FEW_WORDS = 4
LENGTHS = 8
# What a speaker used to say fades slowly, so that a talk may turn brief for good reason.
FADING = 0.985


class Lengths:
    """One speaker's usual length in words: the median of the last turns, and the highest that it has been."""

    def __init__(self) -> None:
        self._last: deque[int] = deque(maxlen=LENGTHS)
        self.used_to = 0.0

    def add(self, words: int) -> None:
        """One more turn of this many words."""
        self._last.append(words)
        self.used_to = max(median(self._last), self.used_to * FADING)


def shrinking(turn: Spoken, lengths: Lengths) -> float:
    """Evidence, 0 to 1, that the speaker runs dry: nothing said at all is 1."""
    words = len(turn.words)
    if words == 0:
        return 1.0
    if lengths.used_to < USED_TO_SAY or words > 2 * A_FEW_WORDS:
        return 0.0
    return 1 - ramp(words / lengths.used_to, 0.15, 0.45)
