"""What an x-ray says, in pieces short enough to be laid out one by one, however long the whole is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.widgets.flow import Flow, Row
from backrooms_tui.ui.widgets.prose import Tone
from backrooms_tui.ui.widgets.wrapping import cells

Kind = Literal["part", "message", "origin", "figure", "cache", "text", "gap"]
INDENT = 2  # cells before what was sent or came back: what stands further left is said by the x-ray itself
_LABEL = 12  # cells for the name of a figure
_LONGEST = 4000  # letters of a piece


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A heading, a figure with its `label`, or a stretch of text. One that `goes_on` has no line break after it."""

    kind: Kind
    text: str = ""
    label: str = ""
    tone: Tone = "text"
    goes_on: bool = False

    def rows(self, width: int) -> list[Row]:
        """As it is drawn on `width` cells: harmless, whatever was said."""
        match self.kind:
            case "gap":
                return [Row(())]
            case "part":
                return _rule("━━ ", self.text, "heading", "━", width)
            case "message":
                return _rule("── ", self.text, "strong", "─", width)
            case "cache":
                return _rule("┄┄ ", self.text, "bullet", "┄", width)
            case "origin":
                return _flowed(harmless_line(self.text), "faint", width)
            case "figure":
                return self._figure(width)
            case "text":
                return _flowed(self.text, self.tone, width, INDENT)

    def _figure(self, width: int) -> list[Row]:
        rows = _flowed(harmless_line(self.text), self.tone, width, _LABEL)
        head = Row(((f"{self.label:<{_LABEL}}", "faint"), *rows[0].pieces[1:]))
        return [head, *rows[1:]]

    @property
    def plain(self) -> str:
        """As it reads outside, its line break included."""
        match self.kind:
            case "gap":
                return "\n"
            case "part" | "message" | "cache":
                sign = {"part": "==", "message": "--", "cache": ".."}[self.kind]
                return f"{sign} {harmless_line(self.text)} {sign}\n"
            case "figure":
                return f"{self.label}: {harmless_line(self.text)}\n"
            case "origin":
                return f"({harmless_line(self.text)})\n"
            case "text":
                return self.text if self.goes_on else f"{self.text}\n"


def plain(pieces: Iterable[Piece]) -> str:
    """All of it as plain text; not made harmless yet."""
    return "".join(piece.plain for piece in pieces)


def text_pieces(text: str, tone: Tone = "text") -> Iterator[Piece]:
    """A text of any length. It is cut where a line ends, if that is possible."""
    begin, length = 0, len(text)
    while length - begin > _LONGEST:
        end = text.rfind("\n", begin + 1, begin + _LONGEST)
        if end > 0:
            yield Piece("text", text[begin:end], tone=tone)
            begin = end + 1
        else:
            end = begin + _LONGEST
            space = text.rfind(" ", begin + 1, end)
            end = space + 1 if space > 0 else end
            yield Piece("text", text[begin:end], tone=tone, goes_on=True)
            begin = end
    yield Piece("text", text[begin:], tone=tone)


def _rule(sign: str, text: str, tone: Tone, fill: str, width: int) -> list[Row]:
    said = harmless_line(text)
    room = width - cells(sign) - cells(said) - 1
    if room < 0:
        rows = _flowed(said, tone, width, cells(sign))
        return [Row(((sign, tone), *rows[0].pieces[1:])), *rows[1:]]
    return [Row(((sign, "faint"), (said, tone), (f" {fill * room}", "faint")))]


def _flowed(text: str, tone: Tone, width: int, indent: int = 0) -> list[Row]:
    flow = Flow(max(width, indent + 1), plain=tone, indent=indent)
    flow.feed(text)
    return flow.rows or [Row(((" " * indent, "text"), ("", "text")))]
