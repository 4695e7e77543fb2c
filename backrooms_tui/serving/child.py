"""The application of one page: a process of its own that lives as long as its connection, and never longer."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType

from backrooms_tui.serving import packets
from backrooms_tui.serving.heard import Resized
from backrooms_tui.settings import served
from backrooms_tui.settings.this_program import COMMAND, python_path

# Seconds for leaving by itself (what is being said is kept, models are given back), and then for being told to.
_GENTLY, _FIRMLY = 6.0, 2.0
_KEPT = 4000  # bytes of what it complained of at last


class Child:
    """`backrooms` with the words `arguments`, drawn for a browser at `size`. Leaving the context ends it.

    It knows that it is served, and whether people there are only `watching`.
    """

    def __init__(self, arguments: Sequence[str], size: Resized, *, watching: bool) -> None:
        self._arguments = arguments
        self._standing = served.WATCHING if watching else served.TYPING
        self._size = size
        self._process: asyncio.subprocess.Process | None = None
        self._complaints = bytearray()
        self._listening: asyncio.Task[None] | None = None
        self.began = False  # whether it took the screen

    async def __aenter__(self) -> "Child":
        self._process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment(),
            # Ctrl-C in the server's terminal is the server's: it ends its applications itself.
            start_new_session=True,
        )
        self._listening = asyncio.create_task(self._listen(self._process))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._end()
        finally:
            self._kill()
            if self._process is not None:
                await self._process.wait()
            if self._listening is not None:
                # Its last words are there by now, unless something that it started still holds on to them.
                await asyncio.wait([self._listening], timeout=1.0)
                self._listening.cancel()

    @property
    def complaint(self) -> str:
        """What it last said on its standard error."""
        return bytes(self._complaints).decode("utf-8", "replace").strip()

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.returncode if self._process is not None else None

    async def send(self, packet: bytes) -> None:
        """Hand it a packet. One that has ended hears nothing, and nothing is wrong with that."""
        stdin = self._process.stdin if self._process is not None else None
        if stdin is None or stdin.is_closing():
            return
        with suppress(ConnectionError, RuntimeError):
            stdin.write(packet)
            await stdin.drain()

    async def show(self, draw: Callable[[bytes], Awaitable[None]]) -> None:
        """Hand all that it draws to `draw` until it ends."""
        stdout = self._process.stdout if self._process is not None else None
        if stdout is None or not await packets.begun(stdout):
            return
        self.began = True
        with suppress(packets.NotAnApplication):
            while (packet := await packets.next_packet(stdout)) is not None:
                kind, payload = packet
                if kind == packets.DATA:
                    await draw(payload)
                elif kind == packets.META and packets.read_meta(payload).get("type") == "exit":
                    return
                # Addresses that it would open and files that it would hand over end here: none leave this machine.

    def _environment(self) -> dict[str, str]:
        environ = {name: value for name, value in os.environ.items() if name not in ("TEXTUAL", "TEXTUAL_LOG", "LINES")}
        return environ | {
            "PYTHONPATH": python_path(),
            served.VARIABLE: self._standing,
            "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TERM": "xterm-256color",
            "TERM_PROGRAM": "textual",
            "COLUMNS": str(self._size.width),
            "ROWS": str(self._size.height),
        }

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while piece := await process.stderr.read(4096):
            self._complaints += piece
            del self._complaints[:-_KEPT]

    async def _end(self) -> None:
        """Have it leave as if its person had: first asked, then told."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        assert process.stdout is not None
        # What it still draws is thrown away, so that it does not wait for a reader.
        emptying = asyncio.create_task(_empty(process.stdout))
        try:
            with suppress(TimeoutError):  # one that hears nothing any more
                await asyncio.wait_for(self.send(packets.meta("quit")), _FIRMLY)
            if not await _gone(process, _GENTLY):
                with suppress(ProcessLookupError):
                    process.terminate()
                await _gone(process, _FIRMLY)
        finally:
            emptying.cancel()

    def _kill(self) -> None:
        """Whatever is left of it, with everything that it started."""
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            elif process.returncode is None:
                process.kill()


async def _gone(process: asyncio.subprocess.Process, seconds: float) -> bool:
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _empty(stream: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await stream.read(1 << 16):
            pass
