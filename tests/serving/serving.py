"""A server as a person starts it, and pages of it: HTTP and websockets by aiohttp, nothing of ours in between."""

import asyncio
import json
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.cli.conftest import COMMAND, CommandLine

SECONDS = 60.0  # until something that must come is missed


class Served:
    """`backrooms serve` with these words. `address` is what it printed, `base` the same without its secret."""

    def __init__(self, backrooms: CommandLine, *words: str, **environ: str) -> None:
        number = len(list(backrooms.folder.glob("printed-*")))
        self.printed = backrooms.folder / f"printed-{number}.txt"
        self.complained = backrooms.folder / f"complained-{number}.txt"
        with self.printed.open("wb") as out, self.complained.open("wb") as err:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=backrooms.folder,
                env=backrooms.environ | {"PYTHONUNBUFFERED": "1"} | environ,
            )
        end = monotonic() + SECONDS
        while "Ctrl-C" not in self.printed.read_text():
            assert self.process.poll() is None, self.complained.read_text()
            assert monotonic() < end, "it never began"
            sleep(0.02)
        self.address = self.printed.read_text().splitlines()[0]
        parts = urlsplit(self.address)
        self.host, self.token = parts.netloc, parse_qs(parts.query)["token"][0]
        self.base = f"http://{self.host}"

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def children(self) -> list[int]:
        """The processes that it has started and that are still there."""
        return children_of(self.process.pid)


def children_of(process: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(process) and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def until(condition: Callable[[], object], what: str) -> None:
    end = monotonic() + SECONDS
    while not condition():
        assert monotonic() < end, f"never: {what}"
        await asyncio.sleep(0.02)


_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|.)")


class Page:
    """A websocket of the server, as its page has one. `seen` is all the text that was drawn so far."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen = ""
        self.pongs: list[str] = []

    async def send(self, *message: object) -> None:
        await self.socket.send_str(json.dumps(message))

    async def until(self, words: str) -> None:
        """Wait until `words` were drawn."""
        await self._hear(lambda: words in self.seen, f"{words!r}")

    async def until_drawn_anew(self, words: str, before: int) -> None:
        """Wait until `words` were drawn after the first `before` letters of all."""
        await self._hear(lambda: words in self.seen[before:], f"{words!r} anew")

    async def until_pong(self, mark: str) -> None:
        """Wait for the answer to a ping: all that was sent before it has been heard."""
        await self.send("ping", mark)
        await self._hear(lambda: mark in self.pongs, f"the answer to {mark!r}")

    async def until_closed(self) -> None:
        await self._hear(lambda: self.socket.closed, "the end")

    async def _hear(self, there: Callable[[], object], what: str) -> None:
        end = monotonic() + SECONDS
        while not there():
            left = end - monotonic()
            assert left > 0, f"{what} never came:\n{self.seen[-3000:]}"
            try:
                message = await self.socket.receive(timeout=left)
            except TimeoutError:
                continue
            if message.type == aiohttp.WSMsgType.BINARY:
                self.seen += _ESCAPES.sub("", message.data.decode("utf-8", "replace"))
            elif message.type == aiohttp.WSMsgType.TEXT:
                kind, value = json.loads(message.data)
                if kind == "pong":
                    self.pongs.append(value)
            elif not there():
                raise AssertionError(f"closed before {what}: {self.socket.close_code}\n{self.seen[-3000:]}")


@asynccontextmanager
async def visited(served: Served) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has opened the address, and holds the cookie that it was given."""
    # Browsers keep the cookies of an address of numbers; aiohttp does so when asked.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(served.address) as first:
            assert first.status == 200
        yield browser


@asynccontextmanager
async def opened(served: Served, *, width: int = 100, height: int = 30) -> AsyncIterator[Page]:
    """A page of the server with its application."""
    async with (
        visited(served) as browser,
        browser.ws_connect(f"{served.base}/ws?width={width}&height={height}", origin=served.base) as socket,
    ):
        yield Page(socket)


@asynccontextmanager
async def opened_when_free(served: Served) -> AsyncIterator[Page]:
    """A page, as soon as there is a place: it is given back a moment after the application has ended."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        status, end = 503, monotonic() + SECONDS
        while status == 503:
            assert monotonic() < end, "no place was given back"
            async with browser.get(served.address) as first:
                status = first.status
        async with browser.ws_connect(f"{served.base}/ws?width=100&height=30", origin=served.base) as socket:
            yield Page(socket)
