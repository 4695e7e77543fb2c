"""The worlds of a session and of the councils in it: what each may read, write and reach, and what it has changed so
far; and what agents may ask for by themselves. Permissions are given and taken here, for the whole session."""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widgets import Static

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission, permitted
from backrooms_tui.ui.screens.stage.permission_subjects import REST, Subject, subjects_of
from backrooms_tui.ui.screens.stage.speaking_up import councils_held
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, line
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.pane import world_told
from backrooms_tui.ui.widgets.rows import Rows

_KEYS = "a allow · s ask · d deny · space next · esc leaves"
_LATER = "It comes when the turn that is being spoken is over."
_OVER = "That council is over."
_THEN: Mapping[Permission, str] = {
    "allow": "What waits for you runs when you leave this list.",
    "ask": "",
    "deny": "What waits for you is refused when you leave this list.",
}
SAID: Mapping[Permission, str] = {"allow": "✓ allowed", "ask": "? asked for", "deny": "✗ denied"}
_NEXT: Mapping[Permission, Permission] = {"allow": "ask", "ask": "deny", "deny": "allow"}
_NAME, _IS = 20, 12
# Lines of the dialog beside the list: border, title, what is known of a row, what comes of a key, the keys.
_BESIDE, _FEWEST = 9, 3


class Worlds(ModalScreen[None]):
    """The worlds of `conversation` and of its councils, that on the seat `chosen` marked; and what agents may ask
    for."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,P", "leave", "Back", show=False),
        Binding("space,enter", "next", "Next", show=False),
        Binding("a", "permit('allow')", "Allow", show=False),
        Binding("s", "permit('ask')", "Ask", show=False),
        Binding("d", "permit('deny')", "Deny", show=False),
    ]

    def __init__(self, conversation: Conversation, *, chosen: int) -> None:
        super().__init__()
        self._conversation = conversation
        self._chosen = chosen
        self._subjects: list[Subject] = []
        # What was chosen while somebody spoke, by session and seat: it comes with the end of that turn.
        self._coming: dict[tuple[str, int], tuple[int, dict[str, Permission]]] = {}

    def compose(self) -> ComposeResult:
        """The list, what is known of the marked row, and the keys."""
        with Vertical(classes="dialog"):
            yield Static("Worlds", classes="question", id="worlds-title")
            yield Rows(id="worlds-list")
            yield Static("", id="worlds-about")
            yield Static("", classes="wrong")
            yield Static(_KEYS, classes="hint")

    def on_mount(self) -> None:
        """Mark what is likely meant: what waits for the operator, or the first thing of the chosen world."""
        self._subjects = subjects_of(self._conversation)
        if any(not one.agent.is_world for one in self._subjects):
            self.query_one("#worlds-title", Static).update("Worlds, and what agents may ask for")
        rows = self.query_one(Rows)
        self._fit()
        places = [place for place, one in enumerate(self._subjects) if one.name]
        of_chosen = [place for place in places if self._is_chosen(self._subjects[place])]
        waiting = [place for place in places if self._waits(self._subjects[place])]
        # What is under another name is below it; and what is asked first is asked on the stage.
        asked = [self._subjects[place].conversation for place in waiting[:1]]
        waiting = [place for place in reversed(waiting) if self._subjects[place].conversation in asked]
        rows.show(len(self._subjects), self._line, marked=next(iter(waiting or of_chosen or places), 0))
        rows.focus()
        self.call_after_refresh(self._show_whose)

    def on_resize(self) -> None:
        """The list has what is left beside what is said of a row, and the keys."""
        self._fit()

    def _fit(self) -> None:
        room = self.app.size.height * 9 // 10 - _BESIDE
        self.query_one(Rows).styles.height = max(1, min(len(self._subjects), max(_FEWEST, room)))

    def _show_whose(self) -> None:
        """Above the first of a world or an agent it stands whose it is."""
        rows = self.query_one(Rows)
        if rows.marked and not self._subjects[rows.marked - 1].name:
            rows.scroll_to_region(Region(0, rows.marked - 1, 1, 2), animate=False, force=True)

    # What can be done --------------------------------------------------------------

    def action_next(self) -> None:
        """Allowed, then asked for, then denied, then allowed again."""
        subject = self._marked
        if subject is not None and subject.name:
            self.action_permit(_NEXT[self._now(subject)])

    def action_permit(self, permission: Permission) -> None:
        """Allow the marked one, have it asked for, or deny it, from now on."""
        subject = self._marked
        if subject is None or not subject.name:
            return
        conversation, seat = subject.conversation, subject.seat
        if conversation is not self._conversation and not self._is_held(conversation):
            self._look_again(subject)
            self._say(_OVER)
            return
        if self._now(subject) == permission:
            self._say(f"It is {SAID[permission].split(' ', 1)[1]} already.")
            return
        permissions = {**self._permissions(subject), subject.name: permission}
        try:
            conversation.change_permissions(seat, permissions)
        except OperatorError as error:
            self._say(f"{error.what}; {error.cure}")
            return
        if conversation.speaking:
            self._coming[conversation.state.session, seat] = conversation.state.turn, permissions
        waits = conversation.state.asking.unanswered
        settles = waits is not None and waits.agent == seat and conversation.asked is None
        then = _THEN[permitted(permissions, waits.name, "allow")] if settles and waits is not None else ""
        self._say(_LATER if conversation.speaking else then)
        self._look_again(subject)
        self._describe()

    def action_leave(self) -> None:
        """Back to the stage."""
        self.dismiss()

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        """A double click."""
        message.stop()
        self.action_next()

    def on_rows_moved(self, message: Rows.Moved) -> None:
        """Say what the marked one is."""
        message.stop()
        self._describe()
        self._show_whose()

    # Showing --------------------------------------------------------------

    def _is_held(self, conversation: Conversation) -> bool:
        return any(one.conversation is conversation for one in councils_held(self._conversation))

    def _is_chosen(self, subject: Subject) -> bool:
        here = subject.conversation is self._conversation and subject.seat == self._chosen
        return here and subject.agent.is_world

    @property
    def _marked(self) -> Subject | None:
        marked = self.query_one(Rows).marked
        return self._subjects[marked] if marked < len(self._subjects) else None

    def _permissions(self, subject: Subject) -> Mapping[str, Permission]:
        """Those that hold, or will with the end of the turn that is being spoken."""
        state = subject.conversation.state
        turn, coming = self._coming.get((state.session, subject.seat), (-1, {}))
        return coming if subject.conversation.speaking and turn == state.turn else subject.agent.permissions

    def _now(self, subject: Subject) -> Permission:
        return permitted(self._permissions(subject), subject.name, subject.otherwise)

    def _waits(self, subject: Subject) -> bool:
        asked = subject.conversation.asked
        return asked is not None and asked.agent == subject.seat and f"{asked.name}.".startswith(f"{subject.name}.")

    def _look_again(self, marked: Subject) -> None:
        """Councils may have ended meanwhile, or begun."""
        self._subjects = subjects_of(self._conversation)
        rows, same = self.query_one(Rows), (place for place, one in enumerate(self._subjects) if one.is_of(marked))
        rows.show(len(self._subjects), self._line, marked=next(same, rows.marked))
        self._fit()

    def _describe(self) -> None:
        subject = self._marked
        if subject is None:
            return
        changed = changed_told(subject.conversation.state, subject.seat) if subject.agent.is_world else ""
        told = subject.told or changed
        self.query_one("#worlds-about", Static).update(shown_line(told))

    def _say(self, text: str) -> None:
        self.query_one(".wrong", Static).update(shown_line(text))

    def _line(self, index: int, width: int) -> Content:
        subject = self._subjects[index]
        if not subject.name:
            return _heading(subject).truncate(width, ellipsis=True)
        name = "everything else" if subject.name == REST and self._several(subject) else subject.name
        columns = (Column("name", _NAME), Column("is", _IS), Column("told", style="$foreground-muted"))
        cells = (f"  {'everything' if name == REST else name}", SAID[self._now(subject)], subject.told)
        return line(columns, cells, width)

    def _several(self, subject: Subject) -> bool:
        """Whether there is more than this one where it is."""
        there = [one for one in self._subjects if one.name and one.seat == subject.seat]
        return sum(1 for one in there if one.conversation is subject.conversation) > 1


def changed_told(state: SessionState, seat: int) -> str:
    """What the world on `seat` has changed so far, in a line: `changed so far: notes 3, files 1`."""
    changed: Counter[str] = Counter()
    for entry in state.turns.values():
        if entry.agent == seat:
            for one in entry.exchanges:
                changed[one.environment] += len(one.changes)
    told = ", ".join(f"{harmless_line(name) or 'itself'} {count:,}" for name, count in changed.items() if count)
    return f"changed so far: {told}" if told else "nothing was changed so far"


def _heading(subject: Subject) -> Content:
    agent = subject.agent
    where = Content.styled(f"◇ {shown_line(subject.whose).plain}: ", "$foreground-muted") if subject.whose else ""
    told = world_told(agent.model) if agent.is_world else "what it may ask for by itself"
    model = shown_line(f" · {told}").stylize("$foreground-muted")
    return Content.assemble(where, mark(agent.seat), " ", shown_line(agent.name).stylize("bold"), model)
