"""What judges say of a session: each judgement with its summary and scores, and from a score to its turn."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.events import Key, Resize
from textual.widgets import Static

from backrooms_tui.formats.outgoing.judged import Line, lines_of, rounds_of
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, actions_of, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.judging.deleting import Deleted
from backrooms_tui.ui.screens.judging.lines import (
    judgement_heading,
    judgement_line,
    score_heading,
    score_in_full,
    score_line,
)
from backrooms_tui.ui.screens.judging.making import MakingScreen
from backrooms_tui.ui.screens.judging.telling import named, told
from backrooms_tui.ui.screens.stage.asking import Choose
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary

_EMPTY = "Nobody has judged this session yet: n asks models to, by a rubric."
_LOW, _HIGH = 22, 34  # rows from which on summary and reasons have more room
_OF_SCREEN = {action.name for action in actions_of("judging")}


class JudgingScreen(MakingScreen):
    """Shows what was judged of `session` (an id), the newest first, once what was said in it is `settled`."""

    PLACE: ClassVar[Place] = "judging"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("judging")]
    CSS_PATH = "judging.tcss"
    AUTO_FOCUS = "#judging-list"

    def __init__(self, session: str, *, settled: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(session)
        self._settled = settled
        self._setup: Setup | None = None
        self._scores: list[tuple[Line, int | None]] = []
        self._deleted = Deleted()
        self._early: list[str] = []

    def compose(self) -> ComposeResult:
        """The judgements, the chosen one's summary and scores, and why the marked score was given."""
        yield Static("Judgements", id="judging-head")
        yield Static(id="judging-progress")
        yield Static(_EMPTY, id="judging-empty", markup=False)
        yield Static(id="judging-columns")
        yield Rows(id="judging-list")
        with VerticalScroll(id="judging-summary"):
            yield Static(id="judging-summary-text")
        yield Static(id="judging-score-columns")
        yield Rows(id="judging-scores")
        with VerticalScroll(id="judging-full"):
            yield Static(id="judging-full-text")
        yield Static(id="judging-said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read it beside the screen."""
        self.look_at_it()
        self._read()

    def on_screen_resume(self) -> None:
        """It may have been judged elsewhere meanwhile: from a replay that was opened here, say."""
        if self._loaded:
            self.look_at_it()
            self._read()

    @property
    def _store(self) -> "Store":
        return self._app.workspace.store

    # What is listed ---------------------------------------------------------------------------------------------------

    @work(group="read", exclusive=True, exit_on_error=False)
    async def _read(self, newest: bool = False) -> None:
        try:
            if self._settled is not None:
                await self._settled()
            async with self._deleted.one_by_one:  # what is on its way comes first
                summary, found = await asyncio.to_thread(self._found)
        except OperatorError as error:
            self._complain(error)
            self._early.clear()
            return
        if not is_there(self) or self._deleted.pending:  # it is read again when that is done
            return
        same = self._loaded and not newest and found == self._judgements
        self._summary = summary
        agents = tuple(AgentSetup(agent.seat, agent.name, agent.model) for agent in summary.agents)
        self._setup = Setup(summary.title, summary.template, agents)
        self._loaded = True
        if not same:  # else what is marked stays marked
            self._show(found, newest=newest)
        early, self._early = self._early, []
        if self.is_current:
            for key in early:
                self.app.simulate_key(key)

    def _found(self) -> "tuple[SessionSummary, list[Judgement]]":
        return self._store.summary(self.session), self._store.judgements(self.session)

    def on_key(self, event: Key) -> None:
        """What is pressed before the list is there is done when it is."""
        keys = {key for action in actions_of("judging") for key in self._app.keys_of(action).split(",")}
        if not self._loaded and event.key in keys:
            event.stop()
            self._early.append(event.key)

    def _show(self, judgements: Sequence[Judgement], *, newest: bool = False) -> None:
        before = self._chosen
        self._judgements = list(judgements)
        ids = [one.id for one in judgements]
        marked = ids.index(before.id) if before is not None and before.id in ids and not newest else 0
        now = datetime.now().astimezone()
        self._list.styles.height = max(1, len(ids))  # up to what the style sheet allows
        self._list.show(
            len(ids), lambda index, width: judgement_line(self._judgements[index], width - 1, now), marked=marked
        )
        self.set_class(not ids, "-empty")
        self._show_chosen()
        self._head()

    @on(Rows.Moved, "#judging-list")
    def _another_judgement(self) -> None:
        if self._loaded and is_there(self):
            self._show_chosen()

    def _show_chosen(self) -> None:
        """The chosen judgement: what is said first, and all scores, those of the rounds last."""
        chosen, setup = self._chosen, self._setup
        if chosen is None or setup is None:
            self._scores = []
        else:
            self._scores = [
                (line, round) for round in (None, *rounds_of(chosen)) for line in lines_of(chosen, setup, round)
            ]
            self.query_one("#judging-summary-text", Static).update(told(chosen, setup))
            self.query_one("#judging-summary", VerticalScroll).scroll_home(animate=False)
        self._table.show(len(self._scores), lambda index, width: score_line(*self._scores[index], width - 1), marked=0)
        self._show_reason()
        self.refresh_bindings()

    @on(Rows.Moved, "#judging-scores")
    def _show_reason(self) -> None:
        if is_there(self):
            score = self._score
            self.query_one("#judging-full-text", Static).update(score_in_full(score) if score is not None else "")
            self.query_one("#judging-full", VerticalScroll).scroll_home(animate=False)

    def _head(self) -> None:
        if not is_there(self):
            return
        title = self._summary.title if self._summary is not None else ""
        name = shown_line(title or self.session).truncate(max(10, self.size.width - 34), ellipsis=True)
        count = len(self._judgements)
        number = f" · judged {'once' if count == 1 else f'{count} times'}" if count else ""
        head = Content.assemble(("Judgements", "bold $primary"), " · “", name, "”", number)
        self.query_one("#judging-head", Static).update(head)
        for id, rows, titles in (
            ("#judging-columns", self._list, judgement_heading),
            ("#judging-score-columns", self._table, score_heading),
        ):
            width = rows.scrollable_content_region.width - 3
            if width > 0:
                self.query_one(id, Static).update(Content.assemble("  ", titles(width)))

    def on_resize(self, event: Resize) -> None:
        """The columns' titles stand over their columns."""
        self.set_class(event.size.height < _LOW, "-low")
        self.set_class(event.size.height >= _HIGH, "-high")
        self.call_after_refresh(self._head)

    @property
    def _list(self) -> Rows:
        return self.query_one("#judging-list", Rows)

    @property
    def _table(self) -> Rows:
        return self.query_one("#judging-scores", Rows)

    @property
    def _chosen(self) -> Judgement | None:
        marked = self._list.marked
        return self._judgements[marked] if 0 <= marked < len(self._judgements) else None

    @property
    def _score(self) -> Line | None:
        marked = self._table.marked
        return self._scores[marked][0] if 0 <= marked < len(self._scores) else None

    # What can be done with a judgement --------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a judgement is there only when there is one."""
        try:
            if not self._loaded and action in _OF_SCREEN:
                return None
            if action in ("open", "delete", "other"):
                return True if self._judgements else None
            if action == "stop":
                return self._judging is not None
            if action == "new":
                return None if self._judging is not None else True
            if action == "undo":
                return bool(self._deleted)
        except NoMatches:  # asked before the screen is composed
            return False
        return True

    def action_other(self) -> None:
        """From the judgements to the scores, and back; to what is longer than its place, too."""
        stops = [self._list, self.query_one("#judging-summary"), self._table, self.query_one("#judging-full")]
        stops = [one for one in stops if isinstance(one, Rows) or one.max_scroll_y > 0]
        place = next((place for place, one in enumerate(stops) if one.has_focus), -1)
        stops[(place + 1) % len(stops)].focus()

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """From the list to the scores; from a score to the turn that it rests on."""
        if not self._table.has_focus:
            self._table.focus()
            return
        score = self._score
        if score is None:
            return
        turns = score.turns
        if not turns:
            self._say("This score rests on no turn")
        elif len(turns) == 1:
            self._app.show_replay(self.session, turns[0])
        else:

            def chosen(place: int | None) -> None:
                if place is not None:
                    self._app.show_replay(self.session, turns[place])

            question = f"{score.measure} rests on these turns. Which?"
            self.app.push_screen(Choose(question, [f"turn {turn}" for turn in turns]), chosen)

    def action_delete(self) -> None:
        """Delete the chosen judgement; undo brings it back."""
        if (chosen := self._chosen) is None:
            return
        self._deleted.add(chosen)
        place = self._list.marked
        self._show([one for one in self._judgements if one.id != chosen.id])
        self._list.marked = place
        self._show_chosen()
        self._say(Content.assemble("Deleted the judgement by ", named(chosen), " · ", ("u", "bold"), " brings it back"))
        self._settle(self._deleted.forget(self._store, chosen))

    def _settle(self, change: Awaitable[None]) -> None:
        async def settle() -> None:
            try:
                await change
            except OperatorError as error:
                self._complain(error)
            if is_there(self):
                self._read()

        # The application's: it is done even where the screen is left at once.
        self.app.run_worker(settle(), group="judgements", exit_on_error=False)

    def action_undo(self) -> None:
        """Bring back the judgement that was deleted last."""
        if (back := self._deleted.last()) is None:
            return
        self._show(sorted([*self._judgements, back], key=lambda one: (one.at, one.id), reverse=True))
        self._list.marked = [one.id for one in self._judgements].index(back.id)
        self._show_chosen()
        self._say(Content.assemble("The judgement by ", named(back), " is back"))
        self._settle(self._deleted.keep(self._store, back))

    def action_report(self) -> None:
        """Write a report of the session, the chosen judgement first."""
        from backrooms_tui.ui.screens.judging.reporting import ReportScreen

        chosen = self._chosen
        title = self._summary.title if self._summary is not None else self.session
        self.app.push_screen(ReportScreen(self.session, title, chosen.id if chosen is not None else None))

    # What is said in place --------------------------------------------------------------------------------------------

    def _say(self, text: Content | str, *, wrong: bool = False) -> None:
        if is_there(self):
            said = self.query_one("#judging-said", Static)
            said.set_class(wrong, "-wrong")
            said.update(shown(text) if isinstance(text, str) else text)

    def _complain(self, error: OperatorError) -> None:
        self._say(" · ".join(filter(None, (error.what, error.cure))), wrong=True)
