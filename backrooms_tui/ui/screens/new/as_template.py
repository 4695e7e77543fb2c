"""The form as a template: what a file has to say so that it comes to the same."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import AgentSetup, Cue, Remedy, Reminder, Rules
from backrooms_tui.session.world import BUILT_IN
from backrooms_tui.templates.verbatim import verbatim
from backrooms_tui.ui.screens.new.draft import Draft

if TYPE_CHECKING:
    from backrooms_tui.conversation.casting import Choices, Manners
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.session.world import Permission
    from backrooms_tui.templates.document import Agent, ReminderTable, Template
    from backrooms_tui.templates.rules import CueTable, RemedyTable, RequestsTable, RulesTable

_NAMED = ("order", "manager", "max_turns", "max_rounds", "max_tokens", "max_seconds", "budget")
_AS_THEY_ARE = ("stop", "stop_votes", "repeat", "play", "stall_at")
_PLAIN: Mapping[str, object] = {one.name: one.default for one in fields(Remedy)}


def template_of(template: "Template", draft: Draft, own: "Setup") -> "Template":
    """`template` with what the form says in place of its defaults.

    `own` is what the template alone comes to with its ladder on: what stands there already keeps its blanks, and what
    was chosen has none. Raises OperatorError for a field that is wrong.
    """
    choices = draft.choices()
    variables = {
        name: about.model_copy(update={"default": choices.variables.get(name, about.default)})
        for name, about in template.variables.items()
    }
    agents = tuple(
        agent.model_copy(
            update={
                **_sits(agent, own.agent(seat), model, choices),
                **_manners(agent, own.agent(seat), choices.manners.get(seat, {})),
            }
        )
        for seat, (agent, model) in enumerate(zip(template.agents, choices.models, strict=True), 1)
    )
    heading = template.template.model_copy(update={"title": choices.title or template.title})
    rules = _rules(template.rules, choices, own.rules)
    return template.model_copy(update={"template": heading, "variables": variables, "agents": agents, "rules": rules})


def _sits(agent: "Agent", own: AgentSetup, model: str, choices: "Choices") -> dict[str, object]:
    """Who sits there: a model with its parameters, or a world with what it may do. A template can only take away."""
    if own.world is None:
        return {"model": model, "params": {**agent.params, **choices.seat_params.get(own.seat, {})}}
    world: dict[str, object] = {"model": None, "world": own.world.name}
    if agent.world and agent.world != own.world.name:  # what was said of one world means nothing to another
        said: dict[str, object] = {"environments": (), "notebook": ""}
        said |= {"permissions": {}} if own.world.name == BUILT_IN else {}
        agent, world = agent.model_copy(update=said), {**world, **said}
    restrictions = {name: now for name, now in choices.permissions.items() if now != "allow"}
    if own.world.name == BUILT_IN:
        kept = {name: now for name, now in agent.permissions.items() if choices.permissions.get(name) != "allow"}
        world |= {"permissions": {**kept, **restrictions}, "notebook": choices.notebook or agent.notebook}
    return world


def _manners(agent: "Agent", own: AgentSetup, chosen: "Manners") -> dict[str, object]:
    written: dict[str, object] = {**chosen}
    if "description" in chosen:
        written["description"] = verbatim(chosen["description"])
    if "system" in chosen:
        written |= {"system": verbatim(chosen["system"]), "system_same": None}
    if "reminder" in chosen:
        written["reminder"] = _reminder(agent.reminder, own.reminder, chosen["reminder"])
    return written


def _reminder(table: "ReminderTable | None", own: Reminder | None, chosen: Reminder | None) -> "ReminderTable | None":
    from backrooms_tui.templates.document import ReminderTable

    if chosen is None:
        return None
    kept = table.text if table is not None and own is not None and own.text == chosen.text else None
    return ReminderTable(text=kept or verbatim(chosen.text), every=chosen.every, depth=chosen.depth)


def _rules(rules: "RulesTable", choices: "Choices", own: Rules) -> "RulesTable":
    """`rules` with what was chosen. Where the ladder was put on and the template has none, it gets the standard one."""
    chosen = choices.own_rules
    written: dict[str, object] = {
        **{name: getattr(choices, name) for name in _NAMED if getattr(choices, name) is not None},
        **{name: value for name, value in chosen.items() if name in _AS_THEY_ARE},
    }
    if "requests" in chosen:
        written["requests"] = _requests(chosen["requests"])
    if "cues" in chosen:
        written["cues"] = _cues(rules.cues, own.cues, chosen["cues"])
    if "ladder" in chosen or (choices.ladder and not rules.ladder):
        written["ladder"] = _ladder(rules.ladder, own.ladder, chosen.get("ladder", own.ladder))
    if choices.ladder is not None and written.get("ladder", rules.ladder):
        written["use_ladder"] = choices.ladder
    return rules.model_copy(update=written)


def _requests(chosen: "Mapping[str, Permission]") -> "RequestsTable":
    """A template cannot let others in: the operator is asked for those."""
    from backrooms_tui.templates.rules import RequestsTable

    invite: dict[str, Permission] = {"invite": "ask"} if chosen.get("invite") == "allow" else {}
    return RequestsTable.model_validate({**chosen, **invite})


def _cues(tables: "Sequence[CueTable]", own: Sequence[Cue], chosen: Sequence[Cue]) -> "tuple[CueTable, ...]":
    from backrooms_tui.templates.rules import CueTable

    kept = dict(zip(own, tables, strict=True))
    texts = {cue.text: table.text for cue, table in kept.items()}
    return tuple(
        kept.get(cue)
        or CueTable(
            turn=cue.turn,
            text=texts.get(cue.text) or verbatim(cue.text),
            to=cue.to or None,
            brings=cue.brings or None,
            sends_away=cue.sends_away or None,
        )
        for cue in chosen
    )


def _ladder(
    tables: "Sequence[RemedyTable]", own: Sequence[Remedy], chosen: Sequence[Remedy]
) -> "tuple[RemedyTable, ...]":
    # Without steps of its own the template's ladder is the standard one; off, its steps are not known.
    kept = dict(zip(own, tables, strict=True)) if len(own) == len(tables) else {}
    return tuple(kept.get(step) or _step(step) for step in chosen)


def _step(step: Remedy) -> "RemedyTable":
    from backrooms_tui.templates.rules import RemedyTable

    said: dict[str, object] = {one.name: getattr(step, one.name) for one in fields(step)}
    # Only what the step says: a key that its remedy does not have is refused.
    said = {name: value for name, value in said.items() if value != _PLAIN[name]}
    said |= {"text": verbatim(step.text)} if step.text else {}
    said |= {"topics": tuple(verbatim(topic) for topic in step.topics)} if step.topics else {}
    return RemedyTable.model_validate({"remedy": step.kind, **{key: said[key] for key in said if key != "kind"}})
