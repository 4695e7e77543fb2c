"""What a file says, whatever its format: a session, or templates; and what of it could not be placed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.setup import ParamValue, Role

SEAT_LIMIT = 64
_KEPT = 50


@dataclass(frozen=True, slots=True)
class Blank:
    """A place in a template's text that is filled when it is played: a word about the agent at `seat`, or `variable`.

    The words of an agent are those of a template file; seat 0 is the agent whose text it is.
    """

    seat: int = 0
    word: Literal["name", "company", "model", "seat"] = "name"
    variable: str = ""


# A template's text: what stands there to the letter, and blanks between.
Text = tuple[str | Blank, ...]


@dataclass(frozen=True, slots=True)
class ReadAgent:
    """One seat of a template, in the words of `session.setup`. `model` is what the file calls it, "" where it does not
    say. A seat with the name of a `world` has nothing else."""

    name: Text
    system: Text = ()
    history: tuple[tuple[Role, Text], ...] = ()
    model: str = ""
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    world: str = ""


@dataclass(frozen=True, slots=True)
class ReadTemplate:
    """A template as another tool has it. `variables` are its own, by name, with their values; `manager` is a model."""

    title: str
    description: str
    agents: tuple[ReadAgent, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    stop: tuple[str, ...] = ()
    order: str = "round-robin"
    manager: str = ""


class Remarks:
    """Sentences about a file, each with its line. There may be no end of them: the first are kept."""

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}
        self._more = 0

    def add(self, sentence: str, line: int | None = None) -> None:
        """One more."""
        told = f"line {line}: {sentence}" if line else sentence
        if len(self._sentences) < _KEPT:
            self._sentences[told] = None
        else:
            self._more += told not in self._sentences

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that was kept, in order, and how much more there was."""
        return (*self._sentences, f"and {self._more:,} more of that kind") if self._more else (*self._sentences,)


@dataclass(slots=True)
class Reading:
    """What came out of a file. `format` names its kind in words.

    A session's `events` begin with its SessionOpened and are read from the file as they are asked for: that may raise
    OperatorError at any of them, and `unplaced` is complete when they are over. `own` events were recorded by this
    program and are kept as they are; others have no session's id and the file's own names for models. `notes` are what
    else the person should know, such as what files of this kind never hold.
    """

    format: str
    events: Iterator[AnyEvent] | None = None
    own: bool = False
    templates: tuple[ReadTemplate, ...] = ()
    unplaced: Remarks = field(default_factory=Remarks)
    notes: Remarks = field(default_factory=Remarks)
