"""The server: pages for who brings the secret, an application for each, and nothing left of them at the end.

textual-serve gives the page its terminal. Its own server is not used: it has no secret, looks at no Origin, starts
applications through a shell, and does not end a connection whose application is gone.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from backrooms_tui.serving.admission import Admission
from backrooms_tui.serving.child import Child
from backrooms_tui.serving.connection import connect
from backrooms_tui.serving.door import Door
from backrooms_tui.serving.heard import size_of
from backrooms_tui.serving.page import HEADERS, POLICY, files, page, plain_page
from backrooms_tui.session.trouble import OperatorError

# A pasted text of this many bytes is still taken.
_LONGEST_MESSAGE = 1_000_000
_HEARTBEAT = 20.0  # seconds; a page that does not answer is gone
_LAST_WORDS = 10.0  # seconds that connections may take to end
_IDLE = 15.0  # seconds that a connection without a request is kept
_BACKLOG = 64

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Show:
    """What is shown: `arguments` gives the words after `backrooms` for a new page, and may look into the database.

    `watching`: who comes can look and cannot type. `at_most` pages are served at a time.
    """

    arguments: Callable[[], Sequence[str]]
    watching: bool = False
    at_most: int = 8


class Server:
    """Serves `show` at `listener` to those whom `admission` lets in. `tell` hears of what went wrong, a text each."""

    def __init__(
        self, listener: socket.socket, admission: Admission, show: Show, tell: Callable[[str], object]
    ) -> None:
        self._listener = listener
        self._admission = admission
        self._show = show
        self._tell = tell
        self._cookie = f"backrooms-{self.port}"  # browsers do not keep the cookies of two ports apart
        self._pages: set[web.WebSocketResponse] = set()
        self._door: Door | None = None
        self._coming = 0
        self._closing = False

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def token(self) -> str:
        """The secret of the address. It is for the person who runs the server, and for no log."""
        return self._admission.token

    async def serve(self, until: asyncio.Event) -> None:
        """Serve until the event is set; all applications have ended when this comes back."""
        files()
        # Its log would tell addresses, and ours holds a secret.
        for name in ("aiohttp.access", "aiohttp.server", "aiohttp.web", "aiohttp.internal"):
            logging.getLogger(name).disabled = True
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/ws", self._connect, allow_head=False),
                web.get("/files/{name}", self._file),
            ]
        )
        app.on_response_prepare.append(_secure)
        app.on_shutdown.append(self._close)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=_LAST_WORDS, keepalive_timeout=_IDLE
        )
        await runner.setup()
        assert runner.server is not None
        door = self._door = Door(runner.server)
        listening = await asyncio.get_running_loop().create_server(door, sock=self._listener, backlog=_BACKLOG)
        try:
            await until.wait()
        finally:
            self._closing = True
            listening.close()
            door.close()
            await runner.cleanup()

    # Who comes in -----------------------------------------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing at all, not even whether a page exists, for who is not let in."""
        refusal = self._refused(request)
        if refusal is not None:
            return refusal
        try:
            return await handler(request)
        except web.HTTPException as error:
            return _plain(error.status, "There is nothing here.", "The application is at the address / of this server.")
        except OperatorError as error:
            self._tell(f"{error.what}\n{error.cure}")
            return _plain(503, "There is nothing to show now.", "Try again in a while.")
        except Exception as error:
            self._tell(f"something unforeseen happened: {type(error).__name__}: {error}")
            return _plain(500, "Something unforeseen happened.", "Open the page again.")

    def _refused(self, request: web.Request) -> web.Response | None:
        admission, host = self._admission, request.headers.get("Host")
        if not admission.knows_host(host):
            return _plain(
                403, "This server is not known by this name.", "Whoever runs it can allow it: --allow-host NAME"
            )
        if request.path == "/ws" and not admission.knows_origin(request.headers.get("Origin"), host):
            return _plain(403, "This does not come from a page of this server.", "Open the address that it printed.")
        # A token that is given counts, whatever the browser still has from before.
        token = request.query.get("token") if request.path == "/" else None
        known = admission.knows_cookie(request.cookies.get(self._cookie)) if token is None else False
        if not known and not admission.knows_token(token):
            return _plain(403, "The address is not complete, or not of today.", "Open the one that the server printed.")
        return None

    # What there is ----------------------------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.Response:
        if self._is_full:
            return self._full()
        response = web.Response(text=page(), content_type="text/html")
        response.set_cookie(self._cookie, self._admission.cookie, path="/", httponly=True, samesite="Strict")
        return response

    async def _file(self, request: web.Request) -> web.Response:
        file = files().get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=file.content, content_type=file.type)

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if self._is_full or self._closing:
            return self._full()
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_LONGEST_MESSAGE, compress=False)
        transport = request.transport
        self._coming += 1
        try:
            arguments = await asyncio.to_thread(self._show.arguments)
            await socket.prepare(request)
            if self._door is not None:
                self._door.stays(transport)
            self._pages.add(socket)
            if not self._closing:
                watching = self._show.watching
                size = size_of(_number(request, "width", 80), _number(request, "height", 24))
                child = Child(arguments, size, watching=watching)
                await connect(socket, child, watching=watching, tell=self._tell)
        finally:
            self._coming -= 1
            self._pages.discard(socket)
            if transport is not None and transport.get_write_buffer_size():
                transport.abort()  # nobody reads what is left
        return socket

    @property
    def _is_full(self) -> bool:
        return self._coming >= self._show.at_most

    def _full(self) -> web.Response:
        count = self._show.at_most
        return _plain(
            503, f"All {count} places are taken." if count > 1 else "The place is taken.", "Try again in a while."
        )

    async def _close(self, _: web.Application) -> None:
        await asyncio.gather(*(socket.close(code=1001) for socket in list(self._pages)), return_exceptions=True)


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _plain(status: int, what: str, cure: str) -> web.Response:
    return web.Response(status=status, text=plain_page(what, cure), content_type="text/html")


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    """What every answer carries, so that a browser takes nothing from elsewhere and gives nothing away."""
    response.headers.update(HEADERS)
    # Some browsers do not count a websocket of the same place as 'self'. The name is one of ours: it was looked at.
    host = request.headers.get("Host", "") if response.status == 200 else ""
    response.headers["Content-Security-Policy"] = POLICY.format(sockets=f"ws://{host} wss://{host}" if host else "")
