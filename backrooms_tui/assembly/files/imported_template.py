"""A template of another tool as one of ours: its texts to the letter, its placeholders as blanks."""

import keyword
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backrooms_tui.formats.incoming.saying import Blank, ReadAgent, ReadTemplate, Remarks, Text
from backrooms_tui.formats.incoming.source import Source, storable
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.document import GIVEN_WORDS
from backrooms_tui.templates.verbatim import verbatim

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template

# Names that a blank would take for something else.
_TAKEN = {*GIVEN_WORDS, "range", "loop", "true", "false", "none", "set", "recursive"}


def template_of(read: ReadTemplate, source: Source, unplaced: Remarks) -> "Template":
    """The template that `read` is. Raises OperatorError where it cannot be one."""
    from backrooms_tui.templates.checking import checked_template
    from backrooms_tui.templates.writing import template_text

    names = {name: _variable(name) for name in read.variables}
    rules: dict[str, Any] = {"stop": list(read.stop), "order": read.order}
    if read.manager:
        rules["manager"] = read.manager
    data = {
        "template": {"title": read.title, "description": read.description},
        "variables": {names[name]: {"default": _plain(value)} for name, value in read.variables.items()},
        "agents": [_agent(agent, names) for agent in read.agents],
        "rules": rules,
    }
    for name, here in names.items():
        if name != here:
            unplaced.add(f"the name of the variable {name!r}, which is called {here!r} here")
    template = _valid(data, source)
    checked, findings = checked_template(template_text(template), str(source.path))
    if checked is None:
        first = next(finding for finding in findings if finding.severity == "error")
        raise source.wrong(f"cannot become a template: {first.key} {first.what}", first.cure)
    return checked


def place_for(template: "Template", folder: Path, taken: set[str]) -> tuple[str, bool]:
    """The name for the template's file in `folder`, and whether it is new: the same may be there already."""
    from backrooms_tui.templates.writing import name_from, template_text

    wanted = name_from(template.title)
    content = template_text(template).encode()
    number = 1
    while True:
        name = wanted if number == 1 else f"{wanted[:56]}-{number}"
        path = folder / f"{name}.toml"
        if name not in taken:
            try:
                if path.read_bytes() == content:
                    return name, False
            except FileNotFoundError:
                return name, True
            except OSError as error:
                raise OperatorError(f"{path} cannot be read: {error.strerror}", "check the folder") from None
        number += 1


def _valid(data: Mapping[str, Any], source: Source) -> "Template":
    from pydantic import ValidationError

    from backrooms_tui.templates.document import Template

    try:
        return Template.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        cure = str(first.get("ctx", {}).get("cure") or "change it in the file")
        raise source.wrong(f"cannot become a template: {where} {first['msg']}", cure) from None


def _agent(agent: ReadAgent, names: Mapping[str, str]) -> dict[str, Any]:
    if agent.world:
        return {"name": _written(agent.name, names), "world": agent.world}
    said: dict[str, Any] = {"name": _written(agent.name, names), "params": dict(agent.params)}
    if agent.model:
        said["model"] = agent.model
    said["system"] = _written(agent.system, names)
    said["history"] = [{"role": role, "text": _written(text, names)} for role, text in agent.history]
    return said


def _written(text: Text, names: Mapping[str, str]) -> str:
    """The text as a template has it, so that filling it gives back what stood there."""
    written = ""
    for part in text:
        if isinstance(part, Blank):
            if written.endswith("{"):  # it would run together with the blank
                written = written[:-1] + '{{ "{" }}'
            written += _blank(part, names)
        else:
            written += verbatim(_plain(part))
    return written


def _blank(blank: Blank, names: Mapping[str, str]) -> str:
    if blank.variable:
        return f"{{{{ {names[blank.variable]} }}}}"
    whose = f"agents[{blank.seat - 1}]" if blank.seat else "self"
    return f"{{{{ {whose}.{blank.word} }}}}"


def _plain(text: str) -> str:
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")


def _variable(name: str) -> str:
    fits = name[:1].isalpha() and name not in _TAKEN and not keyword.iskeyword(name)
    return name if fits else f"var_{name.lstrip('_')}"
