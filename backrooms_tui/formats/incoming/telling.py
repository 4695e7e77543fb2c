"""Telling what a file says as events, so that it can be replayed: at the file's own times, or at a made-up pace."""

from collections.abc import Iterator

from backrooms_tui.formats.incoming.source import Source, storable
from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Ended,
    EndReason,
    Interjected,
    Noticed,
    NoticeLevel,
    SessionOpened,
    TurnEnded,
    TurnStarted,
)
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.usage import Timings, Usage

# The made-up pace, in seconds and characters: thinking before a turn, speaking, and how often words arrive.
THINKING = 0.8
CHARACTERS_A_SECOND = 300
LONGEST_TURN = 10.0
STEP = 0.5
# Before the present, time is shared out: each event takes at most this part of what is left.
_SHARE = 0.02
_EARLIEST = 0.0


class Telling:
    """Makes the events of one session in order. None of them lies in the future of the file, or of the present."""

    def __init__(self, source: Source, started: float | None = None) -> None:
        """`started` is when the file says that it began, in Unix seconds; else it began some time before the file was
        written."""
        self._limit = source.modified
        if started is None or not _EARLIEST <= started <= source.now:
            started = source.modified - source.size / CHARACTERS_A_SECOND * 1.5 - 5.0
        if started >= self._limit:
            self._limit = source.now
        self._at = round(max(_EARLIEST, started), 6)
        self._seq = 0
        self._turn = 0
        self._setup: Setup | None = None

    @property
    def turns(self) -> int:
        """How many were told so far."""
        return self._turn

    def opened(self, setup: Setup) -> SessionOpened:
        """The session begins. It has no id of its own."""
        self._setup = setup
        return SessionOpened(seq=self._next(), at=self._at, session="", setup=setup)

    def turn(self, seat: int, text: str, *, model: str = "", ended: float | None = None) -> Iterator[AnyEvent]:
        """One turn of the agent at `seat`, all of it: `model` is who the file says spoke, `ended` when."""
        assert self._setup is not None
        agent = self._setup.agent(seat)
        self._turn += 1
        text = storable(text)
        lasts = min(len(text) / CHARACTERS_A_SECOND, LONGEST_TURN)
        if ended is not None and self._at < ended <= self._limit:
            self._at = round(max(self._at, ended - lasts - THINKING), 6)
        turn, model = self._turn, storable(model or agent.model)
        began = self._at
        yield TurnStarted(
            seq=self._next(), at=began, turn=turn, agent=seat, name=agent.name, attempt=1, model=model,
            params=agent.params,
        )  # fmt: skip
        self._pass(THINKING)
        first = self._at
        size = max(int(CHARACTERS_A_SECOND * STEP), int(len(text) / (LONGEST_TURN / STEP)) + 1)
        for start in range(0, len(text), size):
            piece = text[start : start + size]
            yield Delta(seq=self._next(), at=self._at, turn=turn, agent=seat, channel="text", text=piece)
            self._pass(STEP if len(piece) == size else STEP * len(piece) / size)
        if ended is not None and self._at < ended <= self._limit:
            self._at = round(ended, 6)
        timings = Timings(round(first - began, 6), round(self._at - began, 6))
        yield TurnEnded(
            seq=self._next(), at=self._at, turn=turn, agent=seat, name=agent.name, attempt=1, text=text,
            stop_reason="end", usage=Usage(), cost=None, timings=timings, model=model,
        )  # fmt: skip

    def word(self, text: str, at: float | None = None) -> Interjected:
        """What a person said to all."""
        self._reach(at)
        return Interjected(seq=self._next(), at=self._at, text=storable(text))

    def notice(self, text: str, level: NoticeLevel = "info", at: float | None = None) -> Noticed:
        """Something else that the timeline shows."""
        self._reach(at)
        return Noticed(seq=self._next(), at=self._at, level=level, text=storable(text))

    def ended(self, reason: EndReason, detail: str) -> Ended:
        """The session is over."""
        return Ended(seq=self._next(), at=self._at, reason=reason, detail=storable(detail))

    def _reach(self, at: float | None) -> None:
        if at is not None and self._at < at <= self._limit:
            self._at = round(at, 6)

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _pass(self, seconds: float) -> None:
        left = max(0.0, self._limit - self._at)
        self._at = round(self._at + min(seconds, left * _SHARE), 6)
