"""Logs of UniversalBackrooms and its fork: turns under `### Actor ###`, in older ones under `Actor:`, and nothing else.

An actor is a model's display name and its seat ("Claude 1"), or "CLI". The file's own name says the rest:
`{lm1}_{lm2}_{template}_{YYYYmmdd_HHMMSS}.txt`. Our own export in this layout has agents' names instead, and the words
of the operator between the turns.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Reading
from backrooms_tui.formats.incoming.source import TEXT_LIMIT, Source, short_line
from backrooms_tui.formats.incoming.telling import Telling
from backrooms_tui.session.events import AnyEvent, EndReason
from backrooms_tui.session.setup import AgentSetup, Rules, Setup

NAME = "log of UniversalBackrooms"
LOOKS_FOR = "turns under “### Actor ###” or “Actor 1:”"

_HASHED = re.compile(r"### (\S.{0,120}?) ###[ \t]*")
_COLON = re.compile(r"(CLI|\S.{0,60}? [1-9]\d?):[ \t]*")
_NUMBERED = re.compile(r"(.+) ([1-9]\d?)")
_OVER: tuple[tuple[re.Pattern[str], EndReason], ...] = (
    (re.compile(r"(?P<who>.{1,120}) has ended the conversation with .{1,80}\."), "stop"),
    (re.compile(r"Reached maximum number of turns \(\d+\)\. Conversation ended\."), "max_turns"),
    (re.compile(r"[A-Z][^\n]{0,200} limit reached[^\n]{0,200}"), "max_tokens"),
)
_FILE_NAME = re.compile(r"(?P<models>.+)_(?P<when>\d{8}_\d{6})")
# Who our own export lets speak between the turns, perhaps "(only to Ada)".
_WORDS = re.compile(r"(Operator|Cue|Against stalling|Reminder)(?: \(only to .{1,100}\))?")
_NAMES_KEPT = 2_000


def fits(glance: Glance) -> bool:
    """Whether the first thing in it is an actor's line."""
    first = glance.first_line
    return bool(_HASHED.fullmatch(first) or _COLON.fullmatch(first))


def read(source: Source) -> Reading:
    """The session. It is read twice: who takes part is known only at the end."""
    source.passes = 2
    actors = _actors(source)
    about = _about(source, len(actors.names))
    reading = Reading(NAME)
    reading.notes.add("such a log does not hold the system texts, nor what was said before the first turn")
    if not about.models:
        reading.notes.add("the name of the file does not say which models spoke")
    reading.events = _events(source, actors, about, reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Actors:
    """Who takes part, in seat order, and how their lines look. `in_turn`: only whose turn it is may have one."""

    names: tuple[str, ...]
    line: re.Pattern[str]
    in_turn: bool


@dataclass(frozen=True, slots=True)
class _About:
    """What the file's name says."""

    models: tuple[str, ...]
    template: str
    started: float | None


def _actors(source: Source) -> _Actors:
    counts: dict[str, int] = {}
    line: re.Pattern[str] | None = None
    blank = True
    for _, text in source.lines():
        if line is None and text.strip():
            line = _HASHED if _HASHED.fullmatch(text.strip()) else _COLON
            text = text.strip()
        if blank and line is not None and text and (found := line.fullmatch(text)):
            name = found[1]
            if name in counts or len(counts) < _NAMES_KEPT:
                counts[name] = counts.get(name, 0) + 1
        blank = not text.strip()
    names = _cast(counts, frequent=line is _HASHED)
    if line is None or not names:
        raise source.wrong("holds no turn", f"such a log has {LOOKS_FOR}")
    if len(names) > SEAT_LIMIT:
        raise source.wrong(f"has {len(names)} actors", f"no more than {SEAT_LIMIT} can take part in a session")
    return _Actors(names, line, in_turn=line is _COLON)


def _cast(counts: dict[str, int], *, frequent: bool) -> tuple[str, ...]:
    """Those names that are actors': replies hold lines that look like them ("Step 2:")."""
    said = {name: count for name, count in counts.items() if not _WORDS.fullmatch(name)}
    if not said:
        return ()
    order = list(said)
    by_seat: dict[int, list[str]] = {}
    for name in order:
        if match := _NUMBERED.fullmatch(name):
            by_seat.setdefault(int(match[2]), []).append(name)
    numbered = _NUMBERED.fullmatch(order[0]) or order[0] == "CLI"
    if not numbered:
        return tuple(order) if frequent else ()
    most = said[order[0]]
    seats: list[str] = [order[0]]
    while len(seats) < SEAT_LIMIT:
        here = by_seat.get(len(seats) + 1, [])
        nearly = [name for name in here if said[name] >= most - 1]
        if nearly:
            seats.append(max(nearly, key=said.__getitem__))
        elif "CLI" in said and "CLI" not in seats and said["CLI"] >= most - 1:
            seats.append("CLI")
        else:
            break
    if frequent:
        # Whoever speaks about as often takes part, too: our own exports name agents as they are called.
        seats += [name for name in order if name not in seats and said[name] > 1 and said[name] * 2 >= most]
    return tuple(seats)


def _about(source: Source, seats: int) -> _About:
    match = _FILE_NAME.fullmatch(source.path.stem)
    if match is None:
        return _About((), "", None)
    words = match["models"].split("_")
    try:
        # The clock of whoever ran it, as the original has it.
        started = datetime.strptime(match["when"], "%Y%m%d_%H%M%S").timestamp()  # noqa: DTZ007
    except (ValueError, OverflowError, OSError):
        started = None
    models = tuple(words[:seats]) if len(words) >= seats else ()
    return _About(models, short_line("_".join(words[len(models) :])), started)


def _setup(actors: _Actors, about: _About) -> Setup:
    names = [short_line(name, f"Agent {seat}") for seat, name in enumerate(actors.names, 1)]
    agents = []
    for seat, name in enumerate(names, 1):
        model = about.models[seat - 1] if seat <= len(about.models) else _model(name)
        agents.append(AgentSetup(seat, name, model, asked=model))
    shown = " ↔ ".join(names[:4]) + (" …" if len(names) > 4 else "")
    title = f"{about.template} · {shown}" if about.template else shown
    return Setup(title, about.template, tuple(agents), Rules(stop=("^C^C",)))


def _model(actor: str) -> str:
    numbered = _NUMBERED.fullmatch(actor)
    return numbered[1] if numbered else actor


def _events(source: Source, actors: _Actors, about: _About, reading: Reading) -> Iterator[AnyEvent]:
    telling = Telling(source, about.started)
    yield telling.opened(_setup(actors, about))
    seats = {name: seat for seat, name in enumerate(actors.names, 1)}
    speaker, begun, length = "", 0, 0
    said: list[str] = []
    blank = True
    for number, text in source.lines():
        found = actors.line.fullmatch(text if speaker else text.strip()) if blank and text.strip() else None
        name = found[1] if found is not None else ""
        if name and _speaks(name, speaker, seats, actors):
            if speaker:
                yield from _said(telling, speaker, said[:-1], seats)
            speaker, begun, said, length = name, number, [], 0
            blank = False
            continue
        if name:
            reading.notes.add(f"“{short_line(text)}” was taken for a part of what {short_line(speaker)} said", number)
        if not speaker and text.strip():
            reading.unplaced.add(f"“{short_line(text)}” stands before the first turn", number)
        elif speaker:
            said.append(text)
            length += len(text) + 1
            if length > TEXT_LIMIT:
                what = f"a turn is longer than {TEXT_LIMIT:,} characters"
                raise source.wrong(what, "no model says that much at once: check that it is a log", begun)
        blank = not text.strip()
    reason, detail = _over(said)
    yield from _said(telling, speaker, _without_end(said) if reason else said, seats)
    if reason:
        yield telling.ended(reason, detail)
    else:
        reading.notes.add("the log does not say how the conversation ended; it may have been cut short")


def _speaks(name: str, speaker: str, seats: dict[str, int], actors: _Actors) -> bool:
    if name not in seats:
        return not actors.in_turn and _WORDS.fullmatch(name) is not None and bool(speaker)
    if not actors.in_turn:
        return True
    due = seats[speaker] % len(seats) + 1 if speaker else 1
    return seats[name] == due


def _said(telling: Telling, speaker: str, lines: list[str], seats: dict[str, int]) -> Iterator[AnyEvent]:
    text = "\n".join(lines)
    if speaker in seats:
        yield from telling.turn(seats[speaker], text)
    elif speaker:
        whom = "" if speaker == "Operator" else f"({speaker}) "
        yield telling.word(whom + text)


def _over(said: list[str]) -> tuple[EndReason | None, str]:
    """How it ended, where the last line says so."""
    lines = [text for text in said[-3:] if text.strip()]
    if not lines or (len(said) > 1 and _line_before(said).strip()):
        return None, ""
    last = lines[-1].strip()
    for pattern, reason in _OVER:
        if pattern.fullmatch(last):
            return reason, last
    return None, ""


def _last(said: list[str]) -> int:
    index = len(said) - 1
    while index > 0 and not said[index].strip():
        index -= 1
    return index


def _line_before(said: list[str]) -> str:
    index = _last(said)
    return said[index - 1] if index > 0 else ""


def _without_end(said: list[str]) -> list[str]:
    return said[: max(0, _last(said) - 1)]
