"""A hub on the loopback address: the few routes that pulling a file takes, with ways to misbehave."""

import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class ModelHub:
    """Holds `files` by `OWNER/REPO/FILE`.

    `lie`: files whose sent bytes differ from the sum that the hub tells. `gated`: repositories behind terms.
    `hold_after`: send that many bytes of a file, then nothing until `release`. `sent` counts files by name.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.lie: set[str] = set()
        self.gated: set[str] = set()
        self.status: int | None = None
        self.hold_after: int | None = None
        self.holding = threading.Event()
        self.release = threading.Event()
        self.sent: dict[str, int] = {}
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(hub: Self) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._serve(body=False)

            def do_GET(self) -> None:
                self._serve(body=True)

            def _serve(self, *, body: bool) -> None:
                path = unquote(urlsplit(self.path).path).strip("/")
                hub.paths.append(path)
                if hub.status is not None:
                    return self._say(hub.status, {}, b"")
                pieces = path.split("/")
                if pieces[:2] == ["api", "models"]:
                    return self._list("/".join(pieces[2:4]))
                repo, name = "/".join(pieces[:2]), "/".join(pieces[4:])
                if repo in hub.gated:
                    return self._say(403, {"X-Error-Code": "GatedRepo"}, b"")
                if not any(key.startswith(f"{repo}/") for key in hub.files):
                    return self._say(404, {"X-Error-Code": "RepoNotFound"}, b"")
                content = hub.files.get(f"{repo}/{name}")
                if content is None:
                    return self._say(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}, b"")
                digest = hashlib.sha256(content).hexdigest()
                headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{digest}"', "X-Linked-Etag": f'"{digest}"'}
                headers["X-Linked-Size"] = str(len(content))
                if name in hub.lie:
                    content = bytes(len(content))
                return self._file(name, headers, content if body else None, len(content))

            def _file(self, name: str, headers: dict[str, str], content: bytes | None, length: int) -> None:
                self.send_response(200)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                if content is None:
                    return
                hub.sent[name] = hub.sent.get(name, 0) + 1
                try:
                    self.wfile.write(content[: hub.hold_after])
                    if hub.hold_after is not None:
                        hub.holding.set()
                        hub.release.wait(60)
                        self.wfile.write(content[hub.hold_after :])
                except OSError:
                    return

            def _list(self, repo: str) -> None:
                names = [key.removeprefix(f"{repo}/") for key in hub.files if key.startswith(f"{repo}/")]
                siblings = [{"rfilename": name} for name in names]
                entries = [
                    {"type": "file", "path": name, "size": len(hub.files[f"{repo}/{name}"]), "oid": "0" * 40}
                    for name in names
                ]
                answer = entries if "/tree/" in self.path else {"id": repo, "sha": COMMIT, "siblings": siblings}
                self._say(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())

            def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler
