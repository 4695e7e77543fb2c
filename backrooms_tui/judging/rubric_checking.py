"""Everything that is wrong with a rubric file, each thing with its line and what would be right."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backrooms_tui.judging.rubric_document import MOST_MEASURES, Heading, MeasureTable, RubricFile
from backrooms_tui.session.judgement import Rubric
from backrooms_tui.templates.findings import Finding, did_you_mean, key_text, nearest
from backrooms_tui.templates.locating import KeyPath, Locations
from backrooms_tui.templates.shape import Mistake, read_toml

_EXAMPLES = {
    "rubric": 'add [rubric] with title = "…"',
    "title": 'add title = "…"',
    "measures": "add a table [[measures]] for each measure",
    "name": 'add name = "…"',
    "low": "add low = 1: the low end of the scale",
    "high": "add high = 10: the high end of the scale",
}
_WANTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a number",
    "float_type": "a number",
    "list_type": "a list of tables: [[measures]]",
    "model_type": "a table",
}
# What other tools call the same thing, and what people try.
_OTHER_WORDS = {
    "description": "about",
    "help": "about",
    "question": "about",
    "min": "low",
    "minimum": "low",
    "max": "high",
    "maximum": "high",
    "min_means": "low_means",
    "max_means": "high_means",
    "low_label": "low_means",
    "high_label": "high_means",
    "per": "of",
    "scope": "of",
    "integer": "whole",
    "metrics": "measures",
    "criteria": "measures",
}


def checked_rubric(text: str, name: str, filename: str) -> tuple[Rubric | None, list[Finding]]:
    """The rubric called `name` that the TOML file `text` is (None where it has mistakes), and what is wrong with it in
    the order of its lines. Never raises."""
    text = text.removeprefix("\ufeff")
    locations = Locations(text)
    data = read_toml(text, locations)
    if isinstance(data, Mistake):
        found = [data]
    else:
        rubric, found = _read(data, name)
        if rubric is not None and not found:
            return rubric, []
    findings = []
    for mistake in found:
        spot = mistake.spot or locations.of(mistake.path)
        # A key, a value or a message may bring line breaks of its own; a finding is one line.
        what, cure = (" ".join(part.split()) for part in (mistake.what, mistake.cure))
        findings.append(Finding(filename, spot.line, spot.column, key_text(mistake.path), what, cure))
    return None, sorted(findings, key=lambda finding: (finding.line, finding.column or 0))


def _read(data: Mapping[str, Any], name: str) -> tuple[Rubric | None, list[Mistake]]:
    try:
        rubric = RubricFile.model_validate(data).as_rubric(name)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # Of a number both kinds are told: one word is enough.
        found = {mistake.path: mistake for mistake in map(_mistake, details)}
        return None, list(found.values())
    first: dict[str, int] = {}
    twice = []
    for index, measure in enumerate(rubric.measures):
        same = first.setdefault(measure.name.casefold(), index)
        if same != index:
            what = f"is {measure.name!r}, as measures[{same}] is called already"
            twice.append(Mistake(("measures", index, "name"), what, "give every measure a name of its own"))
    return rubric, twice


def _mistake(details: ErrorDetails) -> Mistake:
    kind, given, context = details["type"], details["input"], details.get("ctx", {})
    # A number may be whole or not: pydantic names the kind behind the key.
    path: KeyPath = tuple(part for part in details["loc"] if part not in ("int", "float"))
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    match kind:
        case "worded":
            return Mistake(path, str(context["what"]), str(context["cure"]))
        case "missing":
            return Mistake(path, "is missing", _EXAMPLES.get(key, f"add {key} = …"))
        case "extra_forbidden":
            return Mistake(path, f"is not a key of {_table(path)}", _right_key(path, key))
        case "literal_error":
            return Mistake(path, f"cannot be {given!r:.60}", f"choose {context['expected']}")
        case "string_too_long":
            return Mistake(path, "is too long", f"keep it under {context['max_length']} characters")
        case "too_short":
            return Mistake(path, "is empty", _EXAMPLES.get(key, "add at least one"))
        case "too_long":
            return Mistake(path, f"has more than {MOST_MEASURES} entries", "take some out, or make two rubrics")
    wanted = _WANTED.get(kind)
    if wanted is None:
        return Mistake(path, details["msg"], "")
    cure = f"write {key} = {given.strip()}" if wanted == "a number" and _is_number(given) else f"give {wanted}"
    return Mistake(path, f"must be {wanted}, not {given!r:.60}", cure)


def _is_number(given: object) -> bool:
    return isinstance(given, str) and given.strip().lstrip("-").replace(".", "", 1).isdigit()


def _table(path: KeyPath) -> str:
    return {"rubric": "[rubric]", "measures": "[[measures]]"}.get(str(path[0]) if len(path) > 1 else "", "a rubric")


def _right_key(path: KeyPath, key: str) -> str:
    tables: dict[str, type[BaseModel]] = {"[rubric]": Heading, "[[measures]]": MeasureTable}
    known = list(tables.get(_table(path), RubricFile).model_fields)
    other = _OTHER_WORDS.get(key.lower())
    if other in known:
        return f"did you mean {other}?"
    if nearest(key, known):
        return did_you_mean(key, known)
    homes = [name for name, table in tables.items() if key in table.model_fields]
    return f"it belongs under {' or '.join(homes)}" if homes else f"known are {', '.join(known)}"
