"""Models that speak from a text file: for demonstrations, lessons and tests. The format is in `script_file`."""

import asyncio
import math
import re
from collections.abc import AsyncIterator

from backrooms_tui.providers.base import (
    Chunk,
    Finish,
    Listing,
    Omitted,
    Provider,
    ReasoningChunk,
    Request,
    TextChunk,
    ToolCall,
)
from backrooms_tui.providers.empty_reply import empty_reply
from backrooms_tui.providers.script_file import ScriptedReply, read_script
from backrooms_tui.session.events import StopReason
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble, TroubleKind
from backrooms_tui.session.usage import Usage
from backrooms_tui.session.world_tool import TOOLS, letters_of

_PASSING: frozenset[TroubleKind] = frozenset({"rate_limit", "overloaded", "connection", "timeout", "unknown"})
_CHARACTERS_A_TOKEN = 4
_TOKEN = re.compile(r"\S+\s*|\s+")


class ScriptedProvider(Provider):
    """Speaks the replies of the file that `Request.model` is the path of, in order and then again from the top.

    Each agent walks a file by itself, also where several use the same one. Which reply is due follows from how many
    turns the agent has had, so a retry gets the same reply again, and a session that goes on elsewhere goes on in the
    file.

    Takes `rate` (tokens a second, 0 or unset: at once) and `max_tokens`; a token is a word with the space after it.
    `seed` is taken too, since a script repeats itself anyway. Usage is an estimate of a token for four characters.
    """

    def __init__(self, name: str = "scripted") -> None:
        self.name = name
        self._failed: set[tuple[str, int, str, int]] = set()

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The reply that is due. See `Provider.stream`."""
        for name in request.params:
            if name not in ("rate", "max_tokens", "seed"):
                yield Omitted(name, "a scripted model does not take it")
        try:
            replies = read_script(request.model)
        except OperatorError as error:
            raise ProviderTrouble(Trouble("bad_request", error.what, error.cure)) from error
        if request.tools and not any(one.calls for one in replies):
            yield Omitted(TOOLS, "the script calls none")
        walk = (request.cache_key, request.seat, request.model)
        index = request.spoken % len(replies)
        reply = replies[index]
        failing = reply.fail is not None and (*walk, index) not in self._failed
        self._failed.add((*walk, index))
        read = _tokens(request.system) + sum(_tokens(message.text) for message in request.messages)
        read += math.ceil(letters_of(request.tools) / _CHARACTERS_A_TOKEN)

        pieces, cut = _pieces(reply, request.params.get("max_tokens"), failing)
        rate = float(request.params.get("rate", 0))  # type: ignore[arg-type]
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, piece in enumerate(pieces):
            # Counted from the start, so that a slow reader does not slow the script down further.
            await asyncio.sleep(max(0.0, start + number / rate - loop.time()) if rate else 0)
            yield piece
        if failing and reply.fail is not None:
            message = f"the script says: fail with {reply.fail.replace('_', ' ')}"
            raise ProviderTrouble(Trouble(reply.fail, message, "try again", reply.fail in _PASSING))
        stop: StopReason = "max_tokens" if cut else "end"
        calls = [ToolCall(name, arguments) for name, arguments in reply.calls]
        if not reply.text and not calls:
            raise ProviderTrouble(empty_reply(stop, reasoned=bool(reply.reasoning)))
        for call in calls:
            yield call
        written = _tokens(reply.text) + sum(_tokens(f"{call.name} {call.arguments}") for call in calls)
        thought = _tokens(reply.reasoning)
        yield Finish(stop, Usage(read, written + thought, reasoning_tokens=thought), request.model)

    async def models(self) -> list[Listing]:
        """Nothing: any text file will do."""
        return []


def _pieces(reply: ScriptedReply, limit: object, failing: bool) -> tuple[list[Chunk], bool]:
    """The reply as chunks of a token each, and whether `limit` cut it short."""
    words = _TOKEN.findall(reply.text)
    cut = isinstance(limit, int) and len(words) > limit
    if isinstance(limit, int):
        words = words[:limit]
    pieces: list[Chunk] = [ReasoningChunk(word) for word in _TOKEN.findall(reply.reasoning)]
    pieces += [TextChunk(word) for word in words]
    return (pieces[: reply.fail_after], False) if failing else (pieces, cut)


def _tokens(text: str) -> int:
    return math.ceil(len(text) / _CHARACTERS_A_TOKEN)
