"""What the rows of batches, measures and runs say."""

from datetime import datetime

from textual.content import Content

from backrooms_tui.assembly.batches.repeating import Going
from backrooms_tui.experiments.results import Quantity
from backrooms_tui.experiments.telling import about, interval, money, told
from backrooms_tui.session.batch import Run
from backrooms_tui.store.batches import Standing
from backrooms_tui.ui.widgets.columns import Column, heading, line

BAR = 16  # cells
_BATCHES = (
    Column("batch"),
    Column("done", 8, side="right"),
    Column("", 11),
    Column("cost", 8, side="right"),
    Column("made", 16, style="$foreground-muted"),
)
# Where there is little room, the newest stands first all the same.
_UNDATED = _BATCHES[:-1]
_MEASURES = (
    Column("measure"),
    Column("mean", 8, side="right"),
    Column("sd", 7, side="right"),
    Column("95% interval", 16, side="right"),
    Column("n", 4, side="right"),
    Column("missing", 7, side="right"),
)
# Where there is little room, the words over the plot tell the interval.
_FEW = tuple(column for column in _MEASURES if column.title != "95% interval")
_ALL_FROM = 68  # cells
_RUNS = (
    Column("run", 5, side="right"),
    Column("", 11),
    Column("turns", 5, side="right"),
    Column("cost", 8, side="right"),
    Column("value", 8, side="right"),
    Column("session", style="$foreground-muted"),
)
_STATES = {"waiting": "· waits", "begun": "‖ begun", "failed": "! failed", "done": "✓ done"}


def batch_heading(width: int) -> Content:
    """What stands over the batches."""
    return heading(_batches(width), width)


def batch_line(one: Standing, width: int) -> Content:
    """A batch in the list."""
    when = datetime.fromtimestamp(one.batch.at).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time
    rubric = f" · {one.batch.judging.rubric.title}" if one.batch.judging is not None else ""
    title = f"{one.batch.title or one.batch.id} · {one.batch.template}{rubric}"
    done = f"{one.count('done')} of {len(one.runs)}"
    texts = (title, done, _doing(one), money(one.cost, unpriced=unpriced(one)), when)
    return line(_batches(width), texts[: len(_batches(width))], width)


def _batches(width: int) -> tuple[Column, ...]:
    return _BATCHES if width >= _ALL_FROM else _UNDATED


def measure_heading(width: int) -> Content:
    """What stands over the measures."""
    return heading(_measures(width), width)


def measure_line(one: Quantity, width: int) -> Content:
    """A measure or figure with what it came to."""
    summary = one.summary
    missing = str(summary.missing) if summary.missing else ""
    ends = (interval(summary),) if _measures(width) is _MEASURES else ()
    texts = (one.title, told(summary.mean), told(summary.spread), *ends, str(summary.count), missing)
    return line(_measures(width), texts, width)


def _measures(width: int) -> tuple[Column, ...]:
    return _MEASURES if width >= _ALL_FROM else _FEW


def run_heading(width: int) -> Content:
    """What stands over the runs."""
    return heading(_RUNS, width)


def run_line(run: Run, value: float | None, live: bool, width: int) -> Content:
    """A run: how it stands, and its value of the measure that is chosen. `live` says that the batch is run now."""
    state = _STATES[run.state]
    if run.gone and run.state == "done":
        state = "✗ deleted"
    elif live and run.state == "begun":
        state = "▶ running"
    rest = run.why or run.unjudged or run.session
    cost = money(run.cost + run.judging_cost) if run.session else ""
    turns = str(run.turns) if run.session else ""
    return line(_RUNS, (str(run.number), state, turns, cost, told(value), rest), width)


def how_far(standing: Standing, going: Going | None) -> Content:
    """A bar and what it stands for: `━━━╌╌  7 of 20 done · 4 running · 1 failed · $0.12 · about 3 min left`. `going`
    tells more where this program runs it."""
    total = len(standing.runs)
    done = going.done if going is not None else standing.count("done")
    filled = round(done / total * BAR) if total else 0
    parts = [f"{done} of {total} done"]
    running = going.running if going is not None else _begun(standing)
    if running:
        judging = f" ({going.judging} being judged)" if going is not None and going.judging else ""
        parts.append(f"{running} running{judging}")
    failed = going.failed if going is not None else standing.count("failed")
    parts += [f"{failed} failed"] if failed else []
    waiting = going.unjudged if going is not None else standing.unjudged
    parts += [f"{waiting} not judged"] if waiting else []
    gone = sum(run.gone and run.state == "done" for run in standing.runs)
    parts += [f"{gone} deleted"] if gone else []
    cost = going.cost if going is not None else standing.cost
    parts.append(money(cost, unpriced=unpriced(standing)))
    if going is not None and going.running:
        parts.append(about(going.left))
    elif standing.keeper is not None:
        parts.append(f"run by {standing.keeper.spoken}")
    bar = Content.assemble(("━" * filled, "$primary"), ("╌" * (BAR - filled), "$foreground-muted"))
    return Content.assemble(bar, "  ", " · ".join(filter(None, parts)))


def unpriced(one: Standing) -> bool:
    """Whether a part of the cost is not known."""
    return any(run.figures is not None and run.figures.values.get("cost") is None for run in one.runs)


def _begun(one: Standing) -> int:
    return one.count("begun") if one.keeper is not None else 0


def _doing(one: Standing) -> str:
    if one.keeper is not None:
        return "▶ running"
    if one.whole:
        return "✓ whole"
    failed = one.count("failed")
    return f"! {failed} failed" if failed else "‖ stopped"
