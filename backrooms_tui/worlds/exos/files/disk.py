"""A small virtual disk: folders, files of text, and the folder that each visitor is in; a plain fold of changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backrooms_tui.session.world import Change

FILES = 500
FOLDERS = 200
LETTERS = 50_000  # in a file
IN_ALL = 1_000_000  # letters
NAME = 100
DEEP = 16
README = "/README.txt"
_WELCOME = """This disk is yours and everybody's who is here. It is small, and it forgets nothing that is not removed.

files ls         what is here
files cat FILE   what a file says
files write FILE TEXT
help files       everything else
"""


class Impossible(Exception):
    """What the disk cannot do, in a sentence."""


@dataclass(slots=True)
class Disk:
    """What is on it: `files` by their paths, `folders`, and who is where (`at`). A path begins with "/" and has neither
    "." nor ".." in it."""

    files: dict[str, str] = field(default_factory=lambda: {README: _WELCOME})
    folders: set[str] = field(default_factory=lambda: {"/"})
    at: dict[int, str] = field(default_factory=dict)
    size: int = len(_WELCOME)

    def path(self, by: int, given: str) -> str:
        """The path that `given` means to `by`, where they are. ".." does not lead out of "/". Raises Impossible."""
        given = given.strip().replace("\\", "/")
        if given.startswith("~"):
            given = "/" + given[1:]
        parts = [] if given.startswith("/") else self.here(by).split("/")
        whole: list[str] = []
        for part in [*parts, *given.split("/")]:
            if part == "..":
                del whole[-1:]
            elif part not in ("", "."):
                whole.append(part)
        for part in whole:
            if len(part) > NAME or any(letter < " " or letter in "\x7f\x85\u2028\u2029" for letter in part):
                raise Impossible(f"A name has up to {NAME} letters, and none that cannot be seen.")
        if len(whole) > DEEP:
            raise Impossible(f"Folders stand up to {DEEP} deep in one another.")
        return "/" + "/".join(whole)

    def here(self, by: int) -> str:
        """The folder that `by` is in: the nearest one that is still there."""
        folder = self.at.get(by, "/")
        while folder not in self.folders:
            folder = parent(folder)
        return folder

    def inside(self, folder: str) -> list[str]:
        """The paths of what stands in `folder` itself, folders first, by name."""
        folders = sorted(one for one in self.folders if one != "/" and parent(one) == folder)
        return folders + sorted(one for one in self.files if parent(one) == folder)

    def below(self, path: str) -> Iterator[str]:
        """The paths of all that stands in a folder or deeper, by name."""
        start = path.rstrip("/") + "/"
        yield from sorted(one for one in (*self.folders, *self.files) if one.startswith(start) and one != path)

    def allows(self, change: Change) -> None:
        """Raise Impossible where `change` cannot be made."""
        doing, path, to = str(change.get("do")), str(change.get("path")), str(change.get("to", ""))
        match doing:
            case "write":
                self._allows_file(path, len(str(change.get("text", ""))))
            case "append":
                self._allows_file(path, len(appended(self.files.get(path, ""), str(change.get("text", "")))))
            case "mkdir":
                self._allows_folder(path)
            case "mv" | "cp":
                self._allows_copy(path, to, moves=doing == "mv")
            case "rm":
                if path == "/":
                    raise Impossible("The disk itself cannot be removed.")

    def apply(self, by: int, change: Change) -> None:
        """`change` has happened. One that does not fit, or is not known, changes nothing."""
        doing, path, to = change.get("do"), change.get("path"), change.get("to")
        if not isinstance(path, str):
            return
        if doing == "cd":
            self.at[by] = path
        elif doing == "write":
            self._with_parents(path)
            self._put(path, str(change.get("text", "")))
        elif doing == "append":
            self._with_parents(path)
            self._put(path, appended(self.files.get(path, ""), str(change.get("text", ""))))
        elif doing == "mkdir":
            self._with_parents(path)
            self.folders.add(path)
        elif doing == "rm":
            self._remove(path)
        elif doing in ("mv", "cp") and isinstance(to, str):
            self._copy(path, to)
            if doing == "mv" and path != to:
                self._remove(path)

    def _copy(self, path: str, to: str) -> None:
        self._with_parents(to)
        for one in [path, *self.below(path)]:
            new = to + one[len(path) :]
            if one in self.files:
                self._put(new, self.files[one])
            elif one in self.folders:
                self.folders.add(new)

    def _remove(self, path: str) -> None:
        for one in [*self.below(path), path]:
            self.size -= len(self.files.pop(one, ""))
            if one != "/":
                self.folders.discard(one)

    def _put(self, path: str, text: str) -> None:
        self.size += len(text) - len(self.files.get(path, ""))
        self.files[path] = text

    def _with_parents(self, path: str) -> None:
        while (path := parent(path)) not in self.folders:
            self.folders.add(path)

    def _allows_file(self, path: str, letters: int) -> None:
        if path in self.folders:
            raise Impossible(f"{path} is a folder.")
        self._allows_place(path)
        if letters > LETTERS:
            raise Impossible(f"A file has up to {LETTERS:,} letters; this would be {letters:,}.")
        if path not in self.files and len(self.files) >= FILES:
            raise Impossible(f"The disk is full: it holds {FILES} files.")
        if self.size + letters - len(self.files.get(path, "")) > IN_ALL:
            raise Impossible(f"The disk is full: it holds {IN_ALL:,} letters.")

    def _allows_folder(self, path: str) -> None:
        if path in self.folders or path in self.files:
            raise Impossible(f"{path} is there already.")
        self._allows_place(path, 1)

    def _allows_place(self, path: str, folders: int = 0) -> None:
        """Whether the folders above `path` are there or can be made, with as many `folders` more."""
        missing = folders
        while (path := parent(path)) not in self.folders:
            missing += 1
            if path in self.files:
                raise Impossible(f"{path} is a file, not a folder.")
        if missing and len(self.folders) + missing > FOLDERS:
            raise Impossible(f"The disk is full: it holds {FOLDERS} folders.")

    def _allows_copy(self, path: str, to: str, *, moves: bool) -> None:
        whole = [path, *self.below(path)]
        if path not in self.files and path not in self.folders:
            raise Impossible(f"There is no {path}.")
        if to in self.files or to in self.folders:
            raise Impossible(f"{to} is there already.")
        if to.startswith(path.rstrip("/") + "/"):
            raise Impossible("A folder cannot go into itself.")
        files = [one for one in whole if one in self.files]
        self._allows_place(to, 0 if moves else len(whole) - len(files))
        deepest = max(one.count("/") for one in whole) - path.count("/") + to.count("/")
        if deepest > DEEP:
            raise Impossible(f"Folders stand up to {DEEP} deep in one another.")
        if moves:
            return
        if len(self.files) + len(files) > FILES:
            raise Impossible(f"The disk is full: it holds {FILES} files.")
        if self.size + sum(len(self.files[one]) for one in files) > IN_ALL:
            raise Impossible(f"The disk is full: it holds {IN_ALL:,} letters.")


def appended(old: str, text: str) -> str:
    """`old` with `text` on lines of its own below it."""
    return f"{old}{'' if not old or old.endswith(chr(10)) else chr(10)}{text}"


def parent(path: str) -> str:
    """The folder that `path` stands in; "/" stands in itself."""
    return path.rpartition("/")[0] or "/"


def name(path: str) -> str:
    """The last part of `path`."""
    return path.rpartition("/")[2]
