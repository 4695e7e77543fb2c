"""The stall meter: takes each turn as it ends, and says how far the conversation has stalled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from backrooms_tui.stall.agreement import agreement
from backrooms_tui.stall.cycles import Cycles
from backrooms_tui.stall.goodbyes import goodbyes
from backrooms_tui.stall.likeness import likeness
from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.memory import Memory
from backrooms_tui.stall.news import news
from backrooms_tui.stall.repetition import repetition
from backrooms_tui.stall.shrinking import Lengths, shrinking
from backrooms_tui.stall.weighing import STANDARD, Weighing, excused, followed, staleness, together
from backrooms_tui.stall.words import Spoken

# From this value on a conversation counts as stalled; the benchmark's precision and recall are for it.
STALLED = 0.5

PARTS = ("likeness", "repetition", "shrinking", "agreement", "goodbyes", "cycles")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter shows after a turn.

    `stall`: 0 (alive) to 1, of the session. `parts`: the evidence in this one turn, 0 to 1 each, by the names in
    `PARTS`; a single turn's parts may be high while the session is alive, since a stall is something that lasts.
    """

    stall: float
    parts: Mapping[str, float]


@dataclass(slots=True)
class _Speaker:
    """What is kept for one seat."""

    lengths: Lengths = field(default_factory=Lengths)
    level: float = 0.0
    spoke: int = 0


class StallMeter:
    """Reads a session's turns in order. The same turns give the same readings; memory is bounded."""

    # Whoever has not spoken for so many turns does not count at present, and is forgotten after many more.
    PRESENT = 8
    FORGOTTEN = 400

    def __init__(self, meaning: Meaning | None, weighing: Weighing = STANDARD) -> None:
        """`meaning`: for likeness in meaning as well as in words; see `Meaning.if_installed`."""
        self._meaning = meaning
        self._weighing = weighing
        self._memory = Memory()
        self._cycles = Cycles()
        self._speakers: dict[int, _Speaker] = {}
        self._turn = 0

    def read(self, seat: int, text: str) -> Reading:
        """The reading after the next turn: what `seat` said, of any length and content, empty if nothing."""
        self._turn += 1
        turn = Spoken.of(seat, text)
        speaker = self._speakers.setdefault(seat, _Speaker())
        fresh = news(turn, self._memory)
        found = {
            "likeness": likeness(turn, self._memory, self._meaning),
            "repetition": repetition(turn, self._memory, fresh),
            "shrinking": shrinking(turn, speaker.lengths),
            "agreement": agreement(turn),
            "goodbyes": goodbyes(turn),
            "cycles": self._cycles.read(turn, self._memory),
        }
        parts = excused(found, fresh, self._weighing)
        speaker.level = followed(speaker.level, staleness(parts, self._weighing), self._weighing)
        speaker.spoke = self._turn
        speaker.lengths.add(len(turn.words))
        self._memory.add(turn)
        self._forget()
        present = [one.level for one in self._speakers.values() if one.spoke > self._turn - self.PRESENT]
        return Reading(together(present, self._weighing), MappingProxyType(parts))

    def _forget(self) -> None:
        """Drop speakers who left long ago."""
        gone = [seat for seat, one in self._speakers.items() if one.spoke <= self._turn - self.FORGOTTEN]
        for seat in gone:
            del self._speakers[seat]
            self._cycles.forget(seat)


def readings(turns: Iterable[tuple[int, str]], meaning: Meaning | None) -> list[Reading]:
    """The reading after each of a session's `turns`, given as seat and text."""
    meter = StallMeter(meaning)
    return [meter.read(seat, text) for seat, text in turns]
