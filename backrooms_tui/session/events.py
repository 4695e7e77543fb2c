"""Everything that can happen in a session. What a screen, a file or a replay shows comes from these and nothing else.

Each event has a `kind` (its name in JSON), a `seq` that counts from 1 without gaps, and `at`, Unix seconds (UTC)
rounded to the microsecond. `agent` is always a seat number. `turn` counts the agents' turns from 1; the operator's
interjections and whispers stand between turns and have no number of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.council_events import CouncilEnded as CouncilEnded
from backrooms_tui.session.council_events import CouncilOpened as CouncilOpened
from backrooms_tui.session.council_events import Serves as Serves
from backrooms_tui.session.event import Event as Event
from backrooms_tui.session.request_events import Request as Request
from backrooms_tui.session.request_events import RequestMade as RequestMade
from backrooms_tui.session.request_events import RequestUndone as RequestUndone
from backrooms_tui.session.request_events import VoteClosed as VoteClosed
from backrooms_tui.session.setup import ParamValue, RemedyKind, Setup
from backrooms_tui.session.table_events import AgentChanged as AgentChanged
from backrooms_tui.session.table_events import AgentJoined as AgentJoined
from backrooms_tui.session.table_events import AgentLeft as AgentLeft
from backrooms_tui.session.table_events import AgentMuted as AgentMuted
from backrooms_tui.session.table_events import AgentReturned as AgentReturned
from backrooms_tui.session.table_events import RulesChanged as RulesChanged
from backrooms_tui.session.table_events import SeatChanged as SeatChanged
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange
from backrooms_tui.session.world_events import PermissionAsked as PermissionAsked
from backrooms_tui.session.world_events import PermissionDecided as PermissionDecided
from backrooms_tui.session.world_events import PermissionsChanged as PermissionsChanged
from backrooms_tui.session.world_events import ToolsGiven as ToolsGiven

Channel = Literal["text", "reasoning"]
NoticeLevel = Literal["info", "warning"]
EndReason = Literal[
    "stop",
    "max_turns",
    "budget",
    "operator",
    "interrupted",
    "trouble",
    "max_rounds",
    "max_tokens",
    "max_seconds",
    "stall",
]
# Who spoke between the turns: the operator, a cue of the template, a remedy against stalling, an agent's reminder, an
# agent by its own request, or what came of a request.
WordSource = Literal["operator", "cue", "remedy", "reminder", "agent", "request"]
# What a model was asked beside the turns: who is to speak, how much it wants to speak, what to remember.
InnerPurpose = Literal["manager", "bid", "summary", "notebook"]
# Why a provider stopped: it had finished, met a stop sequence, ran into max_tokens, declined, was stopped by the
# operator, or gave a reason of its own.
StopReason = Literal["end", "stop_sequence", "max_tokens", "refusal", "stopped", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Event):
    """The session begins, with its whole resolved setup. A branch names its `parent` and the turn it continues, a
    council the turn that it `serves`."""

    kind: Literal["session_opened"] = "session_opened"
    session: str
    setup: Setup
    parent: str | None = None
    parent_turn: int | None = None
    serves: Serves | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBegan(Event):
    """A round begins, counted from 1. `label` is what it is called, and `text` is what all agents are told of it."""

    kind: Literal["round_began"] = "round_began"
    round: int
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerChosen(Event):
    """Who speaks next, and why."""

    kind: Literal["speaker_chosen"] = "speaker_chosen"
    agent: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted(Event):
    """A request leaves. `attempt` counts from 1 within the turn; `params` are the ones asked for."""

    kind: Literal["turn_started"] = "turn_started"
    turn: int
    agent: int
    name: str
    attempt: int
    model: str
    params: Mapping[str, ParamValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta(Event):
    """A piece of text or of reasoning arrived."""

    kind: Literal["delta"] = "delta"
    turn: int
    agent: int
    channel: Channel
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(Event):
    """The turn is whole. `cost` is in USD, None where no price is known; `model` is what the provider says answered."""

    kind: Literal["turn_ended"] = "turn_ended"
    turn: int
    agent: int
    name: str
    attempt: int
    text: str
    reasoning: str = ""
    stop_reason: StopReason
    usage: Usage
    cost: float | None
    timings: Timings
    model: str = ""
    # What the model really said where the guard cut it, and why; what was noticed about it but not cut.
    raw: str = ""
    cut: str = ""
    marks: tuple[str, ...] = ()
    # How much the conversation stalls with this turn, from 0 to 1, and what that is made of; None: not measured.
    stall: float | None = None
    stall_parts: Mapping[str, float] = field(default_factory=dict)
    # What a world did: the commands that it answered.
    exchanges: tuple[Exchange, ...] = ()
    # What an agent asked for by itself, and what the others hear where that is not all of the text.
    requests: tuple[Request, ...] = ()
    heard: str | None = None
    # The commands that its calls of tools came to, as they stand at the end of the text.
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFailed(Event):
    """An attempt failed. What had arrived is kept. `retry_in` is the wait in seconds before the next try, None if
    the conversation will not try again by itself. `usage` and `cost` are what the attempt took, by the provider's count
    or by estimate."""

    kind: Literal["turn_failed"] = "turn_failed"
    turn: int
    agent: int
    name: str
    attempt: int
    text: str = ""
    reasoning: str = ""
    trouble: Trouble
    retry_in: float | None = None
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRetracted(Event):
    """The operator asked for the turn to be spoken again; the next attempt takes its place. The old one is kept."""

    kind: Literal["turn_retracted"] = "turn_retracted"
    turn: int
    agent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEdited(Event):
    """The operator changed what a turn says. The original stays with its turn."""

    kind: Literal["turn_edited"] = "turn_edited"
    turn: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordQueued(Event):
    """The operator spoke while an agent was speaking: it will be heard when that turn is over. `to` 0 means all."""

    kind: Literal["word_queued"] = "word_queued"
    text: str
    to: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interjected(Event):
    """The operator's turn, heard by all; or a cue's or a remedy's; or what came of an agent's request."""

    kind: Literal["interjected"] = "interjected"
    text: str
    queued: bool = False
    source: WordSource = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whispered(Event):
    """The operator's word to one agent only; or a cue's or a remedy's; or that of the agent `by`, of this `name`."""

    kind: Literal["whispered"] = "whispered"
    to: int
    text: str
    queued: bool = False
    source: WordSource = "operator"
    by: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Event):
    """An agent's reminder was put before the last `depth` messages of what it is sent, and stays there."""

    kind: Literal["reminded"] = "reminded"
    agent: int
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered(Event):
    """What an agent keeps of what it is no longer sent: its summary or its notebook, as it stands from now on."""

    kind: Literal["remembered"] = "remembered"
    agent: int
    text: str
    by_operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerCalled(Event):
    """A model was asked something that is no turn. `agent` is the seat it was asked for, 0 for the whole table."""

    kind: Literal["inner_called"] = "inner_called"
    purpose: InnerPurpose
    agent: int
    model: str
    asked: str
    answer: str
    usage: Usage
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedied(Event):
    """A step of the ladder was taken (`step` counts from 1) after `turn`; `detail` says what it did."""

    kind: Literal["remedied"] = "remedied"
    step: int
    remedy: RemedyKind
    turn: int
    detail: str
    agent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterOmitted(Event):
    """A parameter was left out because the model does not take it."""

    kind: Literal["parameter_omitted"] = "parameter_omitted"
    agent: int
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMoved(Event):
    """The context window was nearly full, or a remedy lets an agent begin `afresh`: from now on the agent is sent
    nothing older than entry `first_entry` of the timeline (counted from 0), its seeds apart. `turns` says how many
    turns it no longer sees in all."""

    kind: Literal["window_moved"] = "window_moved"
    agent: int
    first_entry: int
    turns: int
    afresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(Event):
    """Something the person should know: a retired model name, a price that nobody knows, a wait."""

    kind: Literal["noticed"] = "noticed"
    level: NoticeLevel
    text: str
    agent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The conversation runs. `turns` is how many turns it was asked for, None for no end."""

    kind: Literal["resumed"] = "resumed"
    turns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """The conversation stands still until somebody runs it. `trouble` is set where that is why."""

    kind: Literal["paused"] = "paused"
    reason: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The session is over. `detail` says it in a sentence."""

    kind: Literal["ended"] = "ended"
    reason: EndReason
    detail: str


AnyEvent = (
    SessionOpened
    | RoundBegan
    | CouncilOpened
    | CouncilEnded
    | SpeakerChosen
    | TurnStarted
    | Delta
    | TurnEnded
    | TurnFailed
    | TurnRetracted
    | TurnEdited
    | WordQueued
    | Interjected
    | Whispered
    | SeatChanged
    | AgentJoined
    | AgentLeft
    | AgentReturned
    | AgentMuted
    | AgentChanged
    | RulesChanged
    | PermissionAsked
    | PermissionDecided
    | PermissionsChanged
    | ToolsGiven
    | RequestMade
    | RequestUndone
    | VoteClosed
    | Reminded
    | Remembered
    | InnerCalled
    | Remedied
    | ParameterOmitted
    | WindowMoved
    | Noticed
    | Resumed
    | Paused
    | Ended
)
