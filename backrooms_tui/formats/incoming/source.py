"""A file that comes in: its text in pieces and in lines, never all of it in memory, and the place of what is wrong."""

import codecs
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError

CHUNK = 1 << 17  # bytes read at once
BEGINNING = 1 << 18  # bytes by which a file is recognised
# Characters of one turn, one text or one line. The longest reply of any model is far below.
TEXT_LIMIT = 4_000_000
# Characters of a document that has to be read whole: a template, a configuration.
DOCUMENT_LIMIT = 4_000_000

_UNSTORABLE = {0: 0xFFFD, **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)}
_NAME_LIMIT = 80
_BOMS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


class Source:
    """One file. It can be read several times over; `told` hears how far that is, as bytes of those that it holds.

    `now` and `modified` are Unix seconds: the present, and when the file was last written. Everything raises
    OperatorError with the place in the file: for what is missing, unreadable, no ordinary file, or not UTF-8.
    """

    def __init__(self, path: Path, *, now: float, told: Callable[[int, int], None] | None = None) -> None:
        self.path = path
        self.now = now
        # How often it will be read in all; a format that reads twice says so before it begins.
        self.passes = 1
        self._told = told
        self._read = 0
        about = self._about()
        self.size = about.st_size
        self.modified = min(about.st_mtime, now)

    def wrong(self, what: str, cure: str, line: int | None = None) -> OperatorError:
        """The error that says `what` is wrong with the file, at `line` (from 1), and what to do."""
        return OperatorError(f"{self.path}:{line}: {what}" if line else f"{self.path} {what}", cure)

    @cached_property
    def beginning(self) -> str:
        """The first of its text, broken characters replaced: enough to see what it is."""
        head = self._head
        for mark, name in _BOMS:
            if head.startswith(mark):
                raise self.wrong(f"is saved as {name}", "save it as UTF-8")
        return head.decode("utf-8-sig", "replace").replace("\r\n", "\n")

    def pieces(self) -> Iterator[str]:
        """The text, some at a time, without a byte order mark and with its line ends as they are."""
        with self._open() as file:
            waiting, place, line = b"", 0, 1
            while True:
                chunk = self._taken(file, CHUNK)
                data = waiting + chunk
                if place == 0 and data.startswith(codecs.BOM_UTF8):
                    data, place = data[3:], 3
                try:
                    text, used = codecs.utf_8_decode(data, "strict", not chunk)
                except UnicodeDecodeError as error:
                    line += data.count(b"\n", 0, error.start)
                    what = f"byte {place + error.start + 1} is not UTF-8 text"
                    raise self.wrong(what, "save the file as UTF-8, or fetch it again if it was cut", line) from None
                if text:
                    yield text
                if not chunk:
                    return
                waiting, place = data[used:], place + used
                line += data.count(b"\n", 0, used)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line with its number, from 1, without its line end."""
        number, parts, length = 1, [""], 0
        for piece in self.pieces():
            first, *others = piece.split("\n")
            parts.append(first)
            length += len(first)
            for other in others:
                yield number, "".join(parts).removesuffix("\r")
                number, parts, length = number + 1, [other], len(other)
            if length > TEXT_LIMIT:
                raise self.wrong(f"is longer than {TEXT_LIMIT:,} characters", _TOO_LONG, number)
        rest = "".join(parts)
        if rest:
            yield number, rest.removesuffix("\r")

    def digest(self) -> str:
        """The SHA-256 of the bytes that it holds now, in hexadecimal digits. All of it is read for that."""
        seen = hashlib.sha256()
        with self._open() as file:
            while chunk := file.read(CHUNK):
                seen.update(chunk)
        return seen.hexdigest()

    def whole(self, limit: int = DOCUMENT_LIMIT) -> str:
        """All of the text, with line ends of one kind. Raises OperatorError where it is longer than `limit`."""
        if self.size > limit:
            raise self.wrong(f"is {self.size / 1e6:.1f} MB long, too long for what it is", "check that it is the file")
        return "".join(self.pieces()).replace("\r\n", "\n")

    def _about(self) -> os.stat_result:
        try:
            about = self.path.stat()
        except FileNotFoundError:
            raise OperatorError(f"there is no file {self.path}", "check the path") from None
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from None
        if stat.S_ISDIR(about.st_mode):
            raise self.wrong("is a folder", "name the files in it, or a folder that holds a template.json")
        if not stat.S_ISREG(about.st_mode):
            raise self.wrong("is not an ordinary file", "save what comes out of it as a file")
        return about

    @cached_property
    def _head(self) -> bytes:
        with self._open() as file:
            return file.read(BEGINNING)

    def _open(self) -> "_Opened":
        return _Opened(self)

    def _taken(self, file: "_Opened", amount: int) -> bytes:
        data = file.read(amount)
        self._read += len(data)
        if self._told is not None:
            self._told(min(self._read // self.passes, self.size), self.size)
        return data

    def _unreadable(self, error: OSError | ValueError) -> OperatorError:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return self.wrong(f"cannot be read: {reason}", "check the path and who may read it")


class _Opened:
    """The bytes of a source. Opened without waiting: a pipe in a file's place would otherwise wait for ever."""

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            self._handle = os.open(source.path, flags)
        except (OSError, ValueError) as error:
            raise source._unreadable(error) from None

    def read(self, amount: int) -> bytes:
        """At most `amount` bytes; none at the end."""
        try:
            return os.read(self._handle, amount)
        except OSError as error:
            raise self._source._unreadable(error) from None

    def __enter__(self) -> "_Opened":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)


_TOO_LONG = "no reply of a model is that long: check that it is the right file"


def storable(text: str) -> str:
    """`text` without what no database and no file holds: NUL characters and half characters become U+FFFD."""
    return text.translate(_UNSTORABLE)


def short_line(text: str, instead: str = "") -> str:
    """`text` as a name or a title can be: one line of at most 80 characters; `instead` of nothing."""
    line = " ".join(storable(text).split())
    return (line if len(line) <= _NAME_LIMIT else line[: _NAME_LIMIT - 1] + "…") or instead
