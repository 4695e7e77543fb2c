"""Reports of stored sessions: as what, under which name, with which judgement first."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from backrooms_tui.assembly.files.exporting import Format, Told, export, place_of, record_of
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.session.judgement import Judgement
    from backrooms_tui.store.database import Store

Shape = Literal["md", "html"]
SHAPES: tuple[Shape, ...] = ("md", "html")
# By the end of a file's name.
_SUFFIXES: dict[str, Shape] = {".md": "md", ".markdown": "md", ".txt": "md", ".html": "html", ".htm": "html"}
# The session is read once for its facts and its rounds, and once for what was said.
_READINGS = 2


def report(
    store: "Store",
    session: str,
    output: str | None = None,
    shape: Shape | None = None,
    *,
    judgement: str | None = None,
    told: Told | None = None,
) -> Path:
    """Write a report of `session` (an id) to a file; where it is.

    `output` is a file or a folder as for an export, None the current folder; without a `shape` the end of its name says
    which, `md` where it says nothing. `judgement` (an id) is told first in place of the newest one. Nothing is
    overwritten; of what is being recorded there is what was whole. Raises OperatorError.
    """
    format = _format(shape or shape_of(output), judgement)
    (place,) = export(store, [session], format, output, told=told)
    return place


def report_to(store: "Store", session: str, out: TextIO, shape: Shape = "md", *, judgement: str | None = None) -> None:
    """Write a report to a stream; see `report`."""
    _format(shape, judgement).write(record_of(store, session), out)


def report_place(store: "Store", session: str, output: str | None, shape: Shape | None = None) -> Path:
    """Where `report` would write it, were nothing there yet."""
    return place_of(store, [session], _format(shape or shape_of(output), None), output)


def shape_of(output: str | None) -> Shape:
    """What the end of a file's name says."""
    return _SUFFIXES.get(Path(output).suffix.casefold(), "md") if output else "md"


def _format(shape: Shape, judgement: str | None) -> Format:
    write: Callable[[Record, TextIO], None]
    if shape == "html":
        from backrooms_tui.formats.outgoing.report_html import write_report_html as write
    else:
        from backrooms_tui.formats.outgoing.report_markdown import write_report_markdown as write

    def wanted_first(record: Record, out: TextIO) -> None:
        write(replace(record, judgements=_first(record, judgement)), out)

    return Format(f"-report.{shape}", wanted_first, readings=_READINGS)


def _first(record: Record, judgement: str | None) -> "tuple[Judgement, ...]":
    if judgement is None:
        return tuple(record.judgements)
    first = [one for one in record.judgements if one.id == judgement]
    if not first:
        known = ", ".join(one.id for one in record.judgements)
        raise OperatorError(
            f"there is no judgement {judgement!r} of this session",
            f"write one of {known}" if known else "`backrooms judge` makes one",
        )
    return (*first, *(one for one in record.judgements if one.id != judgement))
