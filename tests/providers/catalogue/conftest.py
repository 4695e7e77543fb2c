"""A catalogue without anybody's own aliases, and a place for local models."""

from pathlib import Path

import pytest

from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.servers.endpoints import PRESETS


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture
def catalogue(models_dir: Path) -> Catalogue:
    return Catalogue({}, PRESETS, models_dir)
