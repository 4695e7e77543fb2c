"""A box to tick whose state can be read, not only seen: `[x]` or `[ ]`."""

from textual.content import Content
from textual.widgets import Checkbox


class TickBox(Checkbox):
    """Textual's Checkbox draws an X in both states and tells them apart by colour alone; here the X is there or not."""

    DEFAULT_CSS = """
    TickBox.-textual-compact, TickBox.-textual-compact:focus { border: none !important; padding: 0; }
    TickBox > .toggle--button, TickBox.-on > .toggle--button { color: $foreground; background: transparent; }
    """

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]").stylize(self.get_visual_style("toggle--button"))
