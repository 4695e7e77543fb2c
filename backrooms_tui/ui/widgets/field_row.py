"""A line of a form: what it is called, where to type, and what is wrong with it or known about it."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.showing import shown, shown_line


class Row(Vertical):
    """Fields side by side under one name. `fields` are (key, widget); `about` says what each is for, by key."""

    DEFAULT_CSS = """
    Row {
        height: auto;

        .line { height: auto; }
        .name { width: 16; height: 1; padding-right: 1; color: $text-muted; }
        .name { text-wrap: nowrap; text-overflow: ellipsis; }
        .field { width: 1fr; margin-right: 1; }
        .message { height: auto; max-height: 3; margin-left: 16; color: $text-muted; display: none; }
        .message.-shown { display: block; }
        .message.-warning { color: $text-warning; }
        .message.-warning, .message.-wrong { max-height: 8; }
        .message.-wrong { color: $text-error; }
        &:focus-within .name { color: $text-primary; text-style: bold; }
    }
    """

    def __init__(self, name: str | Content, fields: Sequence[tuple[str, Widget]], *, about: str = "") -> None:
        super().__init__()
        self.fields = dict(fields)
        self.about = about
        self._name_shown = shown_line(name) if isinstance(name, str) else name

    def compose(self) -> ComposeResult:
        """Name, fields, and the message under them."""
        with Horizontal(classes="line"):
            yield Static(self._name_shown, classes="name")
            for widget in self.fields.values():
                widget.add_class("field")
                yield widget
        yield Static(classes="message")

    def call(self, name: Content) -> None:
        """Another name for the row."""
        self.query_one(".name", Static).update(name)

    def tell(self, wrong: Sequence[str], warnings: Sequence[str], notes: Sequence[str]) -> None:
        """Say what is wrong; else what would keep it from being used now, after what is known."""
        message = self.query_one(".message", Static)
        text = "\n".join(f"✗ {one}" for one in wrong)
        if not text:
            text = " · ".join([*(f"✗ {one}" for one in warnings), *notes])
        message.set_class(bool(text), "-shown")
        message.set_class(bool(wrong), "-wrong")
        message.set_class(bool(warnings) and not wrong, "-warning")
        message.update(shown(text))


def sentence(error: OperatorError) -> str:
    """What is wrong, and the cure, on one line, as a row tells it."""
    return f"{error.what} — {error.cure}" if error.cure else error.what
