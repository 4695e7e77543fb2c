"""What somebody does first: a conversation on the embedded model, listed, and read again."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def with_starter(backrooms: CommandLine, starter_model: Path) -> CommandLine:
    models = backrooms.folder / "data" / "models"
    models.mkdir(parents=True, mode=0o700)
    os.link(starter_model, models / "SmolLM2-135M-Instruct.Q4_1.gguf")
    return backrooms


def test_six_turns_on_a_real_model_listed_and_printed_again(with_starter: CommandLine) -> None:
    words = ["run", "cli", "--lm", "local", "local", "--max-turns", "6", "--seed", "7", "--param", "max_tokens=24"]
    ran = with_starter(*words)
    assert ran.out.count(" · turn ") == 6
    (session,) = with_starter("sessions", "list", "--json").json()
    assert session["turns"] == 6
    assert session["cost"] == 0
    assert with_starter("replay", session["id"], "--format", "text").out == ran.out

    again = with_starter(*words, "--format", "jsonl").events()
    first = with_starter("replay", session["id"], "--format", "jsonl").events()
    texts = [[event["text"] for event in run if event["kind"] == "turn_ended"] for run in (first, again)]
    assert texts[0] == texts[1], "the same seed gives the same words"
    ended = [event for event in again if event["kind"] == "turn_ended"]
    assert sum(event["usage"]["cache_read_tokens"] for event in ended[2:]) > 0


def test_the_model_is_tested_with_one_request(with_starter: CommandLine) -> None:
    assert "tokens a second" in with_starter("models", "test", "local").out
