"""`backrooms sessions report`: what judges say and what was said, as a file."""

from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.store.database import open_store
from tests.cli.conftest import CommandLine
from tests.formats.outgoing.judged_evenings import forecast, judgement
from tests.store.scripts import BEGAN, keep, kept


@pytest.fixture
def judged(backrooms: CommandLine) -> CommandLine:
    """A session with councils that was judged twice, and another one."""
    with open_store(backrooms.folder / "data" / "sessions.db") as store:
        script, councils = forecast()
        keep(store, script.events)
        for council in reversed(councils.values()):
            keep(store, council.events)
        store.keep_judgement(judgement("older", BEGAN + 10))
        store.keep_judgement(replace(judgement("newer", BEGAN + 20), verdicts=judgement().verdicts[:1]))
        kept(store, "Nothing to judge.", title="Plain")
    return backrooms


@pytest.mark.parametrize("shape", ["md", "html"])
def test_a_report_is_a_file_in_the_current_folder(judged: CommandLine, shape: str) -> None:
    place = judged.folder / judged("sessions", "report", "A forecast", "--format", shape).out.strip()
    assert place.name.endswith(f"_A-forecast_abcdefgh-report.{shape}")
    text = place.read_text("utf-8")
    for words in ("They agreed at first.", "Year 2028", "Deep within, yes.", "Now we say three.", "Round 1."):
        assert words in text
    again = judged("sessions", "report", "A forecast", "--format", shape, "--json").json()
    assert again["path"].endswith(f"-report-2.{shape}")
    assert again["bytes"] == len(text.encode())


def test_the_end_of_the_name_says_as_what(judged: CommandLine) -> None:
    judged("sessions", "report", "A forecast", "-o", "mine.html")
    assert (judged.folder / "mine.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    judged("sessions", "report", "Plain", "-o", "notes.md")
    assert (judged.folder / "notes.md").read_text("utf-8").startswith("# Plain\n")


def test_it_can_go_to_standard_output(judged: CommandLine) -> None:
    place = Path(judged("sessions", "report", "A forecast", "-o", "mine.md").out.strip())
    shown = judged("sessions", "report", "A forecast", "-o", "-").out
    assert shown == (judged.folder / place).read_text("utf-8")


def test_another_judgement_can_be_told_first(judged: CommandLine) -> None:
    assert "±1.41" not in judged("sessions", "report", "A forecast", "-o", "-").out
    assert "±1.41" in judged("sessions", "report", "A forecast", "-o", "-", "--judgement", "older").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nobody",), "nobody"),
        (("A forecast", "--judgement", "none"), "write one of newer, older"),
        (("Plain", "--judgement", "none"), "`backrooms judge` makes one"),
        (("Plain", "-o", "-", "--json"), "name a file or a folder"),
    ],
)
def test_what_cannot_be_is_said_in_two_lines(judged: CommandLine, words: tuple[str, ...], told: str) -> None:
    ran = judged("sessions", "report", *words, status=2)
    assert told in ran.err
    assert len(ran.err.strip().splitlines()) == 2
