"""The files: commands that look at the virtual disk and change it, as people know them from a shell."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import ClassVar

from backrooms_tui.session.world import Change
from backrooms_tui.worlds.exos.environment import Call, Command, Environment, NotDone, Parameter, Result
from backrooms_tui.worlds.exos.files.disk import Disk, Impossible, name, parent
from backrooms_tui.worlds.exos.files.looking import matches, page, rows
from backrooms_tui.worlds.exos.telling import counted, one_line

_FOUND = 100  # lines of a search, or files
_TREE = 200
_PATH = Parameter("path", "a file or a folder; the folder you are in, if left out", required=False, also=("folder",))
_FILE = Parameter("file", "the file", also=("path", "name", "filename"))
_TEXT = Parameter("text", "what it is to say, also on the lines below", rest=True, body=True, also=("content", "body"))
_FROM = Parameter("path", "the file or the folder", also=("file", "from", "source", "folder", "name"))
_FILE_NEW = Parameter("path", "the new folder", also=("folder", "name"))
_TO = Parameter("to", "the new path, or a folder that is there", also=("target", "destination"))


class Files(Environment):
    """A disk that is nowhere but in the session."""

    name = "files"
    about = "a small disk of this session: folders and files of text"
    also = ("file", "fs", "disk")
    flags = True
    absent: ClassVar[Mapping[str, str]] = MappingProxyType(
        dict.fromkeys(
            ("chmod", "chown", "exec", "ln", "nano", "python", "run", "sh", "vi", "vim"),
            "Nothing is executed or linked here: files only hold text.",
        )
    )

    def __init__(self) -> None:
        self._disk = Disk()
        self._commands = self._made()

    @property
    def commands(self) -> tuple[Command, ...]:
        """See `Environment.commands`."""
        return self._commands

    def reach(self) -> str:
        """See `Environment.reach`."""
        return "keeps a disk of its own in this session; your files are never read or written"

    def clear(self) -> None:
        """See `Environment.clear`."""
        self._disk = Disk()

    def apply(self, by: int, change: Change) -> None:
        """See `Environment.apply`."""
        self._disk.apply(by, change)

    def _made(self) -> tuple[Command, ...]:
        first = Parameter("line", "the line to begin with; the first, if left out", "integer", required=False)
        where = Parameter("folder", "where to look; the folder you are in, if left out", required=False)
        words = Parameter("words", "the words, or a pattern with * and ?", also=("pattern", "text", "query"))
        names = Parameter(
            "pattern",
            "a name, a part of one, or a pattern with * and ?",
            required=False,
            also=("name", "iname", "words"),
        )
        kind = Parameter("type", "f for files alone, d for folders", required=False, choices=("f", "d"))
        return (
            Command("ls", "what is in a folder", self._ls, (_PATH,), also=("list", "dir", "ll"), alone=("ls", "dir")),
            Command(
                "cat",
                "what a file says",
                self._cat,
                (_FILE, first),
                more="A long one is shown in parts: LINE is where the part begins.",
                also=("read", "show", "open", "less", "more", "head", "view", "type"),
                alone=("cat", "less"),
                examples=("files cat README.txt",),
            ),
            Command(
                "write",
                "write a file, in place of what it said",
                self._write,
                (_FILE, _TEXT),
                also=("create", "save", "put", "echo", "edit"),
                examples=("files write dreams/first.txt I was in a long corridor.",),
            ),
            Command("append", "add to the end of a file", self._append, (_FILE, _TEXT), also=("add",)),
            Command("touch", "make an empty file", self._touch, (_FILE,), alone=("touch",)),
            Command("mkdir", "make a folder", self._mkdir, (_FILE_NEW,), also=("md", "folder"), alone=("mkdir",)),
            Command("mv", "move or rename", self._mv, (_FROM, _TO), also=("move", "rename", "ren"), alone=("mv",)),
            Command("cp", "copy", self._cp, (_FROM, _TO), also=("copy",), alone=("cp",)),
            Command(
                "rm",
                "remove a file, or a folder with all that is in it",
                self._rm,
                (_FROM,),
                also=("delete", "remove", "del", "rmdir"),
                alone=("rm", "rmdir"),
            ),
            Command("find", "find files by their names", self._find, (names, where, kind), alone=("find",)),
            Command(
                "grep",
                "find lines of files by words",
                self._grep,
                (words, where),
                more="Capitals do not matter. * stands for anything, ? for one letter.",
                also=("search",),
                alone=("grep",),
                examples=('files grep "long corridor"', "files grep corr* /dreams"),
            ),
            Command("cd", "go to a folder", self._cd, (_PATH,), also=("go", "enter"), alone=("cd",)),
            Command("pwd", "where you are", self._pwd, also=("where",), alone=("pwd",)),
            Command("tree", "all folders and files", self._tree, (_PATH,), alone=("tree",)),
        )

    async def _ls(self, call: Call) -> Result:
        path = self._path(call, "path")
        if path in self._disk.files:
            return Result(path, rows([path], self._disk))
        if fitting := self._fitting(path):
            return Result(path, rows(fitting, self._disk))
        inside = self._disk.inside(self._folder(path))
        return Result(path, rows(inside, self._disk) or "It is empty.", self._hint(inside))

    async def _cat(self, call: Call) -> Result:
        path = self._file(call)
        shown, hint = page(self._disk.files[path], call.number("line", 1))
        return Result(path, shown or "It is empty.", hint and f"{hint}: files cat {path} LINE")

    async def _write(self, call: Call) -> Result:
        path = self._path(call, "file")
        there = path in self._disk.files
        return self._done(call, "Written over" if there else "Written", do="write", path=path, text=call.text("text"))

    async def _append(self, call: Call) -> Result:
        path = self._path(call, "file")
        said = "Added" if path in self._disk.files else "Written"
        return self._done(call, said, do="append", path=path, text=call.text("text"))

    async def _touch(self, call: Call) -> Result:
        path = self._path(call, "file")
        if path in self._disk.files:
            return Result(path, "It is there already.")
        return self._done(call, "Made", do="write", path=path, text="")

    async def _mkdir(self, call: Call) -> Result:
        return self._done(call, "Made", do="mkdir", path=self._path(call, "path"))

    async def _mv(self, call: Call) -> Result:
        path, to = self._both(call)
        return self._done(call, "Moved", do="mv", path=path, to=to)

    async def _cp(self, call: Call) -> Result:
        path, to = self._both(call)
        return self._done(call, "Copied", do="cp", path=path, to=to)

    async def _rm(self, call: Call) -> Result:
        path = self._there(call, "path")
        count = sum(1 for _ in self._disk.below(path)) if path in self._disk.folders else 0
        said = f"Removed, with {counted(count, 'thing')} in it" if count else "Removed"
        return self._done(call, said, do="rm", path=path)

    async def _cd(self, call: Call) -> Result:
        path = self._folder(self._path(call, "path", "/"))
        inside = self._disk.inside(path)
        change: Change = {"do": "cd", "path": path}
        return Result(f"You are in {path}", rows(inside, self._disk) or "It is empty.", changes=(change,))

    async def _pwd(self, call: Call) -> Result:
        return Result("You are in", self._disk.here(call.by))

    async def _find(self, call: Call) -> Result:
        pattern, where = call.text("pattern"), self._path(call, "folder")
        if "folder" not in call.arguments and ("/" in pattern or pattern == "."):
            # As others have it: the folder first, or alone.
            pattern, where = "", self._path(call, "pattern")
        folder, pattern = self._folder(where), pattern.casefold()
        kind = {"f": self._disk.files, "d": self._disk.folders}.get(call.text("type"))
        found = [
            one
            for one in self._disk.below(folder)
            if (kind is None or one in kind) and matches(name(one).casefold(), pattern, whole=True)
        ]
        text = rows(found[:_FOUND], self._disk, whole=True)
        return Result(f"{counted(len(found), 'name')} in {folder}", text or "None fits.", _cut(found, _FOUND))

    async def _grep(self, call: Call) -> Result:
        path = self._path(call, "folder")
        pattern = call.text("words").casefold()
        fitting = [] if path in self._disk.files else self._fitting(path)
        if path not in self._disk.files and not fitting:
            self._folder(path)
        files = [one for one in fitting or (path, *self._disk.below(path)) if one in self._disk.files]
        found = [
            f"  {file}:{number}: {one_line(line, 120)}"
            for file in files
            for number, line in enumerate(self._disk.files[file].split("\n"), 1)
            if line and matches(line[:2_000].casefold(), pattern, whole=False)
        ]
        title = f"{counted(len(found), 'line')} in {counted(len(files), 'file')}"
        return Result(title, "\n".join(found[:_FOUND]) or "None fits.", _cut(found, _FOUND))

    async def _tree(self, call: Call) -> Result:
        path = self._folder(self._path(call, "path"))
        below = list(self._disk.below(path))
        depth = path.rstrip("/").count("/") + 1
        lines = [
            f"{'  ' * (one.count('/') - depth)}{name(one)}{'/' if one in self._disk.folders else ''}"
            for one in sorted(below, key=lambda one: one.split("/"))[:_TREE]
        ]
        return Result(path, "\n".join(lines) or "It is empty.", _cut(below, _TREE))

    def _done(self, call: Call, said: str, **change: str) -> Result:
        try:
            self._disk.allows(change)
        except Impossible as why:
            raise NotDone(str(why)) from None
        path = change["path"]
        text = f"{path} → {change['to']}" if "to" in change else path
        if "text" in change:
            more = " more" if change["do"] == "append" and path in self._disk.files else ""
            text = f"{path} ({counted(len(change['text']), 'letter')}{more})"
        return Result(said, text, changes=(change,))

    def _path(self, call: Call, parameter: str, otherwise: str = ".") -> str:
        try:
            return self._disk.path(call.by, call.text(parameter) or otherwise)
        except Impossible as why:
            raise NotDone(str(why)) from None

    def _file(self, call: Call) -> str:
        path = self._path(call, "file")
        if path in self._disk.folders:
            raise NotDone(f"{path} is a folder.", f"files ls {path}")
        return self._known(path)

    def _there(self, call: Call, parameter: str) -> str:
        path = self._path(call, parameter)
        return path if path in self._disk.folders else self._known(path)

    def _known(self, path: str) -> str:
        if path in self._disk.files:
            return path
        _no_pattern(path)
        near = get_close_matches(path, list(self._disk.files), n=1)
        raise NotDone(f"There is no {path} here.", f"Did you mean {near[0]}?" if near else "files tree shows all")

    def _folder(self, path: str) -> str:
        if path in self._disk.folders:
            return path
        if path in self._disk.files:
            raise NotDone(f"{path} is a file, not a folder.", f"files cat {path}")
        _no_pattern(path)
        raise NotDone(f"There is no folder {path}.", "files tree shows all")

    def _both(self, call: Call) -> tuple[str, str]:
        path, to = self._there(call, "path"), self._path(call, "to")
        into = to in self._disk.folders or call.text("to").rstrip().endswith("/")
        return path, f"{to.rstrip('/')}/{name(path)}" if into else to

    def _fitting(self, path: str) -> list[str]:
        """What fits the pattern at the end of `path`, if there is one."""
        folder, pattern = parent(path), name(path).casefold()
        if not any(mark in pattern for mark in "*?"):
            return []
        return [one for one in self._disk.inside(folder) if matches(name(one).casefold(), pattern, whole=True)]

    def _hint(self, inside: Sequence[str]) -> str:
        return "files cat FILE says what is in one" if any(one in self._disk.files for one in inside) else ""


def _no_pattern(path: str) -> None:
    if any(mark in path for mark in "*?"):
        raise NotDone(f"Nothing is called {path}.", "* and ? stand for letters in files ls, find and grep alone.")


def _cut(found: Sequence[str], most: int) -> str:
    return f"the first {most} of {len(found):,}" if len(found) > most else ""
