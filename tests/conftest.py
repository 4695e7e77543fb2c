"""What tests of several rooms share: the misbehaving server, and the embedded model behind its own HTTP endpoints."""

import asyncio
import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.misbehaving import MisbehavingServer

# Most of what the tests are made of stays: young garbage is looked for less often, and old hardly ever.
gc.set_threshold(20_000, 20, 1_000)

# A shell that starts the tests in the background has them, and every program that they start, ignore interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class EmbeddedServer:
    """llama.cpp's own server with the starter model: `url` for the anthropic SDK, `openai_url` for the openai SDK."""

    url: str
    openai_url: str
    model: str


@pytest.fixture
def misbehaving() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as server:
        yield server


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The starter model's file: from BACKROOMS_TEST_GGUF, or fetched once per machine."""
    given = os.environ.get("BACKROOMS_TEST_GGUF")
    if given:
        return Path(given)
    pytest.importorskip("xllamacpp", reason="the embedded model needs the extra `local`")
    from backrooms_tui.providers.local.starter import ensure_starter

    return asyncio.run(ensure_starter(Path(tempfile.gettempdir()) / "backrooms-tests-models"))


@pytest.fixture(scope="session")
def embedded_server(starter_model: Path) -> Iterator[EmbeddedServer]:
    xllamacpp = pytest.importorskip("xllamacpp", reason="the embedded model needs the extra `local`")
    params = xllamacpp.CommonParams()
    params.model.path = str(starter_model)
    params.n_ctx = 8192
    params.n_parallel = 2
    params.verbosity = 0
    params.cpuparams.n_threads = 1
    server = xllamacpp.Server(params)
    url = server.listening_address
    # The server lives as long as its object does.
    yield EmbeddedServer(url, f"{url}/v1", "smollm2")
    del server
