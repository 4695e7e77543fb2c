"""From rows of text to the strips that Textual puts on the screen, each made once and kept with its row."""

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.prose import Tone
from backrooms_tui.ui.widgets.wrapping import cells

GUTTER = 1  # a cell before the text, which tells the chosen entry
MARGIN = 1  # a cell after it, so that it does not touch the scrollbar
_CHOSEN = "▌"


class Brush:
    """Draws rows `width` cells wide, the gutter included, with `styles`; those of the chosen entry carry a bar.

    `filters` are the application's (no colours, for one), put to work over `background` once a row.
    """

    def __init__(
        self,
        width: int,
        styles: Mapping[Tone, Style],
        filters: Sequence[LineFilter],
        background: Color,
        *,
        chosen: bool = False,
    ) -> None:
        self._width = width
        self._styles = styles
        self._filters = filters
        self._background = background
        self._gutter = Segment(_CHOSEN, styles["chosen"]) if chosen else Segment(" ", styles["text"])
        self.blank = self._filtered(Strip([Segment(" " * width, styles["text"])], width))

    def strip(self, row: Row) -> Strip:
        """The row as a strip: the same object as long as the row and the brush are the same."""
        if row.drawn is not None and row.drawn[0] is self:
            return row.drawn[1]
        segments = [self._gutter]
        filled = GUTTER
        for text, tone in row.pieces:
            if text:
                segments.append(Segment(text, self._styles[tone]))
                filled += cells(text)
        if filled < self._width:
            segments.append(Segment(" " * (self._width - filled), self._styles[row.fill]))
        strip = Strip(segments, max(filled, self._width))
        if filled > self._width:
            strip = strip.crop(0, self._width)
        strip = self._filtered(strip)
        row.drawn = (self, strip)
        return strip

    def _filtered(self, strip: Strip) -> Strip:
        for line_filter in self._filters:
            strip = Strip(line_filter.apply(list(strip), self._background), strip.cell_length)
        return strip
