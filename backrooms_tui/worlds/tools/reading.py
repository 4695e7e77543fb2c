"""Which words of what somebody said are commands for a tool server.

`help`, `help TOOL`, `resources`, `read URI`, `prompts`, and the tools by their names, with arguments as `key=value`, as
JSON, or as a call in brackets.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from backrooms_tui.worlds.reading.commands import commands_in
from backrooms_tui.worlds.reading.grammar import Standing

_WORD = re.compile(r"([^\s({\[=:,;!?]+)")
_LISTS = ("help", "resources", "prompts", "tools")
_URI = re.compile(r"[A-Za-z][\w+.-]*:\S+$")
# What begins arguments; and what does so where it stands among prose, in which a colon may follow any word.
_ARGUMENTS = re.compile(r"\s*(?:[({]|(?:--)?[A-Za-z_][\w-]*\s*[=:]|--[A-Za-z])")
_SURE_ARGUMENTS = re.compile(r"\{\S|\(.*\);?$|(?:--)?[A-Za-z_][\w-]*\s?=|--[A-Za-z]|\{\s*$")


@dataclass(frozen=True, slots=True)
class Call:
    """One command: the `word` that it begins with, as the server has it, and the `rest`."""

    word: str
    rest: str

    @property
    def line(self) -> str:
        """The command, as one would type it."""
        return f"{self.word}{'' if self.rest.startswith('(') else ' '}{self.rest}".strip()


@dataclass(frozen=True, slots=True)
class Said:
    """The commands in what was said, in order. Where there are none, `attempt` is what may have been meant as one."""

    calls: tuple[Call, ...] = ()
    attempt: str = ""


class Commands:
    """What a server with `tools` knows about commands; see `Grammar`. Where none are known yet, what looks like one
    counts."""

    def __init__(self, tools: Collection[str]) -> None:
        self._tools = tools

    def knows(self, line: str, standing: Standing) -> bool:
        """See `Grammar.knows`."""
        call = self.call(line)
        if call is None:
            return False
        if standing == "marked":
            return True
        if call.word in _LISTS or call.word == "read":
            return standing == "alone" or line == line.lower()
        if not self._tools and not ("_" in call.word or _ARGUMENTS.match(call.rest)):
            return False
        return _looks(call, line, standing)

    def goes_on(self, line: str) -> bool:
        """See `Grammar.goes_on`."""
        return False

    def may_go_on(self, line: str) -> bool:
        """See `Grammar.may_go_on`: a text in quotes may have several lines."""
        return line.count('"') % 2 == 1

    def call(self, line: str) -> Call | None:
        """`line` as a command; None where it is none."""
        if call := named(line, self._tools):
            return call
        match = _WORD.match(line)
        word, rest = (match[1], line[match.end(1) :].strip()) if match else ("", "")
        lower = word.lower()
        if lower in _LISTS and len(rest.split()) <= (1 if lower == "help" else 0):
            return Call("help" if lower == "tools" else lower, rest)
        if lower in ("read", "resources") and _URI.match(uri := rest.strip("<>\"'`")):
            return Call("read", uri)
        if not self._tools and word:
            return Call(word, rest)
        return None


def said_in(text: str, tools: Collection[str]) -> Said:
    """The commands in `text` for a server with `tools`; where it is not known yet (none), those that look like some."""
    commands = Commands(tools)
    found = commands_in(text, commands)
    calls = [call for line in found.commands if (call := commands.call(line)) is not None]
    return Said(tuple(calls), "" if calls else found.attempt)


def named(line: str, tools: Collection[str]) -> Call | None:
    """`line` as a call of one of `tools`, whatever case it is written in, with `-` for `_` or the other way round."""
    match = _WORD.match(line)
    # A name may hold a letter that ends a word, or a space.
    for word in (match[1] if match else "", *line.split(maxsplit=1)[:1]):
        if word and (tool := _same(word, tools)) is not None:
            return Call(tool, line[len(word) :].strip())
    for tool in tools:
        if " " in tool and line.startswith(tool) and line[len(tool) : len(tool) + 1] in ("", " ", "(", "{"):
            return Call(tool, line[len(tool) :].strip())
    return None


def _same(word: str, tools: Collection[str]) -> str | None:
    if word in tools:
        return word
    plain = word.lower().replace("-", "_")
    return next((one for one in tools if one.lower().replace("-", "_") == plain), None)


def _looks(call: Call, line: str, standing: Standing) -> bool:
    """Whether a line that nothing marks as a command looks like one rather than like prose."""
    if not call.rest or (_ARGUMENTS if standing == "alone" else _SURE_ARGUMENTS).match(call.rest):
        return True
    # A sentence begins with a capital letter, and ends with a mark.
    if standing == "alone":
        return line[:1].islower() or "_" in call.word or line.rstrip()[-1:] not in ".,:;!?"
    return any(letter in call.word for letter in "_-.") and line.rstrip()[-1:] not in ".,:;!?"
