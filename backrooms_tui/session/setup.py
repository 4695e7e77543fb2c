"""The resolved setup of a session: everything that was decided before the first turn.

It is recorded whole with the session, so that a template or an alias that changes later changes nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["user", "assistant"]
AgentKind = Literal["model", "world", "person"]
ParamValue = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of what an agent is sent. The system text stands apart, in the agent's setup."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class AgentSetup:
    """One seat at the table.

    `seat` counts from 1. `model` is a full reference (`provider/model`), `asked` is what the person typed for it
    (an alias, say). `system` and `history` are the template's texts with every blank filled. `params` are the
    sampling parameters by their names in `session.parameters`. `window` is the model's context window in tokens,
    None where nobody knows.
    """

    seat: int
    name: str
    model: str
    system: str = ""
    history: tuple[Message, ...] = ()
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    kind: AgentKind = "model"
    asked: str = ""
    company: str = ""
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """When a session ends by itself, and who speaks next. 0 and None mean no limit; `budget` is in USD."""

    stop: tuple[str, ...] = ()
    max_turns: int = 0
    budget: float | None = None
    order: str = "round-robin"


@dataclass(frozen=True, slots=True)
class Setup:
    """Who talks, with what, under which rules. `seed` makes a run with a scripted or local model repeat itself."""

    title: str
    template: str
    agents: tuple[AgentSetup, ...]
    rules: Rules = field(default_factory=Rules)
    variables: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None

    def agent(self, seat: int) -> AgentSetup:
        """The agent at `seat` (from 1). Raises KeyError for a seat that nobody has."""
        for agent in self.agents:
            if agent.seat == seat:
                return agent
        raise KeyError(seat)
