"""Paths as people give them: typed with a tilde, pasted with quotes, dropped on the window as an address."""

import os
import re
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from backrooms_tui.session.trouble import OperatorError

MOST = 2_000  # things of a folder that are listed
_LOOKED_AT = 100_000  # names of a folder
_ESCAPED = re.compile(r"\\(.)")
_ANEW = re.compile(r"^.*/(?=[/~])")
_QUOTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")""")


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a folder: its name as the system has it, whether it is a folder, and its size in bytes."""

    name: str
    folder: bool
    size: int


def plain(text: str) -> str:
    """The path in `text`, without quotes, the backslashes of a shell, or `file://`. Of several quoted ones the first.

    A path that is there exactly as it stands is left so."""
    text = text.strip()
    if _exists(text):
        return text
    if (quoted := _QUOTED.match(text)) is not None:
        return plain(quoted[1] or quoted[2] or "")
    if text.lower().startswith("file:"):
        text = text.split()[0]
        try:
            return unquote(urlsplit(text).path, errors="surrogateescape")
        except ValueError:
            return text
    return _ESCAPED.sub(r"\1", text) if os.sep == "/" and "\\" in text else text


def from_root(text: str) -> str:
    """`text` from where it begins anew: a slash or a tilde typed behind a folder and its slash leads elsewhere."""
    return text if _exists(text) and "//" not in text else _ANEW.sub("", text)


def meant(text: str) -> Path:
    """Where `text` leads, the tilde being the person's home."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # a home that nobody knows
        return Path(text)


def here() -> Path:
    """The folder that one is in; the person's home where somebody has removed it meanwhile."""
    try:
        return Path.cwd()
    except OSError:
        return meant("~")


def whole(path: Path) -> Path:
    """`path` from the root on, as far as that can be known: the folder that one is in may be gone."""
    try:
        return path.absolute()
    except OSError:
        return path


def short(path: Path) -> str:
    """`path` as a person writes it: from the home folder on, where it is in there."""
    path = whole(path)
    try:
        inside = path.relative_to(Path.home())
    except (ValueError, RuntimeError):
        return str(path)
    return "~" if inside == Path() else f"~{os.sep}{inside}"


def going_on_from(text: str) -> list[Found]:
    """What `text` may become, as in a shell: what is in its folder and begins as it ends, folders first. Things that
    are neither files nor folders are left out, and so is what is hidden, unless it is asked for by its dot.

    Empty for a folder that is not there or may not be looked into.
    """
    folder, beginning = parted(text)
    hidden, folded = beginning.startswith("."), beginning.casefold()
    found: list[Found] = []
    try:
        with os.scandir(meant(folder or ".")) as inside:
            for entry in islice(inside, _LOOKED_AT):
                if entry.name.casefold().startswith(folded) and (hidden or not entry.name.startswith(".")):
                    found += _found(entry)
                    if len(found) == MOST:
                        break
    except (OSError, ValueError):
        return []
    return sorted(found, key=lambda one: (one.name != beginning, not one.folder, one.name.casefold(), one.name))


def parted(text: str) -> tuple[str, str]:
    """The folder in `text`, with its slash, and the beginning of a name behind it."""
    if text == "~":
        return f"~{os.sep}", ""
    cut = max(text.rfind(sign) for sign in {"/", os.sep}) + 1
    return text[:cut], text[cut:]


def completed(text: str, found: list[Found]) -> str:
    """`text` with as much added as all of `found` have in common, as the tab key does it in a shell."""
    folder, beginning = parted(text)
    if not found:
        return text
    if len(found) == 1:
        return f"{folder}{found[0].name}{os.sep if found[0].folder else ''}"
    shared = 0
    for letters in zip(*(one.name for one in found), strict=False):
        if len({letter.casefold() for letter in letters}) > 1:
            break
        shared += 1
    return f"{folder}{found[0].name[:shared]}" if shared > len(beginning) else text


def require_ordinary(path: Path) -> None:
    """Raises OperatorError where something is at `path` that is neither a file nor a folder: writing to a pipe may wait
    for ever."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OperatorError(f"{path} is a device or a pipe", "name a file or a folder")


def _exists(text: str) -> bool:
    try:
        return bool(text) and meant(text).exists()
    except (OSError, ValueError):
        return False


def _found(entry: "os.DirEntry[str]") -> list[Found]:
    try:
        about = entry.stat()
    except OSError:  # a link that leads nowhere
        return []
    if stat.S_ISDIR(about.st_mode):
        return [Found(entry.name, True, 0)]
    return [Found(entry.name, False, about.st_size)] if stat.S_ISREG(about.st_mode) else []
