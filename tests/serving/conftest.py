"""Servers and what they show: a night that was kept, by models that speak from scripts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.serving.serving import Served

Serve = Callable[..., Served]


@pytest.fixture
def backrooms(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture
def serve(backrooms: CommandLine) -> Iterator[Serve]:
    """Starts servers, and ends them."""
    with ExitStack() as all_of_them:
        yield lambda *words, **environ: all_of_them.enter_context(Served(backrooms, *words, **environ))


@pytest.fixture
def night(backrooms: CommandLine) -> str:
    """A session of four turns, called Lanterns; its id."""
    one = backrooms.script("one", "The corridor hums quietly.", "A lantern is lit.")
    two = backrooms.script("two", "Somebody answers from below.", "The lantern goes out.")
    backrooms("run", "duo", "--lm", one, two, "--max-turns", "4", "--title", "Lanterns")
    (listed,) = backrooms("sessions", "list", "--json").json()
    return str(listed["id"])
