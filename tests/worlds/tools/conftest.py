"""Tool servers that run while a test does, and what is left of their programs afterwards."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio

from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.tools.offered import Program
from backrooms_tui.worlds.tools.server import ToolServer

pytest.importorskip("mcp", reason="tool servers need the extra `worlds`")

Servers = Callable[..., ToolServer]


def program(module: str, *words: str, **environment: str) -> Program:
    """A test server as a program."""
    return Program((sys.executable, "-m", f"tests.worlds.tools.{module}", *words), with_path(environment))


def with_path(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which a program finds the tests."""
    return {"PYTHONPATH": os.getcwd(), **environment}


def runs(pid: int) -> bool:
    """Whether a process is there; one that has ended and was not looked at counts as gone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest_asyncio.fixture
async def servers() -> AsyncIterator[Servers]:
    made: list[ToolServer] = []

    def make(module: str, *words: str, patience: float = 60.0, **environment: str) -> ToolServer:
        made.append(ToolServer(WorldSetup("shop"), program(module, *words, **environment), patience))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


@pytest_asyncio.fixture
async def workshop(servers: Servers) -> ToolServer:
    """The server with tools of every kind, open."""
    world = servers("workshop", SECRET="mellon-mellon")
    await world.open()
    return world
