"""One page and its application: what is typed goes in, what is drawn comes out, and they end together."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web

from backrooms_tui.serving import packets
from backrooms_tui.serving.child import Child
from backrooms_tui.serving.heard import Asked, Looked, Resized, Typed, read_message

# Bytes that an application may be behind with: several of the largest pasted texts. Nobody types so much ahead.
_MOST_BEHIND = 4_000_000
_EACH = 200  # bytes that a packet takes beside what is in it
_FAREWELL = 5.0  # seconds that a page has to say that it has ended, too


class Inbox:
    """What a page has said and its application has not taken yet.

    The page is heard on meanwhile, so that its end is noticed even where the application hangs or cannot keep up.
    """

    def __init__(self) -> None:
        self._packets: asyncio.Queue[bytes] = asyncio.Queue()
        self._bytes = 0

    def put(self, packet: bytes) -> bool:
        """Keep it for the application; false where that is too far behind already."""
        self._bytes += len(packet) + _EACH
        if self._bytes > _MOST_BEHIND:
            return False
        self._packets.put_nowait(packet)
        return True

    async def hand_on(self, child: Child) -> None:
        """Hand the `child` one after another as it takes them. Does not end by itself."""
        while True:
            packet = await self._packets.get()
            await child.send(packet)
            self._bytes -= len(packet) + _EACH


async def connect(page: web.WebSocketResponse, child: Child, *, watching: bool, tell: Callable[[str], object]) -> None:
    """Let `page` and `child` go on with one another until one of them ends; the other ends then, too.

    Where they are only `watching`, nothing that is typed reaches the application: keys, the mouse and pasted text end
    here, whatever the page is made to send. `tell` hears what the application complained of.
    """
    async with child:
        inbox = Inbox()
        tasks = [asyncio.create_task(_draw(page, child)), asyncio.create_task(inbox.hand_on(child))]
        try:
            await _hear(page, inbox, watching=watching)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):  # a fault of ours, which is told
                raise end
    if child.complaint and (child.status or not child.began):
        tell(child.complaint)


async def _draw(page: web.WebSocketResponse, child: Child) -> None:
    with suppress(ConnectionError, RuntimeError):  # the page is gone
        await child.show(page.send_bytes)
        await _close(page, WSCloseCode.OK)


async def _hear(page: web.WebSocketResponse, inbox: Inbox, *, watching: bool) -> None:
    async for message in page:
        if message.type != WSMsgType.TEXT:
            continue
        kept = True
        match read_message(message.data):
            case Typed(text) if not watching:
                kept = inbox.put(packets.data(text))
            case Resized(width, height):
                kept = inbox.put(packets.meta("resize", width=width, height=height))
            case Looked(kind):
                kept = inbox.put(packets.meta(kind))
            case Asked(mark):
                with suppress(ConnectionError):
                    await page.send_json(["pong", mark])
        if not kept:
            await _close(page, WSCloseCode.POLICY_VIOLATION)
            return


async def _close(page: web.WebSocketResponse, code: WSCloseCode) -> None:
    with suppress(TimeoutError):  # nobody reads it there
        async with asyncio.timeout(_FAREWELL):
            await page.close(code=code)
