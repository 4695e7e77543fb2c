"""Reading what a server says went wrong, whatever shape it says it in, and making it fit for one line."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

LONGEST_LINE = 240
_HIDDEN = "[key hidden]"
# What keys of the known services look like, for the case that a server echoes one that is not ours word for word.
_KEY_LIKE = re.compile(
    r"\b(?:sk|gsk|xai|pplx|tgp|nvapi|hf|csk)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|\b(bearer)\s+[\w.~+/*-]{6,}=*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|title|h1|center|p)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>|<h1[^>]*>(.*?)</h1>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a server's error says: its words, its own name for the kind of error, and the parameter it blames."""

    message: str = ""
    type: str = ""
    code: str = ""
    param: str = ""


def read_error_body(body: object) -> ErrorBody:
    """The error in `body`: decoded JSON, JSON text, plain text or HTML, of any server. Never fails.

    Known shapes: `{"error": {"message", "type", "code", "param"}}` (OpenAI, Anthropic, llama.cpp), the inner object
    alone (as the openai SDK hands it on), `{"error": "text"}` (Ollama), `{"message"|"detail": ...}` (Mistral, vLLM,
    FastAPI), and a list with one such object (Google).
    """
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return ErrorBody(_without_markup(str(body)))
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, Mapping):
        return ErrorBody(str(body) if isinstance(body, str) else "")
    inner = body.get("error", body)
    if isinstance(inner, str):
        return ErrorBody(inner, code=_word(body.get("code")))
    if not isinstance(inner, Mapping):
        inner = body
    details = inner.get("details")
    code = details.get("error_code") if isinstance(details, Mapping) else None
    return ErrorBody(
        _message(inner),
        _word(inner.get("type")) or _word(inner.get("status")),
        _word(code) or _word(inner.get("code")),
        _word(inner.get("param")),
    )


def one_line(text: str, keys: Iterable[str] = ()) -> str:
    """`text` as one line of at most `LONGEST_LINE` characters, without any of `keys` and whatever looks like a key."""
    for key in keys:
        if len(key) >= 4:
            text = text.replace(key, _HIDDEN)
    text = _KEY_LIKE.sub(lambda match: f"{match[1]} {_HIDDEN}" if match[1] else _HIDDEN, text)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1].rstrip() + "…"


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds that a response asks to wait: `retry-after-ms`, or `retry-after` in seconds or as an HTTP date.

    None where it asks for nothing that can be read. `now` is Unix seconds. A date in the past is no wait at all.
    """
    try:
        if value := headers.get("retry-after-ms"):
            return max(0.0, float(value) / 1000)
        value = headers.get("retry-after")
        if not value:
            return None
        try:
            return max(0.0, float(value))
        except ValueError:
            return max(0.0, parsedate_to_datetime(value).timestamp() - (time() if now is None else now))
    except (ValueError, OverflowError, TypeError):
        return None


def _message(inner: Mapping[str, Any]) -> str:
    for name in ("message", "detail", "error_description", "msg"):
        value = inner.get(name)
        if isinstance(value, str) and value.strip():
            return _without_markup(value)
        if isinstance(value, list | Mapping) and value:
            return json.dumps(value, ensure_ascii=False)
    return ""


def _word(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _without_markup(text: str) -> str:
    """A proxy's error page says all it has to say in its title."""
    if not _MARKUP.search(text):
        return text
    title = _TITLE.search(text)
    return (title[1] or title[2] or "").strip() if title else "an HTML page instead of an answer"
