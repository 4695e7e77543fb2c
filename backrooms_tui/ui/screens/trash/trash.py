"""Trash: the sessions that were deleted, for as long as they are kept. They come back from here, or go for good."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.trash import DAYS, gone_at
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.home.listing import when
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, heading, line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp

_DIM = "$foreground-muted"
_COLUMNS = (
    Column("title"),
    Column("agents", 22, least=90),
    Column("turns", 6, side="right"),
    Column("deleted", 10, side="right", style=_DIM),
    Column("goes for good", 13, side="right"),
)
_A_DAY = 86_400.0


class TrashScreen(Screen[None]):
    """Shows what lies in the trash, what was deleted last first, as soon as what is being deleted is `settled`. `back`
    hears of each session that is brought back."""

    PLACE: ClassVar[Place] = "trash"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("trash")]
    CSS_PATH = "trash.tcss"
    AUTO_FOCUS = "Rows"

    def __init__(
        self, back: Callable[[str], object] = lambda session: None, settled: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        super().__init__()
        self._back = back
        self._settled = settled
        self._lying: list[SessionSummary] = []
        self._asking = False  # or deleting

    def compose(self) -> ComposeResult:
        """A line of columns, the list, a line that says what happened."""
        yield Static("Trash", id="trash-head")
        yield Static(id="trash-columns")
        yield Rows(id="trash-sessions")
        yield Static(id="trash-said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read it beside the screen."""
        self._read()

    # What is listed -------------------------------------------------------------------------------------------------

    @property
    def _store(self) -> "Store":
        return cast("BackroomsApp", self.app).workspace.store

    @work(group="trash", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        try:
            if self._settled is not None:
                await self._settled()
            self._show(await asyncio.to_thread(lambda: self._store.in_trash()))
        except OperatorError as error:
            self._complain(error)

    def _show(self, lying: "Sequence[SessionSummary]") -> None:
        if not is_there(self):
            return
        self._lying = list(lying)
        now = datetime.now().astimezone()
        self.query_one(Rows).show(len(lying), lambda index, width: _line(self._lying[index], width - 1, now))
        self._head()
        self.refresh_bindings()

    def _head(self) -> None:
        count = len(self._lying)
        kept = f" · {count:,} session{'' if count == 1 else 's'} · each is kept for {DAYS} days"
        number = kept if count else " · empty: what is deleted lies here for 30 days"
        self.query_one("#trash-head", Static).update(Content.assemble(("Trash", "bold $primary"), number))
        width = self.query_one(Rows).scrollable_content_region.width - 3
        if width > 0:
            titles = Content.assemble("  ", heading(_columns(width), width)) if count else Content("")
            self.query_one("#trash-columns", Static).update(titles)

    def on_resize(self) -> None:
        """The columns' titles stand over their columns."""
        self.call_after_refresh(self._head)

    @property
    def _chosen(self) -> "SessionSummary | None":
        marked = self.query_one(Rows).marked
        return self._lying[marked] if 0 <= marked < len(self._lying) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a session is there only when there is one."""
        try:
            return bool(self._lying) if action in ("bring_back", "delete", "empty") else True
        except NoMatches:  # asked before the screen is composed
            return False

    # What can be done -----------------------------------------------------------------------------------------------

    @on(Rows.Chosen)
    def action_bring_back(self) -> None:
        """Take the chosen session out of the trash."""
        if (chosen := self._chosen) is not None:
            # Gone from the list at once: the next key is for the next one.
            self._show([one for one in self._lying if one.id != chosen.id])
            # The application's: it is told at home, too, when this screen is left at once.
            self.app.run_worker(self._bring_back(chosen), group="trash", exit_on_error=False)

    async def _bring_back(self, chosen: "SessionSummary") -> None:
        try:
            await asyncio.to_thread(self._store.bring_back, chosen.id)
        except OperatorError as error:
            self._complain(error)
        else:
            self._back(chosen.id)
            self._say(Content.assemble(_quoted(chosen), " is back among your sessions"))
        if is_there(self):
            self._read()

    @work(group="ask", exit_on_error=False)
    async def action_delete(self) -> None:
        """Delete the chosen session for good, if that is what is wanted."""
        if (chosen := self._chosen) is not None:
            turns = f" and its {chosen.turns:,} turns" if chosen.turns > 1 else ""
            question = Content.assemble("Delete ", _quoted(chosen), turns, " for good?\nNothing brings it back then.")
            await self._if_sure(question, "Delete", [chosen])

    @work(group="ask", exit_on_error=False)
    async def action_empty(self) -> None:
        """Delete all that lies here for good, if that is what is wanted."""
        if lying := list(self._lying):
            what = _quoted(lying[0]) if len(lying) == 1 else Content(f"all {len(lying):,} sessions in the trash")
            question = Content.assemble("Delete ", what, " for good?\nNothing brings them back then.")
            await self._if_sure(question, "Empty", lying)

    async def _if_sure(self, question: Content, title: str, doomed: "Sequence[SessionSummary]") -> None:
        if self._asking:  # what is being deleted is not interrupted
            return
        self._asking = True
        try:
            if await self._sure(question, title):
                await self._delete(doomed)
        finally:
            self._asking = False

    async def _sure(self, question: Content, title: str) -> bool:
        from backrooms_tui.ui.screens.question.question import Answer, QuestionScreen

        # The answer that changes nothing comes first: enter by mistake deletes nothing.
        answers = (Answer("stay", "escape", "Keep"), Answer("delete", "y", title))
        return await self.app.push_screen_wait(QuestionScreen(question, answers)) == "delete"

    async def _delete(self, doomed: "Sequence[SessionSummary]") -> None:
        """One by one, so that what somebody else deleted meanwhile does not keep the others."""
        gone = 0
        for one in doomed:
            try:
                gone += await asyncio.to_thread(self._store.delete_from_trash, one.id)
            except OperatorError as error:
                self._complain(error)
                self._read()
                return
            if len(doomed) > 1:
                self._say(f"deleting … {gone:,} of {len(doomed):,}")
        what = (
            _quoted(doomed[0]) if len(doomed) == gone == 1 else Content(f"{gone:,} session{'' if gone == 1 else 's'}")
        )
        self._say(
            Content.assemble("Deleted for good: ", what) if gone else "Somebody took it out of the trash meanwhile"
        )
        self._read()

    # What is said in place ------------------------------------------------------------------------------------------

    def _say(self, text: Content | str) -> None:
        if self.is_mounted and self.is_attached:
            said = self.query_one("#trash-said", Static)
            said.remove_class("-wrong")
            said.update(text)

    def _complain(self, error: OperatorError) -> None:
        if self.is_mounted and self.is_attached:
            said = self.query_one("#trash-said", Static)
            said.add_class("-wrong")
            said.update(Content(" · ").join(shown_line(part) for part in (error.what, error.cure) if part))


def _columns(width: int) -> tuple[Column, ...]:
    return tuple(column for column in _COLUMNS if width >= column.least)


def _line(session: "SessionSummary", width: int, now: datetime) -> Content:
    trashed = session.trashed or 0.0
    days = max(0, ceil((gone_at(trashed) - now.timestamp()) / _A_DAY))
    texts = {
        "title": session.title or "(untitled)",
        "agents": " ↔ ".join(agent.name for agent in session.agents),
        "turns": f"{session.turns:,}",
        "deleted": when(trashed, now),
        "goes for good": f"in {days} days" if days > 1 else "in a day" if days else "today",
    }
    chosen = _columns(width)
    return line(chosen, [texts[column.title] for column in chosen], width)


def _quoted(session: "SessionSummary") -> Content:
    return Content.assemble("“", shown_line(session.title or session.id).truncate(30, ellipsis=True), "”")
