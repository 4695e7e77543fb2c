"""The best moments: all turns and sessions with a star, what was starred last first, and from there to the turn."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input, Static

from backrooms_tui.session.mark import Mark
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, actions_of, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.moments.lines import fitting, in_full, moment_line
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.marking import Moment
    from backrooms_tui.ui.app import BackroomsApp

_EMPTY = "Nothing has a star yet: k gives one to a turn on the stage and in a replay, and to a session at home."


class WordsInput(LineInput):
    """Where the words of the filter are written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.clear_filter", "Show all", show=False),
        Binding("down", "screen.to_list", "To the list", show=False),
    ]


class MomentsScreen(Screen[None]):
    """Lists what is starred, in all sessions."""

    PLACE: ClassVar[Place] = "moments"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("moments")]
    CSS_PATH = "moments.tcss"
    AUTO_FOCUS = "Rows"

    def __init__(self) -> None:
        super().__init__()
        self._all: list[Moment] = []
        self._shown: list[Moment] = []
        self._loaded = False
        self._early: list[str] = []
        self._gone: list[Moment] = []  # whose star was taken away here, the last one last
        self._one_by_one = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """The list, and the marked moment in full."""
        yield Static("Best moments", id="head")
        with Horizontal(id="filter-line"):
            yield Static("/ ", id="filter-mark")
            yield WordsInput(placeholder="words, names, titles, #tags, notes", id="filter")
        yield Static(_EMPTY, id="empty", markup=False)
        yield Rows(id="moments")
        yield Static(id="context")
        yield Static(id="said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self.call_after_refresh(self._read)

    def on_screen_resume(self) -> None:
        """Stars may have come or gone on another screen."""
        if self._loaded:
            self._read()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        async with self._one_by_one:  # what is on its way to be kept comes first
            try:
                found = await asyncio.to_thread(lambda: self._store.moments())
            except OperatorError as error:
                self._complain(error)
                return
        self._all, self._loaded = found, True
        self._show()
        early, self._early = self._early, []
        if is_there(self) and self.is_current:
            for key in early:
                self.app.simulate_key(key)

    def on_key(self, event: Key) -> None:
        """What is pressed before the list is there is done when it is."""
        keys = {key for action in actions_of("moments") for key in self._app.keys_of(action).split(",")}
        if not self._loaded and event.key in keys:
            event.stop()
            self._early.append(event.key)

    def _show(self, at: "Moment | None" = None) -> None:
        """Show what has the words of the filter, with `at` or what was marked before in its place."""
        if not is_there(self):
            return
        rows = self.query_one(Rows)
        before = at or self._chosen
        self._shown = fitting(self._all, self._filter.value)
        places = [place for place, one in enumerate(self._shown) if before is not None and _same(one, before)]
        marked = places[0] if places else rows.marked
        rows.show(len(self._shown), lambda index, width: moment_line(self._shown[index], width), marked=marked)
        self.set_class(bool(self._filter.value) or self._filter.has_focus, "-filtering")
        self.set_class(self._loaded and not self._all, "-empty")
        self.set_class(bool(self._shown), "-found")
        count = len(self._shown)
        number = f" · {count:,}" if self._all else ""
        if self._all and not count:
            number = " · none has these words"
        self.query_one("#head", Static).update(Content.assemble(("Best moments", "bold $primary"), number))
        self._show_context()
        self.refresh_bindings()

    @on(Rows.Moved)
    def _show_context(self) -> None:
        """The marked moment in full, below the list."""
        chosen = self._chosen
        self.query_one("#context", Static).update(in_full(chosen) if chosen is not None else "")

    @property
    def _chosen(self) -> "Moment | None":
        marked = self.query_one(Rows).marked
        return self._shown[marked] if marked < len(self._shown) else None

    @property
    def _filter(self) -> WordsInput:
        return self.query_one(WordsInput)

    @property
    def _store(self) -> "Store":
        return self._app.workspace.store

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    # The filter -------------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#filter")
    def _filtered(self) -> None:
        self._show()

    def action_filter(self) -> None:
        """Show only what has these words."""
        self.add_class("-filtering")
        self._filter.focus()

    @on(Input.Submitted, "#filter")
    def action_to_list(self) -> None:
        """From the filter to what it found."""
        self.query_one(Rows).focus()
        self._show()

    def action_clear_filter(self) -> None:
        """Show all of it again."""
        self._filter.value = ""
        self.action_to_list()

    # What can be done with a moment -----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a moment is there only when there is one."""
        if action in ("open", "star", "note"):
            return self.has_class("-found")
        if action == "undo":
            return bool(self._gone)
        if action == "filter":
            return bool(self._all)
        return True

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Replay the session at the chosen turn; a starred session from its beginning."""
        if (chosen := self._chosen) is not None:
            self._app.show_replay(chosen.session, chosen.turn or None)

    def action_star(self) -> None:
        """Take the star away; it leaves the list at once."""
        if (chosen := self._chosen) is None:
            return
        self._gone.append(chosen)
        self._all = [one for one in self._all if not _same(one, chosen)]
        self._show()
        self._say(Content.assemble("The star of ", _spoken(chosen), " is gone · ", ("u", "bold"), " gives it back"))
        self._keep(chosen, lambda mark: replace(mark, starred=None))

    def action_undo(self) -> None:
        """Give back the star that was taken away last, as old as it was."""
        if not self._gone:
            return
        back = self._gone.pop()
        self._all = sorted([*self._all, back], key=lambda one: -(one.mark.starred or 0.0))
        self._show(back)
        self._say(Content.assemble(_spoken(back), " has its star again"))
        self._keep(back, lambda mark: replace(mark, starred=back.mark.starred))

    @work(group="mark", exit_on_error=False)
    async def _keep(self, moment: "Moment", make: Callable[[Mark], Mark], *, read: bool = False) -> None:
        async with self._one_by_one:  # one key after another
            try:
                await asyncio.to_thread(lambda: self._store.mark(moment.session, moment.turn, make))
            except OperatorError as error:
                self._complain(error)
                self._gone = [one for one in self._gone if not _same(one, moment)]
                read = True
        if read and is_there(self):
            self._read()

    def action_note(self) -> None:
        """Change star, tags and note of the chosen moment."""
        from backrooms_tui.ui.screens.marking.marking import MarkScreen

        if (chosen := self._chosen) is None:
            return
        before = chosen.mark

        def kept(after: Mark | None) -> None:
            if after is None:
                return
            if after.starred is None:
                self._gone.append(replace(chosen, mark=replace(after, starred=before.starred)))
            self._keep(chosen, lambda now: now.with_changes(before, after), read=True)

        what = f"{chosen.title or chosen.session}{f' · turn {chosen.turn}' if chosen.turn else ''}"
        self.app.push_screen(MarkScreen(self._app.workspace, what, before, turn=bool(chosen.turn)), kept)

    # What is said in place --------------------------------------------------------------------------------------------

    def _say(self, text: Content, *, wrong: bool = False) -> None:
        if is_there(self):
            said = self.query_one("#said", Static)
            said.set_class(wrong, "-wrong")
            said.update(text)

    def _complain(self, error: OperatorError) -> None:
        self._say(shown_line(f"{error.what} · {error.cure}"), wrong=True)


def _same(one: "Moment", other: "Moment") -> bool:
    return (one.session, one.turn) == (other.session, other.turn)


def _spoken(one: "Moment") -> Content:
    title = shown_line(one.title or one.session).truncate(40, ellipsis=True)
    return Content.assemble(f"turn {one.turn} of " if one.turn else "", "“", title, "”")
