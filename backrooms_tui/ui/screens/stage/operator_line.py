"""Where the operator speaks: to all, or to one agent alone. What waits for its moment is shown above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from backrooms_tui.session.events import WordQueued
from backrooms_tui.session.harmless import harmless
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.marks import mark

_HINT = "i to speak to all"


class Words(TextArea):
    """A field for a few lines: Enter speaks, Ctrl+J begins a new line, Escape leaves what is written and goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "speak", "Say it", show=True, priority=True),
        Binding("escape", "leave", "Back", show=True),
        Binding("ctrl+j,alt+enter,shift+enter", "new_line", "New line", show=True),
        Binding("tab,shift+tab", "leave", "Back", show=False),
    ]

    @dataclass
    class Said(Message):
        """The operator has spoken."""

        text: str

    class Left(Message):
        """The operator does not want to speak now."""

    def action_speak(self) -> None:
        """Say what is written."""
        text = self.text
        if text.strip():
            self.text = ""
            self.post_message(self.Said(text))
        else:
            self.post_message(self.Left())

    def action_leave(self) -> None:
        """Go back without a word."""
        self.post_message(self.Left())

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    async def _on_paste(self, event: events.Paste) -> None:
        # What is pasted may carry control characters, which a text area would hand on to the terminal.
        await super()._on_paste(events.Paste(harmless(event.text)))
        event.prevent_default()


class OperatorLine(Widget):
    """`Operator ▸`, and who is spoken to. Posts `Spoken`; `Left` when the operator goes back to watching."""

    DEFAULT_CSS = """
    OperatorLine {
        height: auto;
        #operator-queued { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
        #operator-row { height: auto; padding: 0 1; }
        #operator-to { width: auto; max-width: 40%; height: 1; color: $text-muted; }
        #operator-row:focus-within #operator-to { color: $text-accent; text-style: bold; }
        Words { width: 1fr; height: auto; min-height: 1; max-height: 5; padding: 0; background: $background; }
    }
    """

    @dataclass
    class Spoken(Message):
        """The operator has said `text` to seat `to`, 0 for all, of the conversation or of a `council` (an id)."""

        text: str
        to: int
        council: str = ""

    class Left(Message):
        """The operator goes back to watching."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._to = 0
        self._council = ""
        self._queued: list[tuple[str, WordQueued]] = []

    def compose(self) -> ComposeResult:
        """What is queued, then the line itself."""
        yield Static(id="operator-queued", markup=False)
        with Horizontal(id="operator-row"):
            yield Static("Operator ▸ ", id="operator-to", markup=False)
            yield Words(compact=True, soft_wrap=True, highlight_cursor_line=False, placeholder=_HINT)

    def on_mount(self) -> None:
        """Nothing waits yet, and nothing blinks where nothing may move."""
        self.words.cursor_blink = self.app.animation_level == "full"
        self.query_one("#operator-queued").display = False

    @property
    def words(self) -> Words:
        """The field."""
        return self.query_one(Words)

    def speak_to(self, seat: int, name: str = "", *, council: str = "", command: bool = False) -> None:
        """Let the operator write, to all (0) or to one seat; with `council` (an id) to those who talk there. What a
        world hears is a `command`."""
        self._to, self._council = seat, council
        what = "Command" if command else "Whisper"
        to = f"{what} to {mark(seat)} {name}" if seat else f"Into the {name}" if council else "Operator"
        self.query_one("#operator-to", Static).update(Content.assemble(shown_line(to), " ▸ "))
        self.words.placeholder = ""  # it would tell of another key than the one that led here
        self.words.focus()

    def give_back(self, text: str) -> None:
        """Let what was said stand in the line again: nobody was there to hear it."""
        self.words.text = text

    def show_queued(self, queued: Sequence[WordQueued], within: Sequence[tuple[str, WordQueued]] = ()) -> None:
        """Show what will be heard when the turn that is being spoken is over, and what is queued in councils, each
        with whose."""
        every = [*(("", word) for word in queued), *within]
        if every == self._queued:
            return
        self._queued = every
        lines = [
            Content.assemble(
                "queued " if word.to == 0 else f"queued for {mark(word.to)} ",
                shown_line(f"in the {whose} " if whose else ""),
                ("· ", "$text-muted"),
                shown_line(word.text),
            )
            for whose, word in every
        ]
        place = self.query_one("#operator-queued", Static)
        place.update(Content("\n").join(lines[-3:]))
        place.display = bool(lines)

    def on_words_said(self, message: Words.Said) -> None:
        """Hand it on, and speak to all again next time."""
        message.stop()
        to, council = self._to, self._council
        self._watch_again()
        self.post_message(self.Spoken(message.text, to, council))

    def on_words_left(self, message: Words.Left) -> None:
        """Back to watching; what is written stays."""
        message.stop()
        self._watch_again()

    def _watch_again(self) -> None:
        self._to, self._council = 0, ""
        self.query_one("#operator-to", Static).update("Operator ▸ ")
        self.words.placeholder = _HINT
        self.post_message(self.Left())
