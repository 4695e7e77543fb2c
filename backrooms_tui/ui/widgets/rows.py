"""A list of one-line rows, of which only those on the screen cost anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual, VisualType, visualize

# What draws row `index` (from 0) on `width` cells.
Line = Callable[[int, int], Content]
_KEPT = 512


class Rows(ScrollView, can_focus=True):
    """Draws the rows that are in sight, with one of them marked. `show` says how many there are and what draws them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "to(0)", "First", show=False),
        Binding("end", "to(-1)", "Last", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--row", "rows--marked"}
    DEFAULT_CSS = """
    Rows {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        .rows--marked {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus .rows--marked {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """

    marked: reactive[int] = reactive(0)

    @dataclass
    class Moved(Message):
        """Another row is marked."""

        rows: "Rows"
        index: int

        @property
        def control(self) -> "Rows":
            """The list it happened in."""
            return self.rows

    @dataclass
    class Chosen(Message):
        """The marked row was clicked again."""

        rows: "Rows"
        index: int

        @property
        def control(self) -> "Rows":
            """The list it happened in."""
            return self.rows

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.count = 0
        self._line: Line = lambda index, width: Content("")
        self._strips: LRUCache[tuple[int, int, bool, bool], Strip] = LRUCache(_KEPT)

    def show(self, count: int, line: Line, *, marked: int | None = None) -> None:
        """There are `count` rows now, drawn by `line`. Row `marked` is marked, or what was before."""
        self.count, self._line = count, line
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, count)
        self.marked = self.marked if marked is None else marked
        self.refresh()

    def redraw(self) -> None:
        """What the rows say has changed, but not how many there are."""
        self._strips.clear()
        self.refresh()

    def validate_marked(self, marked: int) -> int:
        """Within what there is."""
        return max(0, min(marked, self.count - 1))

    def watch_marked(self, marked: int) -> None:
        """Keep it in sight."""
        self.refresh()
        if self.count:
            region = Region(0, marked, max(1, self.scrollable_content_region.width), 1)
            self.scroll_to_region(region, animate=False, force=True)
            self.post_message(self.Moved(self, marked))

    def action_move(self, by: int) -> None:
        """Mark the next row, or the one before."""
        self.marked += by

    def action_page(self, by: int) -> None:
        """A screenful further."""
        self.marked += by * max(1, self.scrollable_content_region.height - 1)

    def action_to(self, index: int) -> None:
        """The first row, or the last one."""
        self.marked = index if index >= 0 else self.count - 1

    def on_resize(self) -> None:
        """Other widths, other lines."""
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, self.count)

    def notify_style_update(self) -> None:
        """Another theme, other colours."""
        self._strips.clear()
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        """Mark the row; a click on the marked one chooses it."""
        offset = event.get_content_offset(self)
        index = -1 if offset is None else offset.y + self.scroll_offset.y
        if not 0 <= index < self.count:
            return
        if index == self.marked and event.chain > 1:
            self.post_message(self.Chosen(self, index))
        self.marked = index

    def render_line(self, y: int) -> Strip:
        """One row, as wide as the list."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= self.count:
            return Strip.blank(width, self.rich_style)
        marked = index == self.marked
        key = (index, width, marked, self.has_focus)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(index, width, marked)
        return strip

    def _drawn(self, index: int, width: int, marked: bool) -> Strip:
        # A mark beside the colour: nothing is told by colour alone.
        drawn = self._line(index, max(0, width - 2))
        # What is dim elsewhere would be lost on the marked row's ground: there all of it has that row's own colour.
        line: VisualType = Content(f"▸ {drawn.plain}") if marked else Content.assemble("  ", drawn)
        style = self.get_visual_style("rows--row", "rows--marked") if marked else self.visual_style
        strips = Visual.to_strips(self, visualize(self, line), width, 1, style, apply_selection=False)
        return strips[0].adjust_cell_length(width, style.rich_style) if strips else Strip.blank(width)
