"""The results of a batch as CSV."""

import csv
import io
from collections.abc import Callable
from typing import TextIO

from backrooms_tui.experiments.results import results
from backrooms_tui.formats.outgoing.results_csv import write_measures, write_runs
from backrooms_tui.session.batch import Batch, Figures, Judging, Run
from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.usage import Usage

HOSTILE = '=cmd()|"\x1b[31m,\n\u202e'
RUBRIC = Rubric("r", "R", (Measure("heat, really", "", 1, 5, "", "", "agent"),))
SETUP = Setup("T", "duo", (AgentSetup(1, HOSTILE, "m"),))
BATCH = Batch("b1", "T", 0.0, "duo", SETUP, 1, 2, 1, judging=Judging(RUBRIC, ("j",)))
VERDICT = Verdict("j", 1, (1,), False, "", (Score("heat, really", 1, 2.5),), 1, Usage(), 0.0)
RUNS = [
    Run(1, "done", "s1", figures=Figures("max_turns", "", {"turns": 4.0}), judgement="j1"),
    Run(2, "failed", "s2", why="-1 is no number"),
]
FOUND = results(BATCH, RUNS, {"j1": Judgement("j1", "s1", 0.0, RUBRIC, 4, (VERDICT,))})


def rows(write: Callable[[TextIO], None]) -> list[dict[str, str]]:
    out = io.StringIO()
    write(out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_a_row_a_measure() -> None:
    first, *others = rows(lambda out: write_measures(FOUND, out))
    assert (first["measure"], first["kind"], first["n"], first["mean"], first["sd"]) == (
        "heat, really",
        "score",
        "1",
        "2.5",
        "",
    )
    assert {row["measure"]: row["mean"] for row in others}["turns"] == "4.0"


def test_a_row_a_run_with_what_is_not_there_left_empty() -> None:
    over, failed = rows(lambda out: write_runs(BATCH, RUNS, FOUND, out))
    assert (over["run"], over["session"], over["ended"], over["turns"]) == ("1", "s1", "max_turns", "4.0")
    assert (failed["state"], failed["turns"]) == ("failed", "")


def test_hostile_names_are_neither_formulas_nor_escapes() -> None:
    name = rows(lambda out: write_measures(FOUND, out))[0]["agent"]
    assert name.startswith("'=cmd")
    assert "\x1b" not in name
    assert "\n" not in name
    assert rows(lambda out: write_runs(BATCH, RUNS, FOUND, out))[1]["why"] == "'-1 is no number"
