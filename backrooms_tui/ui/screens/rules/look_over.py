"""What is typed into the dialog of the rules, looked over: in the words of the template checker where it has some."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backrooms_tui.session.setup import AgentSetup, Cue, Rules
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.amounts import dollars, limit, seconds
from backrooms_tui.ui.screens.rules.editing import Looked, Typed
from backrooms_tui.ui.screens.rules.expressed import mistakes_in, rules_data
from backrooms_tui.ui.screens.rules.reading import (
    complaint,
    fraction,
    key_of,
    lines_of,
    model_of,
    number_text,
    tell_of_model,
    whole,
)
from backrooms_tui.ui.screens.rules.requests import requests_of
from backrooms_tui.ui.widgets.field_row import sentence

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.templates.shape import Mistake

_LIMITS: dict[str, Callable[[str], float | None]] = {
    "max_turns": lambda text: limit(text, "the turn limit"),
    "max_rounds": lambda text: limit(text, "the round limit"),
    "max_tokens": lambda text: limit(text, "the token limit"),
    "max_seconds": seconds,
    "budget": dollars,
}
_WHO = {"to": "who hears it ", "brings": "who comes ", "sends_away": "who leaves "}
_CURES = {"stop_votes": "such as 2", "stall_at": "such as 0.5"}


def is_said(cue: Cue, before: Rules, turn: int) -> bool:
    """Whether `cue` is one of those `before` whose turn is among the first `turn` ones."""
    return cue.turn <= turn and cue in before.cues


def looked_over(
    workspace: "Workspace", typed: Typed, before: Rules, agents: Sequence[AgentSetup], turn: int
) -> Looked[Rules]:
    """What the fields come to in place of `before`, where `turn` turns are over and `agents` are there or away. Takes
    some milliseconds."""
    wrong: dict[str, str] = {}
    notes: dict[str, str] = {}
    warnings: dict[str, str] = {}
    order = str(typed["order"])
    stop = str(typed["stop"])
    on = typed["ladder"] is True
    found: dict[str, Any] = {
        "order": order,
        # What is out of sight does nothing.
        "manager": model_of(workspace, "manager", str(typed["manager"]), before.manager, wrong)
        if order == "manager"
        else "",
        "repeat": typed["repeat"] if order == "random" else False,
        "play": typed["play"],
        "stop": before.stop if stop == "\n".join(before.stop) else lines_of(stop),
        "cues": typed["cues"],
        "ladder": typed["steps"] if on else (),
        "requests": requests_of(typed, before.requests),
    }
    for key, read in _LIMITS.items():
        text, value = str(typed[key]), getattr(before, key)
        if text == number_text(value or None):
            found[key] = value
            continue
        try:
            found[key] = read(text) or (None if key == "budget" else 0)
        except OperatorError as error:
            wrong[key] = sentence(error)
    if "max_seconds" in found:
        found["max_seconds"] = float(found["max_seconds"])
    if on and not typed["steps"]:
        wrong["steps"] = "has no steps — n adds one, or take the tick out"
    numbers = {"stop_votes": whole(str(typed["stop_votes"])), "stall_at": fraction(str(typed["stall_at"]))}
    # Who comes and goes is looked at from now on: what was said is no mistake any more.
    cues = [(number, cue) for number, cue in enumerate(found["cues"], 1) if not is_said(cue, before, turn)]
    # A person may allow what a template cannot.
    rest = replace(before, **{**found, "cues": tuple(cue for _, cue in cues), "requests": {}})
    for mistake in mistakes_in({**rules_data(rest), **numbers}, agents):
        _tell(mistake, [number for number, _ in cues], wrong, notes)
    if wrong:
        return Looked(wrong, warnings, notes)
    if found["manager"]:
        tell_of_model(workspace, "manager", found["manager"], notes, warnings)
    return Looked(wrong, warnings, notes, replace(before, **found, **numbers))  # type: ignore[arg-type]


def _tell(mistake: "Mistake", cues: Sequence[int], wrong: dict[str, str], notes: dict[str, str]) -> None:
    table = str(mistake.path[0])
    key = "steps" if table == "ladder" else table
    index = next((part for part in mistake.path if isinstance(part, int)), None)
    which = ""
    if index is not None:
        who = _WHO.get(key_of(mistake), "")
        which = f"step {index + 1}: {who}" if key == "steps" else f"cue {cues[index]}: {who}"
    if mistake.severity == "error":
        wrong.setdefault(key, which + complaint(mistake, _CURES))
    else:
        # A hint: what would be right is clear here from what is wrong.
        notes.setdefault(key, which + mistake.what)
