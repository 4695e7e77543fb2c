"""The resolved setup of a session: everything that was decided before the first turn.

It is recorded whole with the session, so that a template or an alias that changes later changes nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.world import Permission, WorldSetup

Role = Literal["user", "assistant"]
AgentKind = Literal["model", "world", "person"]
ParamValue = str | int | float | bool | tuple[str, ...]
# What happens when an agent's context window fills: the oldest turns are dropped, a model keeps a running summary of
# them, or the agent keeps a notebook of its own.
Memory = Literal["drop", "summary", "notebook"]
RemedyKind = Literal["nudge", "topic", "temperature", "model", "call", "end"]
# How turns make up a round: each is heard at once, all together when the round is over, or as a debate in three phases.
Mode = Literal["turns", "statements", "debate"]
CouncilHears = Literal["new", "all", "nothing"]
CouncilWhen = Literal["every", "asked"]
CouncilMemory = Literal["fresh", "keep"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of what an agent is sent. The system text stands apart, in the agent's setup."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """Said to one agent every `every` of its own turns, before the last `depth` messages of what it is sent."""

    text: str
    every: int = 8
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Cue:
    """What happens by itself before turn `turn` is spoken: to all, or to the seat `to`.

    An agent that was away comes in with it (the seat it `brings`), or one leaves (the seat it `sends_away`); the one
    who comes hears the text, and so does the one who leaves.
    """

    turn: int
    text: str
    to: int = 0
    brings: int = 0
    sends_away: int = 0


@dataclass(frozen=True, slots=True)
class Remedy:
    """One step against a conversation that stalls.

    nudge: `text`, to the one who speaks next alone. topic: one of `topics`, drawn without repeats, to all; `afresh`
    it begins anew for all of them: what was said before the topic is sent no longer, only the seeds.
    temperature: `temperature` for `turns` turns, for all. model: `model` (a reference) in the next speaker's seat for
    `turns` turns. call: pause, and tell the operator. end: end the session.
    """

    kind: RemedyKind
    text: str = ""
    topics: tuple[str, ...] = ()
    afresh: bool = False
    temperature: float | None = None
    model: str = ""
    turns: int = 4


@dataclass(frozen=True, slots=True)
class RoundLabels:
    """What rounds are called: `name` and the label ("Year 2031"). From the last of `labels` on they are counted."""

    name: str = "Round"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentSetup:
    """One seat at the table.

    `seat` counts from 1. `model` is a full reference (`provider/model`), `asked` is what the person typed for it
    (an alias, say). `system` and `history` are the template's texts with every blank filled. `params` are the
    sampling parameters by their names in `session.parameters`. `window` is the model's context window in tokens,
    None where nobody knows. `description` is one line for whoever chooses the speaker, `talkativeness` from 0 to 1 how
    readily the agent speaks where nobody was addressed. `guard` cuts what it says for others. An `absent` agent comes
    later. `position` is what the agent stands for in a debate. Its `council` talks before it speaks. Of kind "world" it
    is the `world`, and answers what the others command; a model with `tools` is given the commands of the worlds at the
    table as tools that it can call.
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
    description: str = ""
    talkativeness: float = 0.5
    reminder: Reminder | None = None
    memory: Memory = "drop"
    guard: bool = True
    absent: bool = False
    position: str = ""
    council: "CouncilSetup | None" = None
    world: WorldSetup | None = None
    tools: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """When a session ends by itself, who speaks next, and what happens by itself. 0 and None mean no limit.

    `budget` is in USD, `max_tokens` counts what went in and out, `max_seconds` the time in which it ran. It ends when
    `stop_votes` agents have said a stop text; one that says it before that leaves. `manager` is the model that chooses
    in the order "manager" (the first agent's where it is empty); `repeat` lets an agent speak twice in a row in random
    order. In a `play` agents may speak for others. `ladder` is climbed while the stall meter stands at `stall_at` or
    above.

    In "statements" nobody hears the others' turns of a round before it is over; in a "debate" the first round holds the
    positions, the last of `max_rounds` the closings, and those between the rebuttals. In both, and where there are
    `rounds`, the agents are told each round's label. Councils within councils are held up to `council_depth` deep.
    `requests` are what agents may ask for by themselves (`whisper`, `invite`, ...); what is not there is denied.
    """

    mode: Mode = "turns"
    rounds: RoundLabels | None = None
    council_depth: int = 3
    stop: tuple[str, ...] = ()
    max_turns: int = 0
    budget: float | None = None
    order: str = "round-robin"
    manager: str = ""
    repeat: bool = False
    play: bool = False
    max_rounds: int = 0
    max_tokens: int = 0
    max_seconds: float = 0.0
    stop_votes: int = 1
    cues: tuple[Cue, ...] = ()
    ladder: tuple[Remedy, ...] = ()
    stall_at: float = 0.5
    requests: Mapping[str, Permission] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CouncilSetup:
    """What an agent does before it speaks: its own `agents` talk, by `rules` of their own, and only it is told what was
    said. They begin with `opening`, after what they hear of the conversation around them: what is `new` since the
    last council, `all` of it, or `nothing`.

    A council is held before every `every`th turn of the agent, the first included, or, `when` "asked", after a turn
    in which the agent said `ask` alone on a line. Members who `keep` their memory go on from the last council.
    """

    agents: tuple[AgentSetup, ...]
    opening: str = ""
    rules: Rules = field(default_factory=Rules)
    hears: CouncilHears = "new"
    when: CouncilWhen = "every"
    every: int = 1
    ask: str = ""
    memory: CouncilMemory = "fresh"


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
