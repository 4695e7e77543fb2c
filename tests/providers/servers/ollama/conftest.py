"""A server that speaks Ollama's API, and the provider that is pointed at it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from backrooms_tui.providers.servers.ollama import OllamaProvider
from tests.providers.servers.ollama.ollama_server import OllamaServer


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as running:
        yield running


@pytest_asyncio.fixture
async def provider(server: OllamaServer) -> AsyncIterator[OllamaProvider]:
    made = OllamaProvider(server.url, stall_timeout=5.0)
    yield made
    await made.aclose()
