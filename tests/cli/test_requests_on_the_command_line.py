"""`--requests` lets agents ask for things by themselves."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from backrooms_tui.cli.root import backrooms


@pytest.fixture
def talkers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    Path("one.txt").write_text('Hello.\n!note "they are kind"\n!leave', "utf-8")
    Path("two.txt").write_text("Well.", "utf-8")
    return "scripted/one.txt", "scripted/two.txt"


def run(talkers: tuple[str, str], *options: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(
        backrooms,
        ["run", "duo", "--lm", *talkers, "--max-turns", "3", "--format", "jsonl", *options],
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_is_named_is_allowed_and_what_is_asked_for_is_denied_where_nobody_is_there(
    talkers: tuple[str, str],
) -> None:
    events = run(talkers, "--requests", "note", "leave=ask")
    made = [event for event in events if event["kind"] == "request_made"]
    assert [(one["name"], one["outcome"]) for one in made[:2]] == [("note", "done"), ("leave", "denied")]
    assert next(event for event in events if event["kind"] == "turn_ended")["heard"] == "Hello."


def test_without_the_option_nothing_is_asked_for(talkers: tuple[str, str]) -> None:
    assert not [event for event in run(talkers) if event["kind"] == "request_made"]


@pytest.mark.parametrize(("given", "said"), [("shout", "nothing that agents ask for"), ("note=maybe", "note=ask")])
def test_what_is_not_known_is_said(talkers: tuple[str, str], given: str, said: str) -> None:
    done = CliRunner().invoke(backrooms, ["run", "duo", "--requests", given])
    assert done.exit_code == 2
    assert said in done.output
