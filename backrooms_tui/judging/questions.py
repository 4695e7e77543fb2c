"""What a judge is asked: one item for each measure and each agent that it is about, in words and as a JSON schema."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backrooms_tui.judging.showing import Shown
from backrooms_tui.session.judgement import Measure, Rubric

# Characters of a summary and of a reason; where a schema is a grammar, no answer is longer.
SUMMARY = 700
REASON = 300
# Turns that a score may cite, and from how many turns on they are told as a range instead of one by one.
MOST_CITED = 5
_ONE_BY_ONE = 120
# A scale is told value by value up to so many values: then a grammar holds every score to it.
_VALUES = 250


@dataclass(frozen=True, slots=True)
class Item:
    """One score that is wanted: `key` is its name in the answer, `agent` the seat that it is about."""

    key: str
    measure: Measure
    agent: int | None = None
    label: str = ""


def items_of(rubric: Rubric, shown: Shown) -> list[Item]:
    """All scores that are wanted, in the order of the rubric and of the agents as they were shown. Who said nothing in
    what is judged is not asked for."""
    found: list[Item] = []
    for number, measure in enumerate(rubric.measures, 1):
        name = re.sub(r"\W+", "_", measure.name.casefold()).strip("_")[:40] or f"measure_{number}"
        if measure.of == "session":
            found.append(Item(_free(name, found), measure))
            continue
        for place, (seat, label) in enumerate(shown.labels.items(), 1):
            if seat in shown.spoke:
                own = re.sub(r"\W+", "_", label.removeprefix("Agent ")).strip("_")[:40] or str(place)
                found.append(Item(_free(f"{name}_{own}", found), measure, seat, label))
    return found


def schema_of(items: Sequence[Item], turns: Sequence[int], *, summary: bool) -> Mapping[str, Any]:
    """The JSON schema of an answer with these scores, and with a summary where it is wanted."""
    properties: dict[str, Any] = {"summary": {"type": "string", "maxLength": SUMMARY}} if summary else {}
    for item in items:
        properties[item.key] = _object(
            {
                "reason": {"type": "string", "maxLength": REASON},
                "turns": {"type": "array", "items": _a_turn(turns), "minItems": 1, "maxItems": MOST_CITED},
                "score": _a_score(item.measure),
            }
        )
    return _object(properties)


def question(rubric: Rubric, items: Sequence[Item], shown: Shown, *, summary: bool, what: str) -> str:
    """The words of the question. `what` is what is judged: the conversation, or a round of it."""
    lines = [f"Judge {what} by the rubric “{rubric.title}”."]
    if rubric.about:
        lines.append(rubric.about)
    lines += ["", *_measures(items), "", "Answer with one JSON object and nothing else, of this form:"]
    form = [f'  "summary": "what happened in {what}, in two to four sentences"'] if summary else []
    form += [f'  "{item.key}": {{"reason": "…", "turns": [{_example(shown.turns)}], "score": …}}' for item in items]
    lines += ["{", ",\n".join(form), "}"]
    lines.append(
        f"“reason” says in one or two sentences why, “turns” are the numbers of one to {MOST_CITED} turns that you"
        " were shown and that the score rests on, “score” is a number on the scale of its measure."
    )
    return "\n".join(lines)


def summary_question(rubric: Rubric, what: str) -> str:
    """Asks for the summary alone, in plain words."""
    return f"Say what happened in {what}, in two to four sentences, with an eye to this: {rubric.about or rubric.title}"


def scale_of(measure: Measure) -> str:
    """Its scale in words: `a whole number from 1 (poor) to 10 (fine)`."""
    kind = "a whole number" if measure.whole else "a number"
    low, high = (
        f"{end:g} ({means})" if means else f"{end:g}"
        for end, means in ((measure.low, measure.low_means), (measure.high, measure.high_means))
    )
    return f"{kind} from {low} to {high}"


def _measures(items: Sequence[Item]) -> list[str]:
    lines = []
    for measure in dict.fromkeys(item.measure for item in items):
        of = [item.label for item in items if item.measure == measure and item.agent is not None]
        keys = ", ".join(f"“{item.key}”" for item in items if item.measure == measure)
        about = f"{measure.about} " if measure.about else ""
        whose = f" For each of {', '.join(of)} by itself." if len(of) > 1 else f" For {of[0]}." if of else ""
        lines.append(f"- {keys}: {measure.name}. {about}Score it with {scale_of(measure)}.{whose}")
    return lines


def _example(turns: Sequence[int]) -> str:
    return ", ".join(str(turn) for turn in turns[:2])


def _free(key: str, items: Sequence[Item]) -> str:
    taken = {item.key for item in items}
    number = 2
    name = key
    while name in taken or name == "summary":
        name, number = f"{key}_{number}", number + 1
    return name


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _a_turn(turns: Sequence[int]) -> dict[str, Any]:
    if len(turns) <= _ONE_BY_ONE:
        return {"type": "integer", "enum": list(turns)}
    return {"type": "integer", "minimum": min(turns), "maximum": max(turns)}


def _a_score(measure: Measure) -> dict[str, Any]:
    low, high = measure.low, measure.high
    if measure.whole:
        low, high = int(low), int(high)
        if high - low < _VALUES:
            return {"type": "integer", "enum": list(range(low, high + 1))}
        return {"type": "integer", "minimum": low, "maximum": high}
    for steps in (100, 10):
        first, last = round(low * steps), round(high * steps)
        if first == low * steps and last == high * steps and last - first < _VALUES:
            return {"type": "number", "enum": [number / steps for number in range(first, last + 1)]}
    return {"type": "number", "minimum": low, "maximum": high}
