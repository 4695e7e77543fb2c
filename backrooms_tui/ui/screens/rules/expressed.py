"""Rules as a template file says them, so that the template checker can look over what is typed here."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import AgentSetup, Cue, Remedy, Rules

if TYPE_CHECKING:
    from backrooms_tui.templates.shape import Mistake


def rules_data(rules: Rules) -> dict[str, Any]:
    """The keys and values of `[rules]`: what stands at its default is left out, agents are called by their seats.

    Texts stand there as they are: where a template takes something in them for a blank, it would be filled.
    """
    said = _said(rules)
    if rules.rounds is not None:
        said["rounds"] = {"name": rules.rounds.name, "labels": list(rules.rounds.labels)}
    if rules.cues:
        said["cues"] = [_said(cue) for cue in rules.cues]
    if rules.ladder:
        said["ladder"] = [step_data(step) for step in rules.ladder]
    return said


def step_data(step: Remedy) -> dict[str, Any]:
    """The same for one step of the ladder."""
    said = _said(step)
    return {"remedy": said.pop("kind"), **said}


def mistakes_in(rules: Mapping[str, Any], agents: Sequence[AgentSetup]) -> "list[Mistake]":
    """What the template checker has to say of `[rules]` with these keys and values, for `agents`: mistakes and hints.

    Their paths begin behind `rules`. A number that cannot be read may stand there as the text that was typed.
    """
    from backrooms_tui.templates.consistency import inconsistencies
    from backrooms_tui.templates.shape import shape_mistakes

    # A step of the ladder is the same whoever takes part.
    seats = [{"name": _name(agent), **({"absent": True} if agent.absent else {})} for agent in agents] or [
        {"name": "-"}
    ]
    template, mistakes = shape_mistakes({"template": {"title": "-"}, "agents": seats, "rules": rules})
    found = [*mistakes, *(inconsistencies(template) if template is not None else ())]
    return [replace(one, path=one.path[1:]) for one in found if one.path and one.path[0] == "rules"]


def _name(agent: AgentSetup) -> str:
    return harmless_line(agent.name).strip() or f"seat {agent.seat}"


def _said(thing: Rules | Cue | Remedy) -> dict[str, Any]:
    defaults = {one.name: one.default for one in fields(thing)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in defaults
        if (value := getattr(thing, name)) != defaults[name]
    }
