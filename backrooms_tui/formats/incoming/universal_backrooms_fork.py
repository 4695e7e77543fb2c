"""Templates of the fork of UniversalBackrooms: a folder with `template.json`, Markdown files, and perhaps `vars.json`.

`{"agents": [{"system": "x.md", "history": "y.md"}]}`; a history stands under `## user` and `## assistant`. Texts hold
`{modelN_display_name}`, `{modelN_company}`, and `{VAR}` for the values of `vars.json`, which may be `@file:path`.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.placeholders import filling
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Blank, ReadAgent, Reading, ReadTemplate, Remarks, Text
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.formats.incoming.universal_backrooms_template import ACTOR, STOP, command_line
from backrooms_tui.formats.incoming.whole_json import whole_object
from backrooms_tui.session.setup import Role
from backrooms_tui.session.trouble import OperatorError

NAME = "template folder of UniversalBackrooms' fork"
LOOKS_FOR = 'a template.json with {"agents": [{"system", "history"}]}'

_AGENT_KEYS = {"system", "history", "cli"}
_KEYS = {"agents"}
_PART_LIMIT = 1_000_000  # bytes of one of its files
_PLACEHOLDER = re.compile(r"\{(?:model(?P<seat>\d{1,3})_(?P<word>display_name|company)|(?P<name>[A-Za-z_]\w{0,60}))\}")
_ROLE = re.compile(r"##[ \t]+(user|assistant)[ \t]*", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
_AT_FILE = "@file:"


def fits(glance: Glance) -> bool:
    """Whether its agents are named by files, and not by prompts."""
    shape = glance.shape
    return "agents" in shape.keys and bool(_AGENT_KEYS & shape.agent) and not {"name", "model"} & shape.agent


def read(source: Source) -> Reading:
    """The template, under the folder's name. Only files of that folder are read."""
    unplaced = Remarks()
    document = whole_object(source)
    for key in document.keys() - _KEYS:
        unplaced.add(f"the key {short_line(key)!r} of the template")
    agents = document.get("agents")
    if not isinstance(agents, list) or not agents or not all(isinstance(agent, dict) for agent in agents):
        raise source.wrong("has no agents", 'write "agents": [{"system": "FILE.md", "history": "FILE.md"}]')
    if len(agents) > SEAT_LIMIT:
        raise source.wrong(f"has {len(agents)} agents", f"a template has at most {SEAT_LIMIT}")
    folder = _Folder(source, unplaced)
    values = folder.values(len(agents))
    fill = filling(_PLACEHOLDER, lambda match: _blank(match, len(agents), values), unplaced)
    read_agents = tuple(_agent(agent, folder, fill, unplaced) for agent in agents)
    name = source.path.absolute().parent.name or source.path.stem
    title = short_line(name.replace("_", " ").replace("-", " ").capitalize(), "Untitled")
    used = {part.variable for agent in read_agents for part in _parts(agent) if isinstance(part, Blank)}
    for key in values:
        if key not in used:
            unplaced.add(f"the variable {short_line(key)!r} of vars.json, which no text uses")
    variables = {key: value for key, value in values.items() if key in used}
    template = ReadTemplate(title, "A template of UniversalBackrooms' fork.", read_agents, variables, STOP)
    return Reading(NAME, templates=(template,), unplaced=unplaced)


def _agent(agent: Mapping[str, Any], folder: "_Folder", fill: Callable[[str], Text], unplaced: Remarks) -> ReadAgent:
    for key in agent.keys() - _AGENT_KEYS:
        unplaced.add(f"the key {short_line(key)!r} of an agent")
    if agent.get("cli"):
        return command_line(agent, unplaced)
    system = folder.text(agent.get("system"))
    history = tuple((role, fill(text)) for role, text in _history(folder.text(agent.get("history")), unplaced))
    return ReadAgent(ACTOR, fill(system.strip()), history)


def _parts(agent: ReadAgent) -> Iterator[str | Blank]:
    yield from agent.system
    for _, text in agent.history:
        yield from text


def _history(text: str, unplaced: Remarks) -> Iterator[tuple[Role, str]]:
    role: Role | None = None
    said: list[str] = []
    for line in [*text.split("\n"), "## user"]:
        match = _ROLE.fullmatch(line)
        if match is None:
            said.append(line)
            continue
        told = "\n".join(said).strip("\n")
        if told.strip() and role is None:
            unplaced.add(f"“{short_line(told)}” stands before the first ## user of a history")
        elif told.strip() and role is not None:
            yield role, told
        role, said = "user" if match[1].lower() == "user" else "assistant", []


def _blank(match: re.Match[str], seats: int, values: Mapping[str, str]) -> Blank | None:
    if match["seat"]:
        seat = int(match["seat"])
        return Blank(seat, "model" if match["word"] == "display_name" else "company") if 1 <= seat <= seats else None
    return Blank(variable=match["name"]) if match["name"] in values else None


class _Folder:
    """The folder of the template. What lies outside is not read, whatever the template says."""

    def __init__(self, source: Source, unplaced: Remarks) -> None:
        self._source = source
        self._unplaced = unplaced
        self._place = source.path.absolute().parent

    def text(self, name: object) -> str:
        """What the file `name` says; "" where none is named."""
        if name in (None, ""):
            return ""
        if not isinstance(name, str):
            raise self._source.wrong("names a file by something that is no text", 'write "system": "FILE.md"')
        return self._part(name).whole(_PART_LIMIT)

    def values(self, seats: int) -> dict[str, str]:
        """The values of vars.json, as far as there is one."""
        if not (self._place / "vars.json").is_file():
            return {}
        values: dict[str, str] = {}
        for key, value in whole_object(self._part("vars.json")).items():
            if isinstance(value, bool) or not isinstance(value, str | int | float) or not _VARIABLE.fullmatch(key):
                self._unplaced.add(f"the variable {short_line(key)!r} of vars.json, which is no text")
                continue
            text = str(value)
            if text.startswith(_AT_FILE):
                text = self.text(text.removeprefix(_AT_FILE).strip()).strip("\n")
            values[key] = text
        for key, text in values.items():
            if _PLACEHOLDER.search(text):
                self._unplaced.add(f"the variable {short_line(key)!r} holds placeholders, which stay as they are")
        return values

    def _part(self, name: str) -> Source:
        try:
            path = (self._place / name).resolve()
            inside = path.is_relative_to(self._place.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside:
            cure = "copy the file into the folder of the template, and name it without a path"
            raise self._source.wrong(f"names {json.dumps(short_line(name))}, which is not in its folder", cure)
        try:
            return Source(path, now=self._source.now)
        except OperatorError as error:
            what = f"names {json.dumps(short_line(name))}, which cannot be had: {error.what}"
            raise self._source.wrong(what, "put the file there, or take its name out") from None


def beside(path: Path) -> Path:
    """The file to read where `path` is a folder of such a template; else `path` itself."""
    inside = path / "template.json"
    # What cannot be a name at all is left to whoever reads it, who says so.
    return inside if os.path.isdir(path) and os.path.isfile(inside) else path
