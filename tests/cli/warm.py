"""Runs commands in processes that begin with everything imported: importing takes longer than most commands do.

`Warm` starts a program, `python -m tests.cli.warm SOCKET`, that imports what commands import and then divides itself
for every command. What runs is a process of its own, with folders, environment, streams and an end of its own, as if
`python -m backrooms_tui` had been typed. What depends on how a program begins, or is killed, is tried with real ones.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

from backrooms_tui.stall.meaning import Meaning

ROOT = Path(__file__).parents[2]
_WARNINGS = "error::ResourceWarning"
_LOOK = 5.0  # seconds
# What the commands import, among them what they import late. Nothing here may start a thread.
_IMPORTED = (
    "anthropic",
    "backrooms_tui.assembly.opening",
    "backrooms_tui.assembly.workspace",
    "backrooms_tui.cli.root",
    "jinja2",
    "openai",
    "sqlalchemy.dialects.sqlite",
)


class Warm:
    """The program that divides itself. It ends with the tests."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp()
        self._place = str(Path(self._folder) / "warm")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self._place)
        self._listening.listen(16)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("BACKROOMS_", "PYTEST_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.warm", str(self._listening.fileno())],
            pass_fds=[self._listening.fileno()],
            cwd=ROOT,
            env=plain | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": _WARNINGS, "TOKENIZERS_PARALLELISM": "false"},
        )
        atexit.register(self.close)

    def run(
        self, words: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: bytes, seconds: float
    ) -> tuple[int, bytes, bytes]:
        """Run `backrooms` with `words`, and wait for its end: its status (as subprocess has it), and what it printed.

        Raises subprocess.TimeoutExpired after so many `seconds`; it is killed then.
        """
        theirs, ours = zip(_pipe(reading=True), _pipe(), _pipe(), strict=True)
        with socket.socket(socket.AF_UNIX) as asking, ThreadPoolExecutor(3) as threads:
            asking.settimeout(seconds)
            asking.connect(self._place)
            wish = json.dumps({"words": list(words), "folder": str(folder), "environ": dict(environ)}).encode()
            socket.send_fds(asking, [len(wish).to_bytes(4, "big")], theirs)
            asking.sendall(wish)
            for stream in theirs:
                os.close(stream)
            threads.submit(_write, ours[0], stdin)
            out, err = (threads.submit(_read, stream) for stream in ours[1:])
            number = int.from_bytes(asking.recv(8), "big", signed=True)
            try:
                told = asking.recv(8)
            except TimeoutError:
                os.kill(number, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(words), seconds) from None
            return int.from_bytes(told, "big", signed=True), out.result(), err.result()

    def close(self) -> None:
        """End it."""
        atexit.unregister(self.close)
        self._listening.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _pipe(*, reading: bool = False) -> tuple[int, int]:
    """The program's end, and ours."""
    read, write = os.pipe()
    return (read, write) if reading else (write, read)


def _write(stream: int, data: bytes) -> None:
    try:
        with open(stream, "wb") as file:
            file.write(data)
    except BrokenPipeError:  # it has not read all of it
        return


def _read(stream: int) -> bytes:
    with open(stream, "rb") as file:
        return file.read()


def _divide(listening: socket.socket) -> None:
    """Take one wish after the other. Returns in the processes that run a command, ready to."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    tests = os.getppid()
    listening.settimeout(_LOOK)
    while True:
        try:
            asked, _ = listening.accept()
        except TimeoutError:
            if os.getppid() != tests:  # they were killed
                os._exit(0)
            continue
        if os.fork() == 0:
            break
        asked.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listening.close()
    size, streams, _, _ = socket.recv_fds(asked, 4, 3)
    wish = json.loads(_all(asked, int.from_bytes(size, "big")))
    if number := os.fork():
        asked.sendall(number.to_bytes(8, "big", signed=True))
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(number, 0)
        try:
            asked.sendall(os.waitstatus_to_exitcode(status).to_bytes(8, "big", signed=True))
        finally:
            os._exit(0)
    asked.close()
    for at, stream in enumerate(streams):
        os.dup2(stream, at)
        os.close(stream)
    # Open as long as the process is, like those that the interpreter makes.
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    error = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = error
    os.environ.clear()
    os.environ.update(wish["environ"])
    os.chdir(wish["folder"])
    sys.argv = ["", *wish["words"]]


def _all(asked: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        found += asked.recv(size - len(found))
    return found


def main() -> None:
    """The program."""
    for name in _IMPORTED:
        importlib.import_module(name)
    if Meaning.installed():
        Meaning().vector("ready")
    gc.freeze()
    _divide(socket.socket(fileno=int(sys.argv[1])))
    _leave(_status_of(lambda: runpy.run_module("backrooms_tui", run_name="__main__", alter_sys=True)))


def _status_of(program: Callable[[], object]) -> int:
    try:
        program()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _leave(status: int) -> NoReturn:
    """End as the interpreter does, but for taking apart every module, which takes longer than most commands do."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # what was left open is complained of
    try:
        sys.stdout.flush()
    except OSError as error:
        print(f"Exception ignored in: {sys.stdout!r}\n{error}", file=sys.stderr)
        status = 120
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
