"""Claude through Anthropic's Messages API, and servers that speak the same (llama.cpp does)."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

from backrooms_tui.providers.base import Chunk, Listing, Omitted, Progress, Provider, Request
from backrooms_tui.providers.servers.claude_models import ClaudeModel, claude_model
from backrooms_tui.providers.servers.http_trouble import key_trouble, trouble_of
from backrooms_tui.providers.servers.messages_stream import MessagesStream
from backrooms_tui.providers.servers.nearby import nearby_client
from backrooms_tui.providers.servers.reasoning_room import reasoning_room
from backrooms_tui.providers.servers.refusals import ROUNDS, Refusals
from backrooms_tui.providers.servers.schemas import NOT_ANTHROPIC, reduced, refuses_schema
from backrooms_tui.providers.servers.tools import ToolRefusals, messages_tools
from backrooms_tui.session.trouble import ProviderTrouble, Trouble

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

DEFAULT_MAX_TOKENS = 1024
_CACHE = {"type": "ephemeral"}
# A prefix of less than 1,024 tokens (4,096 for some models) is never cached, so a breakpoint there has no effect.
# At about four characters a token, tools and a system text of this length are the first that may stand in the cache by
# themselves.
_CACHEABLE = 4096
_BUDGET_AT_LEAST = 1024
# The fields of a body that come from one of our parameters, for what the person reads about an omission.
_OUR_NAMES = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "thinking": "thinking",
    "output_config": "effort",
}


class AnthropicProvider(Provider):
    """The Messages API of one server.

    `base_url` ends before `/v1/messages`. `stall_timeout` is how many seconds the server may be silent before the
    attempt fails; the API sends pings while a model thinks. `key_env` names the environment variable of the key in
    what the person reads.
    """

    def __init__(
        self,
        name: str = "anthropic",
        *,
        api_key: str,
        base_url: str | None = None,
        stall_timeout: float = 120.0,
        key_env: str = "ANTHROPIC_API_KEY",
    ) -> None:
        self.name = name
        self._key = api_key.strip()
        self._base_url = base_url
        self._stall_timeout = stall_timeout
        self._key_env = key_env
        self._client: AsyncAnthropic | None = None
        self._refusals = Refusals(self._key)
        # Models that turned out to take no schema.
        self._free: set[str] = set()
        self._tools = ToolRefusals(self._key)

    def body(self, request: Request) -> tuple[dict[str, Any], list[Omitted]]:
        """The JSON body that `request` becomes, and what was left out of it because the model does not take it.

        The top-level `cache_control` marks the end of the last message as a cache breakpoint. The next request of the
        same agent has two messages more and finds that entry two blocks before its own end, well within the twenty
        that the API looks back, so each message is written once (at 1.25 of its price) and read from then on (at 0.1).
        Tools and the system text, which come before the messages, have a breakpoint of their own where they are long:
        they stay cached when the oldest turns leave the window.
        """
        model = claude_model(request.model)
        body: dict[str, Any] = {
            "messages": [{"role": message.role, "content": message.text} for message in request.messages],
            "model": request.model,
            "max_tokens": int(request.params.get("max_tokens", DEFAULT_MAX_TOKENS)),  # type: ignore[arg-type]
            "cache_control": _CACHE,
        }
        omitted = []
        if request.tools:
            no_tools = self._tools.omitted(request.model)
            if no_tools is None:
                body["tools"] = messages_tools(request.tools, in_words=self._tools.in_words(request.model))
            else:
                omitted.append(no_tools)
        if request.system.strip():
            body["system"] = [{"type": "text", "text": request.system}]
        _mark_head(body)
        omitted += _thinking(body, request, model)
        omitted += _sampling(body, request, model)
        if request.schema is not None and model.schema and request.model not in self._free:
            form = {"type": "json_schema", "schema": reduced(request.schema, NOT_ANTHROPIC)}
            body["output_config"] = {**body.get("output_config", {}), "format": form}
        known = {"max_tokens", "temperature", "top_p", "top_k", "thinking", "effort"}
        omitted += [Omitted(name, "Anthropic's models do not take it") for name in request.params if name not in known]
        return body, omitted

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The reply as it comes. See `Provider.stream`."""
        body, omitted = self.body(request)
        for one in omitted:
            yield one
        events: Any = None
        try:
            for left in range(ROUNDS, -1, -1):
                for one in self._refusals.apply(request.model, body, _OUR_NAMES):
                    yield one
                try:
                    events = await self._open(body)
                    break
                except Exception as error:
                    had_tools = "tools" in body
                    if not left or not self._taught(request, body, error):
                        raise
                    no_tools = self._tools.omitted(request.model) if had_tools else None
                    if no_tools is not None:
                        yield no_tools
            reply = MessagesStream()
            try:
                async for event in events:
                    for chunk in reply.feed(event):
                        yield chunk
            except Exception:
                # A reply that was whole before the connection broke is whole.
                if not reply.finished:
                    raise
            if not reply.seen and "event-stream" not in str(events.response.headers.get("content-type", "")):
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
        """What the API lists, newest first, with context windows."""
        try:
            client = await self._connected()
            found = []
            async for model in client.models.list(limit=100):
                window = getattr(model, "max_input_tokens", None)
                found.append(Listing(model.id, window, getattr(model, "display_name", None) or ""))
        except Exception as error:
            raise ProviderTrouble(self._trouble(error)) from error
        return found

    async def aclose(self) -> None:
        """Closes the connections. The provider opens new ones if it is used again."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _open(self, body: Mapping[str, Any]) -> Any:
        client = await self._connected()
        rest = {name: body[name] for name in body if name not in ("messages", "model", "max_tokens")}
        return await client.messages.create(
            messages=body["messages"],
            model=body["model"],
            max_tokens=body["max_tokens"],
            stream=True,
            extra_body=rest,
        )

    async def _connected(self) -> "AsyncAnthropic":
        if self._client is None:
            wrong = key_trouble(self._key, provider=self.name, key_env=self._key_env)
            if wrong is not None:
                raise ProviderTrouble(wrong)
            import asyncio
            import importlib

            # The import takes about a second: in a thread, so that the screen goes on.
            anthropic = await asyncio.to_thread(importlib.import_module, "anthropic")
            await asyncio.to_thread(importlib.import_module, "anthropic.resources.messages")
        if self._client is None:
            import warnings

            import httpx2

            # The SDK warns of retired models on standard error, where a full-screen program has its screen.
            warnings.filterwarnings("ignore", "The model '.*' is deprecated", DeprecationWarning)
            warnings.filterwarnings("ignore", "Using Claude with", UserWarning)
            self._client = anthropic.AsyncAnthropic(
                api_key=self._key or "none",
                base_url=self._base_url,
                max_retries=0,
                http_client=nearby_client(self._base_url),
                timeout=httpx2.Timeout(self._stall_timeout, connect=min(self._stall_timeout, 20.0)),
            )
        return self._client

    def _taught(self, request: Request, body: dict[str, Any], error: Exception) -> bool:
        """Whether `error` refuses a part of `body`, so that sending again makes sense without it. A schema is taken
        out at once: the words of the request ask for it, too."""
        if "tools" in body and self._tools.learn(request.model, error):
            del body["tools"]
            if self._tools.omitted(request.model) is None:
                body["tools"] = messages_tools(request.tools, in_words=True)
            _mark_head(body)
            return True
        config = body.get("output_config", {})
        if "format" not in config or not refuses_schema(error):
            return self._refusals.learn(request.model, body, error, required=("max_tokens",))
        self._free.add(request.model)
        del config["format"]
        if not config:
            del body["output_config"]
        return True

    def _trouble(self, error: Exception) -> Trouble:
        return trouble_of(
            error,
            provider=self.name,
            key=self._key,
            key_env=self._key_env,
            url=self._base_url or "",
        )

    def _no_stream(self) -> Trouble:
        where = f"{self.name} ({self._base_url})" if self._base_url else self.name
        return Trouble("bad_request", f"{where} answers, but not as the Messages API", "check base_url")


def _mark_head(body: dict[str, Any]) -> None:
    """Puts the cache's breakpoint at the end of what comes before the messages, where that is long."""
    system, tools = body.get("system", ()), body.get("tools", ())
    letters = sum(len(block["text"]) for block in system) + (len(json.dumps(tools)) if tools else 0)
    last = system or tools
    if last and letters >= _CACHEABLE:
        last[-1]["cache_control"] = _CACHE


def _thinking(body: dict[str, Any], request: Request, model: ClaudeModel) -> list[Omitted]:
    """Puts `thinking` and `effort` into the body, each in the way that the model takes."""
    asked, effort = request.params.get("thinking"), request.params.get("effort")
    wanted = bool(asked) if asked is not None else effort not in (None, "none")
    off = not wanted and (asked is not None or effort == "none")
    if model.thinking == "none":
        why = "this model does not think aloud"
        return [Omitted(name, why) for name in ("thinking", "effort") if request.params.get(name) not in (None, False)]
    if model.effort and effort not in (None, "none"):
        body["output_config"] = {"effort": "low" if effort == "minimal" else effort}
    if wanted and model.thinking == "adaptive":
        # Newer models think in silence unless asked to show a summary.
        body["thinking"] = {"type": "adaptive", "display": "summarized"}
    elif wanted:
        budget = max(_BUDGET_AT_LEAST, reasoning_room(effort))
        body["thinking"] = {"type": "enabled", "budget_tokens": budget}
    elif off and model.thinks_unasked:
        body["thinking"] = {"type": "disabled"}
    if wanted or (model.thinks_unasked and not off):
        body["max_tokens"] += max(_BUDGET_AT_LEAST, reasoning_room(effort))
    return []


def _sampling(body: dict[str, Any], request: Request, model: ClaudeModel) -> list[Omitted]:
    """Puts the sampling parameters into the body that the model takes."""
    omitted = []
    for name in ("temperature", "top_p", "top_k"):
        if name not in request.params:
            continue
        if not model.sampling:
            omitted.append(Omitted(name, "current Claude models do not take it"))
        elif "thinking" in body and body["thinking"]["type"] != "disabled":
            omitted.append(Omitted(name, "it does not go together with thinking"))
        elif name == "top_p" and "temperature" in body and not model.both_samplers:
            omitted.append(Omitted(name, "this model takes temperature or top_p, not both"))
        else:
            body[name] = request.params[name]
    return omitted
