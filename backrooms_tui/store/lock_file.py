"""A file that one program at a time holds. The system lets go of it when the program ends, however it ends."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

_MODE = 0o600
_READ = 4096  # bytes; what a holder writes is far shorter
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_AGAIN = 1000  # somebody takes away what was just opened; so often in a row it does not happen

if sys.platform == "win32":
    import msvcrt

    # What is locked cannot be read by others: a byte far behind what is written.
    _BYTE = 1 << 30

    def _lock(descriptor: int, *, shared: bool = False) -> None:
        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool = False) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


class LockFile:
    """A file that this program holds, until it is released."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def stands(self) -> bool:
        """Whether it is still there for others to see: somebody may have cleared the folder."""
        try:
            return _is_at(self._path, self._descriptor)
        except OSError:  # that cannot be told at this moment
            return True

    def release(self) -> None:
        """Let go of it, and take it away."""
        with suppress(OSError):
            if self.stands():  # else it is somebody else's
                self._path.unlink()  # first, so that nobody takes what is about to go
        os.close(self._descriptor)
        if sys.platform == "win32":  # what is open there cannot be taken away
            with suppress(OSError):
                self._path.unlink()


def take(path: Path, text: str) -> LockFile | None:
    """Hold the file at `path`, which is made with mode 0600 in a folder that is there, and write `text` into it.

    None where somebody else holds it, be it in this process. Raises OSError where files cannot be made or locked.
    """
    for _ in range(_AGAIN):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _MODE)
        try:
            if not _locked(descriptor):
                os.close(descriptor)
                return None
            if _is_at(path, descriptor):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, text.encode())
                return LockFile(path, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # who held it before has taken it away
    return None


def text_of_holder(path: Path) -> str | None:
    """What the program that holds the file wrote into it, "" where it is about to; None where nobody holds it.

    What a program left behind that was stopped short is taken away. Raises OSError where that cannot be told.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    except OSError:
        descriptor = os.open(path, os.O_RDONLY)  # to look, that is enough
    try:
        if not _locked(descriptor, shared=True):
            return os.read(descriptor, _READ).decode("utf-8", "replace")
        with suppress(OSError):
            if _locked(descriptor) and _is_at(path, descriptor):
                path.unlink()
        return None
    finally:
        os.close(descriptor)


def _locked(descriptor: int, *, shared: bool = False) -> bool:
    """Whether it is ours now. Raises OSError where there are no locks."""
    try:
        _lock(descriptor, shared=shared)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the open file is still the one at `path`."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))
