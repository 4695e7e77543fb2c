"""One page and its application: what is typed goes in, what is drawn comes out, and they end together."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSCloseCode, WSMsgType, web

from backrooms_tui.serving import packets
from backrooms_tui.serving.child import Child
from backrooms_tui.serving.heard import Asked, Looked, Resized, Typed, read_message


async def connect(page: web.WebSocketResponse, child: Child, *, watching: bool, tell: Callable[[str], object]) -> None:
    """Let `page` and `child` go on with one another until one of them ends; the other ends then, too.

    Where they are only `watching`, nothing that is typed reaches the application: keys, the mouse and pasted text end
    here, whatever the page is made to send. `tell` hears what the application complained of.
    """
    async with child:
        drawing = asyncio.create_task(_draw(page, child))
        try:
            await _hear(page, child, watching=watching)
        finally:
            drawing.cancel()
            with suppress(asyncio.CancelledError):
                await drawing
    if child.complaint and (child.status or not child.began):
        tell(child.complaint)


async def _draw(page: web.WebSocketResponse, child: Child) -> None:
    with suppress(ConnectionError, RuntimeError):  # the page is gone
        await child.show(page.send_bytes)
        await page.close(code=WSCloseCode.OK)


async def _hear(page: web.WebSocketResponse, child: Child, *, watching: bool) -> None:
    async for message in page:
        if message.type != WSMsgType.TEXT:
            continue
        match read_message(message.data):
            case Typed(text) if not watching:
                await child.send(packets.data(text))
            case Resized(width, height):
                await child.send(packets.meta("resize", width=width, height=height))
            case Looked(kind):
                await child.send(packets.meta(kind))
            case Asked(mark):
                with suppress(ConnectionError):
                    await page.send_json(["pong", mark])
