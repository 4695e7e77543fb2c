"""The file that a scripted model speaks from.

Replies are parted by lines of exactly `---`. A reply may begin with lines that give directions instead of words:

    #! reasoning: what the model thinks before it speaks
    #! fail: overloaded
    #! fail: connection after 12
    #! call: notes_create {"title": "Rain"}

`reasoning` and `call` (of a tool, with its arguments) may stand several times, and `call` between the words and after
them as well, though not in a code block. `fail` makes the reply fail once, the
first time it is asked for, with one of the kinds of `session.trouble`; `after N` lets N tokens through first. Blank
replies are skipped.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import cast, get_args

from backrooms_tui.session.trouble import OperatorError, TroubleKind

# A script is for a lesson, not a library.
_LARGEST = 10_000_000

_KINDS: tuple[str, ...] = get_args(TroubleKind)
_CALL = re.compile(r"#!\s*call\s*:\s*(?P<tool>\S+)(?P<arguments>.*)")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_FAIL = re.compile(r"(?P<kind>\w+)(?:\s+after\s+(?P<after>\d+))?")


@dataclass(frozen=True, slots=True)
class ScriptedReply:
    """One reply: its words, its reasoning, the tools that it calls with their arguments, and the failure that comes
    first, after `fail_after` tokens."""

    text: str
    reasoning: str = ""
    fail: TroubleKind | None = None
    fail_after: int = 0
    calls: tuple[tuple[str, str], ...] = ()


def check_script(path: str | Path) -> None:
    """Raises OperatorError, with the line where there is one, if nothing could be spoken from the file at `path`."""
    read_script(path)


def read_script(path: str | Path) -> tuple[ScriptedReply, ...]:
    """The replies in the file at `path`, at least one. `~` is the home folder. Raises OperatorError."""
    file = Path(path).expanduser()
    try:
        stamp = file.stat()
        if not S_ISREG(stamp.st_mode) and not S_ISDIR(stamp.st_mode):
            # A pipe or a device may never end, or never begin.
            raise OperatorError(f"script {path} is not a file", "a script is a text file with replies")
        if stamp.st_size > _LARGEST:
            raise OperatorError(f"script {path} is too large", f"keep it under {_LARGEST // 1_000_000} MB")
        return _read(file, stamp.st_mtime_ns, stamp.st_size)
    except FileNotFoundError:
        raise OperatorError(f"there is no script {path}", "a script is a text file: scripted/PATH") from None
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise OperatorError(f"script {path}: {reason}", "a script is a text file with replies") from None


@lru_cache(maxsize=16)
def _read(file: Path, _changed: int, _size: int) -> tuple[ScriptedReply, ...]:
    """Read once for as long as the file stays the same."""
    try:
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise OperatorError(f"script {file} is not UTF-8 text", "save it as UTF-8") from None
    replies: list[ScriptedReply] = []
    begin = 0
    for end, line in enumerate([*lines, "---"]):
        if line == "---":
            reply = _reply(file, lines[begin:end], begin)
            if reply is not None:
                replies.append(reply)
            begin = end + 1
    if not replies:
        raise OperatorError(f"script {file} is empty", "write replies into it, parted by lines of ---")
    return tuple(replies)


def _reply(file: Path, lines: list[str], offset: int) -> ScriptedReply | None:
    reasoning: list[str] = []
    calls: list[tuple[str, str]] = []
    fail: TroubleKind | None = None
    after = first = 0
    while first < len(lines) and (lines[first].startswith("#!") or not lines[first].strip()):
        if lines[first].startswith("#!"):
            name, colon, value = lines[first].removeprefix("#!").partition(":")
            name, value = name.strip(), value.strip()
            where = f"script {file}, line {offset + first + 1}"
            if name == "reasoning" and colon:
                reasoning.append(value)
            elif name == "call" and value:
                calls += _called(lines[first])
            elif name == "fail" and colon:
                fail, after = _failure(where, value)
            else:
                raise OperatorError(f"{where}: unknown direction {name!r}", "known are reasoning, fail and call")
        first += 1
    spoken: list[str] = []
    fence = ""
    for line in lines[first:]:
        found = [] if fence else _called(line)
        calls += found
        if not found:
            spoken.append(line)
        if (mark := _FENCE.match(line)) and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
    text = "\n".join(spoken).rstrip()
    if not text and not reasoning and not calls and fail is None:
        return None
    return ScriptedReply(text, "\n".join(reasoning), fail, after, tuple(calls))


def _called(line: str) -> list[tuple[str, str]]:
    """The tool that the line calls, and with what; none where it calls none."""
    match = _CALL.fullmatch(line.rstrip())
    return [(match["tool"], match["arguments"].strip())] if match is not None else []


def _failure(where: str, value: str) -> tuple[TroubleKind, int]:
    match = _FAIL.fullmatch(value)
    if match is None or match["kind"] not in _KINDS:
        from difflib import get_close_matches

        near = get_close_matches(value, _KINDS, n=3, cutoff=0.5)
        cure = f"did you mean {', '.join(near)}?" if near else f"write one of {', '.join(_KINDS)}"
        raise OperatorError(f"{where}: cannot fail with {value!r}", cure)
    return cast("TroubleKind", match["kind"]), int(match["after"] or 0)
