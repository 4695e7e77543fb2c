"""Somebody who searches a folder: the test's own `papers`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from backrooms_tui.worlds.exos.searching.search import Search
from tests.worlds.exos.sitting import Sitting


@pytest_asyncio.fixture
async def sitting(papers: Path) -> AsyncIterator[Sitting]:
    made = Sitting([Search(str(papers))])
    yield made
    await made.world.aclose()
