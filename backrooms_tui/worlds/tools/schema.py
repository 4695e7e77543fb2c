"""What a tool's JSON schema says of its arguments, in words and in plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a JSON object",
    "null": "nothing",
}
# References to references, and choices within choices, are followed so deep.
_DEEP = 8


@dataclass(frozen=True, slots=True)
class Expected:
    """One argument of a tool: what may stand there (`kind`, in words), and what it is for."""

    name: str
    schema: Mapping[str, Any]
    required: bool
    kind: str
    about: str

    @property
    def example(self) -> str:
        """How one would write it."""
        return f"{self.name}={_sample(self.schema)}"


def expected(schema: Mapping[str, Any]) -> list[Expected]:
    """The arguments that `schema` names: those that it must have first, in their order. Never raises."""
    properties = schema.get("properties")
    named = properties if isinstance(properties, Mapping) else {}
    must = schema.get("required")
    required = [str(name) for name in must] if isinstance(must, list) else []
    found = []
    for name, one in named.items():
        inner = resolved(schema, one)
        about = inner.get("description")
        found.append(
            Expected(str(name), inner, name in required, kind(schema, inner), about if isinstance(about, str) else "")
        )
    return sorted(found, key=lambda one: not one.required)


def resolved(root: Mapping[str, Any], schema: object, deep: int = _DEEP) -> Mapping[str, Any]:
    """`schema` with a reference within the same document followed; anything else that is no schema is an empty one."""
    if not isinstance(schema, Mapping):
        return {}
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/") or not deep:
        return schema
    node: object = root
    for part in reference[2:].split("/"):
        node = node.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**resolved(root, node, deep - 1), **beside}


def choices(root: Mapping[str, Any], schema: Mapping[str, Any], deep: int = _DEEP) -> list[Mapping[str, Any]]:
    """The schemas of which one has to hold: those of `anyOf` or `oneOf`, one for each of several types, or itself."""
    for key in ("anyOf", "oneOf"):
        several = schema.get(key)
        if isinstance(several, list) and several and deep:
            return [inner for one in several for inner in choices(root, resolved(root, one), deep - 1)]
    types = schema.get("type")
    if isinstance(types, list):
        return [{**schema, "type": one} for one in types if isinstance(one, str)] or [{}]
    return [schema]


def kind(root: Mapping[str, Any], schema: Mapping[str, Any], deep: int = 3) -> str:
    """What may stand there, in words: "a whole number, 1 to 10", "one of a, b", "a list of text"."""
    words: list[str] = []
    for one in choices(root, schema):
        word = _kind(root, one, deep)
        if word not in words and word != "nothing":
            words.append(word)
    return " or ".join(words) or "anything"


def _kind(root: Mapping[str, Any], schema: Mapping[str, Any], deep: int) -> str:
    allowed = schema.get("enum")
    if isinstance(allowed, list) and allowed:
        shown = ", ".join(str(one) for one in allowed[:8])
        return f"one of {shown}{', …' if len(allowed) > 8 else ''}"
    if "const" in schema:
        return str(schema["const"])
    word = _WORDS.get(str(schema.get("type", "")), "")
    if schema.get("type") == "array" and deep:
        inner = kind(root, resolved(root, schema.get("items")), deep - 1)
        word = f"a list of {inner.removeprefix('a ')}" if inner != "anything" else "a list"
    low, high = _bound(schema, "minimum", "minLength"), _bound(schema, "maximum", "maxLength")
    unit = " characters" if schema.get("type") == "string" else ""
    match low, high:
        case None, None:
            return word
        case _, None:
            return f"{word}, {low}{unit} or more"
        case None, _:
            return f"{word}, {high}{unit} at most"
    return f"{word}, {low} to {high}{unit}"


def _bound(schema: Mapping[str, Any], *names: str) -> object:
    return next((schema[name] for name in names if isinstance(schema.get(name), int | float)), None)


def _sample(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples")
    for given in (schema.get("default"), examples[0] if isinstance(examples, list) and examples else None):
        if isinstance(given, str) and given and len(given) <= 40:
            return f'"{given}"' if " " in given else given
        if isinstance(given, int | float):
            return str(given).lower()
    allowed = schema.get("enum")
    if isinstance(allowed, list) and allowed:
        return str(allowed[0])
    kinds = choices(schema, schema)
    samples = {"integer": "1", "number": "1.5", "boolean": "true", "array": "[…]", "object": "{…}"}
    return samples.get(str(kinds[0].get("type", "")), '"…"')
