"""Scenarios of liminal_backrooms: a Python file that is parsed, and never run.

`SYSTEM_PROMPT_PAIRS = {scenario: {"AI-1": prompt, ... "AI-5": ...}}` (older keys `AI_1`); each scenario is a template.
`AI_MODELS = {display: id}` only says what can be chosen.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping

from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, ReadAgent, Reading, ReadTemplate, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line

NAME = "scenarios of liminal_backrooms"
LOOKS_FOR = "Python with SYSTEM_PROMPT_PAIRS = {…}"

_PAIRS = "SYSTEM_PROMPT_PAIRS"
_MODELS = "AI_MODELS"
_BEGINS = re.compile(rf"^(?:{_PAIRS}|{_MODELS})[ \t]*(?::[^=\n]*)?=", re.MULTILINE)
_SEAT = re.compile(r"AI[-_ ]?([1-9]\d?)")
_FILE_LIMIT = 2_000_000  # bytes; Python's parser takes a hundred times that in memory
_SCENARIOS = 500
_TEXT_LIMIT = 500_000  # characters of a prompt: names may be put together from names


def fits(glance: Glance) -> bool:
    """Whether it assigns what is looked for at the beginning of a line."""
    return _BEGINS.search(glance.beginning) is not None


def read(source: Source) -> Reading:
    """The templates, one for each scenario."""
    unplaced = Remarks()
    pairs: ast.expr | None = None
    texts: dict[str, str] = {}
    tree = _parsed(source)
    for name, value in _assigned(tree):
        if name == _PAIRS:
            pairs = value
        elif name == _MODELS:
            count = f"{len(value.keys)} " if isinstance(value, ast.Dict) else ""
            unplaced.add(f"{_MODELS}: {count}names of models; give one when you play a template", value.lineno)
        elif (text := _text(value, texts)) is not None:
            texts[name] = text
    _list_changes(tree, unplaced)
    if pairs is None:
        raise source.wrong(f"has no {_PAIRS}", f"{_PAIRS} = {{…}} holds the scenarios")
    if not isinstance(pairs, ast.Dict):
        raise source.wrong(f"{_PAIRS} is not a literal", "write {scenario: {…}}", pairs.lineno)
    if len(pairs.keys) > _SCENARIOS:
        raise source.wrong(f"has {len(pairs.keys)} scenarios", f"keep {_SCENARIOS} at most in a file", pairs.lineno)
    templates = tuple(_templates(pairs, texts, unplaced))
    if not templates:
        raise source.wrong(f"{_PAIRS} holds no scenario", 'write {scenario: {"AI-1": "…"}}', pairs.lineno)
    return Reading(NAME, templates=templates, unplaced=unplaced)


def _parsed(source: Source) -> ast.Module:
    text = source.whole(_FILE_LIMIT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of its escapes is nobody's concern here
            return ast.parse(text)
    except SyntaxError as error:
        cure = "the file is damaged, or was cut short"
        raise source.wrong(f"is not Python: {error.msg}", cure, error.lineno) from None
    except (ValueError, MemoryError, RecursionError):
        raise source.wrong("cannot be read as Python", "it is nested too deeply, or holds NUL bytes") from None


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What is assigned to a name at the top of the file, in order."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement.value


def _list_changes(tree: ast.Module, unplaced: Remarks) -> None:
    """What is put in later on would have to be worked out."""
    for part in ast.walk(tree):
        if not (isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store)):
            continue
        if isinstance(part.value, ast.Name) and part.value.id in (_PAIRS, _MODELS):
            unplaced.add(f"what is put into {part.value.id} afterwards", part.lineno)


def _templates(pairs: ast.Dict, texts: Mapping[str, str], unplaced: Remarks) -> Iterator[ReadTemplate]:
    for key, value in zip(pairs.keys, pairs.values, strict=True):
        title = _text(key, texts)
        if title is None or not isinstance(value, ast.Dict):
            unplaced.add("a scenario that is not written out", value.lineno)
            continue
        agents = _agents(short_line(title, "Untitled"), value, texts, unplaced)
        if agents:
            name = short_line(title, "Untitled")
            yield ReadTemplate(name, "A scenario of liminal_backrooms.", agents)


def _agents(scenario: str, prompts: ast.Dict, texts: Mapping[str, str], unplaced: Remarks) -> tuple[ReadAgent, ...]:
    seats: dict[int, str] = {}
    for key, value in zip(prompts.keys, prompts.values, strict=True):
        name, prompt = _text(key, texts), _text(value, texts)
        match = _SEAT.fullmatch(name) if name is not None else None
        if match is None or int(match[1]) > SEAT_LIMIT:
            what = repr(short_line(name)) if name is not None else "a key that is not a text"
            unplaced.add(f"{what} of {scenario!r}", value.lineno)
            continue
        if prompt is None:
            unplaced.add(f"the prompt of AI-{match[1]} in {scenario!r}, which is not written out", value.lineno)
        seats[int(match[1])] = prompt or ""
    # A seat between others keeps its number in the names that the prompts use.
    return tuple(ReadAgent((f"AI-{seat}",), (seats[seat],)) for seat in sorted(seats))


def _text(node: ast.expr | None, texts: Mapping[str, str]) -> str | None:
    """The text that the expression spells out, perhaps with one of `texts` by name; None where it would have to be
    worked out."""
    pieces: list[str] = []
    length = 0
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            waiting += [part.right, part.left]
            continue
        piece = texts.get(part.id) if isinstance(part, ast.Name) else None
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            piece = part.value
        if piece is None or length > _TEXT_LIMIT:
            return None
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces)
