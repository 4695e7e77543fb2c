"""A real HTTP server on the loopback address whose pages are as good or as bad as they are on the net."""

import asyncio
import gzip
import threading
import zlib
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

Page = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(
    body: bytes,
    kind: str = "text/html; charset=utf-8",
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
) -> bytes:
    """A whole answer, whose length may be a lie."""
    lines = {"Content-Type": kind, "Content-Length": str(len(body) if length is None else length), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n".encode("latin-1") + body


def sends_on(to: str) -> bytes:
    """A redirection."""
    return answer(b"", status="302 Found", headers={"Location": to})


def packed(body: bytes, how: str) -> bytes:
    """The body in gzip or deflate."""
    data = gzip.compress(body) if how == "gzip" else zlib.compress(body)[2:-4] if how == "bare" else zlib.compress(body)
    return answer(data, headers={"Content-Encoding": "deflate" if how == "bare" else how})


async def endless(writer: asyncio.StreamWriter) -> None:
    """A page that does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        writer.write(b"again and again\n" * 4096)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    """A page that comes letter by letter."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent(writer: asyncio.StreamWriter) -> None:
    """A server that accepts and says nothing."""
    await asyncio.Event().wait()


class Site:
    """Serves `pages` by path; what it does not know is not found. It notes the heads of the requests it got."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.heads: list[str] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def paths(self) -> list[str]:
        """What was asked for."""
        return [head.split(" ")[1] for head in self.heads]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            page = self.pages.get(head.split(" ")[1].split("?")[0], answer(b"no such page", status="404 Not Found"))
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()
