"""Who is meant by the first words of a command: which environment, which of its commands, or help about one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from backrooms_tui.worlds.exos.environment import Command, Environment

HELP = frozenset(("help", "?", "--help", "-h", "man", "usage", "commands"))
HISTORY = "history"
# What is said after `help` and names nothing.
_COURTESY = frozenset(("me", "please", "all", "everything", "commands", "menu", "-a", "--all"))
_CALLED = frozenset(("exos", "run", "execute", "exec", "command", "cmd", "sudo"))
_WORD = re.compile(r"\S+")
_FUNCTION = re.compile(r"^([A-Za-z][\w.]{0,60})\((.*)\)[.;]?$", re.S)
_JOINED = re.compile(r"^([A-Za-z]{1,30})(?:[._/:\-]|::)([A-Za-z]\w{0,40})$")
_ENDS = ".,:;!"
# So much of a line is looked at for its first words.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What the first words mean, and the `rest` of the line. `kind` is "nothing" where they mean nothing here; then
    `environment` is set if that much was understood, and `word` is the one that was not. `joined`: environment and
    command were both named."""

    kind: Literal["run", "help", "history", "nothing"]
    environment: Environment | None = None
    command: Command | None = None
    rest: str = ""
    word: str = ""
    joined: bool = False


class Heads:
    """Reads first words, for these `environments`."""

    def __init__(self, environments: Sequence[Environment]) -> None:
        self._environments: dict[str, Environment] = {}
        self._commands: dict[str, dict[str, Command]] = {}
        self._alone: dict[str, tuple[Environment, Command]] = {}
        for one in environments:
            for name in (one.name, *one.also):
                self._environments.setdefault(name, one)
            its = self._commands.setdefault(one.name, {})
            for command in one.commands:
                for name in command.alone:
                    self._alone.setdefault(name, (one, command))
                its[command.name] = command
            for command in one.commands:
                for name in command.also:
                    its.setdefault(name, command)

    def environment(self, word: str) -> Environment | None:
        """The environment that `word` names."""
        return self._environments.get(word.casefold().rstrip(_ENDS))

    def command(self, environment: Environment, word: str) -> Command | None:
        """The command of `environment` that `word` names, also as `create_note` and `createnote`."""
        its = self._commands[environment.name]
        word = word.casefold().rstrip(_ENDS).replace("-", "_")
        if found := its.get(word):
            return found
        first, _, last = word.partition("_")
        if last and self.environment(last) is environment:
            return its.get(first)
        if last and self.environment(first) is environment:
            return its.get(last)
        return its.get(word.replace("_", ""))

    def read(self, line: str) -> Head:
        """What the first words of `line` mean."""
        line = line.strip()
        if len(line) < 4000 and (call := _FUNCTION.match(line)):
            line = f"{call[1]} {call[2].strip()}"
        word, rest = _first(line.lstrip("/!"))
        if word.casefold().rstrip(_ENDS) in _CALLED and rest:
            word, rest = _first(rest)
        low = word.casefold()
        if low in HELP or low.rstrip(f"{_ENDS}?") in HELP:
            return self._help(rest)
        if low.rstrip(_ENDS) == HISTORY:
            return Head("history", rest=rest)
        alone = self._alone.get(low.rstrip(_ENDS))
        # Some names are those of an environment and of a command, as `time`.
        if (environment := self.environment(low)) and (rest or not alone):
            return self._inside(environment, rest)
        if found := self._of_two(low):
            return Head("run", *found, rest=rest, joined=True)
        if alone:
            return Head("run", *alone, rest=rest)
        return Head("nothing", rest=rest, word=word)

    def simplest(self, most: int = 2) -> list[str]:
        """The first commands that need nothing more said, of the first environments that have one."""
        found = []
        for name, its in self._commands.items():
            for command in its.values():
                if command.loose is None and not any(one.required for one in command.parameters):
                    found.append(f"{name} {command.name}")
                    break
        return [*found[:most], "help"]

    def names(self) -> Mapping[str, str]:
        """All that may stand at the beginning, for a nearest one, with what it is properly called."""
        found = {name: one.name for name, one in self._environments.items()}
        found |= {name: f"{one.name} {command.name}" for name, (one, command) in self._alone.items()}
        for environment, its in self._commands.items():
            found |= {f"{environment} {name}": f"{environment} {command.name}" for name, command in its.items()}
        return found | {"help": "help", HISTORY: HISTORY}

    def names_in(self, environment: Environment) -> Mapping[str, str]:
        """The same for its commands."""
        its = self._commands[environment.name]
        return {name: f"{environment.name} {command.name}" for name, command in its.items()}

    def _help(self, rest: str) -> Head:
        word, after = _first(rest)
        if not word or (not after and word.casefold().rstrip(_ENDS) in _COURTESY):
            return Head("help")
        if environment := self.environment(word):
            second, more = _first(after)
            command = self.command(environment, second) if second else None
            if second and command is None:
                return Head("help", environment, rest=after, word=second)
            return Head("help", environment, command, rest=more)
        if found := self._of_two(word.casefold()):
            return Head("help", *found, rest=after)
        if alone := self._alone.get(word.casefold()):
            return Head("help", *alone, rest=after)
        return Head("help", rest=rest, word=word)

    def _inside(self, environment: Environment, rest: str) -> Head:
        word, after = _first(rest)
        low = word.casefold().rstrip(_ENDS)
        if not word or low in HELP or word in HELP:
            second, more = _first(after)
            command = self.command(environment, second) if second else None
            return Head("help", environment, command, rest=more)
        command = self.command(environment, word)
        if command is None and low == environment.name.rstrip("s"):
            # "notes note create"
            return self._inside(environment, after) if after else Head("help", environment)
        if command is None and (unnamed := self._unnamed(environment, low)):
            return Head("run", environment, unnamed, rest=rest)
        if command is None:
            return Head("nothing", environment, rest=after, word=word, joined=True)
        if after.strip().casefold() in ("--help", "-h", "-?", "help", "?"):
            return Head("help", environment, command)
        return Head("run", environment, command, rest=after, joined=True)

    def _unnamed(self, environment: Environment, word: str) -> Command | None:
        """What is meant where `word` is none of the commands of `environment`, nor nearly one."""
        its = self._commands[environment.name]
        meant = its.get(environment.unnamed) if environment.unnamed else None
        known = word in environment.absent or get_close_matches(word[:_LOOKED_AT], its, n=1, cutoff=0.75)
        return None if known else meant

    def _of_two(self, word: str) -> tuple[Environment, Command] | None:
        """`notes.create`, `notes_create`, `create_note`."""
        found = _JOINED.match(word.rstrip(_ENDS))
        if found is None:
            return None
        for first, second in ((found[1], found[2]), (found[2], found[1])):
            environment = self.environment(first)
            command = self.command(environment, second) if environment else None
            if environment and command:
                return environment, command
        return None


def _first(text: str) -> tuple[str, str]:
    """The first word, and what follows it."""
    text = text.lstrip()
    found = _WORD.match(text[:_LOOKED_AT])
    if found is None:
        return "", ""
    return found[0], text[found.end() :].strip()
