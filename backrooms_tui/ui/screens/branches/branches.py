"""Branches: the family of a session as a tree."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static

from backrooms_tui.assembly.branching.family import Kin, family
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.screens.branches.tree import columns, kin_line
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import heading
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp

_MEASURED = 500  # turns of a session that are read to say how many of them stalled
FIRST = " · the first one"  # behind the title of the session that had it before another was promoted


class BranchesScreen(Screen[None]):
    """Shows everybody related to `session` (an id): opens, replays, compares, retitles, promotes and prunes them."""

    PLACE: ClassVar[Place] = "branches"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("branches")]
    CSS_PATH = "branches.tcss"
    AUTO_FOCUS = "Rows"

    def __init__(self, session: str) -> None:
        super().__init__()
        self.family_of = session
        self._kin: list[Kin] = []
        self._shares: dict[str, float | None] = {}
        self._marked: str | None = None  # the first of two that are to be compared
        self._pruned: list[SessionSummary] = []

    def compose(self) -> ComposeResult:
        """A line of columns, the tree, a line that says what happened."""
        yield Static("Branches", id="branches-head")
        yield Static(id="branches-columns")
        yield Rows(id="branches-tree")
        yield Static(id="branches-said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the family beside the screen."""
        self._read(self.family_of)

    def on_screen_resume(self) -> None:
        """One of them may have grown, or got a branch, while another screen was shown."""
        if self._kin:
            self._read()

    @property
    def backrooms(self) -> "BackroomsApp":
        """The application."""
        return cast("BackroomsApp", self.app)

    @property
    def _store(self) -> "Store":
        return self.backrooms.workspace.store

    # The tree -------------------------------------------------------------

    @work(group="family", exclusive=True, exit_on_error=False)
    async def _read(self, mark: str | None = None) -> None:
        """Read the family, show it with `mark` marked, and find out beside it how much each stalls."""
        try:
            kin = await asyncio.to_thread(self._family)
            self._show(kin, mark)
            for one in kin:
                if one.session.turns <= _MEASURED and one.session.id not in self._shares:
                    self._shares[one.session.id] = await asyncio.to_thread(self._share, one.session)
                    self.query_one(Rows).redraw()
        except OperatorError as error:
            self._complain(error)

    def _family(self) -> list[Kin]:
        sessions, gone = self._store.list_sessions(), self._store.in_trash()
        found = family(sessions, self.family_of, gone)
        if found or not self._kin:
            return found
        # The one that it was asked for is pruned: whoever of the others is left.
        left = {one.id for one in sessions}
        kin = next((one.session.id for one in self._kin if one.session.id in left), None)
        return family(sessions, kin, gone) if kin is not None else []

    def _share(self, session: "SessionSummary") -> float | None:
        state = self._store.stretch(session.id, 1, max(1, session.turns))
        limit = state.setup.rules.stall_at if state.setup is not None else 0.5
        stalls = [one.stall for one in state.turns.values() if one.stall is not None]
        return sum(stall >= limit for stall in stalls) / len(stalls) if stalls else None

    def _show(self, kin: list[Kin], mark: str | None) -> None:
        rows = self.query_one(Rows)
        mark = mark if mark is not None else self._chosen.id if self._chosen is not None else None
        grown = {one.session.id: one.session.last_seq for one in self._kin}
        for one in kin:
            if grown.get(one.session.id) != one.session.last_seq:
                self._shares.pop(one.session.id, None)
        self._kin = kin
        ids = [one.session.id for one in kin]
        rows.show(len(kin), self._line, marked=ids.index(mark) if mark in ids else min(rows.marked, len(kin) - 1))
        self._head()
        self.refresh_bindings()
        if not kin:
            self._say("This session has not been kept yet: nothing was said in it")

    def _line(self, index: int, width: int) -> Content:
        kin = self._kin[index]
        id = kin.session.id
        here = "• " if id == self.family_of and len(self._kin) > 1 else ""
        mark = "Ⓐ " if id == self._marked else ""
        first = self._kin[0].session.title
        called = first.removesuffix(FIRST)
        if index and first != called and kin.session.title == called:
            mark = f"★ {mark}"  # it was promoted
        now = datetime.now().astimezone()
        return kin_line(kin, width - 1, now, mark=here + mark, called=called, share=self._shares.get(id))

    def _head(self) -> None:
        count = len(self._kin)
        number = (
            f" · {count:,} sessions · • is where you were" if count > 1 else " · none yet: f on the stage makes one"
        )
        title = self._kin[0].session.title if self._kin else ""
        shown = Content.assemble(("Branches", "bold $primary"), " of ", shown_line(title), number)
        self.query_one("#branches-head", Static).update(shown if self._kin else Content("Branches"))
        width = self.query_one(Rows).scrollable_content_region.width - 3
        if width > 0:
            self.query_one("#branches-columns", Static).update(Content.assemble("  ", heading(columns(width), width)))

    def on_resize(self) -> None:
        """The columns' titles stand over their columns."""
        self.call_after_refresh(self._head)

    @property
    def _chosen(self) -> "SessionSummary | None":
        marked = self.query_one(Rows).marked
        return self._kin[marked].session if 0 <= marked < len(self._kin) else None

    def on_rows_moved(self) -> None:
        """What can be done depends on the row."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a session is there only when there is one."""
        try:
            if action in ("open", "replay", "vary", "rename", "prune", "export"):
                return self._chosen is not None
            if action == "compare":
                return len(self._kin) > 1
            if action == "promote":
                return self.query_one(Rows).marked > 0 and len(self._kin) > 1
            if action == "undo":
                return bool(self._pruned)
        except NoMatches:  # asked before the screen is composed
            return False
        return True

    # What can be done with one ----------------------------------------------

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Go on with the chosen session from its end."""
        if (chosen := self._chosen) is not None and not self._back_to(chosen.id):
            self._open(chosen.id)

    @work(group="open", exclusive=True, exit_on_error=False)
    async def _open(self, session: str) -> None:
        from backrooms_tui.ui.screens.question.recorded import go_on_or_ask

        try:
            opened = await go_on_or_ask(self.backrooms, session)
        except OperatorError as error:
            self._complain(error)
            return
        if opened is None:
            return
        for screen in self.app.screen_stack:
            performance = getattr(screen, "performance", None)
            if performance is not None:
                performance.pause()  # as with a branch: who speaks there finishes its turn
        self.backrooms.show_stage(opened)

    def _back_to(self, session: str) -> bool:
        """Where `session` is live on the screen below, go back to it; further down, say so. Whether it is live."""
        below = [screen for screen in self.app.screen_stack[:-1] if _live(screen) == session]
        if below and below[-1] is self.app.screen_stack[-2]:
            self.app.pop_screen()
        elif below:
            self._say("It is open on a stage below: esc leads back to it")
        return bool(below)

    def action_replay(self) -> None:
        """Replay the chosen session from where it parts from the one above it."""
        chosen = self._chosen
        if chosen is not None:
            turn = self._kin[self.query_one(Rows).marked].parts_at
            self.backrooms.show_replay(chosen.id, turn)

    def action_export(self) -> None:
        """Write the chosen session to a file."""
        if (chosen := self._chosen) is not None:
            self.backrooms.show_export([chosen.id], chosen.title or chosen.id)

    def action_compare(self) -> None:
        """Choose the first of two; with the second, read them beside each other."""
        chosen = self._chosen
        if chosen is None:
            return
        first, self._marked = self._marked, None
        if first is None:
            self._marked = chosen.id
            self._say(Content.assemble(_quoted(chosen), " and …: ", ("c", "bold"), " on another one compares them"))
        elif first != chosen.id and first in {one.session.id for one in self._kin}:
            self._say("")
            self.backrooms.show_compare(first, chosen.id)
        else:
            self._say("")
        self.query_one(Rows).redraw()

    @work(group="vary", exclusive=True, exit_on_error=False)
    async def action_vary(self) -> None:
        """Ask what is to be different in branches from the last turn of the chosen session."""
        from backrooms_tui.ui.screens.branching.branching import ask_to_branch

        if (chosen := self._chosen) is None:
            return
        try:
            await ask_to_branch(self.backrooms, chosen.id, None, lambda: None)
        except OperatorError as error:
            self._complain(error)

    @work(group="rename", exit_on_error=False)
    async def action_rename(self) -> None:
        """Give the chosen session another title."""
        from backrooms_tui.ui.screens.home.rename import RenameScreen

        if (chosen := self._chosen) is None:
            return
        title = await self.app.push_screen_wait(RenameScreen(chosen.title))
        if title is not None:
            await self._retitle({chosen.id: title})

    @work(group="rename", exit_on_error=False)
    async def action_promote(self) -> None:
        """Let the chosen branch have the title of the family; who had it is from now on called the first one."""
        if (chosen := self._chosen) is None or not self._kin:
            return
        first = self._kin[0].session
        title = first.title.removesuffix(FIRST)
        holder = next((one.session for one in self._kin[1:] if one.session.title == title), None)
        titles = {first.id: f"{title}{FIRST}", chosen.id: title}
        if chosen.id != first.id and chosen.title != title:
            if holder is not None and first.title.endswith(FIRST):
                titles[holder.id] = chosen.title  # it was promoted before: they change places
            await self._retitle(titles)
            self._say(Content.assemble("The branch is called “", shown_line(title), "” now, as the family is"))

    async def _retitle(self, titles: dict[str, str]) -> None:
        def rename() -> None:
            for session, title in titles.items():
                self._store.rename(session, title)

        try:
            await asyncio.to_thread(rename)
        except OperatorError as error:
            self._complain(error)
        else:
            self._read()

    @work(group="prune", exit_on_error=False)
    async def action_prune(self) -> None:
        """Put the chosen session into the trash; its branches stay. Undo brings it back."""
        if (chosen := self._chosen) is None:
            return
        if any(chosen.id in (_live(screen), getattr(screen, "session", None)) for screen in self.app.screen_stack[:-1]):
            self._say(Content.assemble(_quoted(chosen), " is open: leave it first"))
            return
        try:
            await asyncio.to_thread(self._store.put_away, chosen.id)
        except OperatorError as error:
            self._complain(error)
            return
        self._pruned.append(chosen)
        self._marked = None if self._marked == chosen.id else self._marked
        self._say(Content.assemble("Pruned ", _quoted(chosen), " · ", ("u", "bold"), " brings it back"))
        self._read()

    @work(group="prune", exit_on_error=False)
    async def action_undo(self) -> None:
        """Bring back what was pruned last."""
        if not self._pruned:
            return
        back = self._pruned.pop()
        try:
            await asyncio.to_thread(self._store.bring_back, back.id)
        except OperatorError as error:
            self._complain(error)
            return
        self._say(Content.assemble(_quoted(back), " is back"))
        self._read(back.id)

    # What is said in place --------------------------------------------------

    def _say(self, text: Content | str) -> None:
        said = self.query_one("#branches-said", Static)
        said.remove_class("-wrong")
        said.update(text)

    def _complain(self, error: OperatorError) -> None:
        said = self.query_one("#branches-said", Static)
        said.add_class("-wrong")
        said.update(Content(" · ").join(shown_line(part) for part in (error.what, error.cure) if part))


def _live(screen: Screen[object]) -> str | None:
    """The session that is live on `screen`."""
    conversation = getattr(screen, "conversation", None)
    return conversation.state.session if conversation is not None else None


def _quoted(session: "SessionSummary") -> Content:
    return Content.assemble("“", shown_line(session.title or session.id).truncate(40, ellipsis=True), "”")
