"""What agents ask for by themselves in the conversation, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from backrooms_tui.session.event import Event
from backrooms_tui.session.setup import AgentSetup

RequestName = Literal["whisper", "vote", "invite", "leave", "mute", "note"]
REQUESTS: tuple[RequestName, ...] = get_args(RequestName)
# Done; not done, since it could not be or was not understood; not done, since the operator did not allow it.
RequestOutcome = Literal["done", "refused", "denied"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands in a turn, word for word."""

    name: RequestName
    text: str


def request_id(turn: int, number: int) -> str:
    """What a request is known by: its turn, and its place among that turn's requests, from 1."""
    return f"{turn}.{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMade(Event):
    """The request `number` (from 1) of `turn` was looked at, once. What it did are the next `effects` events.

    `why` says what kept it from being done. A whisper is `said` to the seat `to`; a vote is called on what is `said`
    with `options`, or, where it names the `vote` (an id), `said` is the option that `agent` is for; `invited` takes
    part from now on, without a seat where nobody came; the word of one who leaves is `said`; `to` only listens for so
    many `turns`; a note is `said`.
    """

    kind: Literal["request_made"] = "request_made"
    turn: int
    agent: int
    number: int
    name: RequestName
    text: str
    outcome: RequestOutcome = "done"
    why: str = ""
    to: int = 0
    said: str = ""
    options: tuple[str, ...] = ()
    vote: str = ""
    turns: int = 0
    invited: AgentSetup | None = None
    effects: int = 0

    @property
    def id(self) -> str:
        """What it is known by in this session."""
        return request_id(self.turn, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUndone(Event):
    """The operator has undone the request with the id `request`, of `turn`. The next `effects` events belong to it."""

    kind: Literal["request_undone"] = "request_undone"
    turn: int
    agent: int
    request: str
    effects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteClosed(Event):
    """A vote (the id of the request that called it) is over: how many were for each option, and how many for none.
    The next `effects` events tell of it."""

    kind: Literal["vote_closed"] = "vote_closed"
    vote: str
    question: str
    votes: Mapping[str, int] = field(default_factory=dict)
    silent: int = 0
    effects: int = 0
