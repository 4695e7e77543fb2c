"""Finding requests in what an agent says: `!whisper Bo "…"` at the beginning of a line, outside of code.

What is found is taken out of what the others hear. A quotation that is not closed on its line goes on in the next ones,
so that nothing of a whisper is heard by all.
"""

import re
from collections.abc import Collection

from backrooms_tui.session.request_events import REQUESTS, Request, RequestName

# Requests of one turn that are looked at; one more is kept, to say that it was too many.
MOST = 5
# Characters of one request that are kept, and lines that a quotation may go on for.
_LONGEST, _LINES = 4000, 40
_NAMES = "|".join(REQUESTS)
_BEGINS = re.compile(rf" {{0,3}}[*_`]{{0,3}}[!！]({_NAMES})(?=$|[\s:：,.*_`\"“”„«'‘’])", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_CLOSING = {'"': '"', "“": '”"', "”": "”", "„": '“”"', "«": "»"}


def parted(text: str, names: Collection[str]) -> tuple[tuple[Request, ...], str]:
    """The requests in `text` that have one of these `names`, `MOST` and one at most, and what is left without all of
    them. Where there are none, that is the text as it stands."""
    if not names or ("!" not in text and "！" not in text):
        return (), text
    lines = text.split("\n")
    kept: list[str] = []
    found: list[Request] = []
    fence = ""
    place = 0
    while place < len(lines):
        line = lines[place]
        fence, fenced = _fenced(line, fence)
        begins = None if fenced else _begins(line, names)
        if begins is None:
            kept.append(line)
            place += 1
            continue
        end = _end(lines, place)
        if len(found) <= MOST:
            found.append(Request(begins, "\n".join(lines[place:end]).strip()[:_LONGEST]))
        place = end
    return (tuple(found), "\n".join(kept).strip()) if found else ((), text)


def _begins(line: str, names: Collection[str]) -> RequestName | None:
    match = _BEGINS.match(line)
    if match is None:
        return None
    return next((name for name in REQUESTS if name == match[1].lower() and name in names), None)


def _fenced(line: str, fence: str) -> tuple[str, bool]:
    """The fence that is open after `line`, and whether the line is code or a fence."""
    match = _FENCE.match(line)
    if match is None:
        return fence, bool(fence)
    if not fence:
        return ("", False) if match[1][0] == "`" and "`" in match[2] else (match[1], True)
    closes = match[1][0] == fence[0] and len(match[1]) >= len(fence) and not match[2].strip()
    return ("" if closes else fence), True


def _end(lines: list[str], first: int) -> int:
    """The line after the request that begins on `first`: that of its closing quotation mark, or the end of the
    paragraph where none comes."""
    closing = _left_open(lines[first], "")
    place, paragraph = first + 1, 0
    while closing and place < min(len(lines), first + _LINES):
        line = lines[place]
        if _BEGINS.match(line) or _FENCE.match(line):
            break
        if not line.strip():
            paragraph = paragraph or place
        marks = [sign for sign in line if sign in closing]
        if paragraph and marks and not (len(marks) == 1 and line.rstrip(" .!*_")[-1:] in closing):
            break  # what is quoted in a later paragraph is another matter
        closing = _left_open(line, closing)
        place += 1
    return paragraph if closing and paragraph else place


def _left_open(line: str, closing: str) -> str:
    """What closes the quotation that is open after `line`, "" for none; `closing` is that of the one before it."""
    for sign in line:
        closing = ("" if sign in closing else closing) if closing else _CLOSING.get(sign, "")
    return closing
