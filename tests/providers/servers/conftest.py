"""The two hosted providers, pointed at the misbehaving server, so that one test speaks of both."""

from collections.abc import AsyncIterator

import pytest

from backrooms_tui.providers.base import Provider
from tests.misbehaving import MisbehavingServer
from tests.providers.servers.talking import KEY, make_provider


@pytest.fixture(params=["anthropic", "openai"])
async def provider(request: pytest.FixtureRequest, misbehaving: MisbehavingServer) -> AsyncIterator[Provider]:
    made = make_provider(request.param, misbehaving, stall_timeout=5.0)
    yield made
    await made.aclose()


@pytest.fixture
def key() -> str:
    return KEY
