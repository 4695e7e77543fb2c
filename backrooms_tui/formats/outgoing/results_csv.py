"""What a batch came to as two tables of comma-separated values (RFC 4180, UTF-8): its measures, and its runs."""

import csv
from collections.abc import Sequence
from typing import TextIO

from backrooms_tui.experiments.plan import seed_of
from backrooms_tui.experiments.results import Results
from backrooms_tui.session.batch import Batch, Run
from backrooms_tui.session.harmless import harmless_line

MEASURES = ("measure", "kind", "agent", "round", "n", "missing", "mean", "sd", "low95", "high95")
RUNS = ("run", "seed", "session", "state", "ended", "why")
_FORMULA = ("=", "+", "-", "@", "'")  # a spreadsheet would reckon with a text that begins so

Cell = str | int | float | None


def write_measures(results: Results, out: TextIO) -> None:
    """One row a measure or figure, with its mean over the runs that are over; `low95` to `high95` is the interval by
    Student's t. What nobody knows stays empty."""
    rows = []
    for one in results.quantities:
        summary = one.summary
        about = (one.name, one.kind, one.agent, one.round, summary.count, summary.missing)
        rows.append([*about, summary.mean, summary.spread, summary.low, summary.high])
    _write(out, MEASURES, rows)


def write_runs(batch: Batch, runs: Sequence[Run], results: Results, out: TextIO) -> None:
    """One row a run, with a column for each measure and figure; those of a run that is not over stay empty."""
    places = {run.number: place for place, run in enumerate(results.runs)}
    rows: list[list[Cell]] = []
    for run in runs:
        ended = run.figures.ended if run.figures is not None else ""
        place = places.get(run.number)
        values = [None if place is None else one.values[place] for one in results.quantities]
        why = run.why or run.unjudged
        rows.append([run.number, seed_of(batch.seed, run.number), run.session, run.state, ended, why, *values])
    _write(out, (*RUNS, *(one.title for one in results.quantities)), rows)


def _write(out: TextIO, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    for row in (headings, *rows):
        writer.writerow([_cell(value) for value in row])


def _cell(value: Cell) -> str | int | float:
    if isinstance(value, str):
        plain = harmless_line(value)
        return f"'{plain}" if plain.startswith(_FORMULA) else plain
    return "" if value is None else value
