"""What the measures remember of a session: the last turns, and which words and runs of words they held."""

from collections import Counter, deque
from itertools import islice

from backrooms_tui.stall.words import Spoken


class Said:
    """The things said in the last `turns` turns, each counted once a turn."""

    def __init__(self, turns: int) -> None:
        self._turns = turns
        self._kept: deque[frozenset[str]] = deque()
        self._count: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._count)

    def __contains__(self, thing: str) -> bool:
        return thing in self._count

    def add(self, things: frozenset[str]) -> None:
        """One more turn; the oldest is forgotten when there are too many."""
        self._kept.append(things)
        self._count.update(things)
        if len(self._kept) > self._turns:
            for thing in self._kept.popleft():
                self._count[thing] -= 1
                if not self._count[thing]:
                    del self._count[thing]


class Memory:
    """Bounded: its size depends on the turns it keeps, never on how long the session is."""

    # A refrain comes back within a song; a word used thirty turns ago may be news again.
    TURNS = 30
    RUN_TURNS = 12

    def __init__(self) -> None:
        self.turns: deque[Spoken] = deque(maxlen=self.TURNS)
        self.words = Said(self.TURNS)
        self.runs = Said(self.RUN_TURNS)

    def own(self, seat: int, most: int) -> list[Spoken]:
        """The last turns of `seat`, newest first."""
        found = [turn for turn in reversed(self.turns) if turn.seat == seat]
        return found[:most]

    def latest(self, most: int) -> list[Spoken]:
        """The last turns of all, newest first."""
        return list(islice(reversed(self.turns), most))

    def partner(self, seat: int) -> Spoken | None:
        """The last turn of somebody else."""
        return next((turn for turn in reversed(self.turns) if turn.seat != seat), None)

    def add(self, turn: Spoken) -> None:
        """`turn` has been measured and becomes part of what was said."""
        self.turns.append(turn)
        self.words.add(turn.vocabulary)
        self.runs.add(turn.runs)
