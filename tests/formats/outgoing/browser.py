"""A real browser that nobody looks at: Chromium, spoken to over a pipe in the protocol of its developer tools.

https://chromedevtools.github.io/devtools-protocol/: messages of JSON, each ended by a NUL.
"""

import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="a real browser needs Chromium: install chromium")


class Browser:
    """Chromium with one page. `requests` are the addresses that the page asked for, `said` what it wrote to its console
    and what its policy forbade."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM is not None
        (theirs_in, self._out), (self._in, theirs_out) = os.pipe(), os.pipe()

        def in_place() -> None:
            # The browser reads from 3 and writes to 4; away from there first, in case one of them is the other's.
            read, write = os.dup(theirs_in), os.dup(theirs_out)
            high = [os.dup2(fd, 100 + number) for number, fd in enumerate((read, write))]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self._process = subprocess.Popen(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-pipe",
                f"--user-data-dir={folder / 'browser'}",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=in_place,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest = b""
        self._number = 0
        self._loaded = False
        self.requests: list[str] = []
        self.said: list[str] = []
        targets = self._ask("Target.getTargets", session=None)["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session: str | None = None
        self._session = self._ask("Target.attachToTarget", targetId=page, flatten=True, session=None)["sessionId"]
        for part in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{part}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)

    def open(self, page: Path) -> None:
        """Go to a file and wait until it is loaded."""
        self.requests.clear()
        self.said.clear()
        self._loaded = False
        self._ask("Page.navigate", url=page.as_uri())
        end = monotonic() + 30
        while not self._loaded:
            self._hear(end)

    def emulate(self, **values: Any) -> None:
        """Another medium or colour scheme: `media="print"`, `features=[...]`."""
        self._ask("Emulation.setEmulatedMedia", **values)

    def run(self, script: str) -> Any:
        """What an expression of JavaScript comes to; a promise is waited for."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str, seconds: float = 30) -> Any:
        """Wait until an expression is true; what it is then."""
        wait = (
            f"new Promise((done, failed) => {{ const began = performance.now(); const look = () => {{"
            f" const is = ({script}); if (is) done(is); else if (performance.now() - began > {seconds * 1000})"
            f" failed(new Error('not within {seconds:g} s')); else requestAnimationFrame(look); }}; look(); }})"
        )
        return self.run(wait)

    def _ask(self, method: str, session: str | None = "", **params: Any) -> Any:
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session == "" and self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = monotonic() + 60
        while True:
            heard = self._hear(end)
            if heard.get("id") == number:
                assert "error" not in heard, heard["error"]
                return heard["result"]

    def _hear(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - monotonic()))
            piece = os.read(self._in, 1 << 16) if ready else b""
            assert piece, "the browser does not answer"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(line)
        match heard.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(heard["params"]["request"]["url"])
            case "Log.entryAdded":
                self.said.append(heard["params"]["entry"]["text"])
            case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Page.javascriptDialogOpening":
                self.said.append(json.dumps(heard["params"]))
        return heard
