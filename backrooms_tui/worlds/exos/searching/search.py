"""`search`: over what was said in the session, and over documents that the person names."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

from backrooms_tui.worlds.exos import arguments
from backrooms_tui.worlds.exos.environment import Argument, Call, Command, Environment, NotDone, Parameter, Result, Wish
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.searching.document import Document
from backrooms_tui.worlds.exos.searching.documents import Documents, Found
from backrooms_tui.worlds.exos.searching.folder import Folder
from backrooms_tui.worlds.exos.searching.said import Hears, Said
from backrooms_tui.worlds.exos.telling import counted

_LISTED = 60
_SHOWN = 4000
# Where in a document: "40", "line 40", "page 4", "p. 4, line 40", as a search says it and as people do.
_AT = re.compile(r"[,;]? ?(?:(?P<page>pages?|pg|pp?)|lines?|ll?)?[.:]? ?#?(?P<number>\d{1,9})(?!\w)", re.IGNORECASE)
_WORDS = Parameter("words", "what to look for", rest=True, also=("query", "text", "q"))
_HOW: Mapping[str, str] = MappingProxyType(
    {"words": "", "some words": " (some of the words)", "meaning": " (by meaning)"}
)


class Search(Environment):
    """`search session`, and where the person named a folder `search documents` and `search read`. `hears` says what an
    agent was told of; without it the session is not searched. `patience` is in seconds, see `Documents`."""

    name = "search"
    about = "find what was said here, and words in documents"
    also = ("find-in",)
    unnamed = "query"
    absent: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"web": "There is no search engine here. web open ADDRESS opens a page, where the web is allowed."}
    )

    def __init__(
        self, documents: str = "", hears: Hears | None = None, meaning: Meaning | None = None, patience: float = 8.0
    ) -> None:
        self._folder = documents.strip()
        self._said = Said(hears, meaning, self.name, patience) if hears else None
        self._documents = Documents(Folder(self._folder), meaning, patience) if self._folder else None
        self._commands = (*self._over_the_session(), *self._over_documents())

    @property
    def commands(self) -> tuple[Command, ...]:
        """See `Environment.commands`."""
        return self._commands

    def reach(self) -> str:
        """See `Environment.reach`."""
        reached = ["finds what was said to all in this session"] if self._said else []
        reached += [f"reads text files and PDF in {self._folder}"] if self._folder else []
        return ", and ".join(reached) or "finds nothing"

    async def aclose(self) -> None:
        """See `Environment.aclose`."""
        if self._said is not None:
            await self._said.aclose()
        if self._documents is not None:
            await self._documents.aclose()

    def _over_the_session(self) -> tuple[Command, ...]:
        if self._said is None:
            return ()
        return (
            Command(
                "session",
                "find what was said in this session",
                self._session,
                (_WORDS,),
                more="What was said to all is found, by words and by meaning. Whispers and thoughts are not, nor what "
                "was said while you were away.",
                also=("said", "conversation", "turns", *(() if self._documents else ("query",))),
                examples=("search session the locked door",),
            ),
        )

    def _over_documents(self) -> tuple[Command, ...]:
        if self._documents is None:
            return ()
        return (
            Command(
                "documents",
                "find words in the documents",
                self._find,
                (_WORDS,),
                more="Text files are searched, pages of HTML and PDF too; not scans, nor the files of word processors.",
                also=("docs", "document", "query"),
                reach=_reads("searches the documents"),
                examples=("search documents how the bridge was built",),
            ),
            Command(
                "list",
                "the names of the documents",
                self._list,
                (Parameter("first", "from which one on", type="integer", required=False, also=("from", "page")),),
                also=("ls", "files"),
                reach=_reads("lists the documents"),
            ),
            Command(
                "read",
                "a stretch of a document",
                self._read,
                (
                    Parameter("file", "its name, as a search gives it", also=("document", "name", "path")),
                    Parameter("line", "the line from which on", type="integer", required=False, also=("from", "at")),
                    Parameter("page", "the same by the page of a PDF", type="integer", required=False, also=("p",)),
                ),
                loose=_name_and_place,
                shape="FILE [LINE], or FILE page PAGE",
                also=("open", "show", "cat"),
                reach=_reads("reads the document", "file"),
                examples=("search read letters/first.md 40", "search read paper.pdf page 4"),
            ),
        )

    async def _session(self, call: Call) -> Result:
        assert self._said is not None
        words = _asked(call)
        found, unread = await self._said.find(call.view.state, call.by, words)
        note = f"{unread:,} pieces of it are still being read: ask again for those." if unread else ""
        if not found:
            raise NotDone(f"Nothing like it was said here.\n{note}".strip(), "Try fewer or other words.")
        lines = [
            f"{f'turn {one.turn}' if one.turn else f'after turn {one.after}'} · {_line(one.who)}{_HOW[one.by]}\n"
            f"    {one.text}"
            for one in found
        ]
        text = "\n".join(lines) + (f"\n\n{note}" if note else "")
        return Result(f"Said in this session: {_line(words)}", text, "The best are first.")

    async def _find(self, call: Call) -> Result:
        assert self._documents is not None
        words = _asked(call)
        answered = await self._documents.find(words)
        if not answered.found:
            raise NotDone(
                f"Nothing like it stands in the documents.\n{answered.note}".strip(), "search list names them."
            )
        lines = [f"{_place_of(one)}{_HOW[one.by]}\n    {one.text}" for one in answered.found]
        text = "\n".join(lines) + (f"\n\n{answered.note}" if answered.note else "")
        return Result(f"In the documents: {_line(words)}", text, "search read FILE LINE shows a stretch.")

    async def _list(self, call: Call) -> Result:
        assert self._documents is not None
        answered, first = await self._documents.names(), max(1, call.number("first", 1))
        names = [one.name for one in answered.found]
        shown = names[first - 1 : first - 1 + _LISTED]
        if not shown:
            raise NotDone("There are no documents." if not names else f"There are {len(names):,} documents.")
        after = first + len(shown)
        onward = f"search list {after} names the next ones. " if after <= len(names) else ""
        text = "\n".join(shown) + (f"\n\n{answered.note}" if answered.note else "")
        of_all = f"{first:,} to {after - 1:,} of {len(names):,}"
        return Result(f"Documents {of_all}", text, f"{onward}search documents WORDS looks in them.")

    async def _read(self, call: Call) -> Result:
        assert self._documents is not None
        name = call.text("file").strip().removeprefix("./")
        document = await self._documents.document(name)
        # The last pages may be empty, and are pages nevertheless.
        lines = (document.text if document.pages else document.text.rstrip("\n")).split("\n")
        first = _first_line(call, name, document)
        if not 1 <= first <= len(lines):
            raise NotDone(f"{name} has {len(lines):,} lines.", f"search read {_quoted(name)} 1 shows the first ones.")
        shown: list[str] = []
        size = 0
        for line in lines[first - 1 :]:
            size += min(len(line), _SHOWN) + 1
            if shown and size > _SHOWN:
                break
            shown.append(line if len(line) <= _SHOWN else f"{line[:_SHOWN]}… ({len(line) - _SHOWN:,} more letters)")
        after = first + len(shown)
        hint = f"search read {_quoted(name)} {after} shows what follows." if after <= len(lines) else ""
        title = f"{name}, lines {first:,} to {after - 1:,} of {len(lines):,}{_pages(document, first, after - 1)}"
        text = "\n".join(_with_pages(document, first, shown))
        return Result(title, f"{text}\n\n{document.note}" if document.note else text, hint)


def _name_and_place(line: str, body: str) -> Mapping[str, Argument]:
    """For `paper.pdf 40`, `paper.pdf page 4` and `paper.pdf, page 4, line 40`, its name and where in it."""
    words = arguments.tokens(line, 1)
    if not words:
        return {}
    rest = " ".join(line[words[0].end :].split())
    found: dict[str, Argument] = {"file": words[0].text if words[0].quoted else words[0].text.rstrip(",;")}
    while rest:
        at = _AT.match(rest)
        if at is None:
            hint = "A place is a line, 40, or a page, page 4. A name that has spaces in it stands in quotes."
            raise NotDone(f"This is no place in a document: {_line(rest)}", hint)
        found["page" if at["page"] else "line"] = at["number"]
        rest = rest[at.end() :].strip(" ,;.")
    return found


def _first_line(call: Call, name: str, document: Document) -> int:
    """The line from which on one reads. A line is one of the whole document, wherever a page is told as well."""
    page = call.number("page")
    if "page" not in call.arguments or "line" in call.arguments:
        return call.number("line", 1)
    if not document.pages:
        raise NotDone(f"{name} has no pages.", f"search read {_quoted(name)} 40 shows it from line 40 on.")
    if not 1 <= page <= len(document.pages):
        pages = counted(len(document.pages), "page")
        raise NotDone(f"{name} has {pages}.", f"search read {_quoted(name)} page 1 shows the first.")
    return document.pages[page - 1]


def _pages(document: Document, first: int, last: int) -> str:
    """The pages of these lines, for a title."""
    if not document.pages:
        return ""
    begin, end = document.page(first), document.page(last)
    shown = f"page {begin:,}" if begin == end else f"pages {begin:,} to {end:,}"
    return f", {shown} of {len(document.pages):,}"


def _with_pages(document: Document, first: int, lines: list[str]) -> Iterator[str]:
    """These lines, and where a page begins, which one."""
    begins = {line: page for page, line in enumerate(document.pages, 1)}
    for number, line in enumerate(lines, first):
        if number in begins:
            yield f"[page {begins[number]}]"
        yield line


def _place_of(found: Found) -> str:
    """Where something was found, as one cites it."""
    page = f", page {found.page}" if found.page else ""
    return f"{found.name}{page}, line {found.line}" if found.line else found.name


def _reads(what: str, name: str = "") -> Callable[[Wish], str]:
    """What the operator is told when asked."""

    def told(wish: Wish) -> str:
        argument: Argument = wish.arguments.get(name, "") if name else ""
        return f"{what} {argument}".strip()

    return told


def _asked(call: Call) -> str:
    words = call.text("words").strip()
    if not words:
        raise NotDone("No words were given.", "Say what to look for.")
    return words


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _line(text: str) -> str:
    return " ".join(text.split())[:100]
