"""`backrooms repeat`: a template many times, in processes that end as they please."""

import csv
import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from backrooms_tui.store.database import open_store
from tests.cli.conftest import CommandLine

RUNS = 12
WORDS = "one two three four five six seven eight."


@pytest.fixture
def models(backrooms: CommandLine) -> tuple[str, str]:
    return backrooms.script("a", WORDS, f"Again {WORDS}"), backrooms.script("b", "Yes.", "No, not at all.")


def begun(backrooms: CommandLine, models: tuple[str, str], runs: int = RUNS) -> "subprocess.Popen[bytes]":
    """A batch that takes some seconds, in a process of its own."""
    words = ("repeat", "duo", "-n", str(runs), "--seed", "3", "--jobs", "2", "--max-turns", "6", "--param", "rate=40")
    return backrooms.start(*words, "--lm", *models)


def until(process: "subprocess.Popen[bytes]", condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def done(backrooms: CommandLine) -> int:
    """How many runs are over, as the database has it."""
    place = backrooms.folder / "data" / "sessions.db"
    if not place.exists():
        return 0
    try:
        with open_store(place, read_only=True) as store:
            return sum(one.count("done") for one in store.batches.listed())
    except Exception:  # it is being made
        return 0


def left(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    _, err = process.communicate(timeout=60)
    return process.returncode, err.decode()


def figures(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """All that does not depend on the machine's speed."""
    return [one for one in shown["measures"] if one["measure"] != "seconds"]


def test_a_table_with_mean_spread_and_interval(backrooms: CommandLine, models: tuple[str, str]) -> None:
    ran = backrooms("repeat", "duo", "-n", "3", "--seed", "1", "--jobs", "2", "--max-turns", "2", "--lm", *models)
    assert "Duo · 3 runs of duo · seed 1" in ran.out
    heading, turns = (
        next(line for line in ran.out.splitlines() if word in line) for word in ("95% interval ", "turns ")
    )
    assert heading.split() == ["mean", "sd", "95%", "interval", "n", "missing"]
    assert turns.split() == ["turns", "2.00", "0.00", "2.00", "to", "2.00", "3"]
    assert "ended by: 3 max turns" in ran.out
    assert "Student's t" in ran.out
    assert "3 of 3 done" in ran.err


def test_the_same_seed_gives_the_same_again_as_json_and_csv(backrooms: CommandLine, models: tuple[str, str]) -> None:
    words = ("-n", "3", "--seed", "9", "--max-turns", "3", "--json", "--title", "A night")
    first = backrooms("repeat", "duo", "--lm", *models, *words, "--csv", "out.csv").json()
    second = backrooms("repeat", "duo", "--lm", *models, *words, "--jobs", "3").json()
    assert figures(first) == figures(second)
    assert [one["seed"] for one in first["sessions"]] == [one["seed"] for one in second["sessions"]]
    assert len({one["seed"] for one in first["sessions"]}) == 3
    assert [os.path.basename(file) for file in first["files"]] == ["out.csv", "out-runs.csv"]
    with open(backrooms.folder / "out-runs.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["session"] for row in rows] == [one["session"] for one in first["sessions"]]
    assert [one["title"] for one in backrooms("repeat", "--list", "--json").json()] == ["A night", "A night"]
    titles = {one["title"] for one in backrooms("sessions", "list", "--json").json()}
    assert titles == {f"A night · run {number}" for number in (1, 2, 3)}


def test_killed_in_the_middle_it_loses_no_finished_turn_and_comes_to_the_same(
    backrooms: CommandLine, models: tuple[str, str]
) -> None:
    process = begun(backrooms, models)
    until(process, lambda: done(backrooms) >= 1)
    process.kill()
    left(process)
    before = backrooms("repeat", "--show", "last", "--json").json()
    assert not before["live"]
    assert before["done"] < RUNS
    turns = {one["session"]: one["turns"] for one in _sessions(backrooms, before)}
    after = backrooms("repeat", "--resume", "--jobs", "6", "--json").json()
    assert (after["id"], after["done"]) == (before["id"], RUNS)
    sessions = {one["session"] for one in after["sessions"]}
    assert turns.keys() <= sessions
    for one in _sessions(backrooms, after):
        spoken = turns.get(one["session"], [])
        assert one["turns"][: len(spoken)] == spoken
        assert len(one["turns"]) == 6
    whole = backrooms(
        "repeat", "duo", "-n", str(RUNS), "--seed", "3", "--max-turns", "6", "--json", "--lm", *models
    ).json()
    assert figures(after) == figures(whole)


def _sessions(backrooms: CommandLine, batch: dict[str, Any]) -> list[dict[str, Any]]:
    """What was said in each run that is recorded; one that is killed as it begins may not be."""
    with open_store(backrooms.folder / "data" / "sessions.db", read_only=True) as store:
        recorded = {one.id for one in store.list_sessions()}
        there = [one["session"] for one in batch["sessions"] if one["session"] in recorded]
        return [{"session": id, "turns": [turn.text for turn in store.turns(id, 1, 99)]} for id in there]


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(backrooms: CommandLine, models: tuple[str, str]) -> None:
    process = begun(backrooms, models)
    until(process, lambda: done(backrooms) >= 1)
    process.send_signal(signal.SIGINT)
    status, err = left(process)
    assert status == 130
    kept = backrooms("repeat", "--list", "--json").json()[0]
    assert f"backrooms repeat --resume {kept['id']}" in err
    assert 1 <= kept["done"] < RUNS
    for one in _sessions(backrooms, backrooms("repeat", "--show", "last", "--json").json()):
        assert all(text in (WORDS, f"Again {WORDS}", "Yes.", "No, not at all.") for text in one["turns"])
    assert backrooms("repeat", "--resume", "--jobs", "6", "--json").json()["done"] == RUNS


def test_nobody_else_runs_it_meanwhile(backrooms: CommandLine, models: tuple[str, str]) -> None:
    process = begun(backrooms, models, runs=500)
    try:
        until(process, lambda: done(backrooms) >= 1)
        listed = backrooms("repeat", "--list", "--json").json()[0]
        assert listed["live"]
        refused = backrooms("repeat", "--resume", listed["id"], status=2)
        assert "is being run by process" in refused.err
        assert "is being run by process" in backrooms("repeat", "--delete", listed["id"], status=2).err
    finally:
        process.kill()
        left(process)


def test_a_failed_run_is_said_and_tried_again(backrooms: CommandLine) -> None:
    model = backrooms.script("f", "Fine.", "#! fail: bad_request\nFine now.")
    ran = backrooms("repeat", "duo", "-n", "2", "--max-turns", "4", "--lm", model, status=3)
    assert "run 1 failed: the script says: fail with bad request" in ran.err
    assert "backrooms repeat --resume" in ran.err
    assert "2 failed" in ran.out
    backrooms.script("f", "Fine.", "Fine now.")
    again = backrooms("repeat", "--resume", "--json").json()
    assert (again["done"], again["failed"]) == (2, 0)


def test_a_batch_is_deleted_with_its_sessions_or_without(backrooms: CommandLine, models: tuple[str, str]) -> None:
    for _ in range(2):
        backrooms("repeat", "duo", "-n", "2", "--max-turns", "1", "--lm", *models)
    assert "its 2 sessions stay" in backrooms("repeat", "--delete", "last").out
    assert len(backrooms("sessions", "list", "--json").json()) == 4
    assert "2 sessions are in the trash" in backrooms("repeat", "--delete", "last", "--sessions").out
    assert len(backrooms("sessions", "list", "--json").json()) == 2
    assert backrooms("repeat", "--list", "--json").json() == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name a template"),
        (("duo", "--list"), "name a template"),
        (("--resume", "--seed", "4"), "keeps its plan"),
        (("--show", "x", "--jobs", "4"), "keeps its plan"),
        (("--resume",), "no batches yet"),
        (("dou",), "dou"),
        (("duo", "--lm", "local", "--order", "manual", "--max-turns", "3"), "manual"),
        (("duo", "--judge", "local", "--max-turns", "3"), "something to judge by"),
    ],
)
def test_what_cannot_be_is_an_operator_error_in_two_lines(
    backrooms: CommandLine, words: tuple[str, ...], told: str
) -> None:
    ran = backrooms("repeat", *words, status=2)
    assert told in ran.err
    assert len(ran.err.strip().splitlines()) == 2
    assert ran.out == ""


def test_a_hostile_title_is_harmless_everywhere(backrooms: CommandLine, models: tuple[str, str]) -> None:
    words = ("-n", "1", "--max-turns", "1", "--title", "\x1b]52;c;AAAA\x07[/]")
    made = backrooms("repeat", "duo", *words, "--lm", *models)
    for ran in (made, backrooms("repeat", "--list"), backrooms("repeat", "--show", "last")):
        assert "\x1b]52" not in ran.out + ran.err
