"""Replies that follow a JSON schema: what each kind of server takes of one, and how a refusal of it sounds.

Sources: the guides to structured output of OpenAI and Anthropic (SDKs 3.52 and 2.11) and llama.cpp's README of
grammars, as of November 2026. llama.cpp, and Ollama with it, make a grammar of the whole schema.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from backrooms_tui.providers.servers.error_body import read_error_body
from backrooms_tui.providers.servers.http_trouble import is_too_long

# OpenAI answers these with a 400.
NOT_OPENAI = frozenset({"minLength", "maxLength"})
# Anthropic's SDK moves these into descriptions before it sends a schema.
NOT_ANTHROPIC = frozenset({*NOT_OPENAI, "minimum", "maximum", "maxItems"})
_ABOUT_IT = re.compile(
    r"response.?format|json.?schema|json.?object|output.?(?:config|format)|structured|schema|grammar|\bformat\b"
    r"|(?:generate|validate) json",
    re.IGNORECASE,
)


def reduced(schema: Mapping[str, Any], without: Collection[str] = ()) -> dict[str, Any]:
    """`schema` without the keywords `without`, at every depth. The names of properties are no keywords."""
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: reduced(one, without) for name, one in value.items()}
        elif key not in without:
            kept[key] = reduced(value, without) if isinstance(value, Mapping) else value
    return kept


def response_format(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The `response_format` of chat completions, as OpenAI and most compatible servers take it."""
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": reduced(schema, NOT_OPENAI)},
    }


def refuses_schema(error: Exception) -> bool:
    """Whether a server's `error` says that it, or the model, does not take the schema."""
    if getattr(error, "status_code", None) not in (400, 404, 422, 501):
        return False
    said = read_error_body(getattr(error, "body", None) or getattr(error, "message", ""))
    return not is_too_long(said) and names_schema(f"{said.param} {said.message}")


def names_schema(words: str) -> bool:
    """Whether an error in these words is about the form of the reply."""
    return _ABOUT_IT.search(words) is not None
