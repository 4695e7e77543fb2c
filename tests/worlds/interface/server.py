"""A world-interface server on the loopback address, with notes, that answers 500 from time to time.

    with WorldInterfaceServer(fails=3, key="secret") as server:
        ... commands go to server.url; each third one is answered with status 500 and a text ...
        assert server.commands == ["exo notes"]

`server.script(Odd(...), ...)` gives the next requests these answers instead. By hand: `python -m
tests.worlds.interface.server PORT [FAILS]`.
"""

import json
import sys
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Odd:
    """An answer as no decent server gives it. With `pace`, its bytes come so many seconds apart; `hangs` never ends."""

    status: int = 200
    body: str | bytes = ""
    type: str = "application/json"
    pace: float = 0.0
    hangs: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has left is nothing to report."""


class WorldInterfaceServer:
    """See the module. `fails` N: each Nth command is answered with 500; 0 none. `key` "" wants none."""

    def __init__(self, *, fails: int = 0, key: str = "", port: int = 0) -> None:
        self.commands: list[str] = []
        self.keys: list[str] = []
        self.notes: list[str] = []
        self._fails, self._key = fails, key
        self._script: deque[Odd] = deque()
        self._over = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = _Server(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def script(self, *odd: Odd) -> None:
        self._script.extend(odd)

    def calm(self) -> None:
        """From here on the answers are plain ones."""
        self._script.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Until it is interrupted."""
        self._http.serve_forever()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        command = [one["content"] for one in asked["messages"] if one["role"] == "user"][-1]
        self.commands.append(command)
        self.keys.append(handler.headers.get("authorization", ""))
        try:
            if self._script:
                self._oddly(handler, self._script.popleft())
            elif self._key and self.keys[-1] != f"Bearer {self._key}":
                self._send(handler, 403 if self.keys[-1] else 401, b"no", "text/plain")
            elif self._fails and len(self.commands) % self._fails == 0:
                self._send(handler, 500, b"TypeError: cannot read property 'id' of undefined", "text/plain")
            else:
                self._send(handler, 200, _reply(self._screen(command)), "application/json")
        except ConnectionError:
            pass

    def _screen(self, command: str) -> str:
        environment, _, rest = command.partition(" ")
        name, _, text = rest.partition(" ")
        if (environment, name) == ("exo", "create_note"):
            self.notes.append(text)
            content = f"Note {len(self.notes)} created"
        elif (environment, name) == ("exo", "notes"):
            content = "\n".join(f"{number}. {note}" for number, note in enumerate(self.notes, 1)) or "(none)"
        else:
            content = f"You said: {command}"
        return f"exOS v0.5\nCommand: {command}\nTime: 2026-11-22\n\nNotes\n\n{content}\n\nType `help` for help."

    def _oddly(self, handler: BaseHTTPRequestHandler, odd: Odd) -> None:
        body = odd.body if isinstance(odd.body, bytes) else odd.body.encode()
        if not odd.pace and not odd.hangs:
            self._send(handler, odd.status, body, odd.type)
            return
        self._head(handler, odd.status, len(body) + odd.hangs, odd.type)
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if self._over.wait(odd.pace):
                return
        if odd.hangs:
            self._over.wait()

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
        self._head(handler, status, len(body), kind)
        handler.wfile.write(body)

    def _head(self, handler: BaseHTTPRequestHandler, status: int, length: int, kind: str) -> None:
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(length))
        handler.end_headers()


def _reply(screen: str) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": screen}
    return json.dumps({"id": "1", "object": "chat.completion", "choices": [{"index": 0, "message": message}]}).encode()


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    WorldInterfaceServer(port=given[0] if given else 3000, fails=given[1] if len(given) > 1 else 0).serve()
