"""All batches, newest first: how far each is, and from there to one of them or to planning another."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, actions_of, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.question.question import Answer, QuestionScreen
from backrooms_tui.ui.screens.repeats.lines import batch_heading, batch_line
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.session.batch import Batch
    from backrooms_tui.store.batches import Batches, Standing
    from backrooms_tui.ui.app import BackroomsApp

_EVERY = 1.0  # seconds between two looks, while one of them is run
_EMPTY = "Nothing was run many times yet: n runs a template many times, each with a seed of its own."
_DELETE = (
    Answer("batch", "b", "The batch alone"),
    Answer("all", "a", "Its sessions, too"),
    Answer("stay", "escape", "Stay"),
)


class RepeatsScreen(Screen[None]):
    """Lists the batches."""

    PLACE: ClassVar[Place] = "repeats"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("repeats")]
    CSS_PATH = "repeats.tcss"
    AUTO_FOCUS = "Rows"

    def __init__(self) -> None:
        super().__init__()
        self._all: list[Standing] = []
        self._loaded = False
        self._early: list[str] = []
        self._ticking: Timer | None = None

    def compose(self) -> ComposeResult:
        """The list, and what can be done."""
        yield Static("Repeats", id="head")
        yield Static(_EMPTY, id="empty", markup=False)
        yield Static(id="columns")
        yield Rows(id="batches")
        yield Static(id="said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self._ticking = self.set_interval(_EVERY, self._tick, pause=True)
        self.call_after_refresh(self._read)

    def on_screen_resume(self) -> None:
        """One may have gone on, or come."""
        if self._loaded:
            self._read()

    def _tick(self) -> None:
        if is_there(self) and self.is_current:
            self._read()

    @work(group="list", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        try:
            found = await asyncio.to_thread(lambda: self._batches.listed())
        except OperatorError as error:
            self._complain(error)
            return
        before = self._chosen if is_there(self) else None
        self._all, self._loaded = found, True
        self._show(before)
        early, self._early = self._early, []
        if is_there(self) and self.is_current:
            for key in early:
                self.app.simulate_key(key)

    def on_key(self, event: Key) -> None:
        """What is pressed before the list is there is done when it is."""
        keys = {key for action in actions_of("repeats") for key in self._app.keys_of(action).split(",")}
        if not self._loaded and event.key in keys:
            event.stop()
            self._early.append(event.key)

    def _show(self, before: "Standing | None") -> None:
        """Show all, with the one that was marked `before` marked."""
        if not is_there(self):
            return
        rows = self.query_one(Rows)
        places = [place for place, one in enumerate(self._all) if before and one.batch.id == before.batch.id]
        shown = list(self._all)
        rows.show(
            len(shown), lambda index, width: batch_line(shown[index], width), marked=places[0] if places else None
        )
        self.set_class(not shown, "-empty")
        number = f" · {len(shown):,}" if shown else ""
        self.query_one("#head", Static).update(Content.assemble(("Repeats", "bold $primary"), number))
        if self._ticking is not None:
            (self._ticking.resume if any(one.keeper is not None for one in shown) else self._ticking.pause)()
        self._heading()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """The columns' titles stand over their columns."""
        self.call_after_refresh(self._heading)

    def _heading(self) -> None:
        if is_there(self):
            width = self.query_one(Rows).scrollable_content_region.width - 2
            title = Content.assemble("  ", batch_heading(width)) if width > 0 else ""
            self.query_one("#columns", Static).update(title)

    @property
    def _chosen(self) -> "Standing | None":
        marked = self.query_one(Rows).marked
        return self._all[marked] if marked < len(self._all) else None

    @property
    def _batches(self) -> "Batches":
        return self._app.workspace.store.batches

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    # What can be done -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a batch is there only when there is one."""
        return bool(self._all) if action in ("open", "delete") else True

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Show what came of the chosen batch."""
        from backrooms_tui.ui.screens.repeats.batch import BatchScreen

        if (chosen := self._chosen) is not None:
            self.app.push_screen(BatchScreen(chosen.batch.id))

    def action_new(self) -> None:
        """Plan another one, and run it."""
        from backrooms_tui.ui.screens.repeats.planning import PlanScreen

        def wanted(batch: "Batch | None") -> None:
            if batch is not None:
                self._begin(batch)

        self.app.push_screen(PlanScreen(self._app.workspace), wanted)

    @work(group="begin", exclusive=True, exit_on_error=False)
    async def _begin(self, batch: "Batch") -> None:
        from backrooms_tui.assembly.batches.repeating import begin_batch
        from backrooms_tui.ui.screens.repeats.batch import BatchScreen

        try:
            running = await begin_batch(self._app.workspace, batch)
        except OperatorError as error:
            self._complain(error)
            return
        if not is_there(self):
            await running.aclose()
            return
        self.app.push_screen(BatchScreen(batch.id, running))

    def action_delete(self) -> None:
        """Forget the chosen batch, with its sessions or without."""
        if (chosen := self._chosen) is None:
            return
        title = shown_line(chosen.batch.title or chosen.batch.id).truncate(40, ellipsis=True)
        there = sum(bool(run.session) and not run.gone for run in chosen.runs)
        question = Content.assemble("Delete the batch “", title, f"”? It has {_sessions(there)}.")

        def answered(answer: str | None) -> None:
            if answer in ("batch", "all"):
                self._delete(chosen, with_sessions=answer == "all")

        self.app.push_screen(QuestionScreen(question, _DELETE), answered)

    @work(group="delete", exit_on_error=False)
    async def _delete(self, standing: "Standing", *, with_sessions: bool) -> None:
        from backrooms_tui.assembly.batches.forgetting import forget_batch

        try:
            gone = await asyncio.to_thread(
                forget_batch, self._app.workspace.store, standing.batch.id, with_sessions=with_sessions
            )
        except OperatorError as error:
            self._complain(error)
            return
        title = shown_line(standing.batch.title or standing.batch.id).truncate(40, ellipsis=True)
        if with_sessions:
            where = f"{_sessions(gone.put_away)} {'is' if gone.put_away == 1 else 'are'} in the trash"
        else:
            where = f"its {_sessions(gone.sessions)} {'stays' if gone.sessions == 1 else 'stay'}"
        self._say(Content.assemble("“", title, f"” is deleted; {where}."))
        if is_there(self):
            self._read()

    # What is said in place --------------------------------------------------------------------------------------------

    def _say(self, text: Content, *, wrong: bool = False) -> None:
        if is_there(self):
            said = self.query_one("#said", Static)
            said.set_class(wrong, "-wrong")
            said.update(text)

    def _complain(self, error: OperatorError) -> None:
        self._say(shown_line(f"✗ {error.what} · {error.cure}"), wrong=True)


def _sessions(number: int) -> str:
    return f"{number:,} session{'' if number == 1 else 's'}"
