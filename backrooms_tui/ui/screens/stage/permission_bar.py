"""What an agent wants and may only do with the operator's permission: the exact command, and the keys that answer."""

from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from backrooms_tui.session.world import Decision
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.questions import Question
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.line_input import LineInput

# Seconds after it has come up by itself in which its keys do nothing: they may have been meant for something else.
GUARD = 0.5


class PermissionBar(Vertical, can_focus=True):
    """Asks a `Question`. The keys are for it while it has the focus; posts `Answered`, or `Left` where the operator
    does not want to answer now. Folded it is one line."""

    DEFAULT_CSS = """
    PermissionBar {
        height: auto;
        display: none;
        padding: 0 1;
        background: $panel;
        border-left: outer $panel-lighten-2;
        &.-asks { display: block; }
        &:focus-within { border-left: outer $warning; }
        #permission-who { height: auto; text-style: bold; }
        #permission-command { height: auto; max-height: 5; scrollbar-size-vertical: 1; }
        #permission-text { height: auto; padding: 0 2; background: $boost; color: $text-accent; }
        #permission-reach { height: auto; max-height: 2; color: $text-muted; }
        #permission-word { height: 1; display: none; }
        #permission-to { width: auto; max-width: 50%; height: 1; color: $text-accent; }
        #permission-word Input { width: 1fr; }
        #permission-keys { height: auto; color: $text-muted; }
        &.-folded #permission-command, &.-folded #permission-reach, &.-folded #permission-keys { display: none; }
        &.-bare #permission-reach { display: none; }
        &.-denies #permission-word { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer('once')", "Allow once", show=False),
        Binding("s", "answer('session')", "Allow for the session", show=False),
        Binding("d", "deny", "Deny", show=False),
        Binding("escape", "leave", "Later", show=False),
        Binding("up", "scroll_command(-1)", "Up", show=False),
        Binding("down", "scroll_command(1)", "Down", show=False),
        Binding("pageup", "scroll_command(-4)", "Page up", show=False),
        Binding("pagedown", "scroll_command(4)", "Page down", show=False),
    ]

    @dataclass
    class Answered(Message):
        """The operator has decided about `question`; `word` goes with a refusal."""

        question: Question
        decision: Decision
        word: str = ""

    class Left(Message):
        """The operator goes back to watching."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.question: Question | None = None
        self._guarded_until = 0.0

    def compose(self) -> ComposeResult:
        """Who wants what, the command, what it would reach, and the keys."""
        yield Static(id="permission-who")
        with VerticalScroll(id="permission-command", can_focus=False):
            yield Static(id="permission-text")
        yield Static(id="permission-reach")
        with Horizontal(id="permission-word"):
            yield Static(id="permission-to")
            yield LineInput(placeholder="a word that goes with it; may be empty")
        yield Static(id="permission-keys")

    # What is asked --------------------------------------------------------------

    def ask(self, question: Question | None) -> bool:
        """Show `question`, or nothing. Whether it is another one than before, and is to be answered."""
        before, self.question = self.question, question
        if question == before:
            return False
        self.set_class(question is not None, "-asks")
        self.remove_class("-denies", "-folded")
        if question is None:
            return False
        self.query_one(Input).value = ""
        self.query_one("#permission-text", Static).update(shown(question.command))
        self.query_one("#permission-command").scroll_home(animate=False)
        self.query_one("#permission-reach", Static).update(shown_line(question.reach))
        self.set_class(not question.reach.strip(), "-bare")
        to = shown_line(f"deny, and tell {question.who}")
        self.query_one("#permission-to", Static).update(Content.assemble(to, " ▸ "))
        self.guard()
        return True

    def open(self) -> None:
        """The operator wants to answer: the keys are for it."""
        if self.question is not None:
            self.remove_class("-folded")
            self._guarded_until = 0.0
            self.focus(scroll_visible=False)
            self._tell()

    def guard(self) -> None:
        """It has come up by itself: the next keys may have been meant for something else."""
        self._guarded_until = monotonic() + GUARD
        self.set_timer(GUARD, self._tell)
        self._tell()

    @property
    def guarded(self) -> bool:
        """Whether its keys do nothing yet."""
        return monotonic() < self._guarded_until

    def _tell(self) -> None:
        """The line of who asks, and the keys as they are now."""
        question = self.question
        if question is None or not is_there(self):
            return
        folded = self.has_class("-folded")
        more = Content.styled(" · space answers", "$text-muted") if folded else ""
        self.query_one("#permission-who", Static).update(Content.assemble("‖ ", shown_line(question.told), more))
        if self.has_class("-denies"):
            keys = _told(("enter", "denies it"), ("esc", "goes back"))
        elif not self.has_focus:
            keys = _told(("space", "answers"))
        elif self.guarded:
            keys = Content("…")
        else:
            session = f"allow {question.name} from now on"
            longer = self.query_one("#permission-command").max_scroll_y > 0
            scroll = [("↑↓", "all of it")] if longer else []
            keys = _told(*scroll, ("a", "allow once"), ("s", session), ("d", "deny"), ("esc", "later"))
        self.query_one("#permission-keys", Static).update(keys)

    # The keys --------------------------------------------------------------

    def action_answer(self, decision: Decision) -> None:
        """Allow it."""
        if self.question is not None and not self.guarded:
            self.post_message(self.Answered(self.question, decision))

    def action_deny(self) -> None:
        """Deny it, once it is known with which word."""
        if self.question is not None and not self.guarded:
            self.add_class("-denies")
            self.query_one(Input).focus()
            self._tell()

    def action_leave(self) -> None:
        """Not now: the conversation stays where it is. From the word back to the question."""
        if self.has_class("-denies"):
            self.remove_class("-denies")
            self.open()
            return
        self.add_class("-folded")
        self._tell()
        self.post_message(self.Left())

    def action_scroll_command(self, rows: int) -> None:
        """See more of a long command."""
        self.query_one("#permission-command").scroll_relative(y=rows, animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Denied."""
        event.stop()
        if self.question is not None and self.has_class("-denies"):
            self.post_message(self.Answered(self.question, "deny", event.value))

    def on_click(self) -> None:
        """Whoever clicks on it wants to answer."""
        if not self.has_class("-denies"):
            self.open()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The keys are for it, or for something else."""
        super().watch_has_focus(has_focus)
        self._tell()


def _told(*keys: tuple[str, str]) -> Content:
    """Keys, and what each does."""
    parts = [Content.assemble((key, "bold $text-accent"), shown_line(f" {does}")) for key, does in keys]
    return Content(" · ").join(parts)
