"""A real HTTP server on the loopback address that speaks as Anthropic's and OpenAI's APIs do, or misbehaves on purpose.

    with MisbehavingServer() as server:
        server.script(Reply.refusing(429, "slow down", {"retry-after": "2"}), Reply("Hello."))
        ... point a provider at server.url (anthropic) or server.openai_url ...
        assert server.requests[0].json["model"] == "m"

It runs in a thread of its own, so that programs in other processes and tests with any event loop can use it. Each
request takes the next reply of the script; after the last one every request gets a plain answer. The dialect is told
from the path: `/v1/messages` or `.../chat/completions`; any other path answers with the body alone.
"""

import asyncio
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Literal, Self

Ending = Literal["whole", "truncated", "reset", "stall"]


@dataclass(frozen=True)
class Reply:
    """What one request gets.

    A stream says `text` in tokens of a word, `pace` seconds apart, after `reasoning`, and ends with `calls` of tools:
    names, and arguments in pieces of a few letters. `raw` are lines put into the
    stream as they are, after the words. `ending` says how it ends: whole, cut off without an end, by a TCP reset, or
    not at all until the client leaves or `release` is called. With `status` other than 200, or with a `body`, there
    is no stream but that body. `usage` are input, output, cache read and cache write tokens.
    """

    text: str = "Hello there, friend."
    reasoning: str = ""
    stop: str = "end"
    refusal: str = ""
    pace: float = 0.0
    raw: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()
    ending: Ending = "whole"
    usage: tuple[int, int, int, int] = (10, 5, 0, 0)
    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = "application/json"

    @classmethod
    def refusing(
        cls,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        type: str = "",
        code: str | None = None,
        param: str | None = None,
    ) -> "Reply":
        """An error as both APIs put it: `{"error": {"message", "type", "code", "param"}}`."""
        error = {"message": message, "type": type or "invalid_request_error", "code": code, "param": param}
        return cls(status=status, body=json.dumps({"type": "error", "error": error}), headers=headers or {})


@dataclass
class Recorded:
    """One request as it arrived. `left` is set when the client was gone before the reply was whole."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    left: threading.Event = field(default_factory=threading.Event)
    spoken: threading.Event = field(default_factory=threading.Event)

    @property
    def json(self) -> dict[str, Any]:
        """The body, decoded."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


class MisbehavingServer:
    """See the module. `answer` takes the place of the plain answer after the script: a function of the request."""

    def __init__(self, answer: Callable[[Recorded], Reply] | None = None) -> None:
        self.requests: list[Recorded] = []
        self._answer = answer or (lambda _: Reply())
        self._script: deque[Reply] = deque()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._release = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="misbehaving server", daemon=True)
        self._port = 0

    def script(self, *replies: Reply) -> None:
        """The next requests get these, in order."""
        self._script.extend(replies)

    @property
    def url(self) -> str:
        """The base address, as the anthropic SDK wants it."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai_url(self) -> str:
        """The base address, as the openai SDK wants it."""
        return f"{self.url}/v1"

    def release(self) -> None:
        """Lets every stalled stream end."""
        self._loop.call_soon_threadsafe(self._release.set)

    def wait_left(self, index: int = -1, timeout: float = 10.0) -> bool:
        """Whether the client of a request is seen to be gone within `timeout` seconds."""
        return self.requests[index].left.wait(timeout)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connection, "127.0.0.1", 0))
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._connections:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._connections, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                reply = self._script.popleft() if self._script else self._answer(request)
                if not await self._respond(request, reply, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _respond(
        self, request: Recorded, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection goes on."""
        lines = _lines(request, reply)
        if lines is None:
            body = (reply.body or "").encode()
            head = {"content-type": reply.type, "content-length": str(len(body)), **reply.headers}
            writer.write(_head(reply.status, head) + body)
            await writer.drain()
            request.spoken.set()
            return True
        # One stream a connection: whatever else the client sends on it can only be its leaving.
        head = {"content-type": "text/event-stream", "transfer-encoding": "chunked", "connection": "close"}
        writer.write(_head(200, {**head, **reply.headers}))
        whole = False
        gone = asyncio.ensure_future(reader.read(1))
        try:
            whole = await self._stream(lines, reply, request, writer, gone)
        except ConnectionError:
            request.left.set()
        finally:
            if not whole and gone.done() and not gone.cancelled() and (gone.exception() or gone.result() == b""):
                request.left.set()
            gone.cancel()
        if reply.ending == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        return False

    async def _stream(
        self,
        lines: list[str],
        reply: Reply,
        request: Recorded,
        writer: asyncio.StreamWriter,
        gone: "asyncio.Future[bytes]",
    ) -> bool:
        for line in lines:
            chunk = line.encode()
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()
            if reply.pace:
                await asyncio.wait({gone}, timeout=reply.pace)
            if gone.done():
                return False
        request.spoken.set()
        if reply.ending == "stall":
            released = asyncio.ensure_future(self._release.wait())
            await asyncio.wait({gone, released}, return_when=asyncio.FIRST_COMPLETED)
            released.cancel()
            return False
        if reply.ending == "truncated":
            # The chunked body ends in good order, the reply does not.
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        if reply.ending == "whole":
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            return True
        return False


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


async def _read_request(reader: asyncio.StreamReader) -> Recorded | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *rest = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Recorded(method, path, headers, body)


def _lines(request: Recorded, reply: Reply) -> list[str] | None:
    """The events of the stream, None where the reply is none."""
    if reply.status != 200 or reply.body is not None:
        return None
    path = request.path.partition("?")[0]
    if path.endswith("/chat/completions"):
        return _openai(request.json, reply)
    if path.endswith("/v1/messages"):
        return _anthropic(request.json, reply)
    return None


def words(text: str) -> list[str]:
    """`text` in pieces of a word with the space before it."""
    pieces = text.split(" ")
    return [piece if number == 0 else f" {piece}" for number, piece in enumerate(pieces)] if text else []


def _few_letters(text: str) -> list[str]:
    return [text[start : start + 5] for start in range(0, len(text), 5)]


def _openai(request: dict[str, Any], reply: Reply) -> list[str]:
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": request["model"]}

    def event(**more: Any) -> str:
        return f"data: {json.dumps({**base, 'choices': [], **more})}\n\n"

    def delta(finish: str | None = None, **content: Any) -> str:
        return event(choices=[{"index": 0, "delta": content, "finish_reason": finish}])

    lines = [delta(role="assistant", content="")]
    lines += [delta(reasoning_content=piece) for piece in words(reply.reasoning)]
    lines += [delta(content=piece) for piece in words(reply.text)]
    lines += [delta(refusal=piece) for piece in words(reply.refusal)]
    for number, (name, arguments) in enumerate(reply.calls):
        function = {"name": name, "arguments": ""}
        head = {"index": number, "id": f"call_{number}", "type": "function", "function": function}
        lines.append(delta(tool_calls=[head]))
        for piece in _few_letters(arguments):
            lines.append(delta(tool_calls=[{"index": number, "function": {"arguments": piece}}]))
    lines += [f"{line}\n\n" for line in reply.raw]
    if reply.ending == "whole":
        stops = {"end": "tool_calls" if reply.calls else "stop", "max_tokens": "length", "refusal": "content_filter"}
        lines.append(delta(finish=stops.get(reply.stop, reply.stop)))
        if (request.get("stream_options") or {}).get("include_usage"):
            given, made, read, _ = reply.usage
            usage = {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}
            lines.append(event(usage={**usage, "prompt_tokens_details": {"cached_tokens": read}}))
        lines.append("data: [DONE]\n\n")
    return lines


def _anthropic(request: dict[str, Any], reply: Reply) -> list[str]:
    def event(kind: str, **more: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n"

    given, made, read, written = reply.usage
    usage = {"input_tokens": given, "cache_read_input_tokens": read, "cache_creation_input_tokens": written}
    message = {"id": "m1", "type": "message", "role": "assistant", "content": [], "model": request["model"]}
    start = {**message, "stop_reason": None, "stop_sequence": None, "usage": {**usage, "output_tokens": 1}}
    lines = [event("message_start", message=start), event("ping")]
    blocks = [("thinking", reply.reasoning), ("text", reply.text)]
    for index, (kind, text) in enumerate((kind, text) for kind, text in blocks if text):
        lines.append(event("content_block_start", index=index, content_block={"type": kind, kind: ""}))
        lines += [
            event("content_block_delta", index=index, delta={"type": f"{kind}_delta", kind: piece})
            for piece in words(text)
        ]
        lines.append(event("content_block_stop", index=index))
    for index, (name, arguments) in enumerate(reply.calls, sum(1 for _, text in blocks if text)):
        block = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}
        lines.append(event("content_block_start", index=index, content_block=block))
        lines += [
            event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece})
            for piece in ("", *_few_letters(arguments))
        ]
        lines.append(event("content_block_stop", index=index))
    lines += [f"{line}\n\n" for line in reply.raw]
    if reply.ending == "whole":
        stops = {"end": "tool_use" if reply.calls else "end_turn"}
        stop = {"stop_reason": stops.get(reply.stop, reply.stop), "stop_sequence": None}
        lines.append(event("message_delta", delta=stop, usage={"output_tokens": made}))
        lines.append(event("message_stop"))
    return lines


def stalling(reply: Reply | None = None) -> Reply:
    """The same, but it never ends by itself."""
    return replace(reply or Reply(), ending="stall")


def closed_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
