"""What a world is: the small contract between a conversation and whatever answers commands.

A world keeps nothing by itself. What its commands change stands in the exchanges of its turns, and what it is, it reads
from them: so it can be replayed, branched, taken back and gone on with like everything else in a session.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.world import Change, Exchange, Outcome, Permission
from backrooms_tui.session.world_tool import Tool


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody said to the world: `by` is a seat, 0 the operator; `turn` is 0 for a word between the turns."""

    by: int
    name: str
    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What of it is taken as a command. `name` is what that is in permissions (`files.rm`), "" where no command was
    understood. Where permissions say nothing of it, `otherwise` holds. `reach` says in a line what it would read, write
    or reach, for the operator who is asked. `by` is who gave it, in the turn `turn`. One that is `telling` only says
    what there is, such as the help: what is permitted for "*" does not count for it."""

    by: int
    turn: int
    command: str
    name: str
    otherwise: Permission = "allow"
    reach: str = ""
    telling: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The screen that a command comes to, and what it changed, in `environment`."""

    screen: str
    outcome: Outcome = "done"
    environment: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What a world sees when it answers: the session, its own `seat`, what it answered in this turn `so_far`, the time
    (Unix seconds) and the randomness of this turn."""

    state: SessionState
    seat: int
    so_far: Sequence[Exchange]
    now: float
    rng: Random


class World(ABC):
    """Answers commands. One object serves one seat of one session, in one event loop."""

    @abstractmethod
    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        """What it may read, write or reach with these `permissions`, a line for each environment or tool, for the
        person before the first turn. It asks nobody."""

    def subjects(self) -> Mapping[str, Permission]:
        """What there can be permissions for, by name, each with what holds where nothing is said of it: its
        environments or tools, as far as it knows them now, and "*" for what else there may be."""
        return {"*": "allow"}

    async def open(self) -> None:  # noqa: B027 - most worlds have nothing to start
        """Start what it needs, once; called before everything below, again after a failure. Raises ProviderTrouble or
        OperatorError; cancelling it leaves nothing running."""

    @abstractmethod
    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        """What of `heard` are commands, in their order, at least one; where none was understood, one without a name.
        How many of a message are answered is the conversation's to say. Depends on nothing but its arguments, and never
        raises, whatever was said."""

    @abstractmethod
    async def answer(self, taken: Taken, view: View) -> Answer:
        """Do it. What cannot be done is an answer as well. What it raises all the same is shown as a failure; it may be
        cancelled at any moment, when it takes too long or the operator stops it."""

    @abstractmethod
    def greeting(self, view: View) -> Answer:
        """The screen where nobody has said anything yet."""

    def refused(self, taken: Taken, why: str) -> str:
        """The screen of a command that did not run; `why` is a sentence."""
        return f"Command: {taken.command}\n\n{why}"

    def tools(self) -> tuple[Tool, ...]:
        """Its commands as tools, for models that can call some; once it is open."""
        return ()

    def command(self, tool: str, arguments: Mapping[str, object]) -> str:
        """The command that the call of `tool` with `arguments` comes to: `take` of it is that command. Never raises."""
        return f"{tool} {dict(arguments)}"

    async def aclose(self) -> None:  # noqa: B027 - most worlds hold nothing
        """Give back what it holds."""


class Past:
    """The exchanges that a world has read, so that each is read once; and all anew where the past changed."""

    def __init__(self) -> None:
        self._turn = 0
        self._revision: int | None = None
        self._pending: list[Exchange] = []

    def news(self, view: View) -> tuple[bool, list[Exchange]]:
        """The exchanges that were not read before, in order; True with them where everything is to be read afresh."""
        state = view.state
        since = self._since(view)
        afresh = since is None
        turns = range(1, state.turn + 1) if since is None else range(self._turn + 1, state.turn + 1)
        found = [
            one
            for turn in turns
            if (entry := state.turns.get(turn)) and entry.agent == view.seat
            for one in entry.exchanges
        ]
        found += view.so_far
        if since:
            found = found[since:]
        self._turn, self._revision, self._pending = state.turn, state.revision, list(view.so_far)
        return afresh, found

    def _since(self, view: View) -> int | None:
        """How many of the exchanges after the turn that was read last are known already; None: begin afresh."""
        state, pending = view.state, self._pending
        if self._revision != state.revision or state.turn < self._turn:
            return None
        then = [
            one
            for turn in range(self._turn + 1, state.turn + 1)
            if (entry := state.turns.get(turn)) and entry.agent == view.seat
            for one in entry.exchanges
        ]
        then += view.so_far
        if len(then) < len(pending) or any(a is not b for a, b in zip(pending, then, strict=False)):
            return None
        return len(pending)
