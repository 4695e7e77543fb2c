"""A template file's text, read so that whatever is there ends in a text or in a clear word about why not."""

import os
import stat
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError

FILE_LIMIT = 1_000_000  # bytes; the longest template that anybody has a use for is far below


def read_text(path: Path, kind: str = "template") -> str:
    """The text of the file at `path`, without a byte order mark. Line ends stay as they are. `kind` is what it should
    be.

    Raises OperatorError for what is missing, unreadable, not an ordinary file, too long, or not UTF-8.
    """
    try:
        # Not blocking, and looked at once open: a pipe in a template's place would otherwise wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise OperatorError(f"there is no file {path}", "check the path") from None
    except PermissionError:
        if path.is_dir():  # what some systems say of a folder
            raise _is_folder(path, kind) from None
        raise OperatorError(f"{path} may not be read", "change the file's permissions, or copy it") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OperatorError(f"{path} cannot be read: {reason}", "check the path") from None
    try:
        _check_ordinary(path, os.fstat(handle), kind)
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}", "check the disk or the share") from None
    finally:
        os.close(handle)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise OperatorError(f"{path} is saved as UTF-16", "save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OperatorError(f"{path}:{line}: is not UTF-8 text", "save the file as UTF-8") from None


def _check_ordinary(path: Path, about: os.stat_result, kind: str) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise _is_folder(path, kind)
    if not stat.S_ISREG(about.st_mode):
        raise OperatorError(f"{path} is not an ordinary file", f"give a {kind} file, NAME.toml")
    if about.st_size > FILE_LIMIT:
        size = f"{about.st_size / 1_000_000:.1f} MB"
        raise OperatorError(f"{path} is {size} long, too long for a {kind}", f"{kind}s are under 1 MB")


def _is_folder(path: Path, kind: str) -> OperatorError:
    return OperatorError(f"{path} is a folder", f"give a {kind} file, NAME.toml")
