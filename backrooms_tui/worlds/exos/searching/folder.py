"""The folder of documents that the person names: text files, read and never written, and nothing outside of it.

A name from an agent leads down from the folder, part by part, and no part may be a link. What is hidden (`.env`,
`.git`) and what is no text is not there.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.web.decoding import decoded
from backrooms_tui.worlds.exos.web.reading import read

MOST_FILES = 5000
MOST_BYTES = 5_000_000
MOST_ALL = 100_000_000
_DEEPEST = 20
_MARKUP = frozenset({".html", ".htm", ".xhtml"})
_TEXTS = _MARKUP | {
    ".txt", ".text", ".md", ".markdown", ".rst", ".org", ".adoc", ".tex", ".bib", ".csv", ".tsv", ".json", ".jsonl",
    ".ndjson", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".xml", ".log", ".srt", ".vtt", ".eml", ".py", ".js", ".ts",
    ".jsx", ".tsx", ".css", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".rs", ".go", ".java", ".kt", ".swift", ".rb",
    ".pl", ".php", ".lua", ".r", ".jl", ".hs", ".ml", ".ex", ".erl", ".clj", ".scm", ".lisp", ".sql", ".sh", ".ps1",
}  # fmt: skip
_NAMES = frozenset({"readme", "license", "copying", "authors", "changelog", "changes", "news", "todo", "makefile"})
_NOTHING = "search list names what is there."


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents that are there, by their names from the folder on with `/`, each with what changes when it does
    (its time and its size); and how many were left out because there are too many, or they are too large."""

    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    left: int = 0


class Folder:
    """The folder at `path`."""

    def __init__(self, path: str) -> None:
        self._root = Path(path).expanduser()

    def listing(self) -> Listing:
        """What is there now, the names in order. A folder that is not there (any more) is empty."""
        files: dict[str, tuple[int, int]] = {}
        left, total = 0, 0
        for name, found in self._walk(self._root, "", 0):
            total += found.st_size
            if len(files) >= MOST_FILES or found.st_size > MOST_BYTES or total > MOST_ALL:
                total -= found.st_size
                left += 1
            else:
                files[name] = (found.st_mtime_ns, found.st_size)
            if left > MOST_FILES:
                break
        return Listing(files, left)

    def text(self, name: str) -> str:
        """The text of the document `name`. Raises NotDone where there is none, in the same words whatever is there
        instead."""
        parts = _parts(name)
        data = self._read(parts) if parts else None
        if data is None or b"\0" in data[:8000]:
            raise NotDone(f"There is no document {name[:200]!r} here.", _NOTHING)
        markup = PurePosixPath(name).suffix.lower() in _MARKUP
        text = decoded(data, "", markup=markup)
        return read(text, "", most=MOST_BYTES).text if markup else text.replace("\r\n", "\n").replace("\r", "\n")

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
            elif stat.S_ISREG(its.st_mode) and not _leads_away(its) and is_text(entry.name):
                yield name, its

    def _read(self, parts: list[str]) -> bytes | None:
        """The bytes of a document; None where it is none."""
        try:
            file = _opened(self._root, parts)
        except (OSError, ValueError):
            return None
        with os.fdopen(file, "rb") as reading:
            its = os.fstat(reading.fileno())
            if not stat.S_ISREG(its.st_mode) or its.st_size > MOST_BYTES:
                return None
            return reading.read(MOST_BYTES)


def is_text(name: str) -> bool:
    """Whether a file of this name is taken for a text."""
    path = PurePosixPath(name)
    return path.suffix.lower() in _TEXTS or (not path.suffix and path.name.lower() in _NAMES)


def _parts(name: str) -> list[str]:
    """The parts of a document's name; none where it is no name of one."""
    parts = name.strip().removeprefix("./").split("/")
    fine = len(name) <= 1000 and "\\" not in name and ":" not in parts[0] and len(parts) <= _DEEPEST + 1
    return parts if fine and all(map(_may_be_shown, parts)) and is_text(parts[-1]) else []


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
