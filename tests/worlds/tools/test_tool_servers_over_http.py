"""Tool servers that are reached over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from backrooms_tui.session.trouble import ProviderTrouble
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.tools.offered import Address
from backrooms_tui.worlds.tools.server import ToolServer
from tests.misbehaving import MisbehavingServer, Reply
from tests.worlds.asking import asked, screen_of

KEY = "sesame-opens-5021"


class Running:
    """The workshop on the loopback address, in a process of its own."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.worlds.tools.workshop", str(self.port)]
        self.process = subprocess.Popen(command, cwd=os.getcwd(), stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None
                time.sleep(0.05)
        raise AssertionError("the server does not start")

    def stop(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    server = Running()
    yield server
    server.stop()


async def test_its_tools_are_commands_like_any_others(running: Running) -> None:
    world = ToolServer(WorldSetup("shop"), Address(running.url))
    await world.open()
    assert "14 tools" in await screen_of(world, "help")
    assert (await screen_of(world, "add 2 3")).endswith("5")
    assert "[image: image/png, 70 bytes]" in await screen_of(world, "picture")
    assert world.reach({})[0] == f"tools of shop ({running.url}): asked for each time"
    with pytest.raises(TimeoutError):
        await asked(world, "wait 60", within=0.3)
    assert (await screen_of(world, "add 2 3")).endswith("5")
    await world.aclose()


async def test_one_that_goes_away_and_comes_back_is_found_again(running: Running) -> None:
    world = ToolServer(WorldSetup("shop"), Address(running.url), patience=20)
    await world.open()
    running.stop()
    (answer,) = await asked(world, "add 2 3")
    assert answer.outcome == "failed"
    await world.open()
    (answer,) = await asked(world, "add 2 3")
    assert (answer.outcome, "could not be started" in answer.screen) == ("failed", True)
    running.start()
    await world.open()
    assert (await screen_of(world, "add 2 3")).endswith("5")
    await world.aclose()


async def test_one_that_is_not_there_is_trouble_that_may_pass() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        world = ToolServer(WorldSetup("shop"), Address(f"http://127.0.0.1:{taken.getsockname()[1]}/mcp"), patience=20)
        with pytest.raises(ProviderTrouble) as caught:
            await world.open()
    assert caught.value.trouble.may_pass
    assert "the tool server shop could not be started" in caught.value.trouble.message


async def test_a_key_is_sent_and_never_shown(misbehaving: MisbehavingServer) -> None:
    for _ in range(4):
        misbehaving.script(Reply.refusing(401, f"no: {KEY}"))
    with pytest.raises(ProviderTrouble) as caught:
        await ToolServer(WorldSetup("shop"), Address(f"{misbehaving.url}/mcp", KEY), patience=20).open()
    trouble = caught.value.trouble
    assert (trouble.kind, trouble.message) == ("authentication", "the tool server shop wants a key")
    assert "key_env in [worlds.shop]" in trouble.cure
    assert misbehaving.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in f"{trouble}{Address('http://x', KEY)!r}"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(status=200, body="<html>Welcome</html>", type="text/html"), "Unexpected content type"),
        (Reply(status=404, body="nothing here", type="text/plain"), "status 404"),
        (Reply(status=500, body="TypeError", type="text/plain"), "status 500"),
    ],
)
async def test_what_is_no_tool_server_is_said(misbehaving: MisbehavingServer, reply: Reply, said: str) -> None:
    misbehaving.script(*[reply] * 6)
    with pytest.raises(ProviderTrouble) as caught:
        await ToolServer(WorldSetup("shop"), Address(f"{misbehaving.url}/mcp"), patience=20).open()
    assert caught.value.trouble.message.startswith("the tool server shop could not be started: ")
    assert said in caught.value.trouble.message
