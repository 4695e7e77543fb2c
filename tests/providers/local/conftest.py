"""A models folder that holds the starter, and the starter loaded once for all tests of this folder."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backrooms_tui.providers.local import embedded
from backrooms_tui.providers.local.starter import STARTER
from tests.providers.local.package_index import PackageIndex


@pytest.fixture
def models_dir(tmp_path: Path, starter_model: Path) -> Path:
    """A models folder with nothing but the starter model in it."""
    folder = tmp_path / "models"
    folder.mkdir(mode=0o700)
    (folder / STARTER.file).symlink_to(starter_model)
    return folder


@pytest.fixture(scope="session")
def loaded_starter(starter_model: Path) -> Iterator[embedded.Embedded]:
    """Keeps the starter loaded, so that each test need not load it anew."""
    model = asyncio.run(embedded.load(starter_model.resolve()))
    yield model
    embedded.release(model)


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    """A package index on this machine, which is the only one that pip knows."""
    with PackageIndex() as index:
        for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "PIP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip-cache"))
        monkeypatch.setenv("PIP_RETRIES", "0")
        yield index
