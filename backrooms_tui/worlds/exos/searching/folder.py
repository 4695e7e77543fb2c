"""The folder of documents that the person names: text files and PDF, read and never written, and nothing outside of it.

A name from an agent leads down from the folder, part by part, and no part may be a link. What is hidden (`.env`,
`.git`) and what is no text is not there.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.web.decoding import decoded
from backrooms_tui.worlds.exos.web.reading import read

MOST_FILES = 5000
MOST_BYTES = 5_000_000
MOST_ALL = 100_000_000
# Of a PDF most is pictures and letters' shapes: its text is a hundredth to a tenth of it.
MOST_OF_A_PDF = 30_000_000
MOST_OF_ALL_PDF = 1_000_000_000
_DEEPEST = 20
_MARKUP = frozenset({".html", ".htm", ".xhtml"})
_TEXTS = _MARKUP | {
    ".txt", ".text", ".md", ".markdown", ".rst", ".org", ".adoc", ".tex", ".bib", ".csv", ".tsv", ".json", ".jsonl",
    ".ndjson", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".xml", ".log", ".srt", ".vtt", ".eml", ".py", ".js", ".ts",
    ".jsx", ".tsx", ".css", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".rs", ".go", ".java", ".kt", ".swift", ".rb",
    ".pl", ".php", ".lua", ".r", ".jl", ".hs", ".ml", ".ex", ".erl", ".clj", ".scm", ".lisp", ".sql", ".sh", ".ps1",
}  # fmt: skip
_NAMES = frozenset({"readme", "license", "copying", "authors", "changelog", "changes", "news", "todo", "makefile"})
_PDF = ".pdf"
_NOTHING = "search list names what is there."
# What changes when a file does: its time (in nanoseconds) and its size.
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents that are there, by their names from the folder on with `/`, each with what changes when it does;
    and how many were left out because there are too many, or they are too large."""

    files: Mapping[str, Stamp] = field(default_factory=dict)
    left: int = 0


class Folder:
    """The folder at `path`."""

    def __init__(self, path: str) -> None:
        self._root = Path(path).expanduser()

    def listing(self) -> Listing:
        """What is there now, the names in order. A folder that is not there (any more) is empty."""
        files: dict[str, Stamp] = {}
        left = 0
        room = {True: MOST_OF_ALL_PDF, False: MOST_ALL}
        for name, found in self._walk(self._root, "", 0):
            paper = is_pdf(name)
            most = MOST_OF_A_PDF if paper else MOST_BYTES
            if len(files) >= MOST_FILES or found.st_size > min(most, room[paper]):
                left += 1
            else:
                room[paper] -= found.st_size
                files[name] = _stamp(found)
            if left > MOST_FILES:
                break
        return Listing(files, left)

    def text(self, name: str) -> str:
        """The text of the document `name`, which is no PDF. Raises NotDone where there is none, in the same words
        whatever is there instead."""
        data = self._read(name)[0]
        if is_pdf(name) or b"\0" in data[:8000]:
            raise _nothing(name)
        markup = PurePosixPath(name).suffix.lower() in _MARKUP
        text = decoded(data, "", markup=markup)
        return read(text, "", most=MOST_BYTES).text if markup else text.replace("\r\n", "\n").replace("\r", "\n")

    def pdf(self, name: str) -> tuple[bytes, Stamp]:
        """The bytes of the PDF document `name`, and the stamp that it has with them. Raises NotDone as `text` does."""
        return self._read(name)

    def stamp(self, name: str) -> Stamp:
        """The stamp that the document `name` has now. Raises NotDone as `text` does."""
        with self._found(name) as (_, its):
            return _stamp(its)

    def _walk(self, folder: Path, above: str, depth: int) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            name = f"{above}{entry.name}"
            if not _may_be_shown(entry.name):
                continue
            try:
                its = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(its.st_mode) and not _leads_away(its) and depth < _DEEPEST:
                yield from self._walk(folder / entry.name, f"{name}/", depth + 1)
            elif stat.S_ISREG(its.st_mode) and not _leads_away(its) and is_document(entry.name):
                yield name, its

    def _read(self, name: str) -> tuple[bytes, Stamp]:
        with self._found(name) as (file, its), os.fdopen(file, "rb", closefd=False) as reading:
            return reading.read(_most(name)), _stamp(its)

    @contextmanager
    def _found(self, name: str) -> Iterator[tuple[int, os.stat_result]]:
        """A document's file, opened for reading, and what it is."""
        try:
            file = _opened(self._root, _parts(name))
        except (OSError, ValueError):
            raise _nothing(name) from None
        try:
            its = os.fstat(file)
            if not stat.S_ISREG(its.st_mode) or its.st_size > _most(name):
                raise _nothing(name)
            yield file, its
        except OSError:  # a drive that is gone, say
            raise _nothing(name) from None
        finally:
            os.close(file)


def is_text(name: str) -> bool:
    """Whether a file of this name, without its folders, is taken for a text."""
    ending = os.path.splitext(name)[1].lower()  # thousands are looked at, and a Path takes its time
    return ending in _TEXTS or (not ending and name.lower() in _NAMES)


def is_pdf(name: str) -> bool:
    """Whether a file of this name is taken for a PDF."""
    return name.strip().lower().endswith(_PDF)


def is_document(name: str) -> bool:
    """Whether a file of this name, without its folders, is taken for a document."""
    return is_text(name) or is_pdf(name)


def _most(name: str) -> int:
    return MOST_OF_A_PDF if is_pdf(name) else MOST_BYTES


def _stamp(its: os.stat_result) -> Stamp:
    return its.st_mtime_ns, its.st_size


def _nothing(name: str) -> NotDone:
    return NotDone(f"There is no document {name[:200]!r} here.", _NOTHING)


def _parts(name: str) -> list[str]:
    """The parts of a document's name. Raises ValueError where it is no name of one."""
    parts = name.strip().removeprefix("./").split("/")
    fine = len(name) <= 1000 and "\\" not in name and ":" not in parts[0] and len(parts) <= _DEEPEST + 1
    if not (fine and all(map(_may_be_shown, parts)) and is_document(parts[-1])):
        raise ValueError
    return parts


def _may_be_shown(name: str) -> bool:
    """Whether a file or folder of this name is there for agents: not where it is hidden, or its name breaks a line."""
    return bool(name) and not name.startswith(".") and name.isprintable()


def _leads_away(its: os.stat_result) -> bool:
    """Whether it is another way of linking, as Windows has some."""
    return bool(getattr(its, "st_file_attributes", 0) & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0))


def _opened(root: Path, parts: list[str]) -> int:
    """The file that `parts` lead to, opened for reading, no link followed on the way. A pipe is not waited for."""
    if os.open not in os.supports_dir_fd:
        return _opened_by_path(root, parts)
    above = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
            os.close(above)
            above = below
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=above)
    finally:
        os.close(above)


def _opened_by_path(root: Path, parts: list[str]) -> int:
    """The same where a system cannot open a file from its folder on."""
    at = root
    for part in parts:
        at = at / part
        its = at.lstat()
        if stat.S_ISLNK(its.st_mode) or _leads_away(its):
            raise OSError
    if not stat.S_ISREG(at.lstat().st_mode) or not at.resolve().is_relative_to(root.resolve()):
        raise OSError
    return os.open(at, os.O_RDONLY | getattr(os, "O_BINARY", 0))
