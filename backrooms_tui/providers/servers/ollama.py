"""Models served by Ollama, through its own API: chat, listing, and pulling a missing model with progress.

API: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from backrooms_tui.providers.base import (
    Chunk,
    Finish,
    Listing,
    Omitted,
    Progress,
    Provider,
    ReasoningChunk,
    Request,
    TextChunk,
)
from backrooms_tui.providers.empty_reply import empty_reply
from backrooms_tui.providers.servers.endpoints import is_loopback
from backrooms_tui.providers.servers.error_body import one_line, read_error_body
from backrooms_tui.providers.servers.http_trouble import trouble_of, trouble_of_response
from backrooms_tui.providers.servers.schemas import names_schema
from backrooms_tui.providers.servers.tools import Calls, ToolRefusals, function_tools, names_tools
from backrooms_tui.providers.thinking_tags import Channel, ThinkingTags
from backrooms_tui.session.events import StopReason
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response

# Ollama gives a model 4,096 tokens where nobody asks, and drops the oldest messages without a word when they do not
# fit. So the window is always asked for, at most this much where the person does not say: it takes memory.
DEFAULT_CONTEXT = 8192
_PORT = 11434
_LONGEST_LINE = 8 << 20

_OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("temperature", "top_p", "top_k", "min_p", "repeat_penalty", "seed"), ""),
    **dict.fromkeys(("frequency_penalty", "presence_penalty"), ""),
    "max_tokens": "num_predict",
    "context": "num_ctx",
}
# `think` takes these three words beside true and false.
_EFFORTS = {
    "none": False,
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}
_STOP_REASONS: Mapping[str, StopReason] = {"stop": "end", "length": "max_tokens"}


class OllamaProvider(Provider):
    """One Ollama server. `base_url` None means the one of `OLLAMA_HOST`, read as Ollama reads it, else this machine's.

    `stall_timeout` is how many seconds the server may be silent: it loads a model before its first word.
    """

    name = "ollama"

    def __init__(self, base_url: str | None = None, *, stall_timeout: float = 300.0) -> None:
        given = base_url.rstrip("/").removesuffix("/v1") if base_url else None
        self.base_url = given or address_from_environment(os.environ.get("OLLAMA_HOST", ""))
        self._stall_timeout = stall_timeout
        self._client: AsyncClient | None = None
        self._shown: dict[str, dict[str, Any]] = {}
        self._never_thinks: dict[str, str] = {}
        # Models that turned out to take no schema.
        self._free: set[str] = set()
        self._tools = ToolRefusals()

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The reply as it comes. See `Provider.stream`."""
        body, omitted = await self._body(request)
        for one in omitted:
            yield one
        while True:
            async with aclosing(self._chat(request.model, body)) as chunks:
                try:
                    async for chunk in chunks:
                        yield chunk
                    return
                except _CannotThink as error:
                    del body["think"]
                    self._never_thinks[request.model] = error.why
                    asked = "thinking" if "thinking" in request.params else "effort"
                    yield Omitted(asked, error.why)
                except _TakesNoSchema:
                    del body["format"]
                    self._free.add(request.model)
                except _TakesNoTools as error:
                    self._tools.learn_from(request.model, error.why)
                    del body["tools"]
                    no_tools = self._tools.omitted(request.model)
                    if no_tools is None:
                        body["tools"] = function_tools(request.tools, in_words=True)
                    else:
                        yield no_tools

    async def models(self) -> list[Listing]:
        """The models that have been pulled, by name."""
        answer = await self._asked("GET", "/api/tags")
        entries = [entry for entry in answer.get("models") or () if isinstance(entry, dict)]
        return sorted((_listing(entry) for entry in entries), key=lambda listing: listing.model)

    async def window(self, model: str) -> int | None:
        """Tokens that `model` is given where the person asks for no `context`: at most 8,192, or what it can hold.

        None where the server does not answer or the model has not been pulled.
        """
        try:
            return await self._window(model)
        except ProviderTrouble:
            return None

    async def ready(self, model: str, progress: Callable[[Progress], None] | None = None) -> None:
        """Pulls `model` if the server does not have it. See `Provider.ready`."""
        try:
            await self._show(model)
        except ProviderTrouble as error:
            if error.trouble.status != 404:
                raise
            await self.pull(model, progress)

    async def pull(self, model: str, progress: Callable[[Progress], None] | None = None) -> None:
        """Has the server pull `model`; bytes are those of all its layers. Cancelling closes the connection, upon which
        the server stops; what it has by then it keeps, and goes on from there next time. Raises ProviderTrouble."""
        tell = progress or (lambda _: None)
        sizes: dict[str, tuple[int, int]] = {}
        async with aclosing(self._lines("/api/pull", {"model": model, "stream": True}, model)) as lines:
            async for line in lines:
                status = str(line.get("status", ""))
                if line.get("digest"):
                    sizes[str(line["digest"])] = (_count(line, "completed"), _count(line, "total"))
                if status == "success":
                    self._shown.pop(model, None)
                    return
                done, total = (sum(pair[index] for pair in sizes.values()) for index in (0, 1))
                tell(
                    Progress(f"pulling {model}" if line.get("digest") else f"{model}: {one_line(status)}", done, total)
                )
        raise ProviderTrouble(
            Trouble("connection", f"ollama broke off pulling {model}", "try again; it goes on from there", True)
        )

    async def aclose(self) -> None:
        """Closes the connections. The provider opens new ones if it is used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _body(self, request: Request) -> tuple[dict[str, Any], list[Omitted]]:
        messages = [{"role": message.role, "content": message.text} for message in request.messages]
        if request.system.strip():
            messages.insert(0, {"role": "system", "content": request.system})
        options: dict[str, Any] = {}
        omitted: list[Omitted] = []
        # Where the window overflows all the same, that is an error and not a silent cut.
        body: dict[str, Any] = {
            "model": request.model,
            "messages": messages,
            "stream": True,
            "truncate": False,
            "shift": False,
        }
        for name, value in request.params.items():
            if name in _OPTIONS:
                options[_OPTIONS[name] or name] = value
            elif name in ("thinking", "effort"):
                if request.model in self._never_thinks:
                    omitted.append(Omitted(name, self._never_thinks[request.model]))
                elif name == "thinking":
                    # An effort says more than yes.
                    body["think"] = bool(value) and body.get("think", True)
                elif body.get("think") is not False:
                    body["think"] = _EFFORTS.get(str(value), True)
            else:
                omitted.append(Omitted(name, "ollama does not take it"))
        if "num_ctx" not in options:
            options["num_ctx"] = await self._window(request.model) or DEFAULT_CONTEXT
        if request.schema is not None and request.model not in self._free:
            body["format"] = request.schema
        no_tools = self._tools.omitted(request.model)
        if request.tools and no_tools is None:
            body["tools"] = function_tools(request.tools, in_words=self._tools.in_words(request.model))
        elif request.tools and no_tools is not None:
            omitted.append(no_tools)
        return {**body, "options": options}, omitted

    async def _chat(self, model: str, body: Mapping[str, Any]) -> AsyncGenerator[Chunk, None]:
        tags = ThinkingTags()
        said = reasoned = False
        calls = Calls()
        async with aclosing(self._lines("/api/chat", body, model)) as lines:
            async for line in lines:
                message = line.get("message")
                message = message if isinstance(message, dict) else {}
                parts: list[tuple[Channel, str]] = []
                if isinstance(thought := message.get("thinking"), str) and thought:
                    parts.append(("reasoning", thought))
                if isinstance(text := message.get("content"), str) and text:
                    parts += tags.feed(text)
                for call in message.get("tool_calls") or ():
                    calls.feed(call)
                done = line.get("done") is True
                for channel, piece in [*parts, *(tags.flush() if done else [])]:
                    said = said or (channel == "text" and not piece.isspace())
                    reasoned = reasoned or channel == "reasoning"
                    yield TextChunk(piece) if channel == "text" else ReasoningChunk(piece)
                if done:
                    stop = _STOP_REASONS.get(str(line.get("done_reason", "stop")), "other")
                    if not said and not calls:
                        raise ProviderTrouble(empty_reply(stop, reasoned=reasoned))
                    for one in calls.close():
                        yield one
                    usage = Usage(_count(line, "prompt_eval_count"), _count(line, "eval_count"))
                    yield Finish(stop, usage, str(line.get("model") or model))
                    return
        raise ProviderTrouble(Trouble("connection", "ollama: the reply broke off before its end", "try again", True))

    async def _lines(self, path: str, body: Mapping[str, Any], model: str) -> AsyncGenerator[dict[str, Any], None]:
        """The objects that a streaming route answers with. An error among them is raised."""
        try:
            async with self._connected().stream("POST", path, json=body) as response:
                if response.status_code >= 400:
                    await response.aread()
                    raise self._refused(response, model, body)
                rest = b""
                # Lines end at \n alone: other line separators stand unescaped in the text.
                async for piece in response.aiter_bytes():
                    *lines, rest = (rest + piece).split(b"\n")
                    if len(rest) > _LONGEST_LINE:
                        raise ValueError("a line without an end")
                    for line in lines:
                        if line.strip():
                            yield self._object(line)
                if rest.strip():
                    yield self._object(rest)
        except (ProviderTrouble, _CannotThink, _TakesNoSchema, _TakesNoTools):
            raise
        except Exception as error:
            raise ProviderTrouble(self._trouble(error)) from error

    def _object(self, line: bytes) -> dict[str, Any]:
        values = json.loads(line)
        if not isinstance(values, dict):
            raise ValueError("not an object")
        if "error" in values:
            raise ProviderTrouble(trouble_of_response(None, values, {}, provider=self.name))
        return values

    async def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, model: str = ""
    ) -> dict[str, Any]:
        try:
            response = await self._connected().request(method, path, json=body)
            if response.status_code >= 400:
                raise self._refused(response, model)
            values = response.json()
            return values if isinstance(values, dict) else {}
        except ProviderTrouble:
            raise
        except Exception as error:
            raise ProviderTrouble(self._trouble(error)) from error

    async def _show(self, model: str) -> dict[str, Any]:
        if model not in self._shown:
            self._shown[model] = await self._asked("POST", "/api/show", {"model": model}, model)
        return self._shown[model]

    async def _window(self, model: str) -> int | None:
        info = (await self._show(model)).get("model_info")
        values = info.items() if isinstance(info, dict) else ()
        for key, value in values:
            if str(key).endswith(".context_length") and isinstance(value, int) and value > 0:
                return min(value, DEFAULT_CONTEXT)
        return None

    def _refused(self, response: "Response", model: str, body: Mapping[str, Any] | None = None) -> Exception:
        """What an error status means."""
        sent = body or {}
        words = one_line(read_error_body(response.content).message)
        if response.status_code == 404 and model and "not found" in words:
            cure = f"backrooms models pull ollama/{model}"
            return ProviderTrouble(Trouble("bad_request", f"ollama: {words}", cure, status=404))
        if "think" in sent and response.status_code == 400 and "think" in words:
            return _CannotThink(words)
        if "format" in sent and response.status_code in (400, 500) and names_schema(words):
            return _TakesNoSchema(words)
        if "tools" in sent and response.status_code in (400, 500) and names_tools(words):
            return _TakesNoTools(words)
        return ProviderTrouble(
            trouble_of_response(response.status_code, response.content, response.headers, provider=self.name)
        )

    def _trouble(self, error: Exception) -> Trouble:
        trouble = trouble_of(error, provider=self.name, url=self.base_url)
        if type(error).__name__ in ("ConnectError", "ConnectTimeout") and is_loopback(self.base_url):
            message = f"nothing answers at ollama ({self.base_url})"
            return Trouble("connection", message, "start Ollama (ollama serve)", True)
        return trouble

    def _connected(self) -> "AsyncClient":
        if self._client is None:
            import httpx2

            # No proxy leads to this machine.
            self._client = httpx2.AsyncClient(
                base_url=self.base_url,
                timeout=httpx2.Timeout(self._stall_timeout, connect=min(self._stall_timeout, 10.0)),
                trust_env=not is_loopback(self.base_url),
            )
        return self._client


class _TakesNoSchema(Exception):
    """The model, or an old server, refused `format`."""


class _TellsWhy(Exception):
    """A refusal in the server's words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _CannotThink(_TellsWhy):
    """The model refused `think`."""


class _TakesNoTools(_TellsWhy):
    """The model refused `tools`, or their schemas."""


def address_from_environment(host: str) -> str:
    """The base address that `OLLAMA_HOST` means, as Ollama reads it: scheme, host and port may each be missing, and
    0.0.0.0, where a server listens everywhere, is reached at 127.0.0.1."""
    host = host.strip().strip("\"'")
    scheme, found, rest = host.partition("://")
    if not found:
        scheme, rest = "http", host
    default = {"http": 80, "https": 443}.get(scheme, _PORT) if found else _PORT
    place, _, path = rest.partition("/")
    try:
        parts = urlsplit(f"//{place}")
        name, port = parts.hostname or "", parts.port
    except ValueError:  # a port that is no number
        name, port = place.partition(":")[0], None
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104
    name = f"[{name}]" if ":" in name else name
    return f"{scheme}://{name}:{default if port is None else port}/{path}".rstrip("/")


def _listing(entry: Mapping[str, Any]) -> Listing:
    details = entry.get("details")
    details = details if isinstance(details, dict) else {}
    size = entry.get("size")
    known = [str(details.get("parameter_size") or ""), str(details.get("quantization_level") or "")]
    known.append(f"{size / 1e9:.1f} GB" if isinstance(size, int) and size > 0 else "")
    return Listing(str(entry.get("model") or entry.get("name") or ""), None, ", ".join(part for part in known if part))


def _count(line: Mapping[str, Any], name: str) -> int:
    value = line.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
