"""Asks before something is lost: save, throw away, or stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label


@dataclass(frozen=True, slots=True)
class Answer:
    """`id` is what the screen gives back; `key` gives it at once; `title` is what its button says."""

    id: str
    key: str
    title: str


UNSAVED = (Answer("save", "s", "Save"), Answer("discard", "t", "Throw away"), Answer("stay", "escape", "Stay"))


class QuestionScreen(ModalScreen[str]):
    """Asks `question`; the result is the `id` of the answer. Escape is the answer that changes
    nothing."""

    CSS_PATH = "question.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down", "app.focus_next", show=False),
        Binding("left,up", "app.focus_previous", show=False),
    ]

    def __init__(self, question: Content, answers: Sequence[Answer] = UNSAVED) -> None:
        super().__init__()
        self._question = question
        self._answers = answers

    def compose(self) -> ComposeResult:
        """The question and a button for each answer."""
        with Vertical(id="dialog"):
            yield Label(self._question, id="question")
            with Horizontal(id="answers"):
                for answer in self._answers:
                    key = "esc" if answer.key == "escape" else answer.key
                    yield Button(Content(f"{answer.title} ({key})"), id=answer.id, compact=True)

    def on_mount(self) -> None:
        """Every answer has its key."""
        for answer in self._answers:
            self._bindings.bind(answer.key, f"answer('{answer.id}')", show=False)
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button is an answer."""
        self.dismiss(event.button.id)

    def action_answer(self, answer: str) -> None:
        """So is a key."""
        self.dismiss(answer)
