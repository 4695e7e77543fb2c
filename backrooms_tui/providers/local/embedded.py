"""The embedded llama.cpp: one server for each GGUF file that this process uses, however many agents speak with it.

The server is xllamacpp's, in a child process. Loading holds Python's interpreter lock until the model is there (0.8 s
for the starter, much longer for a large file) and llama.cpp answers a damaged file by aborting the process: neither
may happen to the process that draws the screen. The child ends when this process does, however it ends.

Sizing, measured with the starter (16-bit KV cache, 23 KB a token): a slot of 8,192 tokens takes 184 MB from the
beginning, so there are two, 515 MB resident in all; 8 slots would be 1.6 GB. Where more agents speak, llama.cpp moves
the KV cache of a slot's last speaker to its RAM cache and back in a few milliseconds: with 5 agents on 2 slots the
cached share was the same as with 5 slots.

No request names its slot (`id_slot`). llama.cpp b11549 gives a named slot the KV cache that suits the new request
before it looks whether somebody is being answered there: that one then goes on in another's conversation, or, where
the other's prompt is longer than its own, is never done, while the server turns round and round over it.
"""

import asyncio
import atexit
import json
import os
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from backrooms_tui.providers.local.cores import threads_for_a_model
from backrooms_tui.providers.local.fetching import own_group, python_command
from backrooms_tui.providers.local.gguf import check_gguf
from backrooms_tui.providers.local.pace import Pace
from backrooms_tui.providers.local.slots import Slots
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble

DEFAULT_CONTEXT = 8192
SLOTS = 2
# Prompt tokens that are read at once. A request is given up between two batches only: small ones, so that stopping is
# quick. Measured on the starter: 128 instead of 512 costs 3% of the prompt's speed.
BATCH = 128
# Agents whose KV cache is kept at the full length of the context: those in the slots, and this many in RAM.
_KEPT_BESIDE = 6
_FALLBACK_CACHE_MIB = 1024
# Seconds that a child which could not load its model has for its last words.
_FAREWELL = 10.0


@dataclass(eq=False)
class Embedded:
    """A loaded model: where its server listens, the key that it wants, and how many tokens each of its slots holds.

    `holders` counts who wants it loaded and `busy` the replies under way; both belong to this module's lock. `places`
    is for whoever sends it a request, `pace` what is known of its speed, `stuck` the seconds for which it stood still
    where it was stopped for that.
    """

    path: Path
    context: int
    threads: int
    slots: int = SLOTS
    key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    url: str = ""
    holders: int = 0
    busy: int = 0
    stuck: float | None = None
    places: Slots = field(init=False, repr=False)
    pace: Pace = field(init=False, repr=False)
    _waiting: int = 0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    _stopped: bool = False
    _loaded: "Future[None]" = field(default_factory=Future, repr=False)

    def __post_init__(self) -> None:
        size = self.path.stat().st_size if self.path.is_file() else 0
        self.places = Slots(self.slots)
        self.pace = Pace(size=size, batch=BATCH, context=self.context, slots=self.slots)

    @property
    def alive(self) -> bool:
        """Whether it is loading, or loaded and running."""
        if self._stopped:
            return False
        if not self._loaded.done():
            return True
        return self._loaded.exception() is None and self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The child process's id."""
        return self._process.pid if self._process is not None else None

    def settled(self) -> None:
        """Waits a moment for the end of a child whose connection broke: it closes its sockets before it is gone, and
        the next request is not to be sent to the same one."""
        process = self._process
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_FAREWELL / 5)

    def stop(self) -> None:
        """Ends the server and gives back its memory. Replies under way break off."""
        with _lock:
            self._stopped = True
            process, self._process = self._process, None
            if _models.get(self.path) is self:
                del _models[self.path]
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)


_models: dict[Path, Embedded] = {}
_lock = threading.RLock()


async def load(path: Path, *, context: int | None = None, threads: int | None = None) -> Embedded:
    """The server that has `path` (a resolved one) loaded, started first where there is none; counted as one holder.

    `context` is how many tokens each agent may use; no more than the model was trained for, and by default at most
    8,192. A model that is loaded with less is loaded again where nobody is using it just now; else it stays as it is,
    and `Embedded.context` says what there is. Cancelling the only one who waits stops the loading. Raises
    OperatorError where xllamacpp is missing or the file is none, ProviderTrouble where llama.cpp refuses it.
    """
    require_llama()
    header = await asyncio.to_thread(check_gguf, path)
    limit = header.window or DEFAULT_CONTEXT
    wanted = min(context or DEFAULT_CONTEXT, limit)
    model = None
    while model is None:
        with _lock:
            current = _models.get(path)
            outgrown = current is not None and current.alive and bool(context) and current.context < wanted
            if current is None or not current.alive:
                model = _models[path] = Embedded(path, wanted, threads or threads_for_a_model())
                model._loaded.set_running_or_notify_cancel()
                wish = _wish(model, header.cache_bytes_per_token)
                threading.Thread(target=_launch, args=(model, wish), daemon=True, name="loading a model").start()
            elif not outgrown or current.busy or current._waiting:
                model = current
            if model is not None:
                model._waiting += 1
        if model is None and current is not None:
            await asyncio.to_thread(current.stop)
    try:
        await asyncio.wrap_future(model._loaded)
    except asyncio.CancelledError:
        with _lock:
            abandoned = model._waiting == 1 and not model.holders
        if abandoned:
            await asyncio.to_thread(model.stop)
        raise
    finally:
        with _lock:
            model._waiting -= 1
    with _lock:
        model.holders += 1
    return model


def require_llama() -> None:
    """Raises OperatorError where xllamacpp is not installed."""
    if find_spec("xllamacpp") is None:
        raise OperatorError("the local model needs xllamacpp", "pip install 'backrooms-tui[local]'")


@contextmanager
def speaking(model: Embedded) -> Iterator[None]:
    """Counts a reply under way, so that the model is not loaded anew beneath it."""
    with _lock:
        model.busy += 1
    try:
        yield
    finally:
        with _lock:
            model.busy -= 1


def release(model: Embedded) -> None:
    """One holder less; the last one out ends the server."""
    with _lock:
        model.holders -= 1
        last = model.holders <= 0 and not model._waiting
    if last:
        model.stop()


def _wish(model: Embedded, bytes_per_token: int | None) -> dict[str, Any]:
    return {
        "path": str(model.path),
        "context": model.context,
        "slots": model.slots,
        "batch": BATCH,
        "threads": model.threads,
        "cache_mib": _cache_mib(model.context, bytes_per_token),
        "key": model.key,
        "verbosity": 1,
    }


def _cache_mib(context: int, bytes_per_token: int | None) -> int:
    """How large the RAM cache for speakers without a slot may grow, in MiB: six full contexts, at most a quarter of
    the machine's memory. It takes only what it uses."""
    if bytes_per_token is None:
        return _FALLBACK_CACHE_MIB
    wanted = _KEPT_BESIDE * context * bytes_per_token
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        memory = 8 << 30
    return max(64, min(wanted, memory // 4) >> 20)


def _launch(model: Embedded, wish: dict[str, Any]) -> None:
    """Starts the child and waits until it has announced itself. Runs in a thread of its own."""
    try:
        with tempfile.TemporaryFile() as errors:
            answer = _announced(model, wish, errors)
            if not answer.get("url"):
                raise ProviderTrouble(_refused(model, answer, _tail(errors)))
        model.url = str(answer["url"])
        model._loaded.set_result(None)
    except BaseException as error:
        model.stop()
        model._loaded.set_exception(error)


def _announced(model: Embedded, wish: dict[str, Any], errors: IO[bytes]) -> dict[str, Any]:
    script = str(Path(__file__).with_name("llama_child.py"))
    process = subprocess.Popen(  # noqa: S603 - our own script, with our own interpreter
        [*python_command(), script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, **own_group()
    )
    with _lock:
        model._process = process
        unwanted = model._stopped
    if unwanted:
        model.stop()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(wish).encode() + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except (OSError, ValueError):  # it is gone, or was stopped while it loaded
        line = b""
    if not line:
        return {"error": "gone", "status": process.wait()}
    answer = json.loads(line)
    if not isinstance(answer, dict):
        return {"error": "gone"}
    if not answer.get("url"):
        with suppress(subprocess.TimeoutExpired):  # the reason is in its log, which is whole when it has ended
            process.wait(_FAREWELL)
    return answer


def _refused(model: Embedded, answer: dict[str, Any], said: str) -> Trouble:
    if answer.get("error") == "import":
        message = f"llama.cpp does not start on this machine: {answer.get('detail', '')}"
        return Trouble("unknown", message, "reinstall it: pip install --force-reinstall xllamacpp")
    if model._stopped:
        return Trouble("unknown", f"loading {model.path.name} was stopped", "try again", True)
    reason = ""
    for line in said.splitlines():
        if "error loading model: " in line:
            reason = line.partition("error loading model: ")[2].strip()
    if not reason and answer.get("error") == "gone":
        reason = f"it ended with status {answer.get('status')}; the file may be damaged, or memory too small"
    cure = "choose another file, or a smaller context; a new kind of model may need a newer xllamacpp"
    return Trouble("bad_request", f"llama.cpp cannot load {model.path}" + (f": {reason[:160]}" if reason else ""), cure)


def _tail(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 65536))
    return errors.read().decode("utf-8", "replace")


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return


@atexit.register
def _stop_all() -> None:
    for model in list(_models.values()):
        model.stop()
