"""Which tables and keys a template file has wrong, in words for the person who wrote it.

TOML's own mistakes come from the standard library's reader, those of tables and keys from the models in `document`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backrooms_tui.session.parameters import PARAMETERS
from backrooms_tui.templates.document import Agent, CouncilTable, Heading, ReminderTable, Seed, Template, Variable
from backrooms_tui.templates.findings import Severity, did_you_mean, nearest
from backrooms_tui.templates.locating import DEEPEST, KeyPath, Locations, Spot
from backrooms_tui.templates.rounds import RoundsTable
from backrooms_tui.templates.rules import CueTable, RemedyTable, RulesTable


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong at a key (`path`), or at a `spot` where the file cannot be read at all."""

    path: KeyPath
    what: str
    cure: str
    spot: Spot | None = None
    severity: Severity = "error"


_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# What the reader of TOML says, and what a person can do about it; the first that matches counts.
_TOML_CURES = (
    ("Illegal character '\\n'", "close the quotes on the same line, or use three quotes for a text of several lines"),
    ("Illegal character", "take the character out, or write it as \\uXXXX"),
    ("Unescaped '\\'", "write \\\\ for a backslash, or put the text in single quotes"),
    ("Expected '=' after a key", "write key = value"),
    ("Expected newline or end of document", 'one key a line; a " within "…" is written \\"'),
    ("Cannot overwrite", "the key or table stands there already: keep one of the two"),
    ("Cannot declare", "the table stands there already: keep one of the two"),
    ("Duplicate inline table key", "keep one of the two keys"),
    ("at the end of a table declaration", "close the table's name with ]"),
    ("at the end of an array declaration", "close the table's name with ]]"),
    ("Invalid value", 'put a text in straight quotes: name = "Explorer"; true and false have no capitals'),
    ("Unclosed array", "close the list with ], and put a comma between its items"),
    ("Unclosed inline table", "close the table with }, and put a comma between its keys"),
    ("Unterminated string", 'close the text with """'),
    ("Expected \"'", "close the text with the same quotes"),
    ("Invalid statement", 'a line is a [table], a key = "value" or a # comment'),
)
# What stands in a file, by the path of its table without the numbers in it, councils left out.
_TABLES: dict[tuple[str, ...], type[BaseModel]] = {
    (): Template,
    ("template",): Heading,
    ("variables", "NAME"): Variable,
    ("agents",): Agent,
    ("agents", "history"): Seed,
    ("agents", "reminder"): ReminderTable,
    ("agents", "council"): CouncilTable,
    ("rules",): RulesTable,
    ("rules", "rounds"): RoundsTable,
    ("rules", "cues"): CueTable,
    ("rules", "ladder"): RemedyTable,
}
_SEVERAL = (("agents",), ("rules", "cues"), ("rules", "ladder"))
# What other tools call the same thing, and what people try.
_OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "content": ("text",),
    "message": ("text",),
    "say": ("text",),
    "system_prompt": ("system",),
    "prompt": ("system", "opening"),
    "context": ("history",),
    "messages": ("history",),
    "label": ("title",),
    "summary": ("description",),
    "about": ("description",),
    "talkative": ("talkativeness",),
    "away": ("absent",),
    "interval": ("every",),
    "frequency": ("every",),
    "rounds": ("max_rounds",),
    "turns": ("max_turns",),
    "tokens": ("max_tokens",),
    "time_limit": ("max_seconds",),
    "timeout": ("max_seconds",),
    "max_cost": ("budget",),
    "turn_order": ("order",),
    "speaker_selection": ("order",),
    "selector": ("manager",),
    "moderator": ("manager",),
    "allow_repeat": ("repeat",),
    "events": ("cues",),
    "remedies": ("ladder",),
    "at": ("turn",),
    "when": ("turn",),
    "agent": ("to", "agents"),
    "enter": ("brings",),
    "enters": ("brings",),
    "leaves": ("sends_away",),
    "exits": ("sends_away",),
    "kind": ("remedy",),
    "action": ("remedy",),
    "parameters": ("params",),
    "settings": ("params",),
    "committee": ("council",),
    "advisers": ("council",),
    "advisors": ("council",),
    "inner": ("council",),
    "members": ("agents",),
    "voices": ("agents",),
    "start": ("first", "opening"),
    "topic": ("opening",),
    "from": ("first",),
    "end": ("last",),
    "by": ("step",),
    "names": ("labels",),
    "stance": ("position",),
    "side": ("position",),
    "keyword": ("ask",),
    "phrase": ("ask",),
    "format": ("mode",),
    "type": ("mode",),
    "depth": ("council_depth",),
    "max_depth": ("council_depth",),
    "vars": ("variables",),
    "cli": ("world",),
    "exos": ("world",),
    "tool": ("tools",),
    "use_tools": ("tools",),
    "env": ("environments",),
    "envs": ("environments",),
    "commands": ("environments",),
    "notes": ("notebook",),
    "permission": ("permissions",),
    "allowed": ("permissions",),
    "value": ("default",),
    "options": ("choices",),
}
_EXAMPLES = {
    "template": 'add [template] with title = "…"',
    "title": 'add title = "…"',
    "agents": "add a table [[agents]] for each agent",
    "name": 'add name = "…"',
    "role": 'add role = "user" or role = "assistant"',
    "text": 'add text = "…"',
    "stop": 'write stop = ["^C^C"]',
    "choices": 'write choices = ["one", "another"]',
    "history": 'write history = [{ role = "user", text = "…" }]',
    "variables": "write a table [variables.NAME] for each variable",
    "params": "write a table [agents.params]",
    "rules": "write a table [rules]",
    "reminder": 'write a table [agents.reminder] with text = "…"',
    "council": "write a table [agents.council], and [[agents.council.agents]] for each member",
    "rounds": "write max_rounds = 5 for their number, a table [rules.rounds] for what they are called",
    "labels": 'write labels = ["Spring", "Summer"]',
    "position": 'add position = "…"',
    "cues": "write a table [[rules.cues]] for each cue",
    "ladder": "write a table [[rules.ladder]] for each step",
    "environments": 'write environments = ["notes", "dice"]',
    "permissions": 'write a table [agents.permissions] with web = "deny"',
    "turn": "add turn = 20: the turn before which it happens",
    "remedy": 'add remedy = "nudge", "topic", "temperature", "model", "call" or "end"',
    "topics": 'write topics = ["…", "…"]',
}
# What people try to say of worlds at an agent, and where it is said.
_OF_WORLDS = {
    "allow": "only the operator allows: run it with --allow NAME",
    "ask": 'write a table [agents.permissions] with NAME = "ask"',
    "deny": 'write a table [agents.permissions] with NAME = "deny"',
    "documents": "the person who runs it names the folder: --documents FOLDER",
    "url": "a world of your own is a table [worlds.NAME] in config.toml, and here world = NAME",
    "command": "a world of your own is a table [worlds.NAME] in config.toml, and here world = NAME",
    "mcp": "a tool server is a table [worlds.NAME] in config.toml, and here world = NAME",
}
# Numbers for which 0 means that there is no limit.
_LIMITS = ("max_turns", "max_rounds", "max_tokens", "max_seconds", "budget")
_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "is_instance_of": "a table",
}


def read_toml(text: str, locations: Locations) -> dict[str, Any] | Mistake:
    """The values of the TOML file `text`, or why it cannot be read. Never raises."""
    if locations.too_deep is not None:
        what = f"keys or lists are nested more than {DEEPEST} deep"
        return Mistake((), what, "a template needs only a few levels", locations.too_deep)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _toml_mistake(str(error), text, locations)
    except (ValueError, OverflowError, RecursionError) as error:  # a number of 5,000 digits, a date that never was
        what = f"a value cannot be read: {error}".splitlines()[0]
        return Mistake((), what, "look for a very long number or a date that does not exist", Spot(1, 1))


def _toml_mistake(message: str, text: str, locations: Locations) -> Mistake:
    at = _AT.search(message)
    words = message[: at.start()] if at else message
    cure = next((cure for part, cure in _TOML_CURES if part in words), "see toml.io for how TOML is written")
    if at and at[1]:
        spot = Spot(int(at[1]), int(at[2]))
    elif locations.unclosed is not None:
        spot = locations.unclosed
        words = f"{words}: what opens here is never closed"
    else:
        spot = Spot(max(1, len(text.rstrip().splitlines())), 1)
    return Mistake((), f"this is not TOML: {words}", cure, spot)


def shape_mistakes(data: Mapping[str, Any]) -> tuple[Template | None, list[Mistake]]:
    """The template that `data` is, or every key that is unknown, missing or not what it should be."""
    try:
        return Template.model_validate(data), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A list whose every entry is wrong counts as empty for pydantic; the entries' own mistakes say it better.
        return None, [_mistake(details) for details in found if details["type"] != "too_short" or not details["input"]]


def _mistake(details: ErrorDetails) -> Mistake:
    path: KeyPath = tuple(details["loc"])
    kind, context, given = details["type"], details.get("ctx", {}), details["input"]
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    match kind:
        case "worded":
            return Mistake(path, str(context["what"]), str(context["cure"]))
        case "missing":
            return Mistake(path, "is missing", _example(path, key) or f"add {key} = …")
        case "extra_forbidden":
            return Mistake(path, f"is not a key of {_header(path)}", _right_key(path, key))
        case "literal_error" if "permissions" in path[:-1]:
            cure = 'write "ask" or "deny"'
            if given == "allow":
                cure = f"only the operator allows: take it out, and run it with --allow {key}"
            return Mistake(path, f"cannot be {_shown(given)}", cure)
        case "literal_error":
            return Mistake(path, f"cannot be {_shown(given)}", f"choose {context['expected']}")
        case "greater_than_equal":
            none = "; 0 is no limit" if key in _LIMITS else ""
            return Mistake(path, f"cannot be {_shown(given)}", f"at least {context['ge']:g}{none}")
        case "greater_than":
            return Mistake(path, f"cannot be {_shown(given)}", f"more than {context['gt']:g}")
        case "less_than_equal":
            return Mistake(path, f"cannot be {_shown(given)}", f"at most {context['le']:g}")
        case "too_short":
            return Mistake(path, "is empty", _example(path, key) or "add at least one")
        case "too_long":
            return Mistake(path, f"has more than {context['max_length']} entries", "take some out")
        case "finite_number":
            return Mistake(path, f"cannot be {_shown(given)}", "give a number")
    wanted = _WANTED.get(kind)
    if wanted is None:
        return Mistake(path, details["msg"], _EXAMPLES.get(key, ""))
    cure = _how_to_write(key, wanted, given)
    if len(path) == 2 and path[0] == "variables":
        cure = f'write a table [variables.{key}] with default = "…"'
    return Mistake(path, f"must be {wanted}, not {_what_is(given)}", cure)


def _dotted(path: KeyPath) -> str:
    """The path of a table as headers have it."""
    return ".".join(part for part in path if isinstance(part, str))


def _example(path: KeyPath, key: str) -> str:
    """How the key that is missing at `path` is written; "" where anybody knows."""
    if key == "agents" and len(path) > 1:
        return f"add a table [[{_dotted(path)}]] for each member"
    return _EXAMPLES.get(key, "")


def _table_of(path: KeyPath) -> tuple[str, ...]:
    """Which of `_TABLES` the key at `path` stands in: a council's own tables are those of a template."""
    names = tuple(part for part in path[:-1] if isinstance(part, str))
    if path[0] == "variables":
        return ("variables", "NAME")[: len(path) - 1]
    while "council" in names[:-1]:
        names = names[names.index("council") + 1 :]
    return names


def _header(path: KeyPath) -> str:
    """How a file begins the table in which the key at `path` stands."""
    table = _table_of(path)
    if not table:
        return "a template file"
    if table == ("agents", "history"):
        return "a history message"
    name = "variables.NAME" if table[0] == "variables" else _dotted(path[:-1])
    return f"[[{name}]]" if table in _SEVERAL else f"[{name}]"


def _home(table: tuple[str, ...]) -> str:
    """The same for a table that the key could belong to."""
    return "a history message" if table == ("agents", "history") else _header((*table, ""))


def _right_key(path: KeyPath, key: str) -> str:
    model = _TABLES.get(_table_of(path), Template)
    known = list(model.model_fields)
    for word in _OTHER_WORDS.get(key.lower(), ()):
        if word in known:
            return f"did you mean {word}?"
    if _table_of(path) == ("agents",) and key.lower() in _OF_WORLDS:
        return _OF_WORLDS[key.lower()]
    if nearest(key, known):
        return did_you_mean(key, known)
    if key in PARAMETERS:
        agents = _dotted(path[:-1]) if _table_of(path) == ("agents",) else "agents"
        return f"parameters of a model stand under [{agents}.params]"
    homes = [_home(table) for table, home in _TABLES.items() if table and key in home.model_fields]
    return f"it belongs under {' or '.join(homes)}" if homes else f"known are {', '.join(known)}"


def _what_is(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case _:
            return "a date or time"


def _how_to_write(key: str, wanted: str, given: object) -> str:
    if wanted == "a text" and isinstance(given, int | float):
        return f'put it in quotes: "{str(given).lower()[:40]}"'
    if wanted in ("a number", "a whole number") and isinstance(given, str) and given.strip().isdigit():
        return f"write it without quotes: {given.strip()[:40]}"
    return _EXAMPLES.get(key, f"give {wanted}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
