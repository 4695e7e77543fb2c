"""Parameters that a model turned out not to take: learned from a 400 that names one, and remembered.

The tables in `dialects` and `anthropic` know much, but models and servers change faster than tables.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from backrooms_tui.providers.base import Omitted
from backrooms_tui.providers.servers.error_body import ErrorBody, one_line, read_error_body
from backrooms_tui.providers.servers.http_trouble import is_too_long

ROUNDS = 5  # how often one request is sent again with one parameter less
# Without these there is no request left that the person would recognise.
_ESSENTIAL = frozenset({"model", "messages", "system", "stream"})
_REFUSING = re.compile(
    r"not (?:be )?(?:support|permit|allow|accept|available|implement|recogni|valid)"
    r"|un(?:supported|recogni|known|expected)"
    r"|does(?: not|n't) (?:support|accept|take|allow)|deprecated|extra (?:inputs|fields)|forbidden|no longer"
    r"|invalid|cannot|can't|only the default|must be|should be|out of range|too (?:large|big|small|high|low)",
    re.IGNORECASE,
)


class Refusals:
    """What each model refused so far, for the life of one provider object.

    A refusal is remembered with the value that was refused: another value of the same parameter is tried once.
    """

    def __init__(self, key: str = "") -> None:
        self._key = key
        self._refused: dict[str, list[tuple[str, object, str]]] = {}
        self._renamed: dict[str, dict[str, str]] = {}

    def apply(self, model: str, body: dict[str, Any], names: Mapping[str, str]) -> list[Omitted]:
        """Takes out of `body` what `model` refused, and says so.

        `names` gives our name in `session.parameters` for a field of the body. A field without one goes silently:
        the person never asked for it.
        """
        for field, other in self._renamed.get(model, {}).items():
            if field in body:
                body[other] = body.pop(field)
        omitted = []
        for field, value, why in self._refused.get(model, []):
            if field in body and body[field] == value:
                del body[field]
                if field in names:
                    omitted.append(Omitted(names[field], why))
        return omitted

    def learn(self, model: str, body: Mapping[str, Any], error: Exception, *, required: Collection[str] = ()) -> bool:
        """Whether `error` is a refusal of a field of `body`, now remembered, so that sending again makes sense.

        `required` are fields that this API does not work without.
        """
        if getattr(error, "status_code", None) not in (400, 422):
            return False
        said = read_error_body(getattr(error, "body", None) or getattr(error, "message", ""))
        if is_too_long(said):
            return False
        other = _other_name(said, body)
        if other is not None:
            self._renamed.setdefault(model, {})[other[0]] = other[1]
            return True
        field = refused_field(said, [name for name in body if name not in _ESSENTIAL and name not in required])
        if field is None:
            return False
        why = one_line(said.message, (self._key,)) or "the model does not take it"
        self._refused.setdefault(model, []).append((field, body[field], why))
        return True


def refused_field(said: ErrorBody, sent: Collection[str]) -> str | None:
    """The one of the fields `sent` that an error blames, None where it blames none.

    An error's own `param` counts first. In its words a name has to stand as code or a path does (quoted, or before a
    colon or a dot), or beside words of refusal. Where two may not go together, the later one of the two goes.
    """
    blamed = re.split(r"[.\[]", said.param)[0]
    if blamed in sent:
        return blamed
    if blamed in _ESSENTIAL:
        return None
    as_code = {name: rf"[`'\"]{name}(?:[.\[][^`'\"]*)?[`'\"]|(?:^|\s){name}(?=[:.])" for name in map(re.escape, sent)}
    as_word = {name: rf"(?<!\w){name}(?!\w)" for name in map(re.escape, sent)}
    found = _places(as_code, said.message)
    if not found and _REFUSING.search(said.message):
        found = _places(as_word, said.message)
    if not found:
        return None
    return found[-1 if re.search(r"\bboth\b", said.message) else 0]


def _places(patterns: Mapping[str, str], text: str) -> list[str]:
    """The names whose pattern occurs in `text`, in the order of their first places."""
    matches = ((re.search(pattern, text), name) for name, pattern in patterns.items())
    return [name for _, name in sorted((match.start(), name) for match, name in matches if match is not None)]


def _other_name(said: ErrorBody, body: Mapping[str, Any]) -> tuple[str, str] | None:
    """OpenAI's two names for the longest reply: an error about the one says to use the other."""
    for name, other in (("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens")):
        named = re.search(rf"(?<!\w){name}(?!\w)", f"{said.param} {said.message}")
        if name in body and other not in body and named and re.search(rf"(?<!\w){other}(?!\w)", said.message):
            return name, other
    return None
