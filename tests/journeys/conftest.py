"""Somebody at a terminal, on a machine of their own: empty folders, no keys, the starter model where it is asked."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def backrooms(tmp_path: Path) -> CommandLine:
    """The command line, in folders of its own; `folder` is its home."""
    return CommandLine(tmp_path)


@pytest.fixture
def with_starter(backrooms: CommandLine, starter_model: Path) -> CommandLine:
    """The same, with the embedded model already fetched."""
    models = backrooms.folder / "data" / "models"
    models.mkdir(parents=True, mode=0o700)
    try:
        os.link(starter_model, models / starter_model.name)
    except OSError:  # another file system
        os.symlink(starter_model, models / starter_model.name)
    return backrooms
