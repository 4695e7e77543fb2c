"""Text from outside inside a Markdown document: it keeps its emphasis, lists and code, and cannot be anything more.

Only the document's own headings are headings, so that nobody can speak in another's name; nothing is HTML, a link, an
image or a table (whose cells cut code in two). Code fences are written anew, longer than any within, so that each ends
where it should. All this goes by what CommonMark 0.31 and GitHub's extensions say.
"""

import re
from collections.abc import Iterator

from backrooms_tui.session.harmless import harmless, harmless_line

# Whatever could begin something within a line.
_SIGNS = re.compile(r"([\\`*_\[\]<>#~|&$!])")
# Anywhere in a line: HTML and autolinks, entities, links and images, tables, strikethrough and fences, formulas.
_LIVE = re.compile(r"([\\<&\[\]|~$])")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_CONTAINERS = re.compile(r"(?:\s*(?:[-+*](?=\s)|\d{1,9}[.)](?=\s)|>))*\s*")
# Headings, the lines under headings and between parts; also below a list's or a quote's sign.
_BLOCK = re.compile(r"#|=+\s*$|([-*_])\s*(?:\1\s*)*$|[-:][-:| ]*$|\+\s*$")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([^`]*)$")
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,20}")


def literal(text: str) -> str:
    """A name or a title in one line, every sign standing for itself."""
    return _SIGNS.sub(r"\\\1", harmless_line(text).strip())


def prose(text: str) -> str:
    """What somebody said, as blocks of Markdown without a blank line at either end. Lines stay lines."""
    return "\n".join(_lines(harmless(text).strip("\n").split("\n")))


def verbatim(text: str) -> str:
    """A screen, to the letter, in a block of code."""
    return "\n".join(_fenced(harmless(text).strip("\n").split("\n"), "text"))


def _lines(lines: list[str]) -> Iterator[str]:
    index = 0
    while index < len(lines):
        opening = _FENCE.fullmatch(lines[index])
        if opening is None:
            yield _spoken(lines[index], follows=index + 1 < len(lines) and bool(lines[index + 1].strip()))
            index += 1
            continue
        if index:
            yield ""
        end = next((at for at in range(index + 1, len(lines)) if _closes(lines[at], opening[1])), len(lines))
        yield from _fenced(lines[index + 1 : end], opening[2])
        index = end + 1
        if index < len(lines):
            yield ""


def _closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and not bare.strip(fence[0])


def _fenced(code: list[str], about: str) -> Iterator[str]:
    longest = max((len(run) for line in code for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    language = _LANGUAGE.match(about)
    yield fence + (language[0] if language else "")
    yield from code
    yield fence


def _spoken(line: str, *, follows: bool) -> str:
    """A line of prose. One that is followed by another ends in two blanks, which is a line break."""
    line = line.rstrip()
    if not line:
        return ""
    signs = _CONTAINERS.match(line)
    start = signs.end() if signs else 0
    before, rest = line[:start], line[start:]
    if not before.strip() and len(before.expandtabs(4)) > 3:
        # Four blanks would make a block of code of it.
        before = "\u00a0" * len(before.expandtabs(4))
    rest = ("\\" if _BLOCK.match(rest) else "") + _inline(rest)
    return before + rest + ("  " if follows else "")


def _inline(text: str) -> str:
    """Code keeps its signs; all other backticks stand for themselves, so that none pairs with one of another line."""
    pieces: list[str] = []
    place = 0
    for code in _CODE.finditer(text):
        pieces += (_plain(text[place : code.start()]), code[0])
        place = code.end()
    return "".join([*pieces, _plain(text[place:])])


def _plain(text: str) -> str:
    return _LIVE.sub(r"\\\1", text).replace("`", "\\`")
