"""What is wanted of an export: which sessions, as what, and where to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from backrooms_tui.assembly.files.exporting import Format, format_named
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.store.summaries import SessionSummary

# Each format, what it is called, and what it is for.
FORMATS = (
    ("markdown", "Markdown", "to read, print or put into a note"),
    ("html", "Web page", "one file that also replays it"),
    ("jsonl", "Events", "everything, to be imported again"),
    ("text", "Plain text", "as the logs of UniversalBackrooms"),
    ("finetune", "Fine-tuning", "a chat as one agent lived it"),
    ("cast", "Recording", "a film of the stage for asciinema"),
)
CAST = "cast"
COLUMNS, ROWS, SPEED = 120, 34, 1.0  # of a recording, where the person does not say


@dataclass(frozen=True, slots=True)
class Wish:
    """`output` is a file or a folder; `agent` a seat or a name, for fine-tuning; `size` (columns, rows) and `speed` are
    a recording's."""

    sessions: "Sequence[SessionSummary]"
    format: str
    output: str
    agent: str = ""
    size: tuple[int, int] = (COLUMNS, ROWS)
    speed: float = SPEED

    @property
    def ids(self) -> list[str]:
        """The sessions by their ids."""
        return [one.id for one in self.sessions]

    def written_as(self) -> Format:
        """The format. A recording is not written by it: see `filming`."""
        return Format(".cast", _not_here) if self.format == CAST else format_named(self.format, self.agent)


def size_of(columns: str, rows: str) -> tuple[int, int]:
    """A recording's size as it was typed. Raises OperatorError."""
    return _number(columns, "columns", 40, 400), _number(rows, "rows", 12, 200)


def speed_of(text: str) -> float:
    """A recording's speed as it was typed. Raises OperatorError."""
    try:
        speed = float(text.strip().removesuffix("×").removesuffix("x") or SPEED)
    except ValueError:
        speed = 0.0
    if not 0.5 <= speed <= 64:
        raise OperatorError("that is no speed", "write a number from 0.5 to 64")
    return speed


def _number(text: str, what: str, least: int, most: int) -> int:
    number = int(text) if text.strip().isdecimal() and len(text) < 9 else 0
    if not least <= number <= most:
        raise OperatorError(f"that is no number of {what}", f"write one from {least} to {most}")
    return number


def _not_here(record: Record, out: TextIO) -> None:
    raise AssertionError("a recording is made by a process of its own")
