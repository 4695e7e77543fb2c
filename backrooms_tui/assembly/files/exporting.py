"""Handing sessions on as files: in which format, under which name, in which place."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from backrooms_tui.formats.outgoing.file_names import session_name
from backrooms_tui.formats.outgoing.landing import land
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.events import AnyEvent, SessionOpened
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.store.database import Store

Write = Callable[[Record, TextIO], None]
# Called with the session and with why it could not be written; the others are.
Skipped = Callable[[str, OperatorError], None]
# Called with the session that is being written and how much of it is, from 0 to 1. What it raises ends the export.
Told = Callable[[str, float], object]
_TOLD_EVERY = 500  # events


@dataclass(frozen=True, slots=True)
class Format:
    """How a session is written: `write` fills a stream, `suffix` ends the file's name. With `joined` several sessions
    stand in one file, one after the other. `named` makes a name of its own from the setup and the time of the beginning
    (Unix seconds). `readings` is how often the session is read for it."""

    suffix: str
    write: Write
    joined: bool = False
    named: "Callable[[Setup, float], str] | None" = None
    readings: int = 2


def format_named(name: str, agent: str = "") -> Format:
    """One of `markdown`, `html`, `jsonl`, `text` and `finetune`, whose point of view is that of `agent`: a seat, a
    name, or the first agent where it is empty."""
    match name:
        case "markdown":
            from backrooms_tui.formats.outgoing.markdown import write_markdown

            return Format(".md", write_markdown)
        case "html":
            from backrooms_tui.formats.outgoing.html import write_html

            return Format(".html", write_html)
        case "jsonl":
            from backrooms_tui.formats.outgoing.jsonl import write_jsonl

            return Format(".jsonl", write_jsonl, readings=1)
        case "text":
            from backrooms_tui.formats.outgoing.universal_backrooms import log_name, write_universal_backrooms

            return Format(".txt", write_universal_backrooms, named=log_name)
        case "finetune":
            from backrooms_tui.assembly.files.fine_tuning import write_chat

            return Format(".jsonl", partial(write_chat, agent=agent), joined=True, readings=1)
        case _:
            raise ValueError(name)


def record_of(store: "Store", session: str, *, told: Told | None = None, readings: int = 1) -> Record:
    """A stored session (by id), to be read when it is written. One that is being recorded ends before the turn that is
    being spoken now, whatever comes later on. `told` is as `export` has it, for that many `readings`. Raises
    OperatorError for a session that is not there."""
    summary = store.summary(session)
    last = store.last_whole(session) if store.keeper(session) is not None else None
    read = 0

    def events(*, from_seq: int = 0, deltas: bool = True) -> Iterator[AnyEvent]:
        nonlocal read
        before, read, tell_at = read, read + 1, 0
        for event in store.events(session, from_seq=from_seq, deltas=deltas):
            if last is not None and event.seq > last:
                return
            if told is not None and event.seq >= tell_at:
                tell_at = event.seq + _TOLD_EVERY
                told(session, min(1.0, (before + event.seq / max(1, summary.last_seq)) / readings))
            yield event

    def council(held: str) -> Record | None:
        try:
            return record_of(store, held)
        except OperatorError:  # that of a branch's past may be gone
            return None

    return Record(session, summary.title, events, store.marks(session), council, store.judgements(session))


def export(
    store: "Store",
    sessions: Sequence[str],
    format: Format,
    output: str | None,
    skipped: Skipped | None = None,
    *,
    told: Told | None = None,
) -> Iterator[Path]:
    """Write `sessions` (ids) to files; gives back where each is as soon as it is there.

    `output` is a file, or a folder: one that is there, ends with a slash, or is to hold several files, and is made.
    None is the current folder, for several files a new one in it. Nothing is ever overwritten. What is being
    recorded is written up to its last whole turn. `told` hears how far it is; stopped by it, no half file is left.
    Raises OperatorError for what cannot be written; with `skipped` the other sessions are.
    """

    def record(session: str) -> Record:
        if told is not None:
            told(session, 0.0)
        return record_of(store, session, told=told, readings=format.readings)

    if format.joined:
        place = place_of(store, sessions, format, output)
        yield land(partial(_write_all, record, sessions, format, skipped), place)
        return
    several = len(sessions) > 1
    if several and output is not None and os.path.exists(output) and not os.path.isdir(output):
        raise OperatorError(f"{output} is a file, and there are several to write", "name a folder with --output")
    for session in sessions:
        try:
            one = record(session)
            yield land(partial(format.write, one), _place(one, format, output, several))
        except OperatorError as error:
            _skip(session, error, skipped if several else None)


def place_of(store: "Store", sessions: Sequence[str], format: Format, output: str | None) -> Path:
    """Where `export` would write the first of `sessions`, or all of them where they are `joined`, were nothing there
    yet. Raises OperatorError as it does."""
    if format.joined:
        return _joined_place(store, sessions, format, output)
    return _place(record_of(store, sessions[0]), format, output, len(sessions) > 1)


def write_to(store: "Store", sessions: Sequence[str], format: Format, out: TextIO) -> None:
    """Write `sessions` (ids) to a stream. Raises OperatorError for more than one where they cannot stand together."""
    if len(sessions) > 1 and not format.joined:
        raise OperatorError("several sessions cannot go to one place in this format", "name a folder with --output")
    for session in sessions:
        format.write(record_of(store, session), out)


def _write_all(
    record: Callable[[str], Record], sessions: Sequence[str], format: Format, skipped: Skipped | None, out: TextIO
) -> None:
    done = 0
    for session in sessions:
        try:
            format.write(record(session), out)
            done += 1
        except OperatorError as error:
            last = session == sessions[-1]
            _skip(session, error, None if last and not done else skipped)


def _skip(session: str, error: OperatorError, skipped: Skipped | None) -> None:
    if skipped is None:
        raise error
    skipped(session, error)


def _place(record: Record, format: Format, output: str | None, several: bool) -> Path:
    if output is None and several:
        output = f"backrooms_{datetime.now():%Y-%m-%d}/"  # noqa: DTZ005 - the person's own time
    if output is not None and not several and not _is_folder(output):
        return Path(output)
    return Path(output or ".") / f"{_name(record, format)}{format.suffix}"


def _joined_place(store: "Store", sessions: Sequence[str], format: Format, output: str | None) -> Path:
    if output is not None and not _is_folder(output):
        return Path(output)
    if len(sessions) == 1:
        return _place(record_of(store, sessions[0]), format, output, several=False)
    name = f"backrooms_{datetime.now():%Y-%m-%d}{format.suffix}"  # noqa: DTZ005 - the person's own time
    return Path(output or ".") / name


def _is_folder(output: str) -> bool:
    # A name that cannot be is no folder; whoever writes there says what is wrong with it.
    return output.endswith(("/", "\\")) or os.path.isdir(output)


def _name(record: Record, format: Format) -> str:
    opened = next(islice(record.events(deltas=False), 1), None)
    if not isinstance(opened, SessionOpened):
        raise OperatorError(f"session {record.id} has no beginning", "nothing was kept of it that can be written")
    if format.named is not None:
        return format.named(opened.setup, opened.at)
    return session_name(record.id, record.title, opened.at)
