"""What of a line is a note's title, and what its text."""

from collections.abc import Mapping

from backrooms_tui.session.notebook import TITLE
from backrooms_tui.worlds.exos import arguments
from backrooms_tui.worlds.exos.telling import one_line

_SHORT = 60  # letters of a title that is made from a text
_MARKS = (" | ", ": ", " — ", " – ", " - ", " :: ")
_BEFORE = 80  # letters in which a title is over


def title_and_text(line: str, body: str) -> Mapping[str, str]:
    """For `"The door" "It is green."`, `The door: it is green`, or a title with the text on the lines below."""
    words = arguments.tokens(line, 1)
    if words and words[0].quoted:
        rest = line[words[0].end :].strip().lstrip(",:;|").strip()
        if not rest and not body and ("\n" in words[0].text or len(words[0].text) > TITLE):
            return {"title": title_of(words[0].text), "text": words[0].text}
        return _both(words[0].text, _joined(arguments.unquoted(rest), body))
    if body:
        return _both(line.rstrip(":").strip() or title_of(body), body)
    begins = min((at for mark in _MARKS if (at := line.find(mark, 0, _BEFORE)) > 0), default=0)
    if begins:
        mark = next(mark for mark in _MARKS if line.startswith(mark, begins))
        return _both(line[:begins], arguments.unquoted(line[begins + len(mark) :]))
    if len(line) > _SHORT:
        return {"title": title_of(line), "text": line}
    return _both(line, "")


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
