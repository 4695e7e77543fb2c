"""The language of the built-in world: `<environment> <command> [parameters]`, and the short forms that people try."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backrooms_tui.worlds.exos import arguments
from backrooms_tui.worlds.exos.environment import Argument, Environment, NotDone
from backrooms_tui.worlds.exos.heads import HELP, Head, Heads
from backrooms_tui.worlds.reading.grammar import Standing

# What nobody says by chance at the beginning of a line.
_OF_A_SHELL = frozenset(("ls", "cd", "pwd", "mkdir", "rm", "mv", "cp", "cat", "grep", "echo", "touch"))
# What of a line decides how it is meant.
_BEGINNING = 400
_SHORT = 6  # words
_READ = 4_000  # characters of a text in which no command was found
_INTO = re.compile(r"^(?:files\s+)?cat\s*(>{1,2})\s*(\S{1,200})\s*$", re.I)
_ECHO = re.compile(r"^(?:files\s{1,9})?(?:echo|(printf))\s{1,9}(?:(-\w{0,2}e\w{0,2})\s)?", re.I)
_FILE = re.compile(r"^\s{0,9}(\S{1,200}|\"[^\"\n]{1,200}\")\s{0,9}$")
_REDIRECTED = 20_000  # characters; more does not come on one line


@dataclass(frozen=True, slots=True)
class Parsed:
    """A command as it is understood: what is meant, its arguments, and what is wrong with them, if anything is."""

    head: Head
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    trouble: NotDone | None = None

    @property
    def name(self) -> str:
        """What it is in permissions; "" where no command was understood."""
        if self.head.kind == "run" and self.head.environment and self.head.command:
            return f"{self.head.environment.name}.{self.head.command.name}"
        return "" if self.head.kind == "nothing" else "help"


class Language:
    """Reads commands for these `environments`. It is a `Grammar`."""

    def __init__(self, environments: Sequence[Environment]) -> None:
        self.heads = Heads(environments)
        self._redirects = any(one.name == "files" for one in environments)

    def parse(self, command: str) -> Parsed:
        """What `command` means: its first line, and its text below. It never raises, whatever `command` is."""
        line, _, body = self._plain(command).partition("\n")
        head = self.heads.read(line)
        if head.kind != "run" or head.command is None or head.environment is None:
            return Parsed(head)
        rest = head.rest
        if body and rest.count('"') % 2:
            rest, body = f"{rest}\n{body}", ""
        try:
            return Parsed(head, arguments.read(head.command, rest, body, flags=head.environment.flags))
        except NotDone as trouble:
            return Parsed(head, trouble=trouble)

    def attempted(self, text: str) -> str:
        """The first line of `text`, which has no command in it, that begins with an environment all the same."""
        for line in text[:_READ].split("\n"):
            word = line.strip()[:_BEGINNING].partition(" ")[0]
            if word.islower() and self.heads.environment(word):
                return line.strip()[:_BEGINNING]
        return ""

    def knows(self, line: str, standing: Standing) -> bool:
        """See `Grammar.knows`."""
        line = self._plain(line)
        beginning = line[:_BEGINNING]
        if self._opens_echo(line):
            return True
        head = self.heads.read(beginning)
        words = beginning.split(maxsplit=12)
        match head.kind:
            case "nothing":
                # Of a known environment: it is told what there is instead.
                return standing == "marked" and head.environment is not None and len(words) <= _SHORT
            case "history":
                return len(words) <= (2 if standing == "marked" else 1)
            case "help":
                if standing == "marked":
                    return len(words) <= _SHORT
                return not head.word and not head.rest and _plain_help(head, words, standing)
        if standing == "marked":
            return True
        if _sentence(line, words):
            return False
        if head.joined:
            return True
        if standing == "alone":
            return len(words) <= _SHORT or words[0].casefold() in _OF_A_SHELL
        return words[0] in _OF_A_SHELL and len(words) <= 3 and not line.rstrip().endswith((".", "!", "?"))

    def goes_on(self, line: str) -> bool:
        """See `Grammar.goes_on`."""
        head = self.heads.read(self._plain(line))
        if not _takes_text(head) or head.command is None or head.environment is None:
            return False
        last = head.command.parameters[-1]
        try:
            return last.name not in arguments.read(head.command, head.rest, "", flags=head.environment.flags)
        except NotDone:
            return True

    def may_go_on(self, line: str) -> bool:
        """See `Grammar.may_go_on`."""
        return self._opens_echo(line) or _takes_text(self.heads.read(self._plain(line)))

    def _opens_echo(self, line: str) -> bool:
        """Whether it is an echo whose text, in quotes, goes on below."""
        return self._redirects and _ECHO.match(line) is not None and line.count('"') % 2 == 1

    def _plain(self, line: str) -> str:
        """A shell's way of writing into a file as the command that it is here."""
        if not self._redirects or ">" not in line[:_REDIRECTED]:
            return line
        first, _, below = line.partition("\n")
        if len(first) < _BEGINNING and (found := _INTO.match(first)):
            line = f"files {_INTO_FILE[found[1]]} {found[2]}"
            return f"{line}\n{below}" if below else line
        if len(line) > _REDIRECTED or not (echo := _ECHO.match(line)):
            return line
        text, _, file = line[echo.end() :].rpartition(">")
        into = _FILE.match(file)
        if into is None or not text:
            return line
        how = ">>" if text.endswith(">") else ">"
        text = text.removesuffix(">").strip()
        if echo[1] or echo[2]:
            text = text.replace("\\n", "\n").replace("\\t", "\t")
        return f"files {_INTO_FILE[how]} {into[1]} {text}"


_INTO_FILE = {">": "write", ">>": "append"}


def _takes_text(head: Head) -> bool:
    if head.kind != "run" or head.command is None or not head.command.parameters:
        return False
    return head.command.parameters[-1].body and not head.rest.startswith("{")


def _plain_help(head: Head, words: Sequence[str], standing: Standing) -> bool:
    """Whether it asks for help, and is not merely a word that stands alone on a line, such as a heading."""
    asks = any(word.casefold().rstrip(".!?") in HELP or word == "?" for word in words)
    return asks or (standing == "alone" and len(words) == 1 and head.environment is not None)


def _sentence(line: str, words: Sequence[str]) -> bool:
    """Whether it reads like prose: a capital, several words, a full stop, and nothing that a command has."""
    end = line.rstrip()[-1:]
    return len(words) > 4 and line[:1].isupper() and not line[:8].isupper() and end in ".!?…:" and '"' not in line
