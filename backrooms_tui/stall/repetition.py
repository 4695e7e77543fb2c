"""Words and runs of words that were said before, by anybody."""

from backrooms_tui.stall.memory import Memory
from backrooms_tui.stall.ramp import ramp
from backrooms_tui.stall.words import Spoken

# A verse with its refrain repeats about half of its runs of three words.
RUNS = (0.5, 0.9)
# How far new words excuse the frame that they stand in.
EXCUSED = 0.9
# Old words in any order say less than whole runs.
OLD_WORDS_AT_MOST = 0.8


def repetition(turn: Spoken, memory: Memory, news: float) -> float:
    """Evidence, 0 to 1, that `turn` is made of what was said in the last turns; `news` is how much in it was not.

    An empty turn repeats nothing.
    """
    if not turn.words or not memory.turns:
        return 0.0
    repeated = sum(1 for run in turn.runs if run in memory.runs) / len(turn.runs)
    return max(ramp(repeated, *RUNS) * (1 - EXCUSED * news), OLD_WORDS_AT_MOST * (1 - news))
