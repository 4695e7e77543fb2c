"""Home: the person's sessions, newest first."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.css.query import NoMatches
from textual.widgets import Button, Input, Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.home.first_conversation import FirstConversation, first_conversation
from backrooms_tui.ui.screens.home.listing import columns, session_line
from backrooms_tui.ui.screens.home.live import LOOK, elsewhere, grown
from backrooms_tui.ui.screens.home.starring import StarringScreen
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import heading
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp

# As many sessions as a screen can show are read first, the rest after that.
_FIRST_PAGE = 100


class FilterInput(LineInput):
    """Where the words of the filter are written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.clear_filter", "Show all", show=False),
        Binding("down", "screen.to_list", "To the list", show=False),
        Binding("ctrl+f", "screen.find_all", "Find in all", show=False),
    ]


class HomeScreen(StarringScreen):
    """Lists, opens, replays, renames and deletes sessions, and leads everywhere else."""

    PLACE: Place = "home"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(PLACE),
        Binding("escape", "let_go", "Choose none", show=False),
    ]
    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "Rows"

    def __init__(self) -> None:
        super().__init__()
        self._sessions: list[SessionSummary] = []
        self._loaded = False
        self._live: frozenset[str] = frozenset()  # what other programs record

    def compose(self) -> ComposeResult:
        """A line of columns, the list, a line that says what happened."""
        yield Static("backrooms", id="head")
        with Horizontal(id="filter-line"):
            yield Static("/ ", id="filter-mark")
            yield FilterInput(
                placeholder="words in title, template, agents, models, tags; is:starred; tag:NAME", id="filter"
            )
        yield Static(id="columns")
        yield Rows(id="sessions")
        yield FirstConversation(id="empty")
        yield Static(id="said")
        yield KeyLine()

    # What is listed ---------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Nothing is known yet: the list is read once the screen is there."""
        self.set_class(True, "-loading")
        self.call_after_refresh(self._read)
        self.set_interval(LOOK, self._look_for_live)

    def on_screen_resume(self) -> None:
        """A session may have grown, or come, while another screen was shown."""
        if self._loaded:
            self._read()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        words = self._words
        try:
            page = await asyncio.to_thread(lambda: self._workspace.store.list_sessions(_FIRST_PAGE, words))
            self._live = await asyncio.to_thread(elsewhere, self._workspace.store)
            self._show(page)
            if not page and not words:
                await self.query_one(FirstConversation).say_what_is_fetched()
            if len(page) == _FIRST_PAGE:
                self._show(await asyncio.to_thread(lambda: self._workspace.store.list_sessions(None, words)))
        except OperatorError as error:
            self._complain(error)

    @work(group="live", exclusive=True, exit_on_error=False)
    async def _look_for_live(self) -> None:
        """What other programs record goes on while the list is shown."""
        if not (self._loaded and self.is_current and is_there(self)):
            return
        live, more = await asyncio.to_thread(grown, self._workspace.store, self._sessions, self._live)
        if is_there(self) and live != self._live:
            self._read()
        elif is_there(self) and more:
            self._sessions = [more.get(one.id, one) for one in self._sessions]
            self.query_one(Rows).redraw()

    def _show(self, sessions: "list[SessionSummary]") -> None:
        rows = self.query_one(Rows)
        before = self._chosen
        # A deletion may be asked for while the list is being read.
        self._sessions = [one for one in sessions if one.id not in self._deletions]
        ids = [one.id for one in self._sessions]
        marked = ids.index(before.id) if before is not None and before.id in ids else rows.marked if self._loaded else 0
        now = datetime.now().astimezone()

        def line(index: int, width: int) -> Content:
            session, several = self._sessions[index], self._several
            return Content.assemble(
                several.sign(session),
                session_line(session, width - 1 - several.room, now, live=session.id in self._live),
            )

        rows.show(len(ids), line, marked=marked)
        self._loaded = True
        self._arrange()

    def _arrange(self) -> None:
        """Show the list, or what stands in for it."""
        words = self._words
        empty = not self._sessions and not words and not self._deletions
        was_empty = self.has_class("-empty")
        self.remove_class("-loading")
        self.set_class(empty, "-empty")
        self.set_class(bool(words) or self._filter.has_focus, "-filtering")
        if empty and not was_empty:
            self.query_one(FirstConversation).welcome()
        elif was_empty and not empty:
            self.query_one(Rows).focus()
        self._head()
        self.refresh_bindings()

    def _head(self) -> None:
        count = len(self._sessions)
        number = "" if self.has_class("-empty") else f" · {count:,} session{'' if count == 1 else 's'}"
        if self._words and not count:
            number = " · no session has these words · ctrl+f looks in what was said"
        if self._several:
            number += f" · {len(self._several):,} chosen: x exports them, esc lets go"
        self.query_one("#head", Static).update(Content.assemble(("backrooms", "bold $primary"), number))
        width = self.query_one(Rows).scrollable_content_region.width - 3
        if width > 0:
            room = self._several.room
            titles = heading(columns(width - room), width - room)
            self.query_one("#columns", Static).update(Content.assemble("  " + " " * room, titles))

    def on_resize(self) -> None:
        """The columns' titles stand over their columns."""
        self.call_after_refresh(self._head)

    @property
    def _workspace(self) -> "Workspace":
        return self._app.workspace

    @property
    def _app(self) -> "BackroomsApp":
        app: BackroomsApp = self.app  # type: ignore[assignment]
        return app

    @property
    def _filter(self) -> FilterInput:
        return self.query_one(FilterInput)

    @property
    def _words(self) -> str:
        return self._filter.value.strip()

    @property
    def _chosen(self) -> "SessionSummary | None":
        marked = self.query_one(Rows).marked
        return self._sessions[marked] if marked < len(self._sessions) else None

    # The filter -------------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#filter")
    def _filtered(self) -> None:
        self._read()

    @on(Input.Submitted, "#filter")
    def action_to_list(self) -> None:
        """From the filter to what it found."""
        self.query_one(Rows).focus()
        self._arrange()

    def action_filter(self) -> None:
        """Show only sessions with these words."""
        self.add_class("-filtering")
        self._filter.focus()

    def action_find_all(self) -> None:
        """Find in everything that was said."""
        self._app.show_find(self._words)

    def action_clear_filter(self) -> None:
        """Show all sessions again."""
        self._filter.value = ""
        self.action_to_list()

    # What can be done with a session ----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a session is there only when there is one."""
        try:
            if action in ("open", "replay", "branches", "rename", "delete"):
                return self._chosen is not None
            if action == "filter":
                return bool(self._sessions or self._words)
            if action == "undo":
                return bool(self._deletions)
        except NoMatches:  # asked before the screen is composed
            return False
        return super().check_action(action, parameters)

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Go on with the chosen session from its end."""
        if (chosen := self._chosen) is not None and chosen.id in self._live:
            self._app.show_replay(chosen.id)  # it cannot go on here, too
        elif chosen is not None:
            self._open(chosen)

    @work(group="open", exclusive=True, exit_on_error=False)
    async def _open(self, chosen: "SessionSummary") -> None:
        self._say(Content.assemble("opening ", _quoted(chosen), " …"))
        try:
            from backrooms_tui.ui.screens.question.recorded import go_on_or_ask

            opened = await go_on_or_ask(self._app, chosen.id)
        except OperatorError as error:
            self._complain(error, also="p replays it")
        else:
            self._say("")
            if opened is not None:
                self._app.show_stage(opened)

    def action_replay(self) -> None:
        """Replay the chosen session as it was."""
        if (chosen := self._chosen) is not None:
            self._app.show_replay(chosen.id)

    def action_branches(self) -> None:
        """The family of the chosen session as a tree."""
        if (chosen := self._chosen) is not None:
            self._app.show_branches(chosen.id)

    @work(group="rename", exit_on_error=False)
    async def action_rename(self) -> None:
        """Give the chosen session another title."""
        from backrooms_tui.ui.screens.home.rename import RenameScreen

        if (chosen := self._chosen) is None:
            return
        title = await self.app.push_screen_wait(RenameScreen(chosen.title))
        if title is None:
            return
        try:
            await asyncio.to_thread(lambda: self._workspace.store.rename(chosen.id, title))
        except OperatorError as error:
            self._complain(error)
        else:
            self._read()

    def action_delete(self) -> None:
        """Put the chosen session into the trash; undo brings it back."""
        if (chosen := self._chosen) is None:
            return
        self._deletions.hide(chosen)
        self._several.without([chosen.id])
        self._say(Content.assemble("Deleted ", _quoted(chosen), " · ", ("u", "bold"), " brings it back"))
        self._show(self._sessions)
        self._put_away(chosen.id)

    @work(group="delete", exit_on_error=False)
    async def _put_away(self, session: str) -> None:
        try:
            await self._deletions.put_away(self._workspace.store, session)
        except OperatorError as error:
            self._deletions.show(session)
            self._complain(error)
            self._read()

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        if (back := self._deletions.last()) is None:
            return
        self._say(Content.assemble(_quoted(back), " is back"))
        ids = [one.id for one in self._sessions]
        if back.id not in ids:
            self._sessions.append(back)
            self._sessions.sort(key=lambda one: (one.last, one.id), reverse=True)
        self._show(self._sessions)
        self.query_one(Rows).marked = [one.id for one in self._sessions].index(back.id)
        self._bring_back(back.id)

    @work(group="delete", exit_on_error=False)
    async def _bring_back(self, session: str) -> None:
        try:
            await self._deletions.bring_back(self._workspace.store, session)
        except OperatorError as error:
            self._complain(error)
        self._read()

    def on_unmount(self) -> None:
        """What was deleted at the very last is deleted, too. After a fault of the program it is kept instead."""
        if self._deletions.waiting and not self.app.return_code:
            self._deletions.finish(self._workspace.store)

    # Where else to go -------------------------------------------------------------------------------------------------

    def action_new(self) -> None:
        """Start a new conversation."""
        self._app.show_new()

    @on(Button.Pressed, "#first")
    @work(group="first", exclusive=True, exit_on_error=False)
    async def action_first(self) -> None:
        """Start a first conversation on the embedded model."""
        if (opened := await first_conversation(self._app)) is not None:
            self._app.show_stage(opened, run=True)

    def action_repeats(self) -> None:
        """Templates that were run many times."""
        self._app.show_repeats()

    def action_models(self) -> None:
        """Providers, keys and models."""
        self._app.show_models()

    def action_templates(self) -> None:
        """What can be played."""
        self._app.show_templates()

    def action_settings(self) -> None:
        """Theme, keys and defaults."""
        self._app.show_settings()

    # What is said in place --------------------------------------------------------------------------------------------

    def _say(self, text: Content | str) -> None:
        said = self.query_one("#said", Static)
        said.remove_class("-wrong")
        said.update(text)

    def _complain(self, error: OperatorError, also: str = "") -> None:
        parts = [shown_line(part) for part in (error.what, error.cure, also) if part]
        self._loaded = True
        self.remove_class("-loading")
        said = self.query_one("#said", Static)
        said.add_class("-wrong")
        said.update(Content(" · ").join(parts))


def _quoted(session: "SessionSummary") -> Content:
    return Content.assemble("“", shown_line(session.title or session.id).truncate(40, ellipsis=True), "”")
