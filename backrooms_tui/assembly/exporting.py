"""Handing sessions on as files: in which format, under which name, in which place."""

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
from backrooms_tui.session.events import SessionOpened
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.store.database import Store

Write = Callable[[Record, TextIO], None]
# Called with the session and with why it could not be written; the others are.
Skipped = Callable[[str, OperatorError], None]


@dataclass(frozen=True, slots=True)
class Format:
    """How a session is written: `write` fills a stream, `suffix` ends the file's name. With `joined` several sessions
    stand in one file, one after the other. `named` makes a name of its own from the setup and the time of the beginning
    (Unix seconds)."""

    suffix: str
    write: Write
    joined: bool = False
    named: "Callable[[Setup, float], str] | None" = None


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

            return Format(".jsonl", write_jsonl)
        case "text":
            from backrooms_tui.formats.outgoing.universal_backrooms import log_name, write_universal_backrooms

            return Format(".txt", write_universal_backrooms, named=log_name)
        case "finetune":
            from backrooms_tui.assembly.fine_tuning import write_chat

            return Format(".jsonl", partial(write_chat, agent=agent), joined=True)
        case _:
            raise ValueError(name)


def record_of(store: "Store", session: str) -> Record:
    """A stored session (by id), to be read when it is written. Raises OperatorError for one that is not there."""
    return Record(session, store.summary(session).title, partial(store.events, session))


def export(
    store: "Store", sessions: Sequence[str], format: Format, output: str | None, skipped: Skipped | None = None
) -> Iterator[Path]:
    """Write `sessions` (ids) to files; gives back where each is as soon as it is there.

    `output` is a file, or a folder: one that is there, ends with a slash, or is to hold several files, and is made.
    None is the current folder, for several files a new one in it. Nothing is ever overwritten. Raises OperatorError for
    what cannot be written; with `skipped` the other sessions are.
    """
    if format.joined:
        yield land(
            partial(_write_all, store, sessions, format, skipped), _joined_place(store, sessions, format, output)
        )
        return
    several = len(sessions) > 1
    if several and output is not None and Path(output).exists() and not Path(output).is_dir():
        raise OperatorError(f"{output} is a file, and there are several to write", "name a folder with --output")
    for session in sessions:
        try:
            record = record_of(store, session)
            yield land(partial(format.write, record), _place(record, format, output, several))
        except OperatorError as error:
            _skip(session, error, skipped if several else None)


def write_to(store: "Store", sessions: Sequence[str], format: Format, out: TextIO) -> None:
    """Write `sessions` (ids) to a stream. Raises OperatorError for more than one where they cannot stand together."""
    if len(sessions) > 1 and not format.joined:
        raise OperatorError("several sessions cannot go to one place in this format", "name a folder with --output")
    for session in sessions:
        format.write(record_of(store, session), out)


def _write_all(store: "Store", sessions: Sequence[str], format: Format, skipped: Skipped | None, out: TextIO) -> None:
    done = 0
    for session in sessions:
        try:
            format.write(record_of(store, session), out)
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
    return output.endswith(("/", "\\")) or Path(output).is_dir()


def _name(record: Record, format: Format) -> str:
    opened = next(islice(record.events(deltas=False), 1), None)
    if not isinstance(opened, SessionOpened):
        raise OperatorError(f"session {record.id} has no beginning", "nothing was kept of it that can be written")
    if format.named is not None:
        return format.named(opened.setup, opened.at)
    return session_name(record.id, record.title, opened.at)
