"""Tools that a model may call: what each kind of server takes of them, how calls come back, and how a refusal sounds.

Sources: the guides to tools of OpenAI and Anthropic (SDKs 3.52 and 2.11), Ollama's API and llama.cpp's README of
function calling, as of November 2026.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backrooms_tui.providers.base import Omitted, ToolCall
from backrooms_tui.providers.servers.error_body import ErrorBody, one_line, read_error_body
from backrooms_tui.providers.servers.http_trouble import is_too_long
from backrooms_tui.session.world_tool import TOOLS, Tool

# OpenAI answers a longer description with a 400.
_LONGEST_DESCRIPTION = 1024
# OpenAI and Anthropic refuse these beside the properties, at the top of a schema.
_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_NOT_AT_THE_TOP = frozenset({*_ALTERNATIVES, "enum", "not", "const", "if", "then", "else", "$schema", "$id"})
# What only tells where the rest is: it has been put in its place.
_DEFINITIONS = frozenset({"$defs", "definitions"})
_DEEPEST = 24
_MOST_PARTS = 4000
_ANYTHING: dict[str, Any] = {"type": "object", "properties": {}}
_ABOUT_THEM = re.compile(
    r"\btools?\b|tool[ _.-]?(?:use|call|choice)|function[ _.-]?call|schema for function|input_schema|grammar|--jinja",
    re.IGNORECASE,
)
_ABOUT_THEIR_SCHEMA = re.compile(r"schema|parameters|grammar|pattern|propert|\$ref|recursi", re.IGNORECASE)
# The model was given them and called one badly: it may do better.
_CALLED_BADLY = ("tool_use_failed",)


def function_tools(tools: Sequence[Tool], *, in_words: bool = False) -> list[dict[str, Any]]:
    """`tools` as chat completions and Ollama take them; `in_words` the arguments are told in the description alone."""
    return [{"type": "function", "function": _described(tool, "parameters", in_words)} for tool in tools]


def messages_tools(tools: Sequence[Tool], *, in_words: bool = False) -> list[dict[str, Any]]:
    """`tools` as the Messages API takes them."""
    return [_described(tool, "input_schema", in_words) for tool in tools]


def _described(tool: Tool, arguments: str, in_words: bool) -> dict[str, Any]:
    description, schema = tool.description, arguments_schema(tool.schema)
    if in_words:
        told = json.dumps(schema, ensure_ascii=False)
        description = f"{description}\nArguments, as a JSON schema: {told}"
        schema = _ANYTHING
    return {"name": tool.name, "description": description[:_LONGEST_DESCRIPTION], arguments: schema}


def arguments_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's `schema` in the subset that all take: an object at the top, with nothing but its properties beside
    that, and with every reference replaced by what it refers to."""
    whole: dict[str, Any] = _Resolver(schema).resolved(schema)
    top = {key: value for key, value in whole.items() if key not in _NOT_AT_THE_TOP}
    properties = dict(top["properties"]) if isinstance(top.get("properties"), dict) else {}
    for key in _ALTERNATIVES:
        branches = whole.get(key)
        for branch in branches if isinstance(branches, list) else ():
            inner = branch.get("properties") if isinstance(branch, dict) else None
            properties = {**(inner if isinstance(inner, dict) else {}), **properties}
    return {**top, "type": "object", "properties": properties}


class _Resolver:
    """Puts in place what the parts of one schema refer to. What refers to itself, or to elsewhere, may be anything; so
    may all that comes after the first few thousand parts, since references can make much of little."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = _MOST_PARTS

    def resolved(self, value: Any, within: tuple[str, ...] = (), depth: int = 0) -> Any:
        """`value`, which stands `within` what these references refer to."""
        if not isinstance(value, Mapping | list):
            return value
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return {} if isinstance(value, Mapping) else []
        if isinstance(value, list):
            return [self.resolved(one, within, depth + 1) for one in value]
        reference = value.get("$ref")
        if isinstance(reference, str):
            found = {} if reference in within else self._referred(reference)
            beside = {key: one for key, one in value.items() if key != "$ref"}
            meant: dict[str, Any] = self.resolved(found, (*within, reference), depth + 1)
            return {**meant, **self.resolved(beside, within, depth + 1)}
        kept: dict[str, Any] = {}
        for key, one in value.items():
            if key == "properties" and isinstance(one, Mapping):  # they may be called as a keyword is
                kept[key] = {str(name): self.resolved(inner, within, depth + 1) for name, inner in one.items()}
            elif key not in _DEFINITIONS:
                kept[str(key)] = self.resolved(one, within, depth + 1)
        return kept

    def _referred(self, reference: str) -> Mapping[str, Any]:
        place: Any = self._root if reference.startswith("#/") else None
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            place = place.get(step) if isinstance(place, Mapping) else None
        return place if isinstance(place, Mapping) else {}


class ToolRefusals:
    """What each model turned out to take of the tools, for the life of one provider object: all; no schemas, which are
    told in words then; or none."""

    def __init__(self, key: str = "") -> None:
        self._key = key
        self._in_words: set[str] = set()
        self._none: dict[str, str] = {}

    def in_words(self, model: str) -> bool:
        """Whether `model` is to be told of the arguments in words."""
        return model in self._in_words

    def omitted(self, model: str) -> Omitted | None:
        """Why `model` is given no tools; None where it takes some."""
        why = self._none.get(model)
        return None if why is None else Omitted(TOOLS, why)

    def refuse(self, model: str, why: str) -> None:
        """`model` takes none."""
        self._none[model] = one_line(why, (self._key,)) or "the model cannot call any"

    def learn(self, model: str, error: Exception) -> bool:
        """Whether `error`, the answer to a request with tools, refuses them, so that sending again makes sense."""
        if getattr(error, "status_code", None) not in (400, 404, 422, 500, 501):
            return False
        said = read_error_body(getattr(error, "body", None) or getattr(error, "message", ""))
        words = f"{said.param} {said.message}".strip()
        if is_too_long(said) or called_badly(said):
            return False
        if getattr(error, "status_code", None) == 404 and "support" not in words:
            return False  # it is the model that is missing
        return self.learn_from(model, words)

    def learn_from(self, model: str, words: str) -> bool:
        """The same, of an error in these words."""
        if not names_tools(words):
            return False
        if model not in self._in_words and _ABOUT_THEIR_SCHEMA.search(words):
            self._in_words.add(model)
        else:
            self.refuse(model, words)
        return True


def called_badly(said: ErrorBody) -> bool:
    """Whether an error says that the model has called a tool in a way that nobody can read."""
    return any(bad in f"{said.type} {said.code} {said.message}" for bad in _CALLED_BADLY)


def names_tools(words: str) -> bool:
    """Whether an error in these words is about the tools."""
    return _ABOUT_THEM.search(words) is not None


class Calls:
    """The calls of one reply, put together from their pieces as they come."""

    def __init__(self) -> None:
        self._open: dict[object, _Pieces] = {}
        self._all: list[_Pieces] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    def begin(self, place: object, name: str, arguments: object = "") -> None:
        """A call begins at `place`; what comes for that place from now on belongs to it."""
        call = _Pieces(name, [], arguments if isinstance(arguments, Mapping) else None)
        if isinstance(arguments, str):
            call.arguments.append(arguments)
        self._open[place] = call
        self._all.append(call)

    def add(self, place: object, arguments: str) -> None:
        """A piece of the arguments of the call at `place`; of the last one, where none began there."""
        call = self._open.get(place) or (self._all[-1] if self._all else None)
        if call is not None:
            call.arguments.append(arguments)

    def feed(self, piece: Any) -> None:
        """One piece as chat completions send it: with an index, and at its beginning an id and a name. Some servers
        leave out the index, give it to several calls, or say the name again each time."""
        function = _of(piece, "function")
        name, arguments = _of(function, "name"), _of(function, "arguments")
        key, place = _of(piece, "id") or None, _of(piece, "index")
        current = self._open.get(place)
        if name and (current is None or place is None or (key is not None and key != current.key)):
            self.begin(place, str(name), arguments if isinstance(arguments, Mapping) else "")
            self._all[-1].key = key
        if isinstance(arguments, str) and arguments:
            self.add(place, arguments)

    def close(self) -> Iterator[ToolCall]:
        """The calls, in the order in which they began."""
        calls, self._all, self._open = self._all, [], {}
        for call in calls:
            written = "".join(call.arguments)
            if not written.strip() and call.whole is not None:
                written = json.dumps(call.whole, ensure_ascii=False)
            yield ToolCall(call.name, written)


class _Pieces:
    """A call, as far as it has come. `whole` are arguments that came in one piece, as an object."""

    def __init__(self, name: str, arguments: list[str], whole: Mapping[str, Any] | None) -> None:
        self.name = name
        self.arguments = arguments
        self.whole = whole
        self.key: object = None


def _of(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
