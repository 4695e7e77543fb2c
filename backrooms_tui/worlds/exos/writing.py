"""Calls of tools as the commands that they come to, which are read back as just these."""

import json
from collections.abc import Mapping

from backrooms_tui.worlds.exos.environment import Command, Environment
from backrooms_tui.worlds.exos.language import Language
from backrooms_tui.worlds.reading.commands import commands_in

_SHORT = 200  # an argument that is longer stands in JSON


def tool_name(environment: Environment, command: Command) -> str:
    """What `command` is called as a tool."""
    return f"{environment.name}_{command.name}"


def written(environment: Environment, command: Command, arguments: Mapping[str, object], language: Language) -> str:
    """The command for a call of `command` with `arguments`: as a person would type it, where that says the same; else
    with a JSON object."""
    head = f"{environment.name} {command.name}"
    given = {name: value for name, value in arguments.items() if value is not None}
    exact = f"{head} {as_json(given)}" if given else head
    meant = language.parse(exact)
    if meant.trouble is None:
        values = [meant.arguments[one.name] for one in command.parameters if one.name in meant.arguments]
        typed = " ".join([head, *(_typed(value) for value in values)])
        if all(len(str(value)) <= _SHORT for value in values) and "\n" not in typed and _same(typed, exact, language):
            return typed
    return exact


def unknown(tool: str, arguments: Mapping[str, object]) -> str:
    """The same for a tool that is not there."""
    name = " ".join(tool.split())
    return f"{name} {as_json(arguments)}" if arguments else name


def as_json(arguments: Mapping[str, object]) -> str:
    """`arguments` as a JSON object on one line."""
    try:
        told = json.dumps(dict(arguments), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        told = json.dumps({str(name): str(value) for name, value in arguments.items()}, ensure_ascii=False)
    # What no line can keep, nor any text file.
    return "".join(f"\\u{ord(one):04x}" if _unkept(one) else one for one in told)


def _unkept(letter: str) -> bool:
    code = ord(letter)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in (0x2028, 0x2029, 0xFEFF)


def _typed(value: object) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    return text if text.isalnum() else '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _same(typed: str, exact: str, language: Language) -> bool:
    one, other = language.parse(typed), language.parse(exact)
    if one.trouble is not None or one.name != other.name or one.arguments != other.arguments:
        return False
    return commands_in(typed, language).commands == (typed,)
