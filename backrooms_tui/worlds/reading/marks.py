"""What stands around a command on its line: prompts, labels, backticks, list marks; and the fences around lines."""

import re
from dataclasses import dataclass

# guest@far-end:~$  user@host /dir %
_HOST = r"[\w.-]{1,64}@[\w.-]{1,64}(?:[: ]\S{0,120}?)?\s?[$#>%]"
# [guest] >  C:\\DREAMS>  ~/dreams $
_NAMED = r"(?:\[[^\]\n]{1,60}\]|[A-Za-z]:[\\/][^>\n]{0,80}|[~/][\w.~/-]{0,60})\s?[>$%❯»›]"
_SHELL = r"(?:exos|exo|bash|sh|cli|cmd|guest|root|user)(?: v?\d[\d.]*)?(?::[~/][\w.~/-]{0,60})?\s?[>$%#❯»›]+:?"
_SURE = re.compile(rf"^(?:{_HOST}|{_SHELL}|\$|❯|»|›|λ|>>>)\s*", re.I)
# A heading begins with a capital, what follows a prompt seldom does.
_LIKELY = re.compile(rf"^(?:{_NAMED}|[>%!/]+|#+(?=\s*[a-z]))\s*")
_LABEL = re.compile(
    r"^[*_]{0,3}(?:my |next |the |i |i'll |i will )?"
    r"(?:command|input|type|typing|enter|run|running|execute|executing|cmd)[*_]{0,3}\s?:[*_]{0,3}\s*",
    re.I,
)
_LIST = re.compile(r"^(?:[-*•+]|\(?\d{1,3}[.)])\s+")
_FENCE = re.compile(r"^(`{3,}|~{3,})\s?([\w+.#-]{0,30})$")
_TICKS = re.compile(r"(?<!`)(`{1,3})([^`\n]{1,2000})\1(?!`)")
_BOLD = re.compile(r"^(\*{1,3}|_{2,3})(.{1,500}?)\1$")
_TAGGED = re.compile(r"^<([A-Za-z]\w{0,20})>([^<>\n]{1,2000})</\1>$")
_WRAPPED = re.compile(r"^(?:\"[^\"]{1,500}\"|“[^“”]{1,500}”|'[^']{1,500}'|\[[^\[\]]{1,500}\]|\([^()]{1,500}\))$")
_SPOKEN_OF = re.compile(
    r"[*_]{0,3}[\s,:]{1,3}(?:commands?|functions?|operators?|options?|tools?|utility|keywords?|programs?|works?|does|is|are|was|can|"
    r"will|would|returns?|lists?|shows?|means|allows|lets|takes|uses)\b",
    re.I,
)
_EXPLAINED = re.compile(r"[*_]{0,3}\s{0,3}(?:[:—–]|-\s|\()")
_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class Stripped:
    """A line without what stood around it. `sure`: it was marked as a command; `listed`: it was one of a list, where
    commands are spoken of more often than given."""

    line: str
    sure: bool = False
    listed: bool = False


def stripped(line: str) -> Stripped:
    """`line` without prompts, labels, list marks, backticks, stars, tags and quotes around it, some of them inside
    one another."""
    rest, sure, listed = line.strip(), False, False
    for _ in range(4):
        before, head = rest, rest[:200]
        if found := _SURE.match(head) or _LABEL.match(head):
            rest, sure = rest[found.end() :], True
        elif (found := _LIKELY.match(head)) and rest[found.end() :].strip():
            rest = rest[found.end() :]
        elif (found := _LIST.match(head)) and rest[found.end() :].strip():
            rest, listed = rest[found.end() :], True
        elif len(rest) <= _SHOWN and (found := _TICKS.fullmatch(rest) or _TAGGED.match(rest)):
            rest, sure = found[2], True
        elif len(rest) <= _SHOWN and (found := _BOLD.match(rest)):
            rest = found[2]
        elif len(rest) <= _SHOWN and _WRAPPED.match(rest):
            rest = rest[1:-1]
        rest = rest.strip()
        if rest == before:
            break
    return Stripped(rest, sure, listed)


def fence(line: str) -> tuple[str, str] | None:
    """The fence that `line` is, and the language that it names; None for another line."""
    found = _FENCE.match(line.strip()) if len(line) < 80 else None
    return (found[1], found[2]) if found else None


def in_backticks(text: str) -> list[str]:
    """What stands in backticks in a line of prose, in order; but not a word that is only spoken about, as in "the
    `find` command is…", nor what a list explains, as in "- `find`: finds files"."""
    explains = _LIST.match(text.strip()[:20]) is not None
    return [
        span
        for found in _TICKS.finditer(text)
        if (span := found[2].strip())
        and not (" " not in span and _SPOKEN_OF.match(text, found.end()))
        and not (explains and _EXPLAINED.match(text, found.end()))
    ]
