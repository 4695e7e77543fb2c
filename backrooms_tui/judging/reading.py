"""Reading a judge's answer: what counts of it, and what is wrong with the rest. Nothing is guessed, nothing bent."""

import json
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from backrooms_tui.judging.questions import MOST_CITED, Item, scale_of
from backrooms_tui.session.judgement import Measure, Score

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_TURN = re.compile(r"\s*(?:turn\s*)?#?(\d{1,9})\s*", re.IGNORECASE)
_LONGEST = 4000  # characters of a reason that are kept
_DIGITS = 15  # what a whole number has at most that could be a score or a turn


class _Twice:
    """What stands where a key was given twice, each time with something else: nobody knows which was meant."""


_TWICE = _Twice()


@dataclass(slots=True)
class Answer:
    """What an answer holds: the scores that count by the key of their item, and for the other keys what is wrong."""

    scores: dict[str, Score] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    summary: str = ""


def read_answer(text: str, items: Sequence[Item], turns: Collection[int], *, summary: bool, cut: bool) -> Answer:
    """What `text` answers to these `items`. `turns` are those that may be cited; `cut` says that the answer ran into
    its limit before its end."""
    answer = Answer()
    wanted = {item.key for item in items} | ({"summary"} if summary else set())
    values = _answering(text, wanted)
    if values is None:
        why = "the answer was cut off before its end" if cut else "the answer is not the JSON object that was asked for"
        answer.problems = dict.fromkeys(sorted(wanted), why)
        return answer
    for item in items:
        given = values.get(item.key)
        score = _score(item, given, turns) if item.key in values else "it is missing"
        if isinstance(score, Score):
            answer.scores[item.key] = score
        else:
            answer.problems[item.key] = score
    if summary:
        told = values.get("summary")
        answer.summary = told.strip()[:_LONGEST] if isinstance(told, str) else ""
        if not answer.summary:
            answer.problems["summary"] = "it is missing"
    return answer


def _score(item: Item, given: object, turns: Collection[int]) -> Score | str:
    """The score, or what is wrong with it."""
    if given is _TWICE or (isinstance(given, dict) and _TWICE in (given.get("score"), given.get("turns"))):
        return "it is given twice, each time with something else"
    if not isinstance(given, dict):
        return "it is not an object with reason, turns and score"
    value = _value(item.measure, given.get("score"))
    if isinstance(value, str):
        return value
    cited = _cited(given.get("turns"), turns)
    if isinstance(cited, str):
        return cited
    reason = given.get("reason")
    told = reason.strip()[:_LONGEST] if isinstance(reason, str) else ""
    return Score(item.measure.name, item.agent, value, cited, told)


def _value(measure: Measure, given: object) -> float | str:
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        given = float(given)
    if given is None:
        return f"it has no score; give {scale_of(measure)}"
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return f"its score {_shown(given)} is not a number; give {scale_of(measure)}"
    if not measure.low <= given <= measure.high:
        return f"its score {given:g} is not on the scale; give {scale_of(measure)}"
    if measure.whole and given != int(given):
        return f"its score {given:g} is not a whole number; give {scale_of(measure)}"
    return int(given) if measure.whole else float(given)


def _cited(given: object, turns: Collection[int]) -> tuple[int, ...] | str:
    if isinstance(given, int | str) and not isinstance(given, bool):
        given = [given]
    if not isinstance(given, list) or not given:
        return "it cites no turns; name those that the score rests on"
    cited = set()
    for one in given:
        match = _TURN.fullmatch(one) if isinstance(one, str) else None
        number = int(match[1]) if match else one
        if isinstance(number, bool) or not isinstance(number, int):
            return f"it cites {_shown(one)}, which is not the number of a turn"
        if number not in turns:
            return f"it cites turn {number}, which is not among those that were shown and are judged"
        cited.add(number)
    if len(cited) > 4 * MOST_CITED:
        return f"it cites {len(cited)} turns; name the one to {MOST_CITED} that matter most"
    return tuple(sorted(cited))


def _answering(text: str, wanted: set[str]) -> dict[str, Any] | None:
    """The first JSON object in `text` with any of these keys; it may stand in a fence or among words."""
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole)
    at = text.find("{")
    tries = 0
    while at >= 0 and tries < 20:
        try:
            found, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and not wanted.isdisjoint(found):
            return found
        at, tries = text.find("{", at + 1), tries + 1
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found[key] = _TWICE if key in found and found[key] != value else value
    return found


def _whole(digits: str) -> int | float:
    """A number without a point. One that no score could be is infinite, or not exact: no arithmetic fails on it."""
    return int(digits) if len(digits) <= _DIGITS else float(digits)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=lambda _: "given twice")
    return text if len(text) <= 40 else f"{text[:39]}…"
