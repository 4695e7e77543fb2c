"""What the checker found in a template file, and how it reads."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from backrooms_tui.templates.locating import KeyPath

Severity = Literal["error", "warning"]
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, or one thing worth a look, in a template file.

    `line` counts from 1, `column` too (None where it is not known). `key` is the path of the key (`agents[1].system`),
    empty for the file as a whole. `what` says what is wrong, `cure` what would be right; one line each.
    """

    file: str
    line: int
    column: int | None
    key: str
    what: str
    cure: str
    severity: Severity = "error"


def render_findings(findings: Iterable[Finding]) -> list[str]:
    """One line each: `file:line: key: what — cure`, with `warning:` before the key of what is only a warning."""
    return [f"{sentence(finding)} — {finding.cure}" if finding.cure else sentence(finding) for finding in findings]


def sentence(finding: Finding) -> str:
    """The finding without its cure: `file:line: key: what`."""
    warning = "warning: " if finding.severity == "warning" else ""
    key = f"{finding.key}: " if finding.key else ""
    return f"{finding.file}:{finding.line}: {warning}{key}{finding.what}"


def key_text(path: KeyPath) -> str:
    """A path as people write it: `agents[1].params.max_tokens`. A key that needs quotes gets them."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE.fullmatch(part) else json.dumps(part))
    return text


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Up to three of `known` that look like `word`, best first; capitals do not count."""
    by_lower = {name.lower(): name for name in known}
    return [by_lower[name] for name in get_close_matches(word.lower(), by_lower, n=3, cutoff=0.6)]


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """“did you mean …?” with the nearest of `known`, else `otherwise`, else all of them."""
    names = sorted(known)
    if near := nearest(word, names):
        return f"did you mean {' or '.join(near)}?"
    return otherwise or (f"known are {', '.join(names)}" if names else "")
