"""How much a session stalls: the meter that a conversation is given, and what a stored session shows of it."""

import atexit
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean
from threading import Thread
from weakref import WeakSet

from backrooms_tui.session.events import Remedied
from backrooms_tui.session.state import SessionState
from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.meter import StallMeter, readings

# The meter looks back no further; to begin anew from a past, it need not hear more.
REACH = 200
# Threads of `loading`; the interpreter holds on to those that still run.
_begun: WeakSet[Thread] = WeakSet()
# Turns before and after a step of the ladder that are compared: two rounds of two.
SPAN = 4


class SessionMeter:
    """A stall meter as a conversation takes it: `conversation.measuring.Meter`.

    What it knows of meaning is loaded beside the first turn (0.6 s, once a process), so that nobody waits for it.
    """

    def __init__(self) -> None:
        self._meaning = Meaning.if_installed()
        self._meter = StallMeter(self._meaning)
        self._loading = loading(self._meaning) if self._meaning is not None else None

    def __call__(self, seat: int, text: str) -> tuple[float, Mapping[str, float]]:
        """How much the session stalls with this next turn, from 0 to 1, and the evidence in the turn."""
        self._be_ready()
        reading = self._meter.read(seat, text)
        return reading.stall, dict(reading.parts)

    def rebuild(self, turns: Sequence[tuple[int, str]]) -> None:
        """Begin anew with these turns, as far back as they matter."""
        self._be_ready()
        self._meter = StallMeter(self._meaning)
        for seat, text in turns[-REACH:]:
            self._meter.read(seat, text)

    def _be_ready(self) -> None:
        if self._loading is not None:
            self._loading.join()
            self._loading = None


def loading(meaning: Meaning) -> Thread:
    """A thread that has begun to load what `meaning` needs. The program's end waits for it, under a second."""

    def load() -> None:
        with suppress(Exception):  # the meter meets it again, and the conversation says so
            meaning.vector("ready")

    thread = Thread(target=load, name="meaning", daemon=True)
    thread.start()
    # The interpreter ends a daemon wherever it stands. Within the tokeniser's own code that aborts the whole process.
    _begun.add(thread)
    return thread


@atexit.register
def _wait_for_all() -> None:
    for thread in list(_begun):
        while thread.is_alive():
            with suppress(KeyboardInterrupt):  # who presses it again gains nothing
                thread.join()


@dataclass(frozen=True, slots=True)
class Measured:
    """One turn: `stall` of the session with it, and the evidence in it, from 0 to 1 each."""

    turn: int
    agent: int
    name: str
    stall: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Effect:
    """A step of the ladder, and the mean of the meter over the turns before and after it; None where there are none."""

    taken: Remedied
    before: float | None
    after: float | None


def measured(state: SessionState, *, anew: bool = False) -> list[Measured]:
    """Every turn that stands, those of worlds apart: as it was measured when it was spoken, or now where it was not or
    `anew` is asked."""
    turns = [entry for _, entry in sorted(state.turns.items()) if not state.agents[entry.agent].is_world]
    if not anew and all(entry.stall is not None for entry in turns):
        return [Measured(one.turn, one.agent, one.name, one.stall or 0.0, one.stall_parts) for one in turns]
    found = readings([(one.agent, one.text) for one in turns], Meaning.if_installed())
    return [
        Measured(one.turn, one.agent, one.name, reading.stall, dict(reading.parts))
        for one, reading in zip(turns, found, strict=True)
    ]


def effects(state: SessionState, turns: Sequence[Measured]) -> list[Effect]:
    """What each step of the ladder did to the meter."""
    return [
        Effect(
            taken,
            _mean([one.stall for one in turns if taken.turn - SPAN < one.turn <= taken.turn]),
            _mean([one.stall for one in turns if taken.turn < one.turn <= taken.turn + SPAN]),
        )
        for taken in state.remedies
    ]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
