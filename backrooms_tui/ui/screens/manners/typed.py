"""An agent's manners as they are typed, and what they mean."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from backrooms_tui.session.setup import AgentSetup, Memory, Reminder
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.rules.editing import Looked, Typed
from backrooms_tui.ui.widgets.field_row import sentence

# What happens when the window is full, as the line goes on after the memory's name.
MEMORIES: Mapping[Memory, str] = {
    "drop": "the oldest is left out",
    "summary": "its model sums up the oldest",
    "notebook": "it keeps notes of its own",
}
_PLAIN = Reminder("")
_MOST = 2**31
T = TypeVar("T")


def looked_over(agent: AgentSetup, typed: Typed) -> Looked[AgentSetup]:
    """What `agent` is with the manners that are `typed`, and what is wrong at which field.

    Without a reminder's text nothing else of it matters. Whether it is `absent` is only asked before the talk begins.
    """
    wrong: dict[str, str] = {}
    text = str(typed["reminder"]).strip()
    talks = _read(wrong, "talkativeness", lambda: _fraction(str(typed["talkativeness"])), 0.0)
    reminder: Reminder | None = None
    if text:
        every = _read(wrong, "every", lambda: _number(str(typed["every"]), 1, _PLAIN.every), 1)
        depth = _read(wrong, "depth", lambda: _number(str(typed["depth"]), 0, _PLAIN.depth), 0)
        reminder = Reminder(text, every, depth)
    if wrong:
        return Looked(wrong)
    new = replace(
        agent,
        description=" ".join(str(typed["description"]).split()),
        talkativeness=talks,
        memory=next(name for name in MEMORIES if name == typed["memory"]),
        guard=bool(typed["guard"]),
        absent=bool(typed.get("absent", agent.absent)),
        reminder=reminder,
        system=_without_ends(agent.system, str(typed["system"])),
    )
    return Looked(notes={"every": reminding(reminder)}, result=new)


def reminding(reminder: Reminder | None) -> str:
    """When it is said, in words."""
    if reminder is None:
        return "without a text it is not reminded"
    every, depth = reminder.every, reminder.depth
    when = "after each of its own turns" if every == 1 else f"after every {every:,} of its own turns"
    if not depth:
        return f"{when}, at the very end"
    return f"{when}, before the last {'message' if depth == 1 else f'{depth:,} messages'}"


def _without_ends(before: str, text: str) -> str:
    """A system text as a template has it when it is filled: without line ends around it. What nobody changed stays."""
    return text if text == before else text.strip("\n")


def _read(wrong: dict[str, str], field: str, read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except OperatorError as error:
        wrong[field] = sentence(error)
        return otherwise


def _fraction(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise OperatorError("talkativeness is a number from 0 to 1", "such as 0.5")
    return number


def _number(text: str, least: int, plain: int) -> int:
    if not text.strip():
        return plain
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not least <= number < _MOST:
        what = "every is a number of turns from 1 on" if least else "depth is a number of messages from 0 on"
        raise OperatorError(what, f"such as {plain}")
    return number
