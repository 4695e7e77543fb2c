"""Small questions: a line of text, or one of a few."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from backrooms_tui.ui.showing import shown, shown_line

# Says what is wrong with an answer, "" where nothing is.
Check = Callable[[str], str]

ESCAPE: list[BindingType] = [Binding("escape", "cancel", "Cancel", show=False)]


class Ask(ModalScreen[str | None]):
    """A line of text, None where the person does not want to answer. `check` says what is wrong as it is typed."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = ESCAPE

    def __init__(self, question: str, *, value: str = "", hint: str = "", check: Check | None = None) -> None:
        super().__init__()
        self._question, self._value, self._hint = question, value, hint
        self._check = check or (lambda text: "")

    def compose(self) -> ComposeResult:
        """The question, the line, and a hint or what is wrong."""
        with Vertical(classes="dialog"):
            yield Static(shown(self._question), classes="question")
            yield Input(self._value, compact=True, select_on_focus=True)
            yield Static(shown(self._hint or "enter answers, esc goes back"), classes="hint")
            yield Static("", classes="wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong."""
        text = event.value
        self.query_one(".wrong", Static).update(shown(self._check(text) if text.strip() else ""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer, unless something is wrong with it."""
        wrong = self._check(event.value)
        if wrong:
            self.query_one(".wrong", Static).update(shown(wrong))
        else:
            self.dismiss(event.value)

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)


class Choose(ModalScreen[int | None]):
    """One of `choices` by its place, None for none of them. The digits choose at once."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = ESCAPE

    def __init__(self, question: str, choices: Sequence[str], *, chosen: int = 0) -> None:
        super().__init__()
        self._question, self._choices, self._chosen = question, choices, chosen

    def compose(self) -> ComposeResult:
        """The question and the list."""
        with Vertical(classes="dialog"):
            yield Static(shown(self._question), classes="question")
            yield OptionList(
                *(Option(shown_line(f"{place} {choice}")) for place, choice in enumerate(self._choices, start=1)),
                compact=True,
            )
            yield Static("enter or a digit chooses, esc goes back", classes="hint")

    def on_mount(self) -> None:
        """Mark what is likely meant."""
        self.query_one(OptionList).highlighted = self._chosen

    def on_key(self, event: Key) -> None:
        """A digit chooses."""
        if event.character and event.character.isdecimal() and 1 <= int(event.character) <= len(self._choices):
            event.stop()
            self.dismiss(int(event.character) - 1)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """This one."""
        self.dismiss(event.option_index)

    def action_cancel(self) -> None:
        """None of them."""
        self.dismiss(None)
