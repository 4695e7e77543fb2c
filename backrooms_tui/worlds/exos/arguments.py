"""The arguments of a command: by place, by name (`title=…`, `--title …`), in a JSON object, on the lines below."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from backrooms_tui.worlds.exos.environment import Argument, Command, NotDone, Parameter

_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "«": "»", "`": "`"}
_NAMED = re.compile(r"(?:(--?)([A-Za-z][\w-]{0,40})(=?)|([A-Za-z]\w{0,40})(=))")
_FLAGS = re.compile(r"-[A-Za-z]{1,4}$")
_NUMBER = re.compile(r"^[#\[(№]*\s*(-?\d{1,18})[\])]*[.,:;]?$")
_KEY = re.compile(r"\{\s{0,9}(?:(\"[\w-]{1,60}\")|'?([\w-]{1,60})'?)\s{0,9}:")
_MARKS = 1_000  # quotation marks that are looked at for the one that closes
_CHAINS = frozenset(("|", "||", "&&", "&", ";"))
_INTO = frozenset((">", ">>", "2>", "<"))
_TRUE = frozenset(("true", "yes", "on", "1"))
_FALSE = frozenset(("false", "no", "off", "0"))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line, without its quotes, and where it begins there."""

    text: str
    start: int
    end: int
    quoted: bool = False


def read(command: Command, rest: str, body: str, *, flags: bool) -> dict[str, Argument]:
    """The arguments that `rest` of the line and `body`, the lines below, give. Raises NotDone, which says what is
    missing, too much or not what it should be."""
    rest = rest.strip()
    given = _object(command, rest, body)
    if given is not None:
        return _checked(command, _by_name(command, given))
    if not (command.parameters and command.parameters[-1].rest):
        _no_chain(rest)
    named, left = _pulled_out(command, rest, flags=flags)
    if command.loose is not None and not named:
        placed = dict(command.loose(left, body)) if left or body else {}
    else:
        placed = _placed(command, [one for one in command.parameters if one.name not in named], left, body)
    return _checked(command, {**placed, **named})


def _no_chain(rest: str) -> None:
    """Raise NotDone where a line goes on as it does in a shell: with a pipe, another command, or into a file."""
    for word in tokens(rest):
        if word.quoted:
            continue
        if word.text in _INTO:
            raise NotDone("What a command answers does not go into a file.", "files write FILE TEXT writes one.")
        if word.text in _CHAINS or word.text.endswith(";"):
            raise NotDone("Commands are not joined here.", "Each stands on a line of its own, and answers by itself.")


def tokens(line: str, most: int = 200) -> list[Token]:
    """The words of `line`; what is in quotes is one. A quote that is not closed is a letter like others."""
    found: list[Token] = []
    at = 0
    while at < len(line) and len(found) < most:
        if line[at].isspace():
            at += 1
        elif line[at] in _QUOTES and (end := closing(line, at)):
            found.append(Token(unquoted(line[at:end]), at, end, quoted=True))
            at = end
        else:
            end = at
            while end < len(line) and not line[end].isspace():
                end += 1
            found.append(Token(line[at:end], at, end))
            at = end
    return found


def closing(line: str, at: int) -> int:
    """Where the quotation that begins at `at` is over; 0 where it is not closed. It closes before a space, a comma, or
    the end."""
    mark = _QUOTES[line[at]]
    end = at
    for _ in range(_MARKS):
        end = line.find(mark, end + 1)
        if end < 0:
            return 0
        if mark == '"' and _escaped(line, end):
            continue
        if end + 1 == len(line) or line[end + 1].isspace() or line[end + 1] in ",;:|)":
            return end + 1
    return 0


def _escaped(line: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before `at`."""
    first = at
    while first > 0 and at - first < 64 and line[first - 1] == "\\":
        first -= 1
    return bool((at - first) % 2)


def unquoted(text: str) -> str:
    """`text` without the quotes around it, if it is one quotation."""
    text = text.strip()
    if len(text) < 2 or text[0] not in _QUOTES or closing(text, 0) != len(text):
        return text
    inside = text[1:-1]
    return re.sub(r'\\([\\"])', r"\1", inside) if text[0] == '"' else inside


def _object(command: Command, rest: str, body: str) -> dict[str, object] | None:
    """The JSON object that the arguments are; None for others."""
    whole = f"{rest}\n{body}" if body else rest
    if not whole.startswith("{"):
        return None
    for text in (whole, rest):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    key = _KEY.match(whole)
    if key and (key[1] or _parameter(command, key[2])):
        raise NotDone("This JSON object is not whole.", 'A whole one: {"name": "value"}')
    return None


def _by_name(command: Command, given: Mapping[str, object]) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    for key, value in given.items():
        parameter = _parameter(command, key)
        if parameter is None:
            raise _no_such(command, key)
        if isinstance(value, str | int | float | bool):
            found[parameter.name] = value
        elif value is not None:
            found[parameter.name] = json.dumps(value, ensure_ascii=False)
    return found


def _parameter(command: Command, key: str) -> Parameter | None:
    key = key.casefold().replace("-", "_")
    return next((one for one in command.parameters if key == one.name or key in one.also), None)


def _no_such(command: Command, key: str) -> NotDone:
    names = [one.name for one in command.parameters]
    shown = " ".join(key[:40].split())
    near = get_close_matches(shown.casefold(), names, n=1)
    told = f"Did you mean {near[0]}?" if near else f"There is {', '.join(names)}." if names else "It takes none."
    return NotDone(f"There is no parameter {shown}. {told}")


def _pulled_out(command: Command, line: str, *, flags: bool) -> tuple[dict[str, Argument], str]:
    """What is given by name in `line`, and the rest of it."""
    named: dict[str, Argument] = {}
    left: list[str] = []
    words = tokens(line)
    kept = 0  # what of the line is taken already
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.quoted or word.start < kept:
            continue
        found = _NAMED.match(line, word.start, word.start + 60)
        parameter = _parameter(command, found[2] or found[4] or "") if found else None
        if found is None or parameter is None:
            if flags and _FLAGS.match(word.text):
                left.append(line[kept : word.start])
                kept = word.end
            continue
        equals = bool(found[3] or found[5])
        if not equals and found.end() != word.end:
            continue
        left.append(line[kept : word.start])
        value, kept = _value(command, parameter, line, found.end(), words[at:], equals=equals)
        named[parameter.name] = value
    left.append(line[kept:])
    return named, " ".join(one.strip(" ,") if named else one.strip() for one in left).strip()


def _value(
    command: Command, parameter: Parameter, line: str, start: int, following: Sequence[Token], *, equals: bool
) -> tuple[Argument, int]:
    """The value that stands at `start`, and where it ends."""
    if not equals:
        while start < len(line) and line[start].isspace():
            start += 1
        after = following[0].text.casefold() if following else ""
        if parameter.type == "boolean" and after not in _TRUE | _FALSE:
            return True, start
    if start < len(line) and line[start] in _QUOTES and (end := closing(line, start)):
        return unquoted(line[start:end]), end
    if parameter.rest:
        end = next((one.start for one in following if one.start >= start and _names(command, line, one)), len(line))
        return line[start:end].strip().removesuffix(","), end
    end = start
    while end < len(line) and not line[end].isspace():
        end += 1
    return line[start:end].removesuffix(","), end


def _names(command: Command, line: str, word: Token) -> bool:
    found = None if word.quoted else _NAMED.match(line, word.start, word.start + 60)
    return bool(found and _parameter(command, found[2] or found[4] or ""))


def _placed(command: Command, parameters: Sequence[Parameter], line: str, body: str) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    words = tokens(line)
    kept = 0
    for parameter in parameters:
        if parameter.rest:
            text = unquoted(line[kept:])
            whole = f"{text}\n{body}" if text and body else text or body
            if whole if parameter.body else text:
                found[parameter.name] = whole if parameter.body else text
            return found
        if words:
            word = words.pop(0)
            found[parameter.name] = word.text if word.quoted else word.text.removesuffix(",")
            kept = word.end
    if words:
        # One that asks for nothing lets a word of courtesy pass.
        if not command.parameters:
            return found
        raise NotDone(
            f"This is more than {command.name} takes: {' '.join(line[words[0].start :][:80].split())}",
            "It takes one at a time; what has spaces in it stands in quotes.",
        )
    return found


def _checked(command: Command, given: Mapping[str, Argument]) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    for parameter in command.parameters:
        if parameter.name in given:
            value = _typed(parameter, given[parameter.name])
            if parameter.choices and str(value) not in parameter.choices:
                near = get_close_matches(str(value)[:40].casefold(), parameter.choices, n=1)
                if not near:
                    raise NotDone(f"{parameter.name} is one of {', '.join(parameter.choices)}.")
                value = near[0]
            found[parameter.name] = value
        elif parameter.required:
            raise NotDone(f"{parameter.name.upper()} is missing: {parameter.about}.")
    return found


def _typed(parameter: Parameter, value: Argument) -> Argument:
    if parameter.type == "string":
        return value if isinstance(value, str) else json.dumps(value)
    text = str(value).strip()[:60]
    if parameter.type == "boolean":
        if text.casefold() in _TRUE | _FALSE:
            return text.casefold() in _TRUE
        raise NotDone(f"{parameter.name.upper()} is yes or no, not {text!r}.")
    if isinstance(value, bool):
        raise NotDone(f"{parameter.name.upper()} is a number, not {text!r}.")
    if parameter.type == "integer":
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
            return int(value)
        if found := _NUMBER.match(text):
            return int(found[1])
        raise NotDone(f"{parameter.name.upper()} is a whole number, not {text!r}.")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if abs(number) < float("inf"):
        return number
    raise NotDone(f"{parameter.name.upper()} is a number, not {text!r}.")
