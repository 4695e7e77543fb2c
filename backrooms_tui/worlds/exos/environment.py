"""What an environment of the built-in world is: a name, and a table of commands, from which help, tools and permissions
come.

An environment keeps nothing by itself. A command returns what it changes as plain values, which stand in the session;
`apply` reads them again, in order, and `clear` begins afresh: so the same commands give the same environment, live, in
a replay, in a branch and after a turn was taken back.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.world import Change, Exchange, Outcome, Permission
from backrooms_tui.worlds.base import View

# What an argument is once it was read: of the type that its parameter names.
Argument = str | int | float | bool
ParameterType = Literal["string", "integer", "number", "boolean"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command, given by place, by name (`title=…`, `--title …`) or in a JSON object.

    With `rest` it takes all that is left of the line, spaces and quotes included, and with `body` what stands on the
    lines below as well; only the last one can. `also` are other names that people try. `choices` are all there is, if
    it says any.
    """

    name: str
    about: str
    type: ParameterType = "string"
    required: bool = True
    rest: bool = False
    body: bool = False
    also: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def schema(self) -> Mapping[str, object]:
        """The same as a JSON schema."""
        told: dict[str, object] = {"type": self.type, "description": self.about}
        return {**told, "enum": list(self.choices)} if self.choices else told


@dataclass(frozen=True, slots=True)
class Call:
    """A command that is to be run: `by` whom (a seat, 0 the operator), `name` what that one is called, in which `turn`,
    with which `arguments`, by the names of the parameters; those that were left out are not there."""

    by: int
    name: str
    turn: int
    arguments: Mapping[str, Argument]
    view: View

    def text(self, name: str, otherwise: str = "") -> str:
        """The argument `name` as text; `otherwise` where it was left out."""
        return str(self.arguments.get(name, otherwise))

    def number(self, name: str, otherwise: int = 0) -> int:
        """The argument `name` as a whole number; `otherwise` where it was left out."""
        return int(self.arguments.get(name, otherwise))


@dataclass(frozen=True, slots=True)
class Wish:
    """A command that the operator may be asked about, before it runs: what is known is the session's `state`, in which
    the world has the seat `seat`."""

    by: int
    seat: int
    arguments: Mapping[str, Argument]
    state: SessionState


@dataclass(frozen=True, slots=True)
class Result:
    """What a command comes to: a screen's title, what it says, and a `hint` at its foot; and what it changes."""

    title: str
    text: str = ""
    hint: str = ""
    outcome: Outcome = "done"
    changes: tuple[Change, ...] = ()


class NotDone(Exception):
    """A command could not be done: why, in a sentence or more, and a `hint` at what can be done instead. A command's
    `run` raises it, and it becomes a screen."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


Run = Callable[[Call], Awaitable[Result]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of an environment.

    `about` is one line for whoever asks for help, and `more` what there is to know beyond it. `also` are other names
    that people try; by those in `alone` it is known without its environment (`ls`). `otherwise` is its permission where
    nothing is said, the environment's where it is None. `reach` says in a line what this very command would read, write
    or reach, for the operator who is asked. `shape` is how its parameters are shown where their names alone would say
    it badly. `loose` reads what was given by place in a way of its own, from the rest of the line and what is below.
    """

    name: str
    about: str
    run: Run
    parameters: tuple[Parameter, ...] = ()
    more: str = ""
    also: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    loose: Callable[[str, str], Mapping[str, Argument]] | None = None
    otherwise: Permission | None = None
    reach: Callable[[Wish], str] | None = None
    examples: tuple[str, ...] = ()
    shape: str = ""

    @property
    def usage(self) -> str:
        """Its parameters, in capitals, those that may be left out in brackets; its `shape`, if it has one."""
        if self.shape:
            return self.shape
        told = (one.name.upper() for one in self.parameters)
        return " ".join(name if one.required else f"[{name}]" for name, one in zip(told, self.parameters, strict=True))

    @property
    def schema(self) -> Mapping[str, object]:
        """The JSON schema of its arguments."""
        return {
            "type": "object",
            "properties": {one.name: dict(one.schema) for one in self.parameters},
            "required": [one.name for one in self.parameters if one.required],
            "additionalProperties": False,
        }


class Environment(ABC):
    """A place in the built-in world. One object serves one seat of one session, in one event loop.

    `name` is what one types, `about` one line about it, `also` other names that people try, `otherwise` its permission
    where nothing is said. `absent` are commands that people know from elsewhere and that are not there, with what is
    instead. Short `flags` (`-la`) are let pass where it says so. `unnamed` is the command that is meant where its name
    is left out, as in `search the door`.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()
    otherwise: ClassVar[Permission] = "allow"
    absent: ClassVar[Mapping[str, str]] = MappingProxyType({})
    flags: ClassVar[bool] = False
    unnamed: ClassVar[str] = ""

    @property
    @abstractmethod
    def commands(self) -> tuple[Command, ...]:
        """Its commands, in the order of the help; the same ones always."""

    @abstractmethod
    def reach(self) -> str:
        """What it may read, write or reach, in a line for the person, such as "keeps notes in this session"."""

    def clear(self) -> None:  # noqa: B027 - some environments remember nothing
        """Forget what was applied: all is read afresh."""

    def apply(self, by: int, change: Change) -> None:  # noqa: B027 - some environments remember nothing
        """`change` has happened, by a command of `by`. What it does not know it leaves alone; it never raises."""

    async def aclose(self) -> None:  # noqa: B027 - most environments hold nothing
        """Give back what it holds."""


def changes_before(state: SessionState, seat: int, environment: str) -> Iterator[tuple[int, Change]]:
    """What was changed in `environment` of the world on `seat` so far, the last change first, each with who did it: for
    `Command.reach`, which knows nothing but the state."""
    for turn in range(state.turn, 0, -1):
        entry = state.turns.get(turn)
        if entry is None or entry.agent != seat:
            continue
        for exchange in reversed(entry.exchanges):
            yield from _of(exchange, environment)


def _of(exchange: Exchange, environment: str) -> Iterator[tuple[int, Change]]:
    if exchange.environment == environment:
        for change in reversed(exchange.changes):
            yield exchange.by, change
