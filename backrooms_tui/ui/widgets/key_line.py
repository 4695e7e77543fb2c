"""The bottom row: the keys that can be pressed here, as many as there is room for."""

from dataclasses import dataclass

from rich.segment import Segment
from textual.binding import Binding
from textual.events import Click, MouseMove
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from backrooms_tui.settings.served import is_only_watched
from backrooms_tui.ui.widgets.wrapping import cells


@dataclass(frozen=True)
class Offer:
    """A key as people read it, what it does, and whether it can be done now. `press` is the key's own name."""

    key: str
    title: str
    help: str
    press: str
    enabled: bool
    everywhere: bool

    @property
    def width(self) -> int:
        """Cells."""
        return cells(self.key) + 1 + cells(self.title)


class KeyLine(Widget):
    """The keys of the screen that it stands on; a click presses one. Those that work everywhere are at the right and
    stay there when the others run out of room.

    In place of Textual's Footer, which makes a widget for each key anew whenever the focus moves (10 ms, measured).
    """

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        background: $footer-background;
        color: $footer-description-foreground;
        & > .key-line--key { color: $footer-key-foreground; text-style: bold; }
        & > .key-line--off { color: $text-disabled; }
    }
    """
    COMPONENT_CLASSES = {"key-line--key", "key-line--off"}  # noqa: RUF012

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._offers: tuple[Offer, ...] = ()
        self._places: list[tuple[int, Offer]] = []  # columns where the keys begin
        self.display = not is_only_watched()

    def on_mount(self) -> None:
        """Listen to what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def on_unmount(self) -> None:
        """Listen no longer."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        # What has no focus, and so offers nothing, is only left for a moment.
        if not self.is_attached or screen is not self.screen or not screen.app.app_focus:
            return
        offers = self._offered(screen)
        if offers != self._offers:
            self._offers = offers
            self.refresh()

    def _offered(self, screen: Screen[object]) -> tuple[Offer, ...]:
        first: dict[str, Offer] = {}
        for node, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and binding.action not in first:
                first[binding.action] = self._offer(binding, enabled, node is self.app)
        return tuple(sorted(first.values(), key=lambda offer: offer.everywhere))

    def _offer(self, binding: Binding, enabled: bool, everywhere: bool) -> Offer:
        key = self.app.get_key_display(binding)
        return Offer(key, binding.description, binding.tooltip, binding.key, enabled, everywhere)

    def _laid_out(self, width: int) -> list[tuple[int, Offer]]:
        """Where each key begins that has room; closer together where that makes room for more."""
        wide, close = self._spaced(width, 2), self._spaced(width, 1)
        return wide if [offer for _, offer in wide] == [offer for _, offer in close] else close

    def _spaced(self, width: int, gap: int) -> list[tuple[int, Offer]]:
        always = [offer for offer in self._offers if offer.everywhere]
        while always and sum(offer.width + gap for offer in always) > width:
            always.pop()
        right = width - sum(offer.width + gap for offer in always) + gap - 1
        column, places = gap - 1, []
        for offer in (offer for offer in self._offers if not offer.everywhere):
            if column + offer.width >= right:
                break
            places.append((column, offer))
            column += offer.width + gap
        for offer in always:
            places.append((right, offer))
            right += offer.width + gap
        return places

    def render_line(self, y: int) -> Strip:
        """The row."""
        plain = self.rich_style
        key_style = plain + self.get_component_rich_style("key-line--key", partial=True)
        off = plain + self.get_component_rich_style("key-line--off", partial=True)
        self._places = self._laid_out(self.size.width)
        segments, column = [], 0
        for begin, offer in self._places:
            segments.append(Segment(" " * (begin - column), plain))
            segments.append(Segment(offer.key, key_style if offer.enabled else off))
            segments.append(Segment(f" {offer.title}", plain if offer.enabled else off))
            column = begin + offer.width
        segments.append(Segment(" " * max(0, self.size.width - column), plain))
        return Strip(segments, max(self.size.width, column))

    def _at(self, x: int) -> Offer | None:
        return next((offer for begin, offer in self._places if begin <= x < begin + offer.width), None)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Say what the key under the pointer is for."""
        offer = self._at(event.x)
        self.tooltip = offer.help if offer is not None else None

    def on_click(self, event: Click) -> None:
        """Press the key that is clicked."""
        offer = self._at(event.x)
        if offer is not None and offer.enabled:
            self.app.simulate_key(offer.press)
