"""Rows of text on the screen: what is in sight, drawn so that what stays the same costs next to nothing.

Textual spends most of a scrolling screen's time on making strips anew. Here a row keeps its strip as long as it is in
sight, and goes past Textual's own style cache; and the scrollbar is told of a longer text without a new layout.
"""

from collections.abc import Sequence
from typing import ClassVar, get_args

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.marks import seat_styles
from backrooms_tui.ui.widgets.painting import GUTTER, MARGIN, Brush
from backrooms_tui.ui.widgets.prose import Tone

TONES: tuple[Tone, ...] = get_args(Tone)


class RowView(ScrollView):
    """Shows the rows that it was last told to `draw`, and a scrollbar beside them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row--{tone}" for tone in TONES}
    DEFAULT_CSS = """
    RowView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        .row--faint { color: $text-muted; }
        .row--heading { color: $text-accent; text-style: bold; }
        .row--strong { text-style: bold; }
        .row--emphasis { text-style: italic; }
        .row--code { color: $text-secondary; background: $boost; }
        .row--block { background: $boost; }
        .row--screen { background: $surface; }
        .row--command { color: $text-accent; background: $surface; text-style: bold; }
        .row--quote { color: $text-muted; text-style: italic; }
        .row--bullet { color: $text-accent; }
        .row--operator { color: $text-warning; text-style: bold; }
        .row--cue { color: $text-accent; }
        .row--notice { color: $text-muted; }
        .row--warning { color: $text-warning; }
        .row--reasoning { color: $text-muted; text-style: italic; }
        .row--failed { color: $foreground 55%; text-style: italic; }
        .row--hit { color: $background; background: $warning; text-style: bold; }
        .row--chosen { color: $accent; text-style: bold; }
    }
    """ + seat_styles("RowView .row--{}")

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: list[Row] = []
        self._bars: list[bool] = []
        self._strips: list[Strip] = []
        self._brushes: tuple[Brush, Brush] | None = None
        self._brushed: tuple[object, ...] = ()
        self._thumb: tuple[int, ...] = ()

    @property
    def text_width(self) -> int:
        """Cells that there are for text."""
        return max(1, self.scrollable_content_region.width - GUTTER - MARGIN)

    def draw(self, rows: Sequence[Row], bars: Sequence[bool]) -> None:
        """Show these rows from the top on, with a bar beside some; only those that have changed are painted again."""
        in_sight = set(map(id, rows))
        for row in self._rows:
            if id(row) not in in_sight:
                # A strip weighs far more than its row: Textual's has eight caches.
                row.drawn = None
        self._rows, self._bars = list(rows), list(bars)
        before, self._strips = self._strips, self._drawn()
        longest = max(len(before), len(self._strips))
        changed = [
            y for y in range(longest) if y >= len(before) or y >= len(self._strips) or before[y] is not self._strips[y]
        ]
        if len(changed) > self.size.height // 2:
            changed = list(range(changed[0], changed[-1] + 1))
        while changed:
            first = last = changed.pop(0)
            while changed and changed[0] == last + 1:
                last = changed.pop(0)
            self.refresh(Region(0, first, self.outer_size.width, last + 1 - first))

    def tell_scrollbar(self, total: int, above: int) -> None:
        """How many rows there are, and how many of them above those in sight.

        No size outside changes with it, so that it takes no new layout of the screen.
        """
        height = self.size.height
        self.set_reactive(Widget.virtual_size, Size(self.scrollable_content_region.width, total))
        self.set_reactive(Widget.scroll_y, float(above))
        self.set_reactive(Widget.scroll_target_y, float(above))
        if self.show_vertical_scrollbar != (total > height):
            self._refresh_scrollbars()
        if self.show_vertical_scrollbar:
            # To the cell: a bar that looks nearly the same is left alone.
            thumb = (height, above * height // max(1, total), height * height // max(1, total))
            if thumb != self._thumb:
                self._thumb = thumb
                bar = self.vertical_scrollbar
                bar.window_virtual_size, bar.window_size, bar.position = total, height, above

    def notify_style_update(self) -> None:
        """Colours have changed."""
        super().notify_style_update()
        self._brushes = None

    def render_line(self, y: int) -> Strip:
        """Row `y` of what is in sight."""
        return self.render_lines(Region(0, y, self.outer_size.width, 1))[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        """A part of what is in sight."""
        if self._brushes is None or self._brushed != self._look():
            self._strips = self._drawn()
        strips = self._strips
        blank = self._take_brushes()[0].blank
        shown = [strips[y] if y < len(strips) else blank for y in crop.line_range]
        if crop.x or crop.right < self._strip_width():
            shown = [strip.crop(crop.x, crop.right) for strip in shown]
        return shown

    def _drawn(self) -> list[Strip]:
        brushes = self._take_brushes()
        return [brushes[bar].strip(row) for row, bar in zip(self._rows, self._bars, strict=True)]

    def _strip_width(self) -> int:
        # Under a scrollbar nothing need be drawn.
        return self.outer_size.width - (self.scrollbar_size_vertical if self.show_vertical_scrollbar else 0)

    def _look(self) -> tuple[object, ...]:
        """What rows are drawn with: where it has changed, they are drawn anew."""
        return self._strip_width(), *self.app.get_line_filters()

    def _take_brushes(self) -> tuple[Brush, Brush]:
        look = self._look()
        if self._brushes is None or self._brushed != look:
            styles = {tone: self.get_component_rich_style(f"row--{tone}") for tone in TONES}
            styles["text"] = self.rich_style
            width, filters, background = self._strip_width(), self.app.get_line_filters(), self.background_colors[1]
            plain = Brush(width, styles, filters, background)
            self._brushes = (plain, Brush(width, styles, filters, background, chosen=True))
            self._brushed = look
        return self._brushes
