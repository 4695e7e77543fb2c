"""Templates of UniversalBackrooms: JSON Lines, one agent a line.

`{"system_prompt": str, "context": [{"role", "content"}]}`, or `{"cli": true}` for a seat that is a world. Prompts and
contents hold `{lmN_actor}` (display name and seat number) and `{lmN_company}`; no other brace means anything.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from backrooms_tui.formats.incoming.contexts import messages
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.placeholders import filling
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Blank, ReadAgent, Reading, ReadTemplate, Remarks, Text
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.session.world import BUILT_IN

NAME = "template of UniversalBackrooms"
LOOKS_FOR = 'lines of {"system_prompt", "context"}'

STOP = ("^C^C",)
# As the original names its actors: the model's display name and the seat.
ACTOR: Text = (Blank(word="model"), " ", Blank(word="seat"))
_BEGINS = re.compile(r'\s*\{\s*"(?:system_prompt|context|cli)"\s*:')
_PLACEHOLDER = re.compile(r"\{lm(\d{1,3})_(actor|company)\}")
_KEYS = {"system_prompt", "context", "cli"}


def fits(glance: Glance) -> bool:
    """Whether it begins with an object of the keys that an agent has here."""
    return _BEGINS.match(glance.beginning) is not None


def read(source: Source) -> Reading:
    """The template, under the file's name."""
    unplaced = Remarks()
    found = list(_lines(source))
    if len(found) > SEAT_LIMIT:
        raise source.wrong(f"has {len(found)} agents", f"a template has at most {SEAT_LIMIT}")
    agents = tuple(_agent(source, number, line, len(found), unplaced) for number, line in found)
    title = short_line(source.path.stem.replace("_", " ").replace("-", " ").capitalize(), "Untitled")
    template = ReadTemplate(title, "A template of UniversalBackrooms.", agents, stop=STOP)
    return Reading(NAME, templates=(template,), unplaced=unplaced)


def _lines(source: Source) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in source.lines():
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except RecursionError:
            raise source.wrong("is nested too deeply", "write one agent a line", number) from None
        except ValueError as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            cure = "write one agent a line, each a whole JSON object"
            raise source.wrong(f"is not JSON: {short_line(why)}", cure, number) from None
        if not isinstance(value, dict) or not _KEYS & value.keys():
            cure = 'a line is {"system_prompt": "…", "context": […]} or {"cli": true}'
            raise source.wrong("is not an agent", cure, number)
        yield number, value


def command_line(line: Mapping[str, Any], unplaced: Remarks, number: int | None = None) -> ReadAgent:
    """The seat `line` of a command line, in which nothing else counts."""
    for key in ("system_prompt", "context", "system", "history"):
        if line.get(key):
            unplaced.add(f"the {key} of the command line, which is a world and reads only commands", number)
    return ReadAgent(("CLI",), world=BUILT_IN)


def _agent(source: Source, number: int, line: Mapping[str, Any], seats: int, unplaced: Remarks) -> ReadAgent:
    for key in line.keys() - _KEYS:
        unplaced.add(f"the key {short_line(key)!r} of the agent", number)
    if line.get("cli"):
        return command_line(line, unplaced, number)
    system = line.get("system_prompt") or ""
    if not isinstance(system, str):
        raise source.wrong("system_prompt is not a text", 'write "system_prompt": "…"', number)
    fill = filling(_PLACEHOLDER, lambda match: _blank(match, seats), unplaced, number)
    history = messages(source, line.get("context") or [], number, fill, unplaced)
    return ReadAgent(ACTOR, fill(system), history)


def _blank(match: re.Match[str], seats: int) -> Blank | None:
    seat = int(match[1])
    if not 1 <= seat <= seats:
        return None
    return Blank(seat, "name" if match[2] == "actor" else "company")
