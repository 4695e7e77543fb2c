"""What happens to who takes part, with which model, in what manner and by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.event import Event
from backrooms_tui.session.setup import AgentSetup, Memory, ParamValue, Reminder, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChanged(Event):
    """An agent goes on with another model or other parameters. `window` is the new model's, in tokens."""

    kind: Literal["seat_changed"] = "seat_changed"
    agent: int
    model: str
    asked: str = ""
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    window: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJoined(Event):
    """Somebody new takes part, on a seat that nobody has had. It hears what is said from now on."""

    kind: Literal["agent_joined"] = "agent_joined"
    agent: int
    setup: AgentSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeft(Event):
    """An agent is away: it does not speak, and hears nothing of what is said meanwhile."""

    kind: Literal["agent_left"] = "agent_left"
    agent: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReturned(Event):
    """An agent that was away is back."""

    kind: Literal["agent_returned"] = "agent_returned"
    agent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMuted(Event):
    """An agent hears everything and does not speak; or, not `muted`, speaks again."""

    kind: Literal["agent_muted"] = "agent_muted"
    agent: int
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChanged(Event):
    """An agent has other manners from now on; its model and parameters are changed by `SeatChanged`.

    `system` is its system text from the next request on, None where that stays as it was.
    """

    kind: Literal["agent_changed"] = "agent_changed"
    agent: int
    description: str
    talkativeness: float
    reminder: Reminder | None
    memory: Memory
    guard: bool
    system: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(Event):
    """The session goes on by other rules: these, whole."""

    kind: Literal["rules_changed"] = "rules_changed"
    rules: Rules
