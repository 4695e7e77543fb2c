"""The worlds of a session: what each may read, write and reach, and what it has changed so far; and what agents were
allowed to ask for by themselves. Permissions are given and taken here, for the whole session."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission, permitted
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, line
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.pane import world_told
from backrooms_tui.ui.widgets.rows import Rows

_KEYS = "space or enter: allow, ask, deny · a s d too, s asks · esc leaves"
_LATER = "It comes when the turn that is being spoken is over."
_GRANTED = "when you were asked · s asks again"
_THEN: Mapping[Permission, str] = {
    "allow": "What waits for you runs when you leave this list.",
    "ask": "",
    "deny": "What waits for you is refused when you leave this list.",
}
SAID: Mapping[Permission, str] = {"allow": "✓ allowed", "ask": "? asked for", "deny": "✗ denied"}
_NEXT: Mapping[Permission, Permission] = {"allow": "ask", "ask": "deny", "deny": "allow"}
_REST = "*"
_NAME, _IS = 20, 12
_SAID_TOO = re.compile(r"\s*(\((allowed|asked for|denied)(; but [^()]*)?\)|^(allowed|asked for each time|denied))$")


@dataclass(frozen=True, slots=True)
class Subject:
    """A row: what there can be a permission for, on the seat of a world or of an agent with permissions of its own;
    without a `name`, the world or the agent itself."""

    seat: int
    name: str = ""
    otherwise: Permission = "allow"
    told: str = ""


class Worlds(ModalScreen[None]):
    """The worlds of `conversation`, that on the seat `chosen` marked, and agents with permissions of their own."""

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
        # What was chosen while somebody spoke, and comes with the end of that turn.
        self._coming: dict[int, dict[str, Permission]] = {}
        self._came_after = 0

    def compose(self) -> ComposeResult:
        """The list, what is known of the marked row, and the keys."""
        with Vertical(classes="dialog"):
            yield Static("Worlds", classes="question", id="worlds-title")
            yield Rows(id="worlds-list")
            yield Static("", id="worlds-about")
            yield Static("", classes="wrong")
            yield Static(_KEYS, classes="hint")

    def on_mount(self) -> None:
        """Mark what is likely meant: what waits for the operator, or the first thing on the chosen seat."""
        self._subjects = subjects_of(self._conversation)
        if any(not self._state.agents[one.seat].is_world for one in self._subjects):
            self.query_one("#worlds-title", Static).update("Worlds, and what agents may ask for")
        rows = self.query_one(Rows)
        rows.styles.height = max(1, min(len(self._subjects), 14))
        places = [place for place, one in enumerate(self._subjects) if one.name]
        of_chosen = [place for place in places if self._subjects[place].seat == self._chosen]
        # What is under another name is below it.
        waiting = [place for place in reversed(places) if self._waits(self._subjects[place])]
        rows.show(len(self._subjects), self._line, marked=next(iter(waiting or of_chosen or places), 0))
        rows.focus()

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
        permissions = {**self._permissions(subject.seat), subject.name: permission}
        try:
            self._conversation.change_permissions(subject.seat, permissions)
        except OperatorError as error:
            self._say(f"{error.what}; {error.cure}")
            return
        if self._conversation.speaking:
            self._coming[subject.seat], self._came_after = permissions, self._state.turn
        waits = self._state.asking.unanswered
        settles = waits is not None and waits.agent == subject.seat and self._conversation.asked is None
        then = _THEN[permitted(permissions, waits.name, "allow")] if settles and waits is not None else ""
        self._say(_LATER if self._conversation.speaking else then)
        self._subjects = subjects_of(self._conversation)
        self.query_one(Rows).redraw()
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

    # Showing --------------------------------------------------------------

    @property
    def _state(self) -> SessionState:
        return self._conversation.state

    @property
    def _marked(self) -> Subject | None:
        marked = self.query_one(Rows).marked
        return self._subjects[marked] if marked < len(self._subjects) else None

    def _permissions(self, seat: int) -> Mapping[str, Permission]:
        """Those that hold, or will with the end of the turn that is being spoken."""
        if self._conversation.speaking and self._came_after == self._state.turn and seat in self._coming:
            return self._coming[seat]
        return self._state.agents[seat].permissions

    def _now(self, subject: Subject) -> Permission:
        return permitted(self._permissions(subject.seat), subject.name, subject.otherwise)

    def _waits(self, subject: Subject) -> bool:
        asked = self._conversation.asked
        return asked is not None and asked.agent == subject.seat and f"{asked.name}.".startswith(f"{subject.name}.")

    def _describe(self) -> None:
        subject = self._marked
        if subject is None:
            return
        world = self._state.agents[subject.seat].is_world
        told = subject.told or (changed_told(self._state, subject.seat) if world else "")
        self.query_one("#worlds-about", Static).update(shown_line(told))

    def _say(self, text: str) -> None:
        self.query_one(".wrong", Static).update(shown_line(text))

    def _line(self, index: int, width: int) -> Content:
        subject = self._subjects[index]
        if not subject.name:
            return _heading(self._state.agents[subject.seat]).truncate(width, ellipsis=True)
        name = "everything else" if subject.name == _REST and self._several(subject.seat) else subject.name
        columns = (Column("name", _NAME), Column("is", _IS), Column("told", style="$foreground-muted"))
        cells = (f"  {'everything' if name == _REST else name}", SAID[self._now(subject)], subject.told)
        return line(columns, cells, width)

    def _several(self, seat: int) -> bool:
        return sum(1 for one in self._subjects if one.seat == seat and one.name) > 1


def subjects_of(conversation: Conversation) -> list[Subject]:
    """A row for each world, and under it one for each thing that there can be a permission for; the same for agents,
    and what they were allowed or denied to ask for."""
    found: list[Subject] = []
    for seat, agent in sorted(conversation.state.agents.items()):
        if not agent.is_world:
            if agent.permissions:
                found += [Subject(seat), *(_own(agent, name) for name in agent.permissions)]
            continue
        try:
            world = conversation.world(seat)
            subjects = dict(world.subjects())
            reach = world.reach(agent.permissions)
        except OperatorError as error:
            found.append(Subject(seat, told=f"{error.what}; {error.cure}"))
            continue
        found.append(Subject(seat))
        subjects = _in_order(
            subjects, {name: permitted(agent.permissions, name, "allow") for name in agent.permissions}
        )
        # Whether it is allowed stands beside it.
        told = {name: _SAID_TOO.sub("", text) for name, colon, text in (one.partition(": ") for one in reach) if colon}
        whole = "; ".join(harmless_line(one) for one in reach)
        for name, otherwise in subjects.items():
            about = harmless_line(told.get(name, "")) or (whole if name == _REST else "")
            found.append(_own(agent, name) if name in agent.granted else Subject(seat, name, otherwise, about))
    return found


def _own(agent: AgentState, name: str) -> Subject:
    """What `agent` was allowed or denied by its name."""
    return Subject(agent.seat, name, agent.permissions[name], _GRANTED if name in agent.granted else "")


def _in_order(subjects: Mapping[str, Permission], more: Mapping[str, Permission]) -> dict[str, Permission]:
    """`subjects` with those of `more` that are not among them, commands under their environments."""
    others = {name: said for name, said in more.items() if name not in subjects}
    found: dict[str, Permission] = {}
    for name, said in subjects.items():
        found[name] = said
        found |= {other: its for other, its in others.items() if other.rpartition(".")[0] == name}
    return {**found, **{name: said for name, said in others.items() if name not in found}}


def changed_told(state: SessionState, seat: int) -> str:
    """What the world on `seat` has changed so far, in a line: `changed so far: notes 3, files 1`."""
    changed: Counter[str] = Counter()
    for entry in state.turns.values():
        if entry.agent == seat:
            for one in entry.exchanges:
                changed[one.environment] += len(one.changes)
    told = ", ".join(f"{harmless_line(name) or 'itself'} {count:,}" for name, count in changed.items() if count)
    return f"changed so far: {told}" if told else "nothing was changed so far"


def _heading(agent: AgentState) -> Content:
    told = world_told(agent.model) if agent.is_world else "what it may ask for by itself"
    model = shown_line(f" · {told}").stylize("$foreground-muted")
    return Content.assemble(mark(agent.seat), " ", shown_line(agent.name).stylize("bold"), model)
