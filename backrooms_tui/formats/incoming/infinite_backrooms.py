"""Conversations of Infinite Backrooms.

Lines `actors:`, `models:` and `temp:`, then `<actor-model#SYSTEM>` and `<actor-model#CONTEXT>` (a JSON list) for each,
then turns under `<actor-model>`. The file's name may say more: `conversation_{unix time}_scenario_{name}.txt`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from backrooms_tui.formats.incoming.contexts import messages
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Reading, Remarks
from backrooms_tui.formats.incoming.source import TEXT_LIMIT, Source, short_line, storable
from backrooms_tui.formats.incoming.telling import Telling
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import AgentSetup, Message, ParamValue, Setup
from backrooms_tui.session.trouble import OperatorError

NAME = "conversation of Infinite Backrooms"
LOOKS_FOR = "lines “actors:” and “models:”, and turns under “<actor-model>”"

_ACTORS = re.compile(r"^actors:[ \t]*\S", re.MULTILINE)
_MODELS = re.compile(r"^models:[ \t]*\S", re.MULTILINE)
_HEAD = re.compile(r"(actors|models|temp):[ \t]*(.*?)[ \t]*")
_FILE_NAME = re.compile(r"conversation_(?P<when>\d{9,11})_scenario_(?P<scenario>.+)")


def fits(glance: Glance) -> bool:
    """Whether it says early who talks, and with which models."""
    return _ACTORS.search(glance.beginning) is not None and _MODELS.search(glance.beginning) is not None


def read(source: Source) -> Reading:
    """The session."""
    unplaced = Remarks()
    sections = _Sections(source)
    head = _head(sections, unplaced)
    cast = _cast(source, head, unplaced)
    return Reading(NAME, _events(source, sections, cast, unplaced), unplaced=unplaced)


@dataclass(slots=True)
class _Seat:
    name: str
    model: str
    params: dict[str, ParamValue] = field(default_factory=dict)
    system: str = ""
    history: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class _Head:
    actors: tuple[str, ...]
    models: tuple[str, ...]
    temperatures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands under one header: whose it is, which part of it, where."""

    tag: str
    part: str
    line: int
    text: str


class _Sections:
    """The file, cut at its headers. They are known as soon as its head is."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines = source.lines()
        self._first: tuple[int, str] | None = None
        self.tags: dict[str, int] = {}

    def head(self) -> Iterator[tuple[int, str]]:
        """The lines before the first header."""
        for number, line in self._lines:
            if line.startswith("<") and line.rstrip().endswith(">"):
                self._first = (number, line)
                return
            yield number, line

    def __iter__(self) -> Iterator[_Section]:
        if self._first is None:
            return
        begun, header = self._first
        said: list[str] = []
        length = 0
        for number, line in self._lines:
            if line.startswith("<") and self._known(line):
                yield self._section(begun, header, said)
                begun, header, said, length = number, line, [], 0
                continue
            said.append(line)
            length += len(line) + 1
            if length > TEXT_LIMIT:
                what = f"a turn is longer than {TEXT_LIMIT:,} characters"
                raise self._source.wrong(what, "no model says that much at once", begun)
        yield self._section(begun, header, said)

    def _known(self, line: str) -> bool:
        tag, _, part = line.rstrip()[1:-1].partition("#")
        return line.rstrip().endswith(">") and tag in self.tags and part in ("", "SYSTEM", "CONTEXT")

    def _section(self, line: int, header: str, said: list[str]) -> _Section:
        if not self._known(header):
            known = ", ".join(f"<{tag}>" for tag in list(self.tags)[:3])
            what = f"{json.dumps(short_line(header), ensure_ascii=False)} is nobody of the actors"
            raise self._source.wrong(what, f"after the models, the headers are {known}", line)
        tag, _, part = header.rstrip()[1:-1].partition("#")
        return _Section(tag, part, line, "\n".join(said).strip("\n"))


def _head(sections: _Sections, unplaced: Remarks) -> _Head:
    found: dict[str, tuple[str, ...]] = {}
    for number, line in sections.head():
        match = _HEAD.fullmatch(line)
        if match is not None and match[1] not in found:
            found[match[1]] = tuple(part.strip() for part in match[2].split(",") if part.strip())
        elif line.strip():
            unplaced.add(f"“{short_line(line)}” stands before the first turn", number)
    return _Head(found.get("actors", ()), found.get("models", ()), found.get("temp", ()))


def _cast(source: Source, head: _Head, unplaced: Remarks) -> dict[str, _Seat]:
    """Who takes part, by the headers of their turns."""
    actors, models = head.actors, head.models
    if len(models) == 1:
        models *= len(actors)
    if not actors or len(actors) != len(models):
        what = f"names {len(actors)} actors and {len(models)} models"
        raise source.wrong(what, "write them before the first turn: actors: A, B and models: M, N")
    if len(actors) > SEAT_LIMIT:
        raise source.wrong(f"has {len(actors)} actors", f"no more than {SEAT_LIMIT} can take part")
    seats: dict[str, _Seat] = {}
    for index, (actor, model) in enumerate(zip(actors, models, strict=True)):
        tag = f"{actor}-{model}"
        if tag in seats:
            unplaced.add(f"a second {short_line(tag)!r}: what both say stands under one name")
            continue
        seats[tag] = _Seat(short_line(actor, f"Agent {index + 1}"), short_line(model, "unknown"))
        if not head.temperatures:
            continue
        try:
            given = head.temperatures[index if index < len(head.temperatures) else 0]
            seats[tag].params = {"temperature": checked("temperature", given)}
        except OperatorError as error:
            unplaced.add(f"the temperature of {seats[tag].name}: {short_line(error.what)}")
    return seats


def _setup(source: Source, cast: dict[str, _Seat]) -> Setup:
    match = _FILE_NAME.fullmatch(source.path.stem)
    scenario = short_line(match["scenario"]) if match else ""
    names = [seat.name for seat in cast.values()]
    shown = " ↔ ".join(names[:4]) + (" …" if len(names) > 4 else "")
    agents = tuple(
        AgentSetup(number, seat.name, seat.model, seat.system, seat.history, seat.params, asked=seat.model)
        for number, seat in enumerate(cast.values(), 1)
    )
    return Setup(f"{scenario} · {shown}" if scenario else shown, scenario, agents)


def _events(source: Source, sections: _Sections, cast: dict[str, _Seat], unplaced: Remarks) -> Iterator[AnyEvent]:
    match = _FILE_NAME.fullmatch(source.path.stem)
    telling = Telling(source, float(match["when"]) if match else None)
    sections.tags = {tag: seat for seat, tag in enumerate(cast, 1)}
    opened = False
    for section in sections:
        if section.part and opened:
            unplaced.add(f"<{short_line(section.tag)}#{section.part}> stands behind the first turn", section.line)
        elif section.part:
            _remember(source, cast[section.tag], section, unplaced)
        else:
            if not opened:
                yield telling.opened(_setup(source, cast))
                opened = True
            yield from telling.turn(sections.tags[section.tag], section.text)
    if not opened:
        raise source.wrong("holds no turn", "turns stand under lines such as <actor-model>")


def _remember(source: Source, seat: _Seat, section: _Section, unplaced: Remarks) -> None:
    if section.part == "SYSTEM":
        seat.system = storable(section.text)
        return
    if not section.text.strip():
        return
    try:
        context = json.loads(section.text)
    except (ValueError, RecursionError):
        raise source.wrong("the context below is not JSON", 'write [{"role": …, "content": …}]', section.line) from None
    told = messages(source, context, section.line, lambda text: (text,), unplaced)
    seat.history = tuple(Message(role, storable("".join(str(part) for part in text))) for role, text in told)
