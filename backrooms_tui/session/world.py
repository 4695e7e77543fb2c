"""Worlds: participants that answer commands instead of talking. What one is set up with, and what it did in a turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# Whether a command may be given: it runs, the operator is asked each time, or it never runs.
Permission = Literal["allow", "ask", "deny"]
# What the operator says when asked: this once, from now on in this session, or no.
Decision = Literal["once", "session", "deny"]
# How a command went: it was done, was refused, went wrong, took too long; or no command was understood at all.
Outcome = Literal["done", "denied", "failed", "timed_out", "unknown"]
# One thing that a command changed, in plain values that its environment reads again: {"do": "create", "number": 3, …}.
Change = Mapping[str, str | int | float | bool]
# The provider's part of a world's reference, `world/NAME`, and the one that is built in.
WORLD = "world"
BUILT_IN = "exos"


@dataclass(frozen=True, slots=True)
class WorldSetup:
    """The world on a seat: `name` is the built-in one's, or that of one in the person's configuration.

    `permissions` are by what they are for: an environment or a tool server's tool (`web`), or one command of an
    environment (`files.rm`); the more exact name counts, and "*" is for all that is not named. `environments` are those
    that are there at all, all where it is empty. `notebook` is the name of one that sessions share, "" for one of this
    session; `documents` the folder that may be searched, "" for none. A command has `timeout` seconds.
    """

    name: str = BUILT_IN
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    environments: tuple[str, ...] = ()
    notebook: str = ""
    documents: str = ""
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A command and its answer, of which a world's turn has one for each whom it answers.

    `by` is the seat that gave it, 0 the operator, in the turn `turn` (0: between the turns). `command` is what was
    taken as the command, "" where nothing was; `name` what it is in permissions (`notes.create`). `screen` is the
    answer, a piece of the turn's text. `changes` are what it changed, in `environment`.
    """

    by: int
    turn: int
    command: str
    name: str
    outcome: Outcome
    screen: str
    environment: str = ""
    changes: tuple[Change, ...] = ()


def permitted(permissions: Mapping[str, Permission], name: str, otherwise: Permission) -> Permission:
    """What `permissions` say of `name` (`files.rm`): the most exact one that is there, "*" last, else `otherwise`."""
    while name:
        if name in permissions:
            return permissions[name]
        name = name.rpartition(".")[0]
    return permissions.get("*", otherwise)
