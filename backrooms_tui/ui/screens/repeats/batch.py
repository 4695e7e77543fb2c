"""One batch: how far it is, what each measure came to, a plot of the chosen one, and its runs."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from backrooms_tui.assembly.batches.repeating import RunningBatch, results_of, resume_batch
from backrooms_tui.experiments.results import Quantity, Results
from backrooms_tui.experiments.telling import ended, interval, told
from backrooms_tui.session.batch import Run
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.settings.served import is_served
from backrooms_tui.ui.actions import Place, actions_of, bindings_of
from backrooms_tui.ui.leaving import Leaving
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.repeats.lines import how_far, measure_heading, measure_line, run_heading, run_line
from backrooms_tui.ui.screens.repeats.plot import MeasurePlot
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.batches import Standing
    from backrooms_tui.ui.app import BackroomsApp

_EVERY = 1.0  # seconds between two looks at the store, while it runs
_PATIENCE = 20.0  # seconds for the turns that are being spoken, when the screen is left
_LOADING = "Reading what came of it …"
_OF_SCREEN = {action.name for action in actions_of("batch")}


class BatchScreen(Screen[None]):
    """Shows the batch with this id, and runs it where it is given `running`."""

    PLACE: ClassVar[Place] = "batch"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("batch")]
    CSS_PATH = "batch.tcss"
    AUTO_FOCUS = "#measures"

    def __init__(self, id: str, running: RunningBatch | None = None) -> None:
        super().__init__()
        self._batch = id
        self._here = running
        self._standing: Standing | None = None
        self._results: Results | None = None
        self._ticking: Timer | None = None
        self._working: asyncio.Task[object] | None = None
        self._over = asyncio.Event()
        self._over.set()
        self._leaving = Leaving(self, self._leave)
        self._reading = False
        self._resuming = False
        self._early: list[str] = []

    def compose(self) -> ComposeResult:
        """How far it is, the measures and the runs side by side or in turn, and the plot."""
        yield Static(_LOADING, id="head", markup=False)
        yield Static(id="how-far")
        with Horizontal(id="lists"):
            with Vertical(id="measures-side"):
                yield Static(id="measure-columns", classes="columns")
                yield Rows(id="measures")
            with Vertical(id="runs-side"):
                yield Static(id="run-columns", classes="columns")
                yield Rows(id="runs")
        yield Static(id="plotted")
        yield MeasurePlot(id="plot")
        yield Static(id="said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read it, and begin where there is something to run."""
        self._ticking = self.set_interval(_EVERY, self._tick, pause=True)
        self.call_after_refresh(self._read)
        if self._here is not None:
            self._go(self._here)

    async def on_unmount(self) -> None:
        """However the screen is left: what is over is kept, and others may run it."""
        await self._leave()

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    # Showing ----------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        if is_there(self) and self.is_current:
            self._read()

    @work(group="read", exit_on_error=False)
    async def _read(self) -> None:
        if self._reading:  # the one before takes longer than a tick
            return
        self._reading = True
        try:
            store = self._app.workspace.store
            standing = await asyncio.to_thread(store.batches.standing, self._batch)
            found = await results_of(self._app.workspace, standing)
        except OperatorError as error:
            self._early.clear()
            self._complain(error)
            return
        finally:
            self._reading = False
        self._standing, self._results = standing, found
        if is_there(self):
            self._show()
            early, self._early = self._early, []
            for key in early if self.is_current else ():
                self.app.simulate_key(key)

    def on_key(self, event: Key) -> None:
        """What is pressed before anything is known of it is done when it is."""
        keys = {key for action in actions_of("batch") for key in self._app.keys_of(action).split(",")}
        if self._loading and event.key in keys:
            event.stop()
            self._early.append(event.key)

    @property
    def _loading(self) -> bool:
        return self._standing is None and self._here is None

    def _show(self) -> None:
        standing, found = self._standing, self._results
        if standing is None or found is None:
            return
        batch = standing.batch
        judged = f" · judged by {batch.judging.rubric.title}" if batch.judging is not None else ""
        about = shown_line(f" · {batch.template} · seed {batch.seed}{judged}")
        self.query_one("#head", Static).update(
            Content.assemble(shown_line(batch.title or batch.id).stylize("bold $primary"), about)
        )
        self.query_one("#how-far", Static).update(how_far(standing, self._here.going if self._here else None))
        self._show_rows(standing, found)
        alive = self._here is not None or standing.keeper is not None
        if self._ticking is not None:
            (self._ticking.resume if alive else self._ticking.pause)()
        self.refresh_bindings()

    def _show_rows(self, standing: "Standing", found: Results) -> None:
        self.query_one("#measures", Rows).show(
            len(found.quantities) if found.runs else 0,
            lambda index, width: measure_line(found.quantities[index], width),
        )
        self._show_measure()

    @on(Rows.Moved, "#measures")
    def _show_measure(self) -> None:
        """The chosen measure: its plot, and its value in each run."""
        standing, found = self._standing, self._results
        if standing is None or found is None or not is_there(self):
            return
        quantity = self._quantity
        values = dict(zip((run.number for run in found.runs), quantity.values, strict=True)) if quantity else {}
        live = standing.keeper is not None

        def row(index: int, width: int) -> Content:
            run = standing.runs[index]
            return run_line(run, values.get(run.number), live, width)

        self.query_one("#runs", Rows).show(len(standing.runs), row)
        plot = self.query_one(MeasurePlot)
        plot.show(quantity, [run.number for run in found.runs], len(standing.runs))
        plot.set_class(quantity is None, "-empty")
        self.query_one("#plotted", Static).update(_in_words(quantity, found) if quantity else "No run is over yet.")
        self._headings()

    def on_resize(self) -> None:
        """The columns' titles stand over their columns."""
        self.call_after_refresh(self._headings)

    def _headings(self) -> None:
        if not is_there(self):
            return
        for list, title in (("measure", measure_heading), ("run", run_heading)):
            width = self.query_one(f"#{list}s", Rows).scrollable_content_region.width - 2
            if width > 0:
                self.query_one(f"#{list}-columns", Static).update(Content.assemble("  ", title(width)))

    @property
    def _quantity(self) -> Quantity | None:
        found = self._results
        if found is None or not found.runs:
            return None
        marked = self.query_one("#measures", Rows).marked
        return found.quantities[marked] if marked < len(found.quantities) else None

    @property
    def _run(self) -> Run | None:
        standing, marked = self._standing, self.query_one("#runs", Rows).marked
        return standing.runs[marked] if standing is not None and marked < len(standing.runs) else None

    # Running ----------------------------------------------------------------------------------------------------------

    def _go(self, running: RunningBatch) -> None:
        self._here = running
        self._over.clear()
        self.run_worker(self._work(running), group="batch", exit_on_error=False)

    async def _work(self, running: RunningBatch) -> None:
        self._working = asyncio.current_task()
        said = ""
        try:
            await running.make_ready(lambda progress: self._say(progress.text))
            self._say("")
            await running.run()
            said = _outcome(running)
        except OperatorError as error:
            said = f"✗ {error.what} · {error.cure}"
        except ProviderTrouble as error:
            said = f"✗ {error.trouble.message} · {error.trouble.cure}"
        except Exception as error:  # a fault of ours must not leave the screen without an end
            said = f"✗ something unforeseen happened: {type(error).__name__}: {error}"[:300]
        finally:
            self._working = self._here = None
            try:
                await running.aclose()
            finally:
                self._over.set()
        self._say(said, wrong=said.startswith("✗"))
        if is_there(self):
            self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a run, or results, is there only when there are some."""
        standing = self._standing
        if self._loading and action in _OF_SCREEN:
            return None
        if action == "run":
            if self._here is not None:
                return None if self._here.stopped else True
            # What was read a moment ago may still name this program.
            return standing is not None and not standing.whole and (standing.keeper is None or standing.keeper.here)
        if action == "csv":
            return self._results is not None and bool(self._results.runs)
        return True

    def action_run(self) -> None:
        """Stop it after the turns that are being spoken, or go on with it."""
        if self._here is not None:
            self._here.stop()
            self._say("Stopping after the turns that are being spoken …")
            self.refresh_bindings()
        elif self._standing is not None and not self._resuming:
            self._resuming = True
            self._resume()

    @work(group="resume", exit_on_error=False)
    async def _resume(self) -> None:
        try:
            await self._over.wait()  # what has just ended is put away first
            running = await resume_batch(self._app.workspace, self._batch)
        except OperatorError as error:
            self._complain(error)
            return
        finally:
            self._resuming = False
        if not is_there(self):
            await running.aclose()
            return
        self._go(running)
        self._read()

    # What can be done -------------------------------------------------------------------------------------------------

    def action_other(self) -> None:
        """From the measures to the runs, or back."""
        runs = not self.query_one("#runs", Rows).has_focus
        self.set_class(runs, "-runs")
        self.query_one("#runs" if runs else "#measures", Rows).focus()
        self.call_after_refresh(self._headings)

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Replay the session of the chosen run; from the measures, go to the runs."""
        if not self.query_one("#runs", Rows).has_focus:
            self.action_other()
            return
        run = self._run
        if run is None or not run.session:
            self._say("This run has not begun yet.")
        elif run.gone and run.state == "begun":
            self._say("Nothing of this run is recorded yet.")
        elif run.gone:
            self._say(f"The session of run {run.number} was deleted; the trash may still have it.")
        else:
            self._app.show_replay(run.session, follow=run.state == "begun")

    def action_csv(self) -> None:
        """Write the measures and the runs to the current folder."""
        if not is_served():
            self._write()

    @work(group="write", exclusive=True, exit_on_error=False)
    async def _write(self) -> None:
        from backrooms_tui.assembly.files.results_files import csv_name, write_results

        standing, found = self._standing, self._results
        if standing is None or found is None:
            return
        place = Path.cwd() / csv_name(standing.batch)
        try:
            files = await asyncio.to_thread(write_results, standing.batch, standing.runs, found, place)
        except OperatorError as error:
            self._complain(error)
            return
        self._say(f"Written: {' and '.join(str(file) for file in files)}")

    # Leaving ----------------------------------------------------------------------------------------------------------

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether it has to stop first; `go` is called when it has."""
        if self._over.is_set() and not self._leaving.under_way:
            return False
        self._say("Stopping after the turns that are being spoken; space goes on with it later …")
        return self._leaving.then(go)

    async def _leave(self) -> None:
        running = self._here
        if running is None or self._over.is_set():
            return
        running.stop()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._over.wait()
        except TimeoutError:
            if self._working is not None:
                self._working.cancel()  # its turns are spoken again when it goes on
                await self._over.wait()

    # What is said in place --------------------------------------------------------------------------------------------

    def _say(self, text: str, *, wrong: bool = False) -> None:
        if is_there(self):
            said = self.query_one("#said", Static)
            said.set_class(wrong, "-wrong")
            said.update(shown_line(text))

    def _complain(self, error: OperatorError) -> None:
        self._say(f"✗ {error.what} · {error.cure}", wrong=True)


def _outcome(running: RunningBatch) -> str:
    """What to say when it stands still."""
    if running.stopped:
        return "Stopped; space goes on with it."
    if running.spent:
        return f"✗ The budget of ${running.batch.budget or 0.0:.2f} for all runs is reached."
    failed: Sequence[Run] = running.failed
    if failed:
        first = failed[0]
        more = f" · and {len(failed) - 1} more" if len(failed) > 1 else ""
        return f"✗ run {first.number}: {first.why or first.unjudged}{more} · space tries again"
    return ""


def _in_words(quantity: Quantity, found: Results) -> Content:
    """What the plot shows."""
    summary = quantity.summary
    words = f" ● runs  ─ mean {told(summary.mean)}  ┄ 95% interval {interval(summary)} (Student's t)"
    why = f"  ended by: {ended(found.ended)}" if quantity.kind == "figure" and quantity.key == "figure/turns" else ""
    return Content.assemble(shown_line(quantity.title).stylize("bold"), (f"{words}{why}", "$foreground-muted"))
