"""What is told of a file: a name for each thing, and beside it all that is said of it, on however many rows."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.wrapping import wrapped

# What it is called, and what is said of it; both may be text from outside.
Finding = tuple[str, str]

_DIM = "$text-muted"
_NAMES = 10  # cells


class Findings(Widget):
    """Shows a heading and what was found, each beginning beside its name and going on under its own beginning."""

    DEFAULT_CSS = """
    Findings {
        height: auto;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._head = ""
        self._found: Sequence[Finding] = ()

    def tell(self, found: Sequence[Finding], head: str = "") -> None:
        """Show this from now on."""
        self._head, self._found = head, found
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as it takes in `width` cells."""
        return len(self._rows(width))

    def render(self) -> Content:
        """All of it, in the width that there is."""
        return Content("\n").join(self._rows(self.content_size.width))

    def _rows(self, width: int) -> list[Content]:
        rows = [row.stylize("bold") for row in _broken(self._head, width)] if self._head else []
        for name, text in self._found:
            first, *rest = _broken(text, width - _NAMES)
            rows.append(Content.assemble((f"{name:{_NAMES}}", _DIM), first))
            rows += [Content.assemble(" " * _NAMES, row) for row in rest]
        return rows


def _broken(text: str, width: int) -> list[Content]:
    line = shown_line(text)
    return [line[begin:end] for begin, end in wrapped(line.plain, width)]
