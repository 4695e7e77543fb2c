"""The door: how many may stand in it, and for how long, before anybody knows who they are.

Whoever can reach the port can open connections and say nothing, or say it a letter a second, or never read an answer.
So a connection that has not become a page is cut after a while, and there are only so many of them: where one more
comes, the one that has stood there longest makes room.
"""

import asyncio

from aiohttp import web

# A page is some hundred kilobytes with its letters: enough even for a slow line.
LONGEST = 60.0  # seconds
MOST = 64
_LOOK = 5.0  # seconds between looks who has stood there too long


class Door:
    """Makes the protocols of new connections to `server`."""

    def __init__(self, server: web.Server, *, most: int = MOST, longest: float = LONGEST) -> None:
        self._server = server
        self._most = most
        self._longest = longest
        self._waiting: dict[asyncio.Transport, float] = {}  # and since when; the oldest first
        self._looking: asyncio.TimerHandle | None = None

    def __call__(self) -> asyncio.Protocol:
        """A protocol for somebody who comes."""
        return _Comer(self)

    def close(self) -> None:
        """Nobody comes any more."""
        if self._looking is not None:
            self._looking.cancel()

    def comes(self, transport: asyncio.Transport) -> None:
        """Somebody has come; from here on aiohttp speaks with them."""
        if len(self._waiting) >= self._most:
            self._look()
        if len(self._waiting) >= self._most:
            self._cut(next(iter(self._waiting)))
        self._waiting[transport] = asyncio.get_running_loop().time()
        if self._looking is None:
            self._look()
        handler = self._server()
        transport.set_protocol(handler)
        handler.connection_made(transport)

    def stays(self, transport: asyncio.Transport | None) -> None:
        """It has become a page, which may stay; the places for pages are counted elsewhere."""
        if transport is not None:
            self._waiting.pop(transport, None)

    def _look(self) -> None:
        """Forget who has left, and cut off who has stood there too long."""
        loop = asyncio.get_running_loop()
        if self._looking is not None:
            self._looking.cancel()
        for transport, since in list(self._waiting.items()):
            if transport.get_extra_info("socket").fileno() < 0:
                del self._waiting[transport]
            elif loop.time() - since >= self._longest:
                self._cut(transport)
        self._looking = loop.call_later(min(_LOOK, self._longest), self._look) if self._waiting else None

    def _cut(self, transport: asyncio.Transport) -> None:
        del self._waiting[transport]
        transport.abort()  # without waiting for somebody who does not read


class _Comer(asyncio.Protocol):
    def __init__(self, door: Door) -> None:
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._door.comes(transport)
