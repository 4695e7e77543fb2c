"""Whoever says nothing, or never listens, does not keep others out; what hangs or cannot keep up ends with its page."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from backrooms_tui.serving import server as serving
from backrooms_tui.serving.admission import admission
from backrooms_tui.serving.door import MOST, Door
from tests.cli.conftest import CommandLine
from tests.serving.conftest import Serve
from tests.serving.serving import Page, Served, is_there, opened, opened_when_free, until, visited


def knock(port: int, words: str = "") -> socket.socket:
    """A connection that has said no more than `words`."""
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.sendall(words.encode())
    return made


async def is_cut(knocker: socket.socket) -> None:
    """Wait until it has been ended."""

    def read() -> None:
        with knocker, suppress(ConnectionError):
            while knocker.recv(1 << 16):
                pass

    await asyncio.to_thread(read)


@asynccontextmanager
async def answering(**limits: float) -> AsyncIterator[int]:
    """A server that says a great deal, behind a door with these limits; its port."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=bytes(20_000_000))

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    assert runner.server is not None
    door = Door(runner.server, **limits)  # type: ignore[arg-type]
    listening = await asyncio.get_running_loop().create_server(door, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        door.close()
        await runner.cleanup()


HEAD = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    "words", ["", "G", f"{HEAD}X-Slow: ", f"{HEAD}Content-Length: 100000000\r\n\r\na", f"{HEAD}\r\n"]
)
async def test_who_dawdles_is_cut_off(words: str) -> None:
    async with answering(longest=0.3) as port:
        await is_cut(knock(port, words))


async def test_who_never_reads_an_answer_is_cut_off() -> None:
    async with answering(longest=0.3) as port:
        knocker = knock(port, f"{HEAD}\r\n" * 50)
        came = 0

        def read() -> None:
            nonlocal came
            with knocker, suppress(ConnectionError):
                while piece := knocker.recv(1 << 16):
                    came += len(piece)

        other = knock(port)  # who came later is cut off later
        await is_cut(other)
        await asyncio.to_thread(read)
        assert came < 50 * 20_000_000


async def test_the_longest_waiting_makes_room(serve: Serve, night: str) -> None:
    served = serve()
    port = int(served.host.rpartition(":")[2])
    crowd = [knock(port, words) for words in ("", HEAD) for _ in range(MOST)]
    try:
        await is_cut(crowd[0])
        async with opened(served) as page:
            await page.until("Lanterns")
        assert len(os.listdir(f"/proc/{served.process.pid}/fd")) < MOST + 40
    finally:
        for knocker in crowd:
            knocker.close()


async def test_a_page_stays(
    serve: Serve, backrooms: CommandLine, night: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is not one of those that wait at the door, however long it is there and however many come."""
    for name, value in backrooms.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(serving, "Door", partial(Door, most=2, longest=3.0))
    end = asyncio.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    letting_in = admission("127.0.0.1")
    told: list[str] = []
    here = serving.Server(listener, letting_in, serving.Show(lambda: ()), told.append)
    running = asyncio.create_task(here.serve(end))
    base = f"http://127.0.0.1:{here.port}"
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            async with browser.get(f"{base}/?token={here.token}") as first:
                assert first.status == 200
            async with browser.ws_connect(f"{base}/ws", origin=base) as joined:
                page = Page(joined)
                await page.until("Lanterns")
                for _ in range(2):
                    await is_cut(knock(here.port))
                await page.until_pong("still here")
    finally:
        end.set()
        await running
    assert not told


async def test_a_page_that_sends_more_than_is_taken_gives_its_place_back(serve: Serve, night: str) -> None:
    served = serve("--at-most", "1")
    async with opened(served) as page:
        await page.until("Lanterns")
        (child,) = served.children()
        os.kill(child, signal.SIGSTOP)  # it hangs
        with suppress(ConnectionError):
            for _ in range(300):
                await page.send("stdin", "\x1b[A" * 2000)
        await page.until_pong("the server does not hang with it")
    await until(lambda: not is_there(child), "what hangs has ended")
    async with opened_when_free(served) as page:
        await page.until("Lanterns")


async def test_a_page_that_floods_what_hangs_is_closed(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as page:
        await page.until("Lanterns")
        os.kill(served.children()[0], signal.SIGSTOP)
        with suppress(ConnectionError):
            for _ in range(12):
                await page.send("stdin", "x" * 900_000)
        await page.until_closed()
        assert page.socket.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_a_page_that_does_not_read_is_let_go(serve: Serve, night: str) -> None:
    """Its application has ended, but it takes neither what was drawn nor that it is over."""
    served = serve("--at-most", "1")
    knocker = await deaf(served, width=500, height=200)
    with knocker:
        await until(served.children, "it has an application")
        (child,) = served.children()
        for _ in range(20):
            knocker.sendall(frame("resize", {"width": 499, "height": 199}) + frame("resize", {"width": 500}))
            knocker.sendall(frame("stdin", "?"))
        knocker.sendall(frame("stdin", "\x11"))
        await until(lambda: not is_there(child), "it has ended")
        async with opened_when_free(served) as page:
            await page.until("Lanterns")


def frame(*message: object) -> bytes:
    """A websocket frame of a client (RFC 6455, 5.2), masked with zeros."""
    data = json.dumps(message).encode()
    assert len(data) < 126
    return bytes([0x81, 0x80 | len(data)]) + bytes(4) + data


async def deaf(served: Served, **size: int) -> socket.socket:
    """A websocket whose client never reads."""
    async with visited(served) as browser:
        cookie = "; ".join(f"{one.key}={one.value}" for one in browser.cookie_jar)
    host, _, port = served.host.rpartition(":")
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect((host, int(port)))
    made.sendall(
        f"GET /ws?{'&'.join(f'{name}={value}' for name, value in size.items())} HTTP/1.1\r\nHost: {served.host}\r\n"
        f"Origin: {served.base}\r\nCookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return made


HANGS_WHEN_ASKED = """
import os, signal, time
if os.environ.get("BACKROOMS_SERVED"):
    signal.signal(signal.SIGUSR1, lambda *_: [time.sleep(1) for _ in iter(int, 1)])
"""


async def test_what_hangs_does_not_outlive_a_server_that_was_killed(serve: Serve, night: str, tmp_path: Path) -> None:
    where = tmp_path / "hanging"
    where.mkdir()
    (where / "sitecustomize.py").write_text(HANGS_WHEN_ASKED)
    served = serve(PYTHONPATH=f"{where}:{Path(__file__).parents[2]}")
    async with opened(served) as page:
        await page.until("Lanterns")
        (child,) = served.children()
        os.kill(child, signal.SIGUSR1)
        served.process.kill()
        await until(lambda: not is_there(child), "it ends all the same")
