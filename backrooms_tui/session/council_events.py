"""What happens to councils: the conversations that an agent's own people have before it speaks.

A council is a session of its own. These are the events of the session whose turn it serves.
"""

from dataclasses import dataclass
from typing import Literal

from backrooms_tui.session.event import Event
from backrooms_tui.session.usage import Usage


@dataclass(frozen=True, slots=True)
class Serves:
    """What a council serves: the `turn` of `agent` (a seat) in another `session`."""

    session: str
    turn: int
    agent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilOpened(Event):
    """The council of `agent` begins to talk, as the session `council`, before `turn` is spoken."""

    kind: Literal["council_opened"] = "council_opened"
    turn: int
    agent: int
    council: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilEnded(Event):
    """The council of `agent` is over. `text` is what only that agent is told of it, "" where it came to nothing, and
    `detail` says in a sentence why it ended. `usage` and `cost` are all that it took, councils within it included."""

    kind: Literal["council_ended"] = "council_ended"
    turn: int
    agent: int
    council: str
    text: str
    detail: str
    turns: int
    usage: Usage
    cost: float | None
