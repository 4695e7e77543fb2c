"""Reading the label at the start of a line: who is said to speak here, and where the words begin."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from backrooms_tui.conversation.guard.cast import Cast, Who

Form = Literal["colon", "dash", "bracket", "heading", "corner"]

SPACE = "[ \\u00a0\\u202f\\u3000]"
# Every repetition has an upper bound, so that a line costs the same however long and hostile it is.
TEMPLATE = rf"""
    [\ufeff\u200b]? \ {{0,3}}
    (?P<heading> \#{{1,6}}\ {{1,3}} )?
    (?: [\U0001F000-\U0001FAFF][\ufe0f\u200d\U0001F000-\U0001FAFF]{{0,6}}\ ? )?
    (?P<open> [*_~]{{0,3}} )
    (?P<bracket> [\[【] )? [*_]{{0,3}}
    (?P<name> %s )
    [*_~]{{0,3}} (?P<inner> [:：﹕] )? [*_]{{0,3}} (?P<unbracket> [\]】] )? [*_~]{{0,3}}
    (?P<aside> {SPACE}{{0,2}}
        (?: \([^()\n]{{1,60}}\) | （[^（）\n]{{1,60}}） | \[[^\[\]\n]{{1,60}}\] | \*[^*\n]{{1,60}}\* ) )?
    [*_~]{{0,3}}
    (?P<gap> {SPACE}{{0,2}} )
    (?P<separator> [:：﹕] | [—–] | -- | -(?=\ ) | (?=[「『]) )?
    [*_~]{{0,3}}
"""


@dataclass(frozen=True, slots=True)
class Label:
    """`who` is said to speak; `end` is where the words begin, in characters of the line; `aside` is how it is said
    ("(whispering)"), "" if nothing is said of it; `level` is that of a heading, 0 if it is none."""

    who: Who
    spelling: str
    form: Form
    end: int
    aside: str
    level: int


class LabelReader:
    """Reads the labels of one cast."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._pattern = re.compile(TEMPLATE % cast.pattern, re.IGNORECASE | re.VERBOSE)

    def read(self, line: str) -> Label | None:
        """The label that `line` begins with; None where it begins with none, a list's mark or a quotation mark."""
        match = self._pattern.match(line)
        if match is None:
            return None
        who = self._cast.who(match["name"])
        form = self._form(match, line)
        if who is None or form is None:
            return None
        aside = (match["aside"] or "").strip()
        return Label(who, match["name"], form, match.end(), aside, len((match["heading"] or "").strip()))

    def _form(self, match: re.Match[str], line: str) -> Form | None:
        if bool(match["bracket"]) != bool(match["unbracket"]):
            return None
        separator, colon = match["separator"], match["inner"] or ""
        if colon and separator in (":", "：", "﹕"):  # "Ben::", a scope in C++ or Perl
            return None
        if colon or separator in (":", "：", "﹕"):
            end = match.end("inner") if colon else match.end("separator")
            return "colon" if _parted(line[end - 1], line[end : end + 24]) else None
        if separator:
            # A hyphen without a space before it belongs to a word: "Ben-Hur".
            return "dash" if match["gap"] or separator == "—" else None
        if separator == "":
            return "corner"
        if match["bracket"]:
            return "bracket"
        if match["heading"] and not line[match.end() :].strip():
            return "heading"
        return None


@lru_cache(maxsize=32)
def labels_of(cast: Cast) -> LabelReader:
    """The reader for `cast`; its long pattern is made once."""
    return LabelReader(cast)


def _parted(colon: str, rest: str) -> bool:
    """Whether what follows the colon can be speech: `ben:x:1000` and `Ben:3` are fields, `Ben:Hello you` is not."""
    if colon != ":" or not rest or not rest[0].isalnum() or not rest[0].isascii():
        return not rest.startswith((":", "/", "\\", "="))
    return rest[0].isupper() and " " in rest
