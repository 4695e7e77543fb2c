"""What a person writes to find something: words, "quoted phrases", and fields.

    mirror door            both words, anywhere in what was said; capitals and accents do not matter
    "a mirror" mirr*       words one after another; the beginning of a word
    -door -agent:Mara      without
    agent:Mara             said by an agent whose name holds this; agent:operator is the operator
    model:opus             by an agent whose model's name holds this
    template:cli           in a session of such a template
    since:7d               not longer ago: 12h, 7d, 2w, today, yesterday, 2026-11-20
    stall>0.6              turns with which the conversation stalled so much; from 0 to 1
    cost>1 turns>20        sessions that cost so many USD, or are so long; >, >=, <, <= and =
    is:starred tag:night   what you marked so, or lies in a session that you did
    note:"look again"      where your note says so

Of the same field several times, any will do. What is not a field and has a colon is put in quotes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Literal, NoReturn

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.words import Phrase, being_typed, phrase_of

Named = Literal["agent", "model", "template"]
Measured = Literal["cost", "turns", "stall"]
Marked = Literal["is", "tag", "note"]
Comparison = Literal[">", ">=", "<", "<=", "="]

_TERM = re.compile(
    r"(?P<minus>-(?=\S))?(?:(?P<field>[A-Za-z]+)(?P<op>:|[<>]=?|=))?"
    r'(?:(?P<quote>")(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]*))'
)
_NAMED: tuple[Named, ...] = ("agent", "model", "template")
_MEASURED: dict[str, Measured] = {"cost": "cost", "turns": "turns", "stall": "stall"}
_MARKED: tuple[Marked, ...] = ("is", "tag", "note")
_FIELDS = (*_NAMED, "since", *_MEASURED, *_MARKED)
_AGO = re.compile(r"(\d{1,5})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}
_STARRED = "starred"
_EXAMPLES = {
    "cost": "cost>1",
    "turns": "turns>20",
    "stall": "stall>0.6",
    "since": "since:7d",
    "is": "is:starred",
    "tag": "tag:night",
    "note": 'note:"look again"',
}


class QueryMistake(OperatorError):
    """What was written cannot be understood: the characters from `start` to `end` of it (from 0)."""

    def __init__(self, what: str, cure: str, start: int, end: int) -> None:
        super().__init__(f"at character {start + 1}: {what}", cure)
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Name:
    """`text` (casefolded) must be in a name, or, not `wanted`, must not."""

    text: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """What is measured must be `than` `amount`."""

    than: Comparison
    amount: float

    def allows(self, value: float) -> bool:
        """Whether `value` lies within."""
        return _COMPARE[self.than](value, self.amount)


@dataclass(frozen=True, slots=True)
class Kept:
    """A mark that must be there, or, not `wanted`, must not: a star, the tag `tag` (casefolded; only its beginning
    where it is `open`), or a note that says `phrase`."""

    field: Marked
    wanted: bool
    tag: str = ""
    open: bool = False
    phrase: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is sought. `since` is in Unix seconds."""

    said: tuple[Phrase, ...] = ()
    unsaid: tuple[Phrase, ...] = ()
    names: dict[Named, tuple[Name, ...]] = field(default_factory=dict)
    bounds: dict[Measured, tuple[Bound, ...]] = field(default_factory=dict)
    since: float | None = None
    marks: tuple[Kept, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is something to look for."""
        fields = self.names or self.bounds or self.marks or self.since is not None
        return bool(self.said or self.unsaid or fields)

    @property
    def of_turns(self) -> bool:
        """Whether single turns are sought, and not only sessions and who takes part in them."""
        return bool(self.said or self.unsaid or "stall" in self.bounds)

    @property
    def words(self) -> str:
        """The words alone, to look for them in one session."""
        return " ".join(map(str, self.said))


def parse(asked: str, *, now: datetime | None = None, typing: bool = False) -> Query:
    """What `asked` means; `now` is in the person's own time zone. While somebody is `typing` it, the last word may be
    the beginning of one. Raises QueryMistake."""
    reading = _Reading(asked, now or datetime.now().astimezone())
    place = 0
    while place < len(asked):
        if asked[place].isspace():
            place += 1
            continue
        term = _TERM.match(asked, place)
        assert term is not None  # it matches anything, also nothing
        place = max(term.end(), place + 1)
        reading.take(term, typing=typing and place == len(asked))
    return reading.query()


class _Reading:
    def __init__(self, asked: str, now: datetime) -> None:
        self._now = now
        self._asked = asked
        self._said: dict[bool, list[Phrase]] = {True: [], False: []}
        self._names: dict[Named, list[Name]] = {}
        self._bounds: dict[Measured, list[Bound]] = {}
        self._since: float | None = None
        self._marks: list[Kept] = []

    def query(self) -> Query:
        names = {name: tuple(found) for name, found in self._names.items()}
        bounds = {name: tuple(found) for name, found in self._bounds.items()}
        return Query(tuple(self._said[True]), tuple(self._said[False]), names, bounds, self._since, tuple(self._marks))

    def take(self, term: re.Match[str], *, typing: bool) -> None:
        wanted, name, op = term["minus"] is None, (term["field"] or "").lower(), term["op"] or ""
        value = term["quoted"] if term["quote"] else term["plain"]
        # Who writes "note:" and nothing behind it means the word.
        known = name in _FIELDS and (bool(value) or name not in _MARKED)
        if not name or (not known and (op != ":" or not value or value.startswith("//"))):
            text = f"{term['field'] or ''}{op}{value}"
            phrase = _phrase(term, text, typing=typing)
            if phrase is not None:
                self._said[wanted].append(phrase)
        elif not known:
            self._unknown(term, name)
        elif not value:
            self._wrong(term, f"{name}{op} says nothing", f"for example {_example(name)}")
        elif name in _MEASURED:
            self._measure(term, _MEASURED[name], op, value, wanted=wanted)
        elif op != ":":
            self._wrong(term, f"{name} is not measured", f"write {name}: and then {_wants(name)}")
        elif name == "since":
            self._take_since(term, value, wanted=wanted)
        elif name in _MARKED:
            self._take_mark(term, _MARKED[_MARKED.index(name)], value, wanted=wanted, typing=typing)
        else:
            kind = _NAMED[_NAMED.index(name)]
            self._names.setdefault(kind, []).append(Name(value.casefold(), wanted))

    def _measure(self, term: re.Match[str], name: Measured, op: str, value: str, *, wanted: bool) -> None:
        if not wanted:
            self._wrong(term, f"{name} cannot be left out with -", "turn the comparison round: < for >")
        if op == ":":
            self._wrong(term, f"{name} is compared", f"for example {_example(name)}")
        try:
            amount = float(value.removeprefix("$"))
        except ValueError:
            amount = float("nan")
        if not 0 <= amount < float("inf"):
            self._wrong(term, f"{harmless_line(value)} is not an amount", f"for example {_example(name)}")
        if name == "stall" and amount > 1:
            self._wrong(term, "stall goes from 0 to 1", f"for example {_example(name)}")
        self._bounds.setdefault(name, []).append(Bound(op, amount))  # type: ignore[arg-type]

    def _take_since(self, term: re.Match[str], value: str, *, wanted: bool) -> None:
        if not wanted:
            self._wrong(term, "since cannot be left out with -", "leave it away")
        at = _time(value.casefold(), self._now)
        if at is None:
            self._wrong(term, f"{harmless_line(value)} is no time", f"write {_wants('since')}")
        self._since = at if self._since is None else max(at, self._since)

    def _take_mark(self, term: re.Match[str], field: Marked, value: str, *, wanted: bool, typing: bool) -> None:
        match field:
            case "is":
                if value.casefold() != _STARRED and not (typing and _STARRED.startswith(value.casefold())):
                    self._wrong(term, f"nothing is {harmless_line(value)}", f"write {_EXAMPLES['is']}")
                kept = Kept(field, wanted)
            case "tag":
                tag = value.removeprefix("#").removesuffix("*").casefold()
                kept = Kept(field, wanted, tag, open=typing or value.endswith("*"))
            case "note":
                phrase = _phrase(term, value, typing=typing)
                if phrase is None:
                    self._wrong(term, "note: says nothing", f"for example {_EXAMPLES['note']}")
                kept = Kept(field, wanted, phrase=phrase)
        self._marks.append(kept)

    def _unknown(self, term: re.Match[str], name: str) -> NoReturn:
        near = get_close_matches(name, _FIELDS, n=1)
        whole = harmless_line(term[0].removeprefix("-").replace('"', ""))
        other = f'in quotes it is sought as words: "{whole}"'
        cure = f"did you mean {near[0]}? If not: {other}" if near else f"there are {', '.join(_FIELDS)}; {other}"
        self._wrong(term, f"there is no field {name}", cure)

    def _wrong(self, term: re.Match[str], what: str, cure: str) -> NoReturn:
        raise QueryMistake(what, cure, term.start(), term.end())


def _phrase(term: re.Match[str], text: str, *, typing: bool) -> Phrase | None:
    if typing and term["quote"] and not term[0].endswith('"'):
        return being_typed(text)
    return phrase_of(text, quoted=bool(term["quote"]), typing=typing)


def _time(value: str, now: datetime) -> float | None:
    """Unix seconds, None for what is no time."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if value in ("today", "yesterday"):
        return (midnight - timedelta(days=value == "yesterday")).timestamp()
    if ago := _AGO.fullmatch(value):
        return now.timestamp() - int(ago[1]) * _HOURS[ago[2]] * 3600
    try:
        return datetime.strptime(value, "%Y-%m-%d").astimezone(now.tzinfo).timestamp() if len(value) == 10 else None
    except (ValueError, OverflowError, OSError):
        return None


def _wants(name: str) -> str:
    return _WANTS.get(name, "a part of the name")


def _example(name: str) -> str:
    return _EXAMPLES.get(name, f"{name}:NAME")


_WANTS = {
    "since": "12h, 7d, 2w, today, yesterday or 2026-11-20",
    "is": "starred",
    "tag": "a tag",
    "note": "what it says",
}


_COMPARE: dict[Comparison, Callable[[float, float], bool]] = {
    ">": lambda value, than: value > than,
    ">=": lambda value, than: value >= than,
    "<": lambda value, than: value < than,
    "<=": lambda value, than: value <= than,
    "=": lambda value, than: value == than,
}
