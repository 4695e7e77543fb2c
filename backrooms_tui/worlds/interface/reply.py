"""What a world-interface server answered: the screen in it, or what is wrong with it."""

import html
import json
import re
from dataclasses import dataclass

_PAGE = re.compile(r"<\s*(!doctype|html|body)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
# An error's text is for a line or two of a screen.
_SHORT = 600
# Too early, too many requests, not there for now.
_NOT_RUN = (425, 429, 503)


@dataclass(frozen=True, slots=True)
class Reply:
    """`screen` is what the server showed. `wrong` says in a sentence why there is none, and `may_pass` whether it is
    sure that the command was not run and may be when it is sent again: no note is to be written twice."""

    screen: str = ""
    wrong: str = ""
    may_pass: bool = False


def reply_of(status: int, kind: str, body: str, key_env: str, has_key: bool) -> Reply:
    """The reply in a response with `status`, the content type `kind` and the text `body`. `key_env` is the variable
    that holds the key, and `has_key` whether there was one."""
    if status in (401, 403):
        cure = (
            f"look at the key in {key_env}, which the server does not accept"
            if has_key
            else f"set {key_env} to its key"
        )
        return Reply(wrong=f"The server wants a key (status {status}): {cure}.")
    if status >= 300:
        said = plain(body)
        told = f"The server answered with status {status}{f': {said}' if said else '.'}"
        return Reply(wrong=told, may_pass=status in _NOT_RUN)
    if "event-stream" in kind or body.lstrip().startswith("data:"):
        return _streamed(body)
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        said = plain(body)
        told = f"The server did not answer with JSON{f', but with: {said}' if said else '.'}"
        return Reply(wrong=told)
    return _screen(document)


def plain(body: str) -> str:
    """The text of an error's body as one reads it on a line: without markup, and short."""
    text = body[:20_000]
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        text = _error_in(document) or text
    elif _PAGE.search(text):
        text = html.unescape(_UNSEEN.sub(" ", text))
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def _error_in(document: dict[str, object]) -> str:
    error = document.get("error", document.get("detail", document.get("message")))
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else ""


def _screen(document: object) -> Reply:
    if not isinstance(document, dict):
        return Reply(wrong="The server's answer holds no screen.")
    error = _error_in(document) if document.get("error") else ""
    if error:
        return Reply(wrong=f"The server says: {plain(error)}")
    text = _content(document, "message")
    if text is None:
        return Reply(wrong="The server's answer holds no screen.")
    if not text.strip():
        return Reply(wrong="The server answered with an empty screen.")
    return Reply(text)


def _streamed(body: str) -> Reply:
    """The pieces of a stream, joined. What cannot be read is left out: the rest is still a screen."""
    pieces: list[str] = []
    for line in body.splitlines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data in ("", "[DONE]"):
            continue
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            if document.get("error"):
                return Reply(wrong=f"The server says: {plain(data)}")
            pieces.append(_content(document, "delta") or _content(document, "message") or "")
    text = "".join(pieces)
    return Reply(text) if text.strip() else Reply(wrong="The server answered with an empty screen.")


def _content(document: dict[str, object], name: str) -> str | None:
    """`choices[0].NAME.content`, as a text or as a list of parts; None where there is none."""
    choices = document.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get(name) if isinstance(first, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else None
