"""What the timeline of a session is made of: turns, words between them and notices; and the turn that is spoken now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.events import StopReason, WordSource
from backrooms_tui.session.request_events import Request
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt at a turn that did not become the turn: it failed, or the operator wanted another."""

    attempt: int
    text: str
    reasoning: str
    trouble: Trouble | None


@dataclass(slots=True)
class TurnEntry:
    """A finished turn in the timeline. `original` is what was said before the operator edited it."""

    turn: int
    agent: int
    name: str
    text: str
    reasoning: str
    stop_reason: StopReason
    usage: Usage
    cost: float | None
    timings: Timings
    model: str
    at: float
    attempts: tuple[FailedAttempt, ...] = ()
    original: str | None = None
    retracted: bool = False
    # What the model really said where the guard cut it, and why; what was noticed and not cut.
    raw: str = ""
    cut: str = ""
    marks: tuple[str, ...] = ()
    stall: float | None = None
    stall_parts: Mapping[str, float] = field(default_factory=dict)
    # What a world did in it.
    exchanges: tuple[Exchange, ...] = ()
    # What the agent asked for in it, and what others hear of it where that is not all of it.
    requests: tuple[Request, ...] = ()
    heard_as: str | None = None
    # The commands that it gave by calling tools, as they stand at the end of its text.
    called: tuple[str, ...] = ()

    @property
    def heard(self) -> str:
        """What others hear of it: all but the agent's requests."""
        return self.text if self.heard_as is None else self.heard_as


@dataclass(frozen=True, slots=True)
class WordEntry:
    """A word between the turns: heard by all (`to` 0) or by one seat. A reminder stands before the last `depth`
    messages of what its agent is sent. `by` and `name` say whose whisper it is. One that is `taken_back` is heard by
    nobody any more."""

    text: str
    at: float
    to: int = 0
    source: WordSource = "operator"
    depth: int = 0
    by: int = 0
    name: str = ""
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """Something else that the timeline shows: a notice, a failure, a changed seat. A note that an agent has left for
    the operator may be `taken_back`."""

    text: str
    at: float
    level: Literal["info", "warning"] = "info"
    agent: int | None = None
    taken_back: bool = False


@dataclass(slots=True)
class RoundEntry:
    """A round begins. `text` is what all are told. It is `taken_back` where the round before it goes on after all."""

    round: int
    label: str
    text: str
    at: float
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class CouncilEntry:
    """A council of `agent` that is over, the session `council`, held before `turn`. `text` is told to that agent alone,
    and "" where the council came to nothing; `detail` says why it ended. `before` is how many entries stood in the
    timeline when it began."""

    council: str
    turn: int
    agent: int
    text: str
    detail: str
    turns: int
    usage: Usage
    cost: float | None
    began: float
    at: float
    before: int = 0


Entry = TurnEntry | WordEntry | NoticeEntry | RoundEntry | CouncilEntry


@dataclass(frozen=True, slots=True)
class OpenCouncil:
    """A council that is not over: the session `council`, held before `turn`. `before` is as `CouncilEntry` has it."""

    council: str
    turn: int
    began: float
    before: int = 0


@dataclass(slots=True)
class TurnInFlight:
    """A turn that is being spoken."""

    turn: int
    agent: int
    name: str
    attempt: int
    model: str
    started: float
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    params: Mapping[str, ParamValue] = field(default_factory=dict)
