"""Pulling a model file from a hub, through huggingface_hub where that is installed.

`HF_ENDPOINT`, `HF_TOKEN` and the person's other settings of huggingface_hub hold as they do everywhere.
"""

import asyncio
import errno
import json
import os
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from backrooms_tui.providers.base import Progress
from backrooms_tui.providers.local.fetching import (
    disk_full,
    disk_trouble,
    make_durable,
    one_at_a_time,
    private_folder,
    python_command,
    run_child,
    scratch_folder,
)
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PART = re.compile(r"(?P<stem>.+)-\d{5}-of-(?P<count>\d{5})\.gguf$")
_MOST_PARTS = 1000


async def pull_gguf(reference: str, models_dir: Path, progress: Callable[[Progress], None] | None = None) -> Path:
    """The model file that `reference` (`OWNER/REPO/FILE.gguf`) names, pulled into `models_dir`/OWNER/REPO/.

    Of a split model all parts are pulled and the path is the first one's. What is there already and unchanged is not
    pulled again. Every file is checked (size, and SHA-256 where the hub tells it, and that it is a whole GGUF file)
    before it appears under its name. Cancelling stops at once and leaves nothing behind. Raises OperatorError for a
    reference that names nothing, ProviderTrouble where the hub does not deliver.
    """
    from backrooms_tui.providers.local.gguf import check_gguf

    repo, file = _parsed(reference)
    if find_spec("huggingface_hub") is None:
        raise OperatorError("pulling model files needs huggingface_hub", "pip install 'backrooms-tui[hub]'")
    tell = progress or (lambda _: None)
    text = f"pulling {file.rpartition('/')[2]}"
    folder = private_folder(models_dir) / repo
    files = _parts(file)
    wait = Progress("another Backrooms is fetching a model")
    async with one_at_a_time(models_dir, lambda: tell(wait)):
        with scratch_folder(models_dir) as scratch:
            tell(Progress(text))
            result = await _run(repo, scratch, folder, files, lambda done, total: tell(Progress(text, done, total)))
            if "error" in result:
                raise _failed(result, repo, file, models_dir)
            fetched = [name for name in result["fetched"] if name in files]
            try:
                # A part is checked among its siblings, so those that had not to be pulled again are linked beside it.
                if fetched == files:
                    await asyncio.to_thread(check_gguf, scratch / files[0])
                for name in reversed(fetched):
                    _private_below(models_dir, (folder / name).parent)
                    await asyncio.to_thread(make_durable, scratch / name, folder / name)
            except OSError as error:
                raise disk_trouble(error, models_dir) from error
            except OperatorError as error:
                message = f"{repo}/{file} is not a usable model file: {error.what.partition(': ')[2] or error.what}"
                raise OperatorError(message, "choose another file of it, or another repository") from error
    path = folder / files[0]
    await asyncio.to_thread(check_gguf, path)
    return path.resolve()


def _parsed(reference: str) -> tuple[str, str]:
    """Repository and file of `OWNER/REPO/FILE.gguf`; the file may lie in folders."""
    owner, _, rest = reference.strip().removeprefix("hf:").lstrip("/").partition("/")
    name, _, file = rest.partition("/")
    pieces = file.split("/")
    good = _NAME.fullmatch(owner) and _NAME.fullmatch(name) and file.lower().endswith(".gguf")
    if not good or any(piece in ("", ".", "..") or re.search(r'[\\:*?"<>|\x00-\x1f]', piece) for piece in pieces):
        shown = reference if len(reference) <= 80 else reference[:79] + "…"
        raise OperatorError(f"{shown!r} does not name a model file", "write OWNER/REPO/FILE.gguf")
    return f"{owner}/{name}", file


def _parts(file: str) -> list[str]:
    match = _PART.match(file)
    count = int(match["count"]) if match else 1
    if match is None or not 1 <= count <= _MOST_PARTS:
        return [file]
    return [f"{match['stem']}-{number:05}-of-{match['count']}.gguf" for number in range(1, count + 1)]


async def _run(
    repo: str, scratch: Path, kept: Path, files: Sequence[str], on_progress: Callable[[int, int], None]
) -> dict[str, Any]:
    environment = {
        **os.environ,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "0",  # ours is the bar, and it has to be fed
        "HF_HUB_DISABLE_SYMLINKS_WARNING": "1",
        "PYTHONIOENCODING": "utf-8",
    }
    script = str(Path(__file__).with_name("hub_child.py"))
    command = [*python_command(), script, repo, str(scratch), str(kept), *files]
    end = await run_child(command, environment, on_progress)
    for line in reversed(end.lines):
        if line.startswith("Result "):
            try:
                values = json.loads(line.removeprefix("Result "))
            except ValueError:
                break
            if isinstance(values, dict):
                return values
    return {"error": "connection", "detail": f"status {end.status}"}


def _failed(result: dict[str, Any], repo: str, file: str, models_dir: Path) -> Exception:
    kind = result["error"]
    if kind == "no_file":
        names = [str(name) for name in result.get("names", [])]
        near = get_close_matches(file, names, n=3, cutoff=0.4) or names[:5]
        cure = f"did you mean {', '.join(near)}?" if near else "look at the repository's list of files"
        return OperatorError(f"{repo} has no file {file}", cure)
    if kind == "no_repository":
        cure = "check the name; a private one needs HF_TOKEN"
        return OperatorError(f"there is no repository {repo} on the hub that we may see", cure)
    if kind == "gated":
        cure = f"accept its terms on the page of {repo}, and set HF_TOKEN"
        return OperatorError(f"{repo} is only for those who accepted its terms", cure)
    if kind == "damaged":
        return ProviderTrouble(Trouble("unknown", f"{file} arrived damaged", "try again", True))
    if kind == "os" and result.get("errno") in (errno.ENOSPC, errno.EDQUOT):
        return ProviderTrouble(disk_full(models_dir))
    if kind == "status":
        status = int(result["status"])
        passing = status == 429 or status >= 500
        message = f"the hub answered with status {status} for {repo}/{file}"
        cure = "try again in a while" if passing else "check the name, and HF_TOKEN"
        return ProviderTrouble(Trouble("connection" if passing else "unknown", message, cure, passing, None, status))
    message = f"{repo}/{file} could not be pulled: the hub cannot be reached, or broke off"
    return ProviderTrouble(Trouble("connection", message, "check the network (and HF_ENDPOINT), then try again", True))


def _private_below(models_dir: Path, folder: Path) -> None:
    """Makes `folder` and those between it and `models_dir`, for their owner only."""
    for parent in [*reversed(folder.relative_to(models_dir).parents), folder.relative_to(models_dir)]:
        (models_dir / parent).mkdir(mode=0o700, exist_ok=True)
