"""What a batch came to, as files to hand on."""

from collections.abc import Sequence
from pathlib import Path

from backrooms_tui.experiments.results import Results
from backrooms_tui.formats.outgoing.file_names import safe
from backrooms_tui.formats.outgoing.landing import land
from backrooms_tui.formats.outgoing.results_csv import write_measures, write_runs
from backrooms_tui.session.batch import Batch, Run


def csv_name(batch: Batch) -> str:
    """How the file is called where the person gives no name."""
    return "_".join(filter(None, (safe(batch.title), batch.id))) + ".csv"


def write_results(batch: Batch, runs: Sequence[Run], results: Results, place: Path) -> list[Path]:
    """Write the measures to `place` and the runs beside it (`night.csv`, `night-runs.csv`); nothing is overwritten, a
    number is added to the name. Gives back where they are. Raises OperatorError where they cannot be written."""
    measures = land(lambda out: write_measures(results, out), place)
    beside = measures.with_name(f"{measures.stem}-runs{measures.suffix}")
    return [measures, land(lambda out: write_runs(batch, runs, results, out), beside)]
