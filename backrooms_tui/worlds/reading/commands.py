"""Commands in what somebody said: forgiving about code fences, prompts and chatter, and never fooled by prose.

A command begins a line, after prompts and marks, or stands in backticks or in a fence. It goes on over several lines
where a quotation, a JSON object or a here-document is open, or where its text stands below it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from backrooms_tui.worlds.reading.grammar import Grammar, Standing
from backrooms_tui.worlds.reading.marks import Stripped, fence, in_backticks, stripped

# What is read of a text at its beginning and at its end, in characters. More does not come from anybody who types.
READ = 60_000
_LINES = 4_000
_SPANS = 4_000  # of one line, where backticks are looked for
_MOST = 50  # commands that are looked for; nobody runs so many
_JSON_LINES = 100
_FOREIGN = frozenset(
    (
        *("c", "c++", "cpp", "css", "go", "html", "java", "javascript", "js", "json", "markdown", "md", "py"),
        *("python", "rust", "sql", "toml", "ts", "typescript", "xml", "yaml"),
    )
)
# A here-document: the word that ends it, and the file into which it goes where that stands behind it.
_HERE = re.compile(r"<<-?\s?(['\"]?)(\w{1,40})\1(\s?>{1,2}\s?[^\s>]{1,200})?\s*$")
_CALLED = ("name", "tool", "function", "command")
_WITH = ("arguments", "parameters", "args", "input")
_WORDS = 8  # a line of so many words that is no command may be an attempt at one
_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Found:
    """The commands of a text, in order. Where there are none, `attempt` is what may have been meant as one."""

    commands: tuple[str, ...] = ()
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, whether it stands in a fence (`foreign`: of another language), and whether it is one itself."""

    text: str
    fenced: bool = False
    mark: bool = False
    foreign: bool = False


def commands_in(text: str, grammar: Grammar) -> Found:
    """The commands in `text`. It never raises, whatever `text` is, and takes no longer for a long one."""
    if len(text) > 2 * READ:
        text = f"{text[:READ]}\n{text[-READ:]}"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if called := _called(text.strip(), grammar):
        return Found((called,))
    lines = _lines(text.split("\n")[:_LINES])
    said = [line.text for line in lines if not line.fenced and not line.mark and line.text.strip()]
    bare = [stripped(line) for line in said[: _MOST + 1]]
    alone = 0 < len(bare) <= _MOST and all(grammar.knows(one.line, "alone") for one in bare)
    found = _on_lines(lines, grammar, "alone" if alone or len(bare) == 1 else "among")
    if not found:
        ticked = (line.text[:_SPANS] for line in lines if "`" in line.text)
        spans = (span for line in ticked for span in in_backticks(line))
        found = list(islice((span for span in spans if grammar.knows(span, "marked")), _MOST))
    return Found(tuple(found), "" if found else _attempt(lines))


def _lines(texts: Sequence[str]) -> list[_Line]:
    lines: list[_Line] = []
    opened = language = ""
    for text in texts:
        mark = fence(text)
        if mark is not None and (not opened or (mark[0].startswith(opened) and not mark[1])):
            opened, language = ("", "") if opened else mark
            lines.append(_Line(text, mark=True))
        else:
            lines.append(_Line(text, fenced=bool(opened), foreign=language.casefold() in _FOREIGN))
    return lines


def _on_lines(lines: Sequence[_Line], grammar: Grammar, standing: Standing) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(lines) and len(found) < _MOST:
        line = lines[at]
        at += 1
        if line.mark or not line.text.strip():
            continue
        if line.fenced and (called := _called_in_fence(lines, at - 1, grammar)):
            found.append(called[0])
            at = called[1]
            continue
        bare = stripped(line.text)
        if not _knows(grammar, line, bare, standing):
            continue
        command, at = _whole(lines, at, bare.line, grammar, standing)
        found.append(command)
    return found


def _knows(grammar: Grammar, line: _Line, bare: Stripped, standing: Standing) -> bool:
    if _HERE.search(bare.line[-_SPANS:]):
        return grammar.knows(_HERE.sub(r"\3", bare.line), "marked")
    if line.foreign:
        return grammar.knows(bare.line, "among")
    if line.fenced or bare.sure:
        return grammar.knows(bare.line, "marked")
    return not (bare.listed and standing == "among") and grammar.knows(bare.line, standing)


def _whole(lines: Sequence[_Line], after: int, line: str, grammar: Grammar, standing: Standing) -> tuple[str, int]:
    """The command that begins with `line`, with the lines that belong to it, and where those end."""
    if here := _HERE.search(line):
        word = here[2]
        end = next((at for at in range(after, len(lines)) if lines[at].text.strip() == word), len(lines))
        line = f"{line[: here.start()].rstrip()}{here[3] or ''}"
        return _joined(line, [one.text for one in lines[after:end]]), end + 1
    brace = line.find("{")
    if brace >= 0 and not _closed(line[brace:]):
        for end in range(after, min(len(lines), after + _JSON_LINES)):
            if "}" in lines[end].text:
                whole = "\n".join([line, *(one.text for one in lines[after : end + 1])])
                if _closed(whole[brace:]):
                    return whole, end + 1
    if not grammar.may_go_on(line):
        return line, after
    if line.count('"') % 2:
        for end in range(after, len(lines)):
            if lines[end].text.count('"') % 2:
                return "\n".join([line, *(one.text for one in lines[after : end + 1])]), end + 1
    # Below a line that says something already stands more of it only where a fence holds both together.
    if not lines[after - 1].fenced and not grammar.goes_on(line):
        return line, after
    return _with_text(lines, after, line, grammar, standing)


def _with_text(lines: Sequence[_Line], after: int, line: str, grammar: Grammar, standing: Standing) -> tuple[str, int]:
    """`line` with the text below it: in a fence of its own, or up to the next command."""
    fenced = lines[after - 1].fenced
    if not fenced:
        opening = next((at for at in range(after, len(lines)) if lines[at].text.strip()), len(lines))
        if opening < len(lines) and lines[opening].mark:
            closing = next((at for at in range(opening + 1, len(lines)) if lines[at].mark), len(lines))
            inside = [one.text for one in lines[opening + 1 : closing]]
            # A fence that holds commands is not this one's text.
            if not any(_knows(grammar, one, stripped(one.text), "among") for one in lines[opening + 1 : closing]):
                return _joined(line, inside), closing + 1
            return line, after
        if opening != after:
            return line, after
    end = after
    while end < len(lines) and not lines[end].mark and lines[end].fenced == fenced:
        below = stripped(lines[end].text)
        if below.line and not below.listed and grammar.knows(below.line, "marked" if below.sure else "among"):
            break
        end += 1
    return _joined(line, [one.text for one in lines[after:end]]), end


def _joined(line: str, below: Sequence[str]) -> str:
    body = "\n".join(below).strip("\n")
    return f"{line}\n{body}" if body.strip() else line


def _closed(text: str) -> bool:
    """Whether `text` begins with a whole JSON object."""
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _called_in_fence(lines: Sequence[_Line], at: int, grammar: Grammar) -> tuple[str, int] | None:
    """A call written as JSON that fills the fence from line `at` on."""
    if at == 0 or not lines[at - 1].mark or not lines[at].text.lstrip().startswith("{"):
        return None
    end = next((one for one in range(at, len(lines)) if lines[one].mark), len(lines))
    called = _called("\n".join(one.text for one in lines[at:end]).strip(), grammar)
    return (called, end) if called else None


def _called(text: str, grammar: Grammar) -> str:
    """The command that a call written as JSON means, such as {"name": "notes_list", "arguments": {}}; "" for none."""
    if not text.startswith("{") or not text.endswith("}"):
        return ""
    try:
        call = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    name = next((call[key] for key in _CALLED if isinstance(call.get(key), str)), "")
    given = next((call[key] for key in _WITH if key in call), None)
    line = name.strip().replace("\n", " ")
    if isinstance(given, dict) and given:
        line = f"{line} {json.dumps(given, ensure_ascii=False)}"
    elif isinstance(given, str) and given.strip():
        line = f"{line} {given.strip()}"
    return line if line and grammar.knows(line.split("\n")[0], "marked") else ""


def _attempt(lines: Sequence[_Line]) -> str:
    """The line that may have been meant as a command: one that is marked as such, or the only one, if it is short."""
    said = [line for line in lines if line.text.strip() and not line.mark]
    for line in said[:200]:
        bare = stripped(line.text)
        if bare.line and (bare.sure or (line.fenced and not line.foreign)):
            return bare.line[:_LETTERS]
    if len(said) == 1:
        bare = stripped(said[0].text)
        words = len(bare.line.split())
        sentence = words > 2 and bare.line.endswith((".", "!", "?", "…", ":"))
        if len(bare.line) <= _LETTERS and words <= _WORDS and not sentence:
            return bare.line
    return ""
