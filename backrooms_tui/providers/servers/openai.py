"""Chat completions: OpenAI's models and every server that speaks like them."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

from backrooms_tui.providers.base import Chunk, Listing, Omitted, Progress, Provider, Request
from backrooms_tui.providers.servers.chat_stream import ChatStream
from backrooms_tui.providers.servers.dialects import OPENAI, Dialect, for_model
from backrooms_tui.providers.servers.error_body import read_error_body
from backrooms_tui.providers.servers.http_trouble import key_trouble, trouble_of
from backrooms_tui.providers.servers.nearby import nearby_client
from backrooms_tui.providers.servers.reasoning_room import reasoning_room
from backrooms_tui.providers.servers.refusals import ROUNDS, Refusals
from backrooms_tui.providers.servers.schemas import refuses_schema, response_format
from backrooms_tui.providers.servers.tools import ToolRefusals, called_badly, function_tools
from backrooms_tui.session.trouble import ProviderTrouble, Trouble

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# OpenAI refuses a longer prompt_cache_key.
_LONGEST_CACHE_KEY = 64
# A model that thinks unseen sends nothing meanwhile.
_PATIENCE_WITH_REASONING = 5
_ANY_JSON = {"type": "json_object"}
_SCHEMA_FIELDS = ("response_format", "json_schema")


class OpenAIProvider(Provider):
    """One chat-completions server.

    `api_key` may be empty for a server that wants none. `base_url` ends before `/chat/completions`. `stall_timeout`
    is how many seconds the server may be silent before the attempt fails. `key_env` names the environment variable
    of the key in what the person reads.
    """

    def __init__(
        self,
        name: str,
        *,
        api_key: str,
        base_url: str | None = None,
        dialect: Dialect = OPENAI,
        stall_timeout: float = 120.0,
        extra_headers: Mapping[str, str] | None = None,
        key_env: str = "",
    ) -> None:
        self.name = name
        self.dialect = dialect
        self._key = api_key.strip()
        self._base_url = base_url
        self._stall_timeout = stall_timeout
        self._extra_headers = dict(extra_headers or {})
        self._key_env = key_env
        self._client: AsyncOpenAI | None = None
        self._each_time: dict[str, Any] = {}
        self._refusals = Refusals(self._key)
        self._windows: dict[str, int | None] | None = None
        # Models that take no schema.
        self._free: set[str] = set()
        self._tools = ToolRefusals(self._key)
        self._asked_for_tools: set[str] = set()

    def body(self, request: Request) -> tuple[dict[str, Any], list[Omitted]]:
        """The JSON body that `request` becomes, and what was left out of it because the model does not take it.

        The whole body but what streaming itself adds. A subclass adds fields of its own to what this returns.
        `max_tokens` and `messages` grow so that request n+1 of an agent extends request n byte for byte.
        """
        dialect = for_model(self.dialect, request.model)
        body: dict[str, Any] = {"messages": _messages(request, dialect), "model": request.model}
        omitted: list[Omitted] = []
        for name, value in request.params.items():
            if name == "thinking":
                switch = dialect.thinking_on if value else dialect.thinking_off
                if switch is None:
                    omitted.append(Omitted(name, f"{self.name} has no such switch"))
                _merge(body, switch or {})
            elif name not in dialect.fields:
                omitted.append(Omitted(name, f"{request.model} does not take it"))
            else:
                _put(body, dialect.fields[name], value)
        limit = dialect.fields.get("max_tokens", "")
        if dialect.reasons and limit in body:
            body[limit] += reasoning_room(request.params.get("effort"))
        if dialect.cache_key and request.cache_key:
            body["prompt_cache_key"] = _cache_key(request.cache_key)
        body.update(dialect.fixed)
        if request.schema is not None and request.model not in self._free:
            body.update(_held_to(request.schema, dialect))
        if request.tools:
            no_tools = self._tools.omitted(request.model)
            if no_tools is None:
                body["tools"] = function_tools(request.tools, in_words=self._tools.in_words(request.model))
            else:
                omitted.append(no_tools)
        return body, omitted

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The reply as it comes. See `Provider.stream`."""
        dialect = for_model(self.dialect, request.model)
        if request.tools:
            await self._look_for_tools(request.model)
        body, omitted = self.body(request)
        for one in omitted:
            yield one
        names = _our_names(dialect)
        if dialect.stream_usage:
            body["stream_options"] = {"include_usage": True}
        events: Any = None
        try:
            for left in range(ROUNDS, -1, -1):
                for one in self._refusals.apply(request.model, body, names):
                    yield one
                try:
                    events = await self._open(body, dialect)
                    break
                except Exception as error:
                    had_tools = "tools" in body
                    if not left or not self._taught(request, body, error):
                        raise
                    no_tools = self._tools.omitted(request.model) if had_tools else None
                    if no_tools is not None:
                        yield no_tools
            reply = ChatStream(dialect)
            try:
                async for event in events:
                    for chunk in reply.feed(event):
                        yield chunk
            except Exception:
                # A reply that was whole before the connection broke is whole.
                if not reply.finished:
                    raise
            if not reply.seen and not _is_event_stream(events):
                raise ProviderTrouble(self._no_stream())
            for chunk in reply.close():
                yield chunk
        except Exception as error:
            raise ProviderTrouble(self._trouble(error)) from error
        finally:
            if events is not None:
                await events.close()

    async def ready(self, model: str, progress: Callable[[Progress], None] | None = None) -> None:
        """Loads the SDK, so that the first turn does not wait for it. Asks nobody anything."""
        await self._connected()

    async def models(self) -> list[Listing]:
        """What the server's `/models` lists, sorted by name."""
        try:
            client = await self._connected()
            answer: Any = await client.get("/models", cast_to=object, options={"headers": self._each_time})
        except Exception as error:
            raise ProviderTrouble(self._trouble(error)) from error
        entries = answer.get("data", []) if isinstance(answer, dict) else answer
        entries = entries if isinstance(entries, list) else []
        return sorted((_listing(entry) for entry in entries if isinstance(entry, dict)), key=lambda one: one.model)

    async def window(self, model: str) -> int | None:
        """The context window that the server tells with its list of models, asked for once. None where it is silent."""
        if not self.dialect.tells_windows:
            return None
        if self._windows is None:
            try:
                self._windows = {listing.model: listing.window for listing in await self.models()}
            except ProviderTrouble:
                return None
        return self._windows.get(model)

    async def aclose(self) -> None:
        """Closes the connections. The provider opens new ones if it is used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _open(self, body: Mapping[str, Any], dialect: Dialect) -> Any:
        client = await self._connected()
        rest = {name: value for name, value in body.items() if name not in ("messages", "model")}
        patience = self._stall_timeout * (_PATIENCE_WITH_REASONING if dialect.reasons else 1)
        return await client.chat.completions.create(
            messages=body["messages"],
            model=body["model"],
            stream=True,
            extra_body=rest,
            extra_headers=self._each_time,
            timeout=_timeouts(patience),
        )

    async def _look_for_tools(self, model: str) -> None:
        """Asks llama.cpp once whether the model's chat template can tell of tools: it drops them without a word."""
        if not self.dialect.tells_of_tools or model in self._asked_for_tools:
            return
        self._asked_for_tools.add(model)
        root = (self._base_url or "").rstrip("/").removesuffix("/v1")
        try:
            client = await self._connected()
            options: Any = {"headers": self._each_time, "timeout": _timeouts(10.0)}
            answer: Any = await client.get(f"{root}/props", cast_to=object, options=options)
            takes = answer["chat_template_caps"]["supports_tools"]
        except Exception:
            return  # an older one, or a proxy before it: the request itself will tell
        if takes is False:
            self._tools.refuse(model, "its chat template has no place for tools")

    async def _connected(self) -> "AsyncOpenAI":
        if self._client is None:
            wrong = key_trouble(self._key, provider=self.name, key_env=self._key_env)
            if wrong is not None:
                raise ProviderTrouble(wrong)
            import asyncio
            import importlib

            # The import takes about half a second: in a thread, so that the screen goes on.
            openai = await asyncio.to_thread(importlib.import_module, "openai")
            await asyncio.to_thread(importlib.import_module, "openai.resources.chat")
        if self._client is None:
            headers: dict[str, Any] = dict(self._extra_headers)
            if self.dialect is not OPENAI:
                # The person's OpenAI organisation is nobody else's business.
                headers = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit(), **headers}
                # Neither is a key that OPENAI_CUSTOM_HEADERS carries; and the SDK takes "no key" only so.
                self._each_time = {"Authorization": f"Bearer {self._key}" if self._key else openai.Omit()}
            self._client = openai.AsyncOpenAI(
                api_key=self._key or "none",
                base_url=self._base_url,
                max_retries=0,
                http_client=nearby_client(self._base_url),
                timeout=_timeouts(self._stall_timeout),
                default_headers=headers,
            )
        return self._client

    def _taught(self, request: Request, body: dict[str, Any], error: Exception) -> bool:
        """Whether `error` refuses a part of `body`, so that sending again makes sense without it. A schema is taken
        out at once: the words of the request ask for it, too."""
        if "tools" in body and self._tools.learn(request.model, error):
            del body["tools"]
            if self._tools.omitted(request.model) is None:
                body["tools"] = function_tools(request.tools, in_words=True)
            return True
        fields = [name for name in _SCHEMA_FIELDS if name in body]
        if not fields or not refuses_schema(error):
            return self._refusals.learn(request.model, body, error)
        self._free.add(request.model)
        for name in fields:
            del body[name]
        return True

    def _trouble(self, error: Exception) -> Trouble:
        if called_badly(read_error_body(getattr(error, "body", None) or getattr(error, "message", ""))):
            return Trouble("unknown", "the model called a tool in a way that cannot be read", "try again", True)
        return trouble_of(
            error,
            provider=self.name,
            key=self._key,
            key_env=self._key_env,
            url=self._base_url or "",
        )

    def _no_stream(self) -> Trouble:
        where = f"{self.name} ({self._base_url})" if self._base_url else self.name
        return Trouble("bad_request", f"{where} answers, but not as a chat server", "check base_url: most end in /v1")


def _held_to(schema: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    if dialect.schema == "json_schema":
        return {"json_schema": schema}
    return {"response_format": response_format(schema) if dialect.schema == "response_format" else _ANY_JSON}


def _messages(request: Request, dialect: Dialect) -> list[dict[str, str]]:
    messages = [{"role": message.role, "content": message.text} for message in request.messages]
    if not request.system.strip():
        return messages
    if dialect.system_role != "user":
        return [{"role": dialect.system_role, "content": request.system}, *messages]
    if messages and messages[0]["role"] == "user":
        first = {"role": "user", "content": f"{request.system}\n\n{messages[0]['content']}"}
        return [first, *messages[1:]]
    return [{"role": "user", "content": request.system}, *messages]


def _put(body: dict[str, Any], path: str, value: object) -> None:
    """Sets a field, one inside an object where the path has a dot."""
    outer, _, inner = path.partition(".")
    if inner:
        _merge(body, {outer: {inner: value}})
    else:
        body[outer] = value


def _merge(body: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        body[name] = {**body[name], **value} if isinstance(body.get(name), dict) else value


def _our_names(dialect: Dialect) -> dict[str, str]:
    """Our parameter's name for each field of the body."""
    names = dict.fromkeys((*(dialect.thinking_on or {}), *(dialect.thinking_off or {})), "thinking")
    return names | {path.partition(".")[0]: name for name, path in dialect.fields.items()}


def _cache_key(key: str) -> str:
    return key if len(key) <= _LONGEST_CACHE_KEY else hashlib.sha256(key.encode()).hexdigest()


def _timeouts(silence: float) -> Any:
    import httpx2

    return httpx2.Timeout(silence, connect=min(silence, 20.0))


def _is_event_stream(events: Any) -> bool:
    return "event-stream" in str(events.response.headers.get("content-type", ""))


def _listing(entry: Mapping[str, Any]) -> Listing:
    meta = entry.get("meta")
    places = (entry, meta if isinstance(meta, dict) else {})
    # OpenRouter and Together, Groq, vLLM, Mistral, llama.cpp.
    names = ("context_length", "context_window", "max_model_len", "max_context_length", "n_ctx")
    windows = (place.get(name) for place in places for name in names)
    window = next((one for one in windows if isinstance(one, int) and one > 0), None)
    detail = entry.get("display_name") or entry.get("name") or entry.get("owned_by") or ""
    return Listing(str(entry.get("id", "")).removeprefix("models/"), window, str(detail))
