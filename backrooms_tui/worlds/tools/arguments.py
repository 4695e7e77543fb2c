"""Reading the arguments of a command for a tool: `key=value`, JSON, or just the value, by the tool's schema."""

import ast
import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Any

from backrooms_tui.worlds.tools.schema import Expected, choices, expected, resolved

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“"}
_OPEN = {"[": "]", "{": "}", "(": ")"}
_NAMED = re.compile(r"(?:--)?([A-Za-z_][\w.-]*)[ \t]*[=:](?!//)[ \t]*", re.ASCII)
_FLAG = re.compile(r"--([A-Za-z_][\w-]*)(?=\s|$)", re.ASCII)
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
# Beyond this, several mistakes are not told one by one.
_TOLD = 5


class Wrong(Exception):
    """The arguments are not what the tool takes. `lines` say which, what is wrong, and what would be right."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def arguments_of(schema: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The arguments in `text` for a tool with `schema`, each of the type that it wants. Raises Wrong."""
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = _without_commas(text[1:-1].strip())
    wanted = expected(schema)
    given = _object(text) if text.startswith("{") else _worded(schema, wanted, text)
    fitted = {_sound(name): _fitted(schema, _schema_of(schema, name, schema), _sound(given[name])) for name in given}
    _check(schema, wanted, fitted)
    return fitted


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, strict=False, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        try:
            # As Python writes it: single quotes, True, None, a comma at the end.
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            where = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
            raise Wrong(f'this is not JSON{where}; write {{"name": "value"}} or name=value') from None
    if not isinstance(found, dict):
        raise Wrong('the arguments have to be a JSON object; write {"name": "value"}')
    return {str(name): value for name, value in found.items()}


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number in JSON")


def _sound(value: Any) -> Any:
    """`value` as it can be sent: halves of characters replaced, which JSON can write, and what only Python writes."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list | tuple | set):
        return [_sound(one) for one in value]
    if isinstance(value, dict):
        return {_sound(str(name)): _sound(one) for name, one in value.items()}
    if value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return value
    return _sound(str(value))


def _worded(schema: Mapping[str, Any], wanted: list[Expected], text: str) -> dict[str, Any]:
    """Arguments as one types them. A word that belongs to no name is part of the text before it, or stands for the
    argument in its place."""
    names = {one.name: one for one in wanted}
    alone = [one for one in wanted if one.required] if sum(one.required for one in wanted) == 1 else wanted
    free = schema.get("additionalProperties") is not False and not names
    pieces = _pieces(text, names, free)
    if pieces and len(alone) == 1 and not any(name for name, _, _ in pieces):
        return {alone[0].name: _whole(text)}
    found: dict[str, Any] = {}
    places = iter(wanted)
    current = ""
    for name, value, quoted in pieces:
        if name:
            found[name] = value
            current = name if not quoted else ""
        elif current and isinstance(found[current], str):
            found[current] = f"{found[current]} {value}".strip()
        else:
            place = next((one for one in places if one.name not in found), None)
            if place is None:
                last = wanted[-1] if wanted and wanted[-1].schema.get("type") == "string" else None
                if last is None or not isinstance(found.get(last.name), str):
                    raise Wrong(f"{_short(value)!r} is one too many; {_shape(wanted)}")
                found[last.name] = f"{found[last.name]} {value}"
            else:
                found[place.name] = value
    return found


def _pieces(text: str, names: Mapping[str, Expected], free: bool) -> list[tuple[str, str, bool]]:
    """`text` in pieces: the name that one is given to, "" for none; the value; whether that was in quotes."""
    found = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        name = ""
        if match := _NAMED.match(text, at):
            name = _named(match[1], names, free, text[at:].startswith("--"))
            at = match.end() if name else at
        elif match := _FLAG.match(text, at):
            name = _named(match[1], names, free, True)
            at = match.end()
            while at < len(text) and text[at] in " \t":
                at += 1
            if at >= len(text) or text.startswith("--", at) or _is_switch(names.get(name)):
                word = re.match(r"(?i)(true|false|yes|no|on|off)\b", text[at:])
                found.append((name, word[0] if word else "true", True))
                at += len(word[0]) if word else 0
                continue
        value, at, quoted = _value(text, at)
        found.append((name, value, quoted))
    return found


def _named(name: str, names: Mapping[str, Expected], free: bool, sure: bool) -> str:
    """The argument that `name` means, "" where it is a word like any other. Raises Wrong for one that is not there."""
    if name in names or free:
        return name
    plain = {one.lower().replace("-", "_"): one for one in names}
    if (same := plain.get(name.lower().replace("-", "_"))) is not None:
        return same
    near = get_close_matches(name.lower(), list(plain), n=1, cutoff=0.75)
    if not sure and not near and len(names) == 1:
        return ""
    hint = f"did you mean {plain[near[0]]}?" if near else f"known are {', '.join(names) or 'none'}"
    raise Wrong(f"{_short(name)} is no argument of this tool; {hint}")


def _is_switch(one: Expected | None) -> bool:
    return one is not None and one.schema.get("type") == "boolean"


def _value(text: str, at: int) -> tuple[str, int, bool]:
    """The value that begins at `at`, where it ends, and whether it was in quotes: so, in brackets, or a word."""
    if at >= len(text):
        return "", at, False
    closing = _QUOTES.get(text[at])
    if closing:
        end = at + 1
        while end < len(text) and (text[end] != closing or text[end - 1] == "\\"):
            end += 1
        after = text[end + 1 : end + 2]
        if end < len(text) and (not after or after.isspace()):
            return text[at + 1 : end].replace(f"\\{closing}", closing), end + 1, True
    if text[at] in _OPEN and text[at] != "(" and (end := _closed(text, at)):
        return text[at:end], end, True
    end = at
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[at:end], end, False


def _closed(text: str, at: int) -> int:
    """Where the bracket at `at` is closed again; 0 where it is not."""
    open_: list[str] = []
    quote = ""
    for index in range(at, len(text)):
        letter = text[index]
        if quote:
            quote = "" if letter == quote and text[index - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in _OPEN:
            open_.append(_OPEN[letter])
        elif open_ and letter == open_[-1]:
            open_.pop()
            if not open_:
                return index + 1
    return 0


def _without_commas(text: str) -> str:
    """`a=1, b="x, y"` as it is written without commas: those that stand outside of quotes and brackets."""
    parts, at = [], 0
    while at < len(text):
        closing = _QUOTES.get(text[at])
        end = at
        if closing and (found := text.find(closing, at + 1)) > 0:
            end = found
        elif text[at] in _OPEN and (closed := _closed(text, at)):
            end = closed - 1
        parts.append(" " if text[at] == "," else text[at : end + 1])
        at = end + 1
    return "".join(parts)


def _whole(text: str) -> str:
    """All of it as one value, without quotes around it."""
    value, end, _ = _value(text, 0)
    return value if end >= len(text) else text


def _schema_of(schema: Mapping[str, Any], name: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = schema.get("properties")
    return resolved(root, properties.get(name) if isinstance(properties, Mapping) else None)


def _fitted(root: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Any:
    """`value` as the type that `schema` wants, where it can be read so; else as it is, for the check to say."""
    several = choices(root, schema)
    kinds = [str(one.get("type", "")) for one in several]
    if isinstance(value, str):
        for one, kind in zip(several, kinds, strict=True):
            found = _read(root, one, kind, value)
            if found is not None:
                return found[0]
        return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float) and "string" in kinds and not {"integer", "number"} & set(kinds):
        return str(value)
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return int(value)
    if isinstance(value, list):
        inner = next((one for one in several if one.get("type") == "array"), {})
        return [_fitted(root, resolved(root, inner.get("items")), one) for one in value]
    if isinstance(value, dict):
        inner = next((one for one in several if isinstance(one.get("properties"), Mapping)), {})
        return {name: _fitted(root, _schema_of(inner, name, root), one) for name, one in value.items()}
    return value


def _read(root: Mapping[str, Any], schema: Mapping[str, Any], kind: str, text: str) -> tuple[Any] | None:
    """`text` as one of `kind`, in a tuple; None where it is none."""
    allowed = schema.get("enum")
    if isinstance(allowed, list):
        same = [one for one in allowed if one == text] or [one for one in allowed if str(one).lower() == text.lower()]
        return (same[0],) if same else None
    word = text.strip().rstrip(",")
    match kind:
        case "integer" if re.fullmatch(r"[+-]?\d{1,400}", word, re.ASCII):
            return (int(word),)
        case "number" if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", word, re.ASCII):
            number = float(word)
            return (int(word) if word.lstrip("+-").isdigit() else number,) if abs(number) < float("inf") else None
        case "boolean" if word.lower() in (*_TRUE, *_FALSE):
            return (word.lower() in _TRUE,)
        case "null" if word.lower() in ("null", "none", ""):
            return (None,)
        case "array":
            items = _listed(word)
            return ([_fitted(root, resolved(root, schema.get("items")), one) for one in items],)
        case "object" if word.startswith("{"):
            try:
                return (_fitted(root, schema, _object(word)),)
            except Wrong:
                return None
        case "":
            return (text,)
        case "string":
            return (text,)
    return None


def _listed(text: str) -> list[Any]:
    """A list as JSON, or parted by commas."""
    if text.startswith("["):
        for read in (json.loads, ast.literal_eval):
            try:
                found = read(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
                continue
            if isinstance(found, list):
                return found
        text = text.strip("[]")
    return [part.strip().strip("\"'") for part in text.split(",") if part.strip()]


def _check(schema: Mapping[str, Any], wanted: list[Expected], given: Mapping[str, Any]) -> None:
    """Raise Wrong where `given` is not what `schema` asks for. A schema that is itself wrong asks for nothing: the
    server looks at its arguments too."""
    names = {one.name: one for one in wanted}
    missing = [one for one in wanted if one.required and one.name not in given]
    lines = [f"{one.name} is missing; it is {one.kind}, such as {one.example}" for one in missing]
    if schema.get("additionalProperties") is False:
        for name in given:
            if name not in names:
                near = get_close_matches(name, list(names), n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names) or 'none'}"
                lines.append(f"{_short(name)} is no argument of this tool; {hint}")
    told = {line.split(" ")[0] for line in lines}
    for path, message in _errors(json.dumps(schema, default=str), given):
        name = str(path[0]) if path else ""
        if name in names and name not in told:
            told.add(name)
            place = ".".join(str(part) for part in path)
            lines.append(
                f"{place} cannot be {_short(given[name])}; it is {names[name].kind}, such as {names[name].example}"
                if len(path) == 1
                else f"{place}: {message}"
            )
        elif not lines:
            lines.append(message)
    if lines:
        raise Wrong(*lines[:_TOLD])


def _errors(schema: str, given: Mapping[str, Any]) -> list[tuple[list[str | int], str]]:
    validator = _validator(schema)
    if validator is None:
        return []
    try:
        return [(list(error.absolute_path), _short(error.message, 200)) for error in validator.iter_errors(given)]
    except Exception:
        # A reference that leads nowhere, or that never ends: the library raises whatever it meets.
        return []


@lru_cache(maxsize=64)
def _validator(text: str) -> Any:
    from jsonschema import Draft202012Validator, SchemaError  # type: ignore[import-untyped]
    from jsonschema.validators import extend, validator_for  # type: ignore[import-untyped]
    from referencing import Registry

    schema = json.loads(text)
    plain = validator_for(schema, default=Draft202012Validator)
    try:
        plain.check_schema(schema)
    except (SchemaError, RecursionError):
        return None
    # A pattern of the server's could take for ever to look for; and nothing is fetched to follow a reference.
    harmless = extend(plain, {"pattern": _passes, "patternProperties": _passes})
    return harmless(schema, registry=Registry())


def _passes(*_: object) -> None:
    return None


def _shape(wanted: list[Expected]) -> str:
    return f"write {' '.join(one.example for one in wanted)}" if wanted else "this tool takes no arguments"


def _short(value: object, longest: int = 60) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
