"""A package index on the loopback address with one small wheel that is laid out as the starter's is."""

import base64
import hashlib
import io
import random
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from backrooms_tui.providers.local.starter import StarterModel

_METADATA = b"Metadata-Version: 2.1\nName: small-starter\nVersion: 1.0\nRequires-Dist: nowhere-to-be-found\n"
WHEEL = "small_starter-1.0-py3-none-any.whl"


class PackageIndex:
    """Serves `small-starter` 1.0. What it does to whoever asks can be changed while it runs.

    `hold_after`: send that many bytes of the wheel, then nothing until `release`. `status`: refuse everything with it.
    `served` counts the wheels that were sent to their end, `asked` all requests.
    """

    def __init__(self, size: int = 3_000_000) -> None:
        self.content = b"GGUF" + random.Random(7).randbytes(size)
        self.wheel = _wheel(self.content)
        self.status = 200
        self.hold_after: int | None = None
        self.holding = threading.Event()
        self.release = threading.Event()
        self.served = 0
        self.asked = 0
        self.has_package = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def model(self) -> StarterModel:
        """The model in the wheel, as the starter is described."""
        digest = hashlib.sha256(self.content).hexdigest()
        member = "small_starter/small.gguf"
        return StarterModel("small.gguf", "Small", len(self.content), digest, "MIT", "small-starter==1.0", member)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/simple"

    def damage(self) -> None:
        """From now on the wheel holds other bytes of the same length."""
        self.wheel = _wheel(self.content[:-1] + bytes([self.content[-1] ^ 1]))

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

    def _handler(index: Self) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked += 1
                if index.status != 200:
                    return self._answer(index.status, b"no", "text/plain")
                if self.path.endswith(".whl"):
                    return self._wheel()
                if "small-starter" in self.path and index.has_package:
                    page = f'<!doctype html><html><body><a href="/files/{WHEEL}">{WHEEL}</a></body></html>'
                    return self._answer(200, page.encode(), "text/html")
                return self._answer(404, b"not here", "text/plain")

            def _wheel(self) -> None:
                wheel = index.wheel
                self.send_response(200)
                self.send_header("Content-Length", str(len(wheel)))
                self.send_header("Content-Type", "application/octet-stream")
                self.end_headers()
                held = index.hold_after
                try:
                    self.wfile.write(wheel[:held])
                    if held is not None:
                        index.holding.set()
                        index.release.wait(60)
                        self.wfile.write(wheel[held:])
                    index.served += 1
                except OSError:
                    return

            def _answer(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler


def _wheel(content: bytes) -> bytes:
    info = "small_starter-1.0.dist-info"
    files = {
        "small_starter/small.gguf": content,
        "small_starter/__init__.py": b"",
        f"{info}/METADATA": _METADATA,
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for name, data in files.items()
    )
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
