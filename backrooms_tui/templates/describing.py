"""What a template's rules and agents do, in sentences for a person who looks at it before playing it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from backrooms_tui.session.changing import requests_told
from backrooms_tui.session.setup import CouncilHears, Mode, Rules
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.rules import COUNCIL_ROUNDS

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent, CouncilTable, Template
    from backrooms_tui.templates.rounds import RoundsTable
    from backrooms_tui.templates.rules import CueTable, RemedyTable, RulesTable

_MODES: Mapping[Mode, str] = {
    "statements": "Statements by rounds: what the others say in a round is heard when it is over",
    "debate": "A debate: positions, rebuttals, closings",
}
_HEARD: Mapping[CouncilHears, str] = {
    "new": "what is new",
    "all": "all that was said",
    "nothing": "nothing of the talk",
}
_MEMORIES = {"summary": "keeps a summary of what it no longer sees", "notebook": "keeps a notebook"}


def agent_notes(agent: "Agent") -> list[str]:
    """What is special about `agent`, its texts apart, one short line each; empty for an ordinary one. Blanks stay."""
    notes: list[str] = [agent.description] if agent.description else []
    if agent.world:
        notes += _world(agent)
    if agent.tools:
        notes.append("is given the commands of the worlds here as tools")
    if agent.absent:
        notes.append("comes later")
    if agent.talkativeness != 0.5:
        notes.append(f"talkativeness {agent.talkativeness:g}")
    if agent.memory in _MEMORIES:
        notes.append(_MEMORIES[agent.memory])
    if not agent.guard and not agent.world:
        notes.append("may speak for others")
    if agent.reminder is not None:
        every = "each turn" if agent.reminder.every == 1 else f"every {agent.reminder.every} of its turns"
        notes.append(f"reminded {every}: {agent.reminder.text.strip()}")
    if agent.position.strip():
        notes.append(f"stands for: {agent.position.strip()}")
    if agent.council is not None:
        notes.append(f"{council_note(agent.council)}: {', '.join(member.name for member in agent.council.agents)}")
    return notes


def _world(agent: "Agent") -> Iterator[str]:
    there = f": {', '.join(agent.environments)}" if agent.environments else ""
    yield f"a world, {agent.world}{there}"
    if agent.notebook.strip():
        yield f"its notebook is {agent.notebook.strip()}, which sessions share"
    for what, word in (("ask", "asks you before"), ("deny", "may not do")):
        names = [("anything else" if name == "*" else name) for name, said in agent.permissions.items() if said == what]
        if names:
            yield f"{word}: {', '.join(names)}"


def council_note(council: "CouncilTable") -> str:
    """When a council is held, as the beginning of a sentence that goes on with its members."""
    if council.when == "asked":
        return f"has a council, when it says {council.ask}"
    every = "each of its turns" if council.every == 1 else f"every {_ordinal(council.every)} of its turns"
    return f"has a council, before {every}"


def council_notes(council: "CouncilTable") -> list[str]:
    """What a council hears, what it begins with, and its rules, in short lines. Blanks stay."""
    keeps = ", and its members remember" if council.memory == "keep" else ""
    notes = [f"hears {_HEARD[council.hears]}{keeps}"]
    if council.opening.strip():
        notes.append(f"begins with: {council.opening.strip()}")
    if not council.rules.limited:
        notes.append(f"Ends after {COUNCIL_ROUNDS} rounds")
    return [*notes, *rules_notes(council)]


def rules_notes(template: "Template | CouncilTable") -> list[str]:
    """The rules of `template` as sentences: who speaks, when it ends, what happens by itself. Blanks stay."""
    rules = template.rules
    return [
        *([_MODES[rules.mode]] if rules.mode in _MODES else []),
        *([_rounds(rules.rounds)] if rules.rounds is not None else []),
        *_speaking(rules, len(template.agents)),
        *_endings(rules),
        *_depth(rules),
        *_requests(rules),
        *(_cue(cue, template) for cue in sorted(rules.cues, key=lambda cue: cue.turn)),
        *_ladder(rules),
    ]


def _speaking(rules: "RulesTable", seats: int) -> Iterator[str]:
    if seats > 2 or rules.order != "round-robin":
        picks = f", {rules.manager}" if rules.manager and rules.order == "manager" else ""
        repeat = ", also twice in a row" if rules.repeat and rules.order == "random" else ""
        yield f"Who speaks next: {ORDERS[rules.order]}{picks}{repeat}"
    if rules.play:
        yield "Agents may speak for others: it is a play"


def _endings(rules: "RulesTable") -> Iterator[str]:
    if rules.stop:
        who = "an agent writes" if rules.stop_votes == 1 else f"{rules.stop_votes} agents have written"
        yield f"Ends when {who} a line {' or '.join(rules.stop)}"
    if rules.max_turns:
        yield f"Ends after {_count(rules.max_turns, 'turn')}"
    if rules.told_rounds:
        yield f"Ends after {_count(rules.told_rounds, 'round')}"
    elif rules.told_rounds is None:
        yield "Ends after the last of these rounds"
    if rules.max_tokens:
        yield f"Ends after {_count(rules.max_tokens, 'token')}"
    if rules.max_seconds:
        yield f"Ends after {rules.max_seconds:g} seconds"
    if rules.budget:
        yield f"Ends when ${rules.budget:g} are spent"


def _rounds(rounds: "RoundsTable") -> str:
    if rounds.labels:
        return f"Rounds: {rounds.name} {', '.join(rounds.labels)}"
    if rounds.first is None:
        return f"Rounds: {rounds.name} 1, 2, …"
    steps = f", {rounds.step} at a time" if abs(rounds.step) != 1 else ""
    return f"Rounds: {rounds.name} {rounds.first} to {rounds.last}{steps}"


def _depth(rules: "RulesTable") -> Iterator[str]:
    if rules.council_depth != Rules().council_depth:
        yield f"Councils are held {rules.council_depth} deep" if rules.council_depth else "No councils are held"


def _requests(rules: "RulesTable") -> Iterator[str]:
    told = requests_told(rules.requests.named)
    if told:
        yield f"{told[0].upper()}{told[1:]}"


def _ordinal(number: int) -> str:
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _cue(cue: "CueTable", template: "Template | CouncilTable") -> str:
    def name(asked: int | str) -> str:
        there = isinstance(asked, int) and 1 <= asked <= len(template.agents)
        return template.agents[int(asked) - 1].name if there else str(asked)

    happens = [f"{name(cue.brings)} comes in"] if cue.brings is not None else []
    if cue.sends_away is not None:
        happens.append(f"{name(cue.sends_away)} leaves")
    hears = f" (only {name(cue.to)} hears it)" if cue.to is not None else ""
    happens.append(f"{cue.text.strip()}{hears}")
    return f"At turn {cue.turn}: {' · '.join(happens)}"


def _ladder(rules: "RulesTable") -> Iterator[str]:
    if rules.ladder:
        when = (
            f"When the talk stalls (at {rules.stall_at:g})" if rules.use_ladder else "When it is asked to, on a stall"
        )
        yield f"{when}: {', '.join(_step(step) for step in rules.ladder)}"


def _step(step: "RemedyTable") -> str:
    match step.remedy:
        case "topic":
            return f"one of {_count(len(step.topics), 'topic')}{', afresh' if step.afresh else ''}"
        case "temperature":
            return f"temperature {step.temperature:g} for {_count(step.turns, 'turn')}"
        case "model":
            return f"{step.model} for {_count(step.turns, 'turn')}"
        case "call":
            return "call the operator"
        case "end":
            return "end"
        case "nudge":
            return "a nudge"


def _count(number: int, what: str) -> str:
    return f"one {what}" if number == 1 else f"{number:,} {what}s"
