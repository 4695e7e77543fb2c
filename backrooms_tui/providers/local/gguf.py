"""Model files: finding them by name or path, listing them, and saying what is wrong with one."""

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from backrooms_tui.providers.local.gguf_header import MAGIC, GGUFHeader, NotGGUF, read_header
from backrooms_tui.providers.local.hub import pull_gguf
from backrooms_tui.session.trouble import OperatorError

__all__ = ["check_gguf", "find_gguf", "header_of", "list_gguf", "pull_gguf"]

_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf$")
_PULL = "fetch one with `backrooms models pull OWNER/REPO/FILE.gguf`"


def find_gguf(name_or_path: str, models_dir: Path) -> Path:
    """The model file that the person means: a path (`~` stands for the home folder), or a file's name in `models_dir`
    or a folder below it. Raises OperatorError with the nearest names."""
    text = name_or_path.strip()
    if not text or "\0" in text:
        raise OperatorError("no model file was named", f"name one, or {_PULL}")
    try:
        path = Path(text).expanduser()
    except RuntimeError:  # ~somebody who is not here
        path = Path(text)
    for candidate in (path, models_dir / path):
        try:
            if candidate.is_file():
                return candidate.resolve()
            if candidate.is_dir():
                return _only_file(candidate)
        except OSError:  # a name that is too long, a folder that may not be entered
            continue
    known = list_gguf(models_dir)
    wanted = path.name.lower()
    for file in known:
        if file.name.lower() in (wanted, f"{wanted}.gguf"):
            return file.resolve()
    names = {file.name.lower(): file.name for file in known}
    near = [names[name] for name in get_close_matches(wanted, names, n=3, cutoff=0.5)]
    cure = f"did you mean {', '.join(near)}?" if near else f"give the path of a file, or {_PULL}"
    raise OperatorError(f"there is no model file {_short(text)}", cure)


def list_gguf(models_dir: Path) -> list[Path]:
    """The model files in `models_dir` and the folders below it, by name; of a split model its first part."""
    return sorted(_files(models_dir), key=lambda path: (path.name.lower(), str(path)))


def header_of(path: Path) -> GGUFHeader:
    """What the file says about its model. Raises NotGGUF or OSError."""
    stat = path.stat()
    return _header(path, stat.st_size, stat.st_mtime_ns)


def check_gguf(path: Path) -> GGUFHeader:
    """The head of the model file at `path`, after making sure that it is whole and all its parts are there.

    Raises OperatorError that names the file and says what it is instead.
    """
    try:
        header = header_of(path)
        _check_whole(path, header)
    except NotGGUF as error:
        raise OperatorError(
            f"{path} cannot be used: {_instead(path) or error}", f"choose another file, or {_PULL}"
        ) from error
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be read: {error.strerror or error}", "check the file and its permissions"
        ) from error
    return header


def _check_whole(path: Path, header: GGUFHeader) -> None:
    if path.stat().st_size < header.least_size:
        raise NotGGUF("it is cut off")
    if header.parts == 1:
        return
    match = _PART.match(path.name)
    if match is None or int(match["count"]) != header.parts:
        raise NotGGUF(f"it is one of {header.parts} parts and has been renamed; parts are called …-00001-of-0000N.gguf")
    names = [f"{match['stem']}-{number:05}-of-{match['count']}.gguf" for number in range(1, header.parts + 1)]
    if match["number"] != "00001":
        raise NotGGUF(f"it is a later part; name the first one, {names[0]}")
    missing = [name for name in names if not path.with_name(name).is_file()]
    if missing:
        raise NotGGUF(f"{len(missing)} of its {len(names)} parts are missing, the first of them {missing[0]}")
    for name in names[1:]:
        part = path.with_name(name)
        if part.stat().st_size < header_of(part).least_size:
            raise NotGGUF(f"its part {name} is cut off")


def _instead(path: Path) -> str:
    """What a file that is not GGUF is, where that can be told from how it begins."""
    try:
        with path.open("rb") as file:
            head = file.read(256).lstrip()
    except OSError:
        return ""
    if head.startswith(MAGIC):
        return ""
    if head.startswith(b"version https://git-lfs"):
        return "it is a Git LFS pointer, not the model itself (run `git lfs pull` where it came from)"
    if head[:1] == b"<":
        return "it is a web page, not a model (the address that it came from shows a page about the file)"
    if not head:
        return "it is empty"
    if head[:2] == b"PK":
        return "it is a zip archive, not a GGUF file"
    return ""


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            match = _PART.match(name)
            if (
                name.lower().endswith(".gguf")
                and not name.startswith(".")
                and not (match and match["number"] != "00001")
            ):
                yield Path(root) / name


def _only_file(folder: Path) -> Path:
    files = sorted(path for path in folder.glob("*.gguf") if path.is_file())
    if len(files) == 1:
        return files[0].resolve()
    names = ", ".join(file.name for file in files[:5])
    raise OperatorError(
        f"{folder} is a folder", f"name a file in it: {names}" if files else f"there is no model in it; {_PULL}"
    )


@lru_cache(maxsize=64)
def _header(path: Path, size: int, changed: int) -> GGUFHeader:
    return read_header(path)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
