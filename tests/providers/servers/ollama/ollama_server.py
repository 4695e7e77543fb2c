"""A server on the loopback address that speaks Ollama's API, with ways to misbehave.

    with OllamaServer() as server:
        server.chat = [{"message": {"content": "Hi"}}, server.done()]

`chat` and `pull` are the lines that those routes answer with; text among them is sent as it is. `ending` says what
happens after the last line: "whole", "reset", or "hold" until the client leaves (`left` is set) or the test ends.
"""

import json
import socket
import struct
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self

Line = dict[str, Any] | str


class OllamaServer:
    """Has the models in `models` (name to context length). `requests` are the bodies it got, with their paths."""

    def __init__(self) -> None:
        self.models: dict[str, int | None] = {"small": 4096, "large": 131072, "silent": None}
        self.cannot_think: set[str] = set()
        self.takes_no_schema = ""  # what it says to a format that it does not take
        self.takes_no_tools = ""  # and to tools
        self.chat: Sequence[Line] = [
            {"message": {"content": "Hello"}},
            {"message": {"content": " there."}},
            self.done(),
        ]
        self.pull: Sequence[Line] = [{"status": "success"}]
        self.ending: Literal["whole", "reset", "hold"] = "whole"
        self.status: tuple[int, str] | None = None
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.spoken = threading.Event()
        self.left = threading.Event()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @staticmethod
    def done(**more: Any) -> dict[str, Any]:
        """The last line of a chat."""
        counts = {"prompt_eval_count": 26, "eval_count": 5, "total_duration": 5191566416}
        empty = {"role": "assistant", "content": ""}
        return {"model": "small", "message": empty, "done": True, "done_reason": "stop", **counts, **more}

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """The bodies that came to `path`."""
        return [body for asked, body in self.requests if asked == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(server: Self) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests.append((self.path, {}))
                if server.status is not None:
                    return self._say(server.status[0], {"error": server.status[1]})
                if self.path != "/api/tags":
                    return self._say(404, {"error": "no such route"})
                details = {"family": "llama", "parameter_size": "3.2B", "quantization_level": "Q4_K_M"}
                models = [
                    {"name": name, "model": name, "size": 2_019_393_189, "details": details} for name in server.models
                ]
                return self._say(200, {"models": models})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append((self.path, body))
                model = body.get("model")
                if server.status is not None:
                    return self._say(server.status[0], {"error": server.status[1]})
                if self.path == "/api/pull":
                    lines = server.pull
                    if {"status": "success"} in lines:
                        server.models[model] = 8192
                    return self._lines(lines)
                if model not in server.models:
                    return self._say(404, {"error": f"model '{model}' not found"})
                if self.path == "/api/show":
                    length = server.models[model]
                    info = {"general.architecture": "llama"} | ({"llama.context_length": length} if length else {})
                    return self._say(200, {"model_info": info, "details": {}})
                if body.get("think") and model in server.cannot_think:
                    return self._say(400, {"error": f'"{model}" does not support thinking'})
                if "format" in body and server.takes_no_schema:
                    return self._say(400, {"error": server.takes_no_schema})
                if "tools" in body and server.takes_no_tools:
                    return self._say(400, {"error": server.takes_no_tools})
                return self._lines(server.chat)

            def _lines(self, lines: Sequence[Line]) -> None:
                self.protocol_version = "HTTP/1.1"
                self.send_response(200)
                self.send_header("Content-Type", "application/x-ndjson")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for line in lines:
                    data = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) + "\n").encode()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                    self.wfile.flush()
                server.spoken.set()
                if server.ending == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    self.close_connection = True
                    return
                if server.ending == "hold":
                    self.connection.settimeout(0.05)
                    while not server._closing.is_set():
                        try:
                            if self.connection.recv(1) == b"":
                                server.left.set()
                                break
                        except TimeoutError:
                            continue
                        except OSError:
                            server.left.set()
                            break
                    self.close_connection = True
                    return
                self.wfile.write(b"0\r\n\r\n")

            def _say(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler
