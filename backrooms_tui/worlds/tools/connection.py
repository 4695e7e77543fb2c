"""A tool server that runs: started, asked, watched, and ended with all that it started.

The SDK's connection has to be opened and closed in one task, so it lives in a task of its own. Requests are made from
wherever they are needed; a request that is cancelled is cancelled at the server as well.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.worlds.tools.last_words import LastWords
from backrooms_tui.worlds.tools.offered import Address, Offer, Program, Source
from backrooms_tui.worlds.tools.offering import offer_of

if TYPE_CHECKING:
    from mcp import Client

T = TypeVar("T")
# Seconds that a program has until it answers for the first time: its package may have to be fetched.
PATIENCE = 60.0
# How many of a program's last lines are shown, and how long a server may take to say whether it is there.
_TOLD = 3
_SIGN_OF_LIFE = 5.0


class Gone(Exception):
    """The server is not there any more. `why` is a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Connection:
    """One run of the server at `source`, which the person calls `name`."""

    def __init__(self, name: str, source: Source, patience: float = PATIENCE) -> None:
        self._name = name
        self._source = source
        self._patience = patience
        self._words: LastWords | None = None
        self._owner: asyncio.Task[None] | None = None
        self._leave = asyncio.Event()
        self._client: Client | None = None
        self._failure: BaseException | None = None
        self._status: int | None = None
        self.offer = Offer()

    @property
    def alive(self) -> bool:
        """Whether it answers, as far as one knows."""
        return self._client is not None and self._owner is not None and not self._owner.done()

    async def open(self) -> None:
        """Start it and learn what it offers. Raises OperatorError for a program that is not there, ProviderTrouble
        otherwise. Nothing is left running where it fails or is cancelled."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._hold(ready), name=f"tool server {self._name}")
        try:
            async with asyncio.timeout(self._patience):
                await asyncio.wait({self._owner, ready}, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            await self._end(at_once=True)
            raise self._trouble(f"it did not answer within {self._patience:g} seconds", "timeout") from None
        except BaseException:
            await self._end(at_once=True)
            raise
        if not ready.done():
            ready.cancel()
            await self._end(at_once=True)
            raise self._explained(self._failure)

    async def ask(self, request: "Callable[[Client], Awaitable[T]]") -> T:
        """What `request` gives for the client. Raises Gone where the server ended before it answered, and whatever the
        SDK raises for what a server answers. Cancelling it tells the server."""
        client, owner = self._client, self._owner
        if client is None or owner is None or owner.done():
            raise Gone(self.why_gone)
        job = asyncio.ensure_future(request(client))
        try:
            await asyncio.wait({job, owner}, return_when=asyncio.FIRST_COMPLETED)
            if not job.done():
                # A moment for the answer that was on its way.
                await asyncio.wait({job}, timeout=0.2)
        finally:
            if not job.done():
                job.cancel()
                await asyncio.wait({job}, timeout=_SIGN_OF_LIFE)
        if job.cancelled():
            raise Gone(self.why_gone)
        error = job.exception()
        if error is None:
            return job.result()
        if await self._closed_by(error):
            raise Gone(self.why_gone) from None
        raise error

    async def responds(self) -> bool:
        """Whether it still answers, within a few seconds. What it offers by now is learned on the way."""
        try:
            async with asyncio.timeout(_SIGN_OF_LIFE):
                page = await self.ask(lambda client: client.list_tools(cache_mode="refresh"))
                names = [tool.name for tool in page.tools]
                known = [tool.name for tool in self.offer.tools]
                if names != (known[: len(names)] if page.next_cursor else known):
                    self.offer = await self.ask(offer_of)
        except TimeoutError:
            return False
        except Gone:
            return False
        except Exception:
            return self.alive
        return True

    @property
    def why_gone(self) -> str:
        """Why it is not there any more, in a sentence, with the last that it said."""
        return f"The tool server {self._name} has stopped.{self._last_lines(' It said last: ')}"

    async def aclose(self) -> None:
        """End it, with all that it started. Takes some seconds where it does not want to."""
        await self._end()

    async def _hold(self, ready: "asyncio.Future[None]") -> None:
        """The task that the connection lives in."""
        from mcp import Client

        _quiet()
        try:
            async with Client(
                self._transport(), client_info=_who(), list_roots_callback=_no_roots, cache=None
            ) as client:
                self.offer = await offer_of(client)
                self._client = client
                if not ready.done():
                    ready.set_result(None)
                await self._leave.wait()
        except (Exception, asyncio.CancelledError) as error:
            self._failure = error
        finally:
            self._client = None

    def _transport(self) -> AbstractAsyncContextManager[Any]:
        return self._program(self._source) if isinstance(self._source, Program) else self._address(self._source)

    @asynccontextmanager
    async def _program(self, program: Program) -> AsyncIterator[Any]:
        from mcp.client.stdio import StdioServerParameters, stdio_client

        command, *rest = program.command
        started = StdioServerParameters(
            command=command, args=rest, env=dict(program.environment), encoding_error_handler="replace"
        )
        self._words = LastWords()
        try:
            async with stdio_client(started, self._words.file) as streams:
                self._words.started()
                yield streams
        finally:
            self._words.started()

    @asynccontextmanager
    async def _address(self, address: Address) -> AsyncIterator[Any]:
        from urllib.parse import urlsplit

        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        headers = {"Authorization": f"Bearer {address.key}"} if address.key else {}
        here = (urlsplit(address.url).hostname or "") in ("localhost", "127.0.0.1", "::1")
        timeout = httpx2.Timeout(30.0, read=3600.0, connect=10.0)
        async with (
            httpx2.AsyncClient(
                headers=headers, timeout=timeout, trust_env=not here, event_hooks={"response": [self._noticed]}
            ) as http,
            streamable_http_client(address.url, http_client=http) as streams,
        ):
            yield streams

    async def _noticed(self, response: Any) -> None:
        """Keep the status of a refusal: the SDK tells that there was one, and not which."""
        if response.status_code >= 400:
            self._status = response.status_code

    async def _end(self, at_once: bool = False) -> None:
        """Let the task end, and wait until it has: an interrupt in between does not leave a program behind."""
        owner = self._owner
        if owner is None:
            return
        self._leave.set()
        if at_once:
            owner.cancel()
        interrupted = False
        while not owner.done():
            try:
                await asyncio.wait({owner})
            except asyncio.CancelledError:
                interrupted = True
        if interrupted:
            raise asyncio.CancelledError

    async def _closed_by(self, error: BaseException) -> bool:
        """Whether `error` comes of a connection that is closed. The SDK tells of that with a code that many servers use
        for whatever they refuse, so the server is asked whether it is there."""
        from mcp.shared.exceptions import MCPError
        from mcp_types import CONNECTION_CLOSED

        if not isinstance(error, MCPError) or error.code != CONNECTION_CLOSED or await self._still_there():
            return False
        await self._end()
        return True

    async def _still_there(self) -> bool:
        from mcp.shared.exceptions import MCPError
        from mcp_types import CONNECTION_CLOSED

        client = self._client
        if client is None:
            return False
        try:
            async with asyncio.timeout(_SIGN_OF_LIFE):
                await client.list_tools(cache_mode="refresh")
        except MCPError as error:
            return error.code != CONNECTION_CLOSED
        except Exception:
            return False
        return True

    def _explained(self, error: BaseException | None) -> Exception:
        """Why it could not be started, in words."""
        found = _innermost(error)
        if isinstance(self._source, Program):
            program = self._source.command[0]
            if isinstance(found, FileNotFoundError | NotADirectoryError):
                return OperatorError(
                    f"the tool server {self._name} cannot be started: there is no program {program!r}",
                    f"install it, or correct `command` in [worlds.{self._name}] of config.toml",
                )
            if isinstance(found, PermissionError):
                return OperatorError(
                    f"the tool server {self._name} cannot be started: {program!r} may not be run",
                    f"make it executable, or correct `command` in [worlds.{self._name}] of config.toml",
                )
        if self._status in (401, 403):
            cure = "set the key that it wants" if not getattr(self._source, "key", "") else "look at its key"
            return ProviderTrouble(
                Trouble(
                    "authentication",
                    f"the tool server {self._name} wants a key",
                    f"{cure}: key_env in [worlds.{self._name}] names the variable",
                    status=self._status,
                )
            )
        why = _words(found) if found is not None else "it ended"
        return self._trouble(f"{why} (status {self._status})" if self._status else why, "connection")

    def _trouble(self, why: str, kind: Any) -> ProviderTrouble:
        said = self._last_lines("; it said last: ")
        cure = f"look at [worlds.{self._name}] in config.toml; backrooms worlds test {self._name} tries it again"
        return ProviderTrouble(
            Trouble(kind, f"the tool server {self._name} could not be started: {why}{said}", cure, may_pass=True)
        )

    def _last_lines(self, lead: str) -> str:
        lines = self._words.lines()[-_TOLD:] if self._words is not None else ()
        text = " / ".join(lines)
        for value in self._source.environment.values() if isinstance(self._source, Program) else ():
            text = text.replace(value, "…") if len(value) >= 4 else text
        return f"{lead}{text}" if text else ""


def _who() -> Any:
    from importlib.metadata import PackageNotFoundError, version

    from mcp_types import Implementation

    try:
        return Implementation(name="backrooms", version=version("backrooms-tui"))
    except PackageNotFoundError:
        return Implementation(name="backrooms", version="0")


async def _no_roots(context: object) -> Any:
    """No folder of the person's is told to a server."""
    from mcp_types import ListRootsResult

    return ListRootsResult(roots=[])


def _quiet() -> None:
    """What the SDK logs belongs on no screen: without a handler, Python would print it to standard error."""
    for name in ("mcp", "client"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _innermost(error: BaseException | None) -> BaseException | None:
    """The error inside groups of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _words(error: BaseException) -> str:
    from mcp.shared.exceptions import MCPError
    from mcp_types import CONNECTION_CLOSED
    from pydantic import ValidationError

    if isinstance(error, MCPError) and error.code == CONNECTION_CLOSED:
        return "it ended before it answered"
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"what it says of itself is not as MCP has it: {place}: {first['msg']}"[:300]
    said = " ".join(str(error).split())[:200].rstrip(".")
    return said or type(error).__name__
