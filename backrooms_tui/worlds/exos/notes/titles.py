"""What of a line is a note's title, and what its text."""

import re
from collections.abc import Mapping

from backrooms_tui.session.notebook import TITLE
from backrooms_tui.worlds.exos import arguments
from backrooms_tui.worlds.exos.telling import one_line

_SHORT = 60  # letters of a title that is made from a text
_MARKS = (" | ", ": ", " — ", " – ", " - ", " :: ")
# "title: The door", with "text: it is green" behind it or on the line below.
_TITLE = re.compile(r"title\s?:\s{1,9}(?=\S)", re.I)
_TEXT = re.compile(r"(?:\s?[,;|]\s?|\s)(?:text|content|body)\s?:\s{1,9}", re.I)
_BEFORE = 80  # letters in which a title is over
_FEW = 5  # words of a title without quotes before a text in quotes


def title_and_text(line: str, body: str) -> Mapping[str, str]:
    """For `"The door" "It is green."`, `The door: it is green`, or a title with the text on the lines below."""
    if found := _TITLE.match(line):
        whole = f"{line[found.end() :]}\n{body}"
        if parted := _TEXT.search(whole, 0, _BEFORE * 2):
            title = whole[: parted.start()]
            return _both(arguments.unquoted(title), arguments.unquoted(whole[parted.end() :]))
        line = line[found.end() :].strip()
    return _parted(line, body)


def _parted(line: str, body: str) -> Mapping[str, str]:
    words = arguments.tokens(line, 1)
    if words and words[0].quoted:
        rest = line[words[0].end :].strip().lstrip(",:;|").strip()
        if not rest and not body and ("\n" in words[0].text or len(words[0].text) > TITLE):
            return {"title": title_of(words[0].text), "text": words[0].text}
        return _both(words[0].text, _joined(arguments.unquoted(rest), body))
    if found := _quoted_text(line):
        return _both(found[0], _joined(found[1], body))
    if body:
        return _both(line.rstrip(":").strip() or title_of(body), body)
    begins = min((at for mark in _MARKS if (at := line.find(mark, 0, _BEFORE)) > 0), default=0)
    if begins:
        mark = next(mark for mark in _MARKS if line.startswith(mark, begins))
        return _both(line[:begins], arguments.unquoted(line[begins + len(mark) :]))
    if len(line) > _SHORT:
        return {"title": title_of(line), "text": line}
    return _both(line, "")


def _quoted_text(line: str) -> tuple[str, str] | None:
    """For `lamp "The lamp is on."`: the few words, and what stands in quotes behind them, to the end of the line."""
    words = arguments.tokens(line, _FEW + 2)
    last = words[-1] if 1 < len(words) <= _FEW + 1 else None
    if last is None or not last.quoted or last.end != len(line.rstrip()) or any(one.quoted for one in words[:-1]):
        return None
    title = line[: last.start].strip().rstrip(":|—–- ")
    return (title, last.text) if title and last.text.strip() else None


def title_of(text: str) -> str:
    """A title for a text that has none: its first words."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    line = one_line(first.lstrip("#*- "), 0)[: _SHORT * 2]
    if len(line) <= _SHORT:
        return line
    return line[:_SHORT].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _both(title: str, text: str) -> Mapping[str, str]:
    return {"title": one_line(title), **({"text": text} if text.strip() else {})}


def _joined(first: str, second: str) -> str:
    return f"{first}\n{second}" if first and second else first or second
