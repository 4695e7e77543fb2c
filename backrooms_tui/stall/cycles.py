"""A period of one, two or three: each turn nearly the turn that many before it, for a while."""

from collections import deque

from backrooms_tui.stall.likeness import in_words
from backrooms_tui.stall.memory import Memory
from backrooms_tui.stall.ramp import ramp
from backrooms_tui.stall.words import Spoken

PERIODS = (1, 2, 3)
NEARLY = 0.8


def _nearly(one: Spoken, other: Spoken) -> bool:
    """Whether two turns are the same but for a word or a number; two silent ones are."""
    return in_words(one, other) >= NEARLY


class Cycles:
    """How long each period has held, over all turns and over each speaker's own."""

    def __init__(self) -> None:
        self._all = dict.fromkeys(PERIODS, 0)
        self._own: dict[int, dict[int, int]] = {}

    def read(self, turn: Spoken, memory: Memory) -> float:
        """Evidence, 0 to 1, that `turn` goes round: full when a whole period has come again."""
        latest: deque[Spoken] = deque(maxlen=max(PERIODS))
        latest.extend(memory.turns)
        own = memory.own(turn.seat, max(PERIODS))
        runs = self._own.setdefault(turn.seat, dict.fromkeys(PERIODS, 0))
        best = 0.0
        for period in PERIODS:
            again = len(latest) >= period and _nearly(turn, latest[-period])
            self._all[period] = self._all[period] + 1 if again else 0
            again = len(own) >= period and _nearly(turn, own[period - 1])
            runs[period] = runs[period] + 1 if again else 0
            best = max(best, ramp(self._all[period], 0, period), ramp(runs[period], 0, period))
        return best

    def forget(self, seat: int) -> None:
        """A speaker who has been silent for long."""
        self._own.pop(seat, None)
