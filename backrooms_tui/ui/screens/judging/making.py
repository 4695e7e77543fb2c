"""Making a judgement: asked for here, it goes on beside whatever is shown, and its outcome is told here."""

import asyncio
from typing import TYPE_CHECKING, cast

from textual import work
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.judgings import Judging
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.judging.telling import outcome, progress

if TYPE_CHECKING:
    from textual.worker import Worker

    from backrooms_tui.store.summaries import SessionSummary
    from backrooms_tui.ui.app import BackroomsApp
    from backrooms_tui.ui.screens.judging.asking import Wanted

TICK = 0.2  # seconds between looks at how far it is


class MakingScreen(Screen[None]):
    """A screen of the judgements of `session` (an id)."""

    def __init__(self, session: str) -> None:
        super().__init__()
        self.session = session
        self._loaded = False
        self._summary: SessionSummary | None = None
        self._judgements: list[Judgement] = []
        self._seen: Judging | None = None  # the one that went on when it was looked last
        self._ticking: Timer | None = None

    def _read(self, newest: bool = False) -> "Worker[None]":
        """Show what is kept, the `newest` one first."""
        raise NotImplementedError

    def _say(self, text: Content | str, *, wrong: bool = False) -> None:
        """Say something in place."""
        raise NotImplementedError

    def _complain(self, error: OperatorError) -> None:
        """Say what is wrong."""
        raise NotImplementedError

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    @property
    def _judging(self) -> Judging | None:
        return self._app.judgings.of(self.session)

    def look_at_it(self) -> None:
        """Show how far it is from here on, also where it was begun before this screen was opened."""
        if self._ticking is None:
            self._ticking = self.set_interval(TICK, self._tick)
        else:
            self._ticking.resume()

    def _tick(self) -> None:
        """How far it is, and at last what came of it; nothing while nothing goes on."""
        if not is_there(self):
            return
        judging, before = self._judging, self._seen
        self._seen = judging
        self.set_class(judging is not None, "-judging")
        if judging is not None:
            self.query_one("#judging-progress", Static).update(progress(judging))
        elif self._ticking is not None:
            self._ticking.pause()
        if before is not None and before is not judging:
            text, wrong = outcome(before)
            self._say(text, wrong=wrong)
            self._read(newest=True)
        self.refresh_bindings()

    def action_new(self) -> None:
        """Ask for another judgement."""
        if self._judging is None and self._loaded:
            self._ask()

    @work(group="ask", exclusive=True, exit_on_error=False)
    async def _ask(self) -> None:
        from backrooms_tui.ui.screens.judging.asking import AskToJudge, known_rubrics

        try:
            rubrics = await asyncio.to_thread(known_rubrics)
        except OperatorError as error:
            self._complain(error)
            return
        if self._summary is None or not is_there(self) or not self.is_current:
            return
        form = AskToJudge(self._app.workspace, self._summary, rubrics, next(iter(self._judgements), None))
        self.app.push_screen(form, self._begin)

    def _begin(self, wanted: "Wanted | None") -> None:
        if wanted is None or self._judging is not None:
            return
        from backrooms_tui.assembly.judging import judge_session

        app, session = self._app, self.session
        title = self._summary.title if self._summary is not None else session

        def over(judging: Judging) -> None:
            # Where its screen is looked at, that says it; a moment later, for it looks now and then.
            shown = isinstance(app.screen, MakingScreen) and app.screen.session == session
            if app.is_running and not shown:
                text, wrong = outcome(judging)
                app.notify(f"“{harmless_line(title)}”: {text}", severity="error" if wrong else "information", timeout=8)

        app.judgings.begin(
            Judging(session, title, wanted.rubric.title or wanted.rubric.name),
            lambda told: judge_session(app.workspace, session, wanted.rubric, wanted.wishes, told),
            over,
        )
        self._say("")
        self.look_at_it()
        self._tick()

    def action_stop(self) -> None:
        """Stop judging; verdicts that are there are kept."""
        if (judging := self._judging) is not None:
            judging.stop()
            self._say("stopping …")
