"""The embedded model: any GGUF file on this machine, the starter model first of all, with no key and no account."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from backrooms_tui.providers.base import Chunk, Finish, Listing, Omitted, Progress, Provider, Request
from backrooms_tui.providers.local import embedded
from backrooms_tui.providers.local.embedded import DEFAULT_CONTEXT, Embedded
from backrooms_tui.providers.local.gguf import find_gguf, header_of, list_gguf
from backrooms_tui.providers.local.gguf_header import NotGGUF
from backrooms_tui.providers.local.pace import Watch
from backrooms_tui.providers.local.starter import STARTER, ensure_starter, find_starter
from backrooms_tui.providers.servers.dialects import LLAMACPP, Dialect
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble

# How the starter speaks where the person asks for nothing else. Chosen by reading chats and command lines of four to
# eight turns between two of it. With llama.cpp's own defaults 46 to 69% of all four-word runs had been said before,
# with these 3 to 6%; a stronger repeat_penalty had fewer, but drove it out of its role.
_STARTER_DEFAULTS: Mapping[str, Any] = {
    "temperature": 0.7,
    "repeat_penalty": 1.05,
    "repeat_last_n": 256,
    "dry_multiplier": 0.8,
    "dry_penalty_last_n": 2048,
    "max_tokens": 400,
}
# Seconds of silence on the line: never. The server pings each second, also while it stands still, so that not the line
# but what is done is watched (`pace`).
_SILENCE = 7 * 24 * 3600.0


class LocalProvider(Provider):
    """GGUF models in the embedded llama.cpp.

    `models_dir` is where models are kept. `threads` is how many compute one model, `context` how many tokens each
    agent may use; a request's own `context` goes before it. A model's name is a file's name in `models_dir` or a path;
    the starter's file name stands for the starter wherever it is, and fetches it when it is not there.
    """

    name = "local"

    def __init__(self, models_dir: Path, *, threads: int | None = None, context: int | None = None) -> None:
        self.models_dir = models_dir
        self._threads = threads
        self._context = context
        self._servers: dict[Path, _Server] = {}
        self._locks: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The reply as it comes, after `Progress` chunks while the model is fetched and loaded. See `Provider`."""
        asked = _as_count(request.params.get("context"))
        request = replace(request, params={name: one for name, one in request.params.items() if name != "context"})
        while True:
            try:
                async with aclosing(self._readied(request.model, asked)) as progress:
                    async for one in progress:
                        yield one
                server = self._servers[await self._path(request.model)]
            except OperatorError as error:
                raise ProviderTrouble(Trouble("bad_request", error.what, error.cure)) from error
            with embedded.speaking(server.model):
                async with server.model.places.one():
                    if not server.model.alive:  # it ended while this request waited for its place
                        continue
                    if asked and asked > server.model.context:
                        yield Omitted("context", f"the model holds {server.model.context:,} tokens for each agent")
                    async with aclosing(server.stream(request)) as chunks:
                        async for chunk in chunks:
                            yield replace(chunk, model=server.model.path.name) if isinstance(chunk, Finish) else chunk
                    return

    async def ready(self, model: str, progress: Callable[[Progress], None] | None = None) -> None:
        """Fetches the starter model if that is meant and missing, and loads the model. See `Provider.ready`."""
        await self._ready(model, None, progress or (lambda _: None))

    async def models(self) -> list[Listing]:
        """The starter, whether it has been fetched or not, and the files in `models_dir`."""
        return await asyncio.to_thread(self._listings)

    async def window(self, model: str) -> int | None:
        """Tokens that each agent has: those of the loaded model, else those that it would be loaded with."""
        try:
            path = await self._path(model)
            if path in self._servers:
                return self._servers[path].model.context
            return await asyncio.to_thread(self._window_of, path)
        except OperatorError:
            return None

    async def aclose(self) -> None:
        """Closes connections, and ends the servers that nobody else in this process uses."""
        servers = list(self._servers.values())
        self._servers.clear()
        for server in servers:
            await server.aclose()
            await asyncio.to_thread(embedded.release, server.model)

    async def _ready(self, model: str, context: int | None, tell: Callable[[Progress], None]) -> None:
        embedded.require_llama()
        if self._is_starter(model):
            await ensure_starter(self.models_dir, tell)
        path = await self._path(model)
        async with self._locks[path]:
            server = self._servers.get(path)
            wanted = context or self._context
            if server is not None:
                grown = wanted is not None and wanted > server.model.context
                if server.model.alive and (not grown or server.full or server.model.busy):
                    return
                del self._servers[path]
                await server.aclose()
                await asyncio.to_thread(embedded.release, server.model)
            tell(Progress(f"loading {path.name}"))
            loaded = await embedded.load(path, context=wanted, threads=self._threads)
            full = wanted is not None and loaded.context < wanted
            self._servers[path] = _Server(loaded, full=full, starter=self._is_starter(path.name))

    async def _readied(self, model: str, context: int | None) -> AsyncGenerator[Progress, None]:
        """What `_ready` tells, as it tells it. Closing it cancels what is under way."""
        queue: asyncio.Queue[Progress | None] = asyncio.Queue()
        task = asyncio.ensure_future(self._ready(model, context, queue.put_nowait))
        task.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (progress := await queue.get()) is not None:
                yield progress
            await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])

    def _is_starter(self, model: str) -> bool:
        return model == STARTER.file and not (Path.cwd() / model).is_file()

    async def _path(self, model: str) -> Path:
        if self._is_starter(model):
            return (self.models_dir / STARTER.file).resolve()
        return await asyncio.to_thread(find_gguf, model, self.models_dir)

    def _window_of(self, path: Path) -> int | None:
        wanted = self._context or DEFAULT_CONTEXT
        try:
            return min(wanted, header_of(path).window or DEFAULT_CONTEXT)
        except (NotGGUF, OSError):
            return min(wanted, DEFAULT_CONTEXT) if path.name == STARTER.file else None

    def _listings(self) -> list[Listing]:
        here = find_starter(self.models_dir) is not None
        detail = f"{STARTER.title}, {STARTER.licence}" + (
            "" if here else f", fetched when first used ({STARTER.size / 1e6:.0f} MB)"
        )
        listings = [Listing(STARTER.file, min(self._context or DEFAULT_CONTEXT, DEFAULT_CONTEXT), detail)]
        for path in list_gguf(self.models_dir):
            name = path.relative_to(self.models_dir).as_posix()
            if name != STARTER.file:
                listings.append(Listing(name, self._window_of(path), _described(path)))
        return listings


class _Server(OpenAIProvider):
    """One loaded model, spoken to as any llama.cpp server is, with what only our own can be asked.

    `full` says that a larger context was asked for than it can have.
    """

    def __init__(self, model: Embedded, *, full: bool, starter: bool) -> None:
        super().__init__(
            "local", api_key=model.key, base_url=f"{model.url}/v1", dialect=LLAMACPP, stall_timeout=_SILENCE
        )
        self.model = model
        self.full = full
        self._starter = starter

    def body(self, request: Request) -> tuple[dict[str, Any], list[Omitted]]:
        """The body for llama.cpp, which finds the slot, or the part of its RAM cache, that knows most of the prompt."""
        body, omitted = super().body(request)
        if self._starter:
            body = {**_STARTER_DEFAULTS, **body}
        body["cache_prompt"] = True
        body["return_progress"] = True
        return body, omitted

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The reply. Where the model's template knows no system role, the system text opens the first message from
        then on."""
        spoken = False
        try:
            async with aclosing(self._once(request)) as chunks:
                async for chunk in chunks:
                    spoken = True
                    yield chunk
                return
        except ProviderTrouble as error:
            if spoken or not _knows_no_system(error.trouble) or self.dialect.system_role == "user":
                raise
        self.dialect = replace(self.dialect, system_role="user")
        async with aclosing(self._once(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _once(self, request: Request) -> AsyncGenerator[Chunk, None]:
        try:
            async with aclosing(cast("AsyncGenerator[Chunk, None]", super().stream(request))) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ProviderTrouble as error:
            if error.trouble.kind == "connection":
                await asyncio.to_thread(self.model.settled)
            raise

    async def _open(self, body: Mapping[str, Any], dialect: Dialect) -> Any:
        """The events, under watch."""
        watched = _Watched(self.model)
        try:
            watched.events = await super()._open(body, dialect)
        except BaseException:
            await watched.close()
            raise
        return watched

    def _trouble(self, error: Exception) -> Trouble:
        if self.model.stuck is None:
            return super()._trouble(error)
        message = f"{self.model.path.name} stood still for {self.model.stuck:.0f} seconds and was stopped"
        return Trouble("timeout", message, "it is loaded again for the next attempt", True)


class _Watched:
    """The events of one reply, and the watch over them, which ends a model that does nothing any more.

    Only the time in which somebody wants the next event counts.
    """

    def __init__(self, model: Embedded) -> None:
        self.events: Any = None
        self._model = model
        self._watch = Watch(model.pace)
        self._wanted = True
        self._watching = asyncio.ensure_future(self._look())

    @property
    def response(self) -> Any:
        return self.events.response

    async def __aiter__(self) -> AsyncGenerator[Any, None]:
        async for event in self.events:
            self._watch.event(event)
            self._wanted = False
            yield event
            self._wanted = True

    async def close(self) -> None:
        self._watching.cancel()
        if self.events is not None:
            await self.events.close()

    async def _look(self) -> None:
        stuck = None
        while stuck is None:
            interval = self._watch.interval
            await asyncio.sleep(interval)
            stuck = self._watch.quiet(interval) if self._wanted else None
        if self._model.alive:
            self._model.stuck = stuck
            # Its end breaks off whatever is read from it.
            await asyncio.to_thread(self._model.stop)


def _knows_no_system(trouble: Trouble) -> bool:
    """Templates say it in words of their own: "System role not supported", "Only user and assistant roles are …"."""
    words = trouble.message.lower()
    return (
        trouble.kind in ("bad_request", "unknown") and "role" in words and ("system" in words or "only user" in words)
    )


def _as_count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _described(path: Path) -> str:
    try:
        header = header_of(path)
    except NotGGUF as error:
        return f"not usable: {error}"
    except OSError as error:
        return f"not readable: {error.strerror}"
    size = path.stat().st_size / 1e9
    return ", ".join(part for part in (header.name, header.architecture, f"{size:.1f} GB") if part)
