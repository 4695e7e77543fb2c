"""The notes: commands that keep them and find them again."""

import asyncio
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import ClassVar, TypeVar

from backrooms_tui.session.notebook import Note, NotebookTrouble
from backrooms_tui.session.world import Change
from backrooms_tui.worlds.exos import arguments
from backrooms_tui.worlds.exos.environment import Call, Command, Environment, NotDone, Parameter, Result
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.notes.finding import Finding, Hit, snippet
from backrooms_tui.worlds.exos.notes.notebook import Notebook, SharedNotebook, appended, checked
from backrooms_tui.worlds.exos.notes.titles import title_and_text, title_of
from backrooms_tui.worlds.exos.telling import counted, one_line, time_of

_PAGE = 20
_NEWEST = frozenset(("last", "latest", "newest"))
_FOUND = 10
_NOTE = Parameter("note", "its number or its title", rest=True, also=("number", "id", "title", "name", "note_id"))
_WHICH = Parameter("note", "its number, or its title in quotes", also=("number", "id", "note_id"))
_WORDS = Parameter("words", "what to look for", rest=True, also=("query", "text", "question", "q"))
_TITLE = Parameter("title", "what it is called; from the text, if left out", required=False, also=("name",))
_TEXT_ALSO = ("content", "body", "note", "message")
_OPTIONAL = Parameter("text", "what it says, also on the lines below", "string", False, True, True, _TEXT_ALSO)
_NEW = Parameter("title", "a new title, by name: title=…", required=False)
_MORE = Parameter("text", "what is added, also on the lines below", rest=True, body=True, also=_TEXT_ALSO[:2])
_UPDATED = Parameter("text", "what it is to say, also on the lines below", "string", False, True, True, _TEXT_ALSO[:2])
_NO_MEANING = "Found by words; by meaning too with the optional package: pip install 'backrooms-tui[meaning]'"
_A = TypeVar("_A")


class Notes(Environment):
    """Notes in the session, or in the notebook `shared` by several."""

    name = "notes"
    about = "numbered notes: keep them, read them, find them by words and by meaning"
    also = ("note", "exo", "notebook")
    absent: ClassVar[Mapping[str, str]] = MappingProxyType(
        dict.fromkeys(
            ("gen", "riff", "analyze", "generate", "analyse"),
            "No model stands behind this world. Think about it yourself, and keep it: notes create TITLE: TEXT",
        )
    )

    def __init__(self, meaning: Meaning | None = None, shared: SharedNotebook | None = None) -> None:
        self._book = Notebook()
        self._shared = shared
        self._mark = ""
        self._finding = Finding(meaning)
        self._commands = self._made()

    @property
    def commands(self) -> tuple[Command, ...]:
        """See `Environment.commands`."""
        return self._commands

    def reach(self) -> str:
        """See `Environment.reach`."""
        if self._shared is None:
            return "keeps notes in this session"
        name = one_line(self._shared.name, 60)
        return f"reads and writes the notebook {name!r}, which your sessions share; taking back a turn leaves its notes"

    def clear(self) -> None:
        """See `Environment.clear`."""
        if self._shared is None:
            self._book = Notebook()

    def apply(self, by: int, change: Change) -> None:
        """See `Environment.apply`. What a shared notebook says stands there; its changes only tell what happened."""
        if self._shared is None:
            self._book.apply(change)

    def _made(self) -> tuple[Command, ...]:
        page = Parameter("page", f"which {_PAGE} of them; the first, if left out", "integer", required=False)
        about_sharing = (
            ""
            if self._shared is None
            else "This notebook is shared with other sessions: what you write is there for all of them, and stays "
            "there when a turn is taken back or a session branches."
        )
        return (
            Command(
                "create",
                "keep a note",
                self._create,
                (_TITLE, _OPTIONAL),
                more=f"Title and text are parted by a colon, or the text stands below. {about_sharing}".strip(),
                also=("new", "add", "write", "save", "make"),
                loose=title_and_text,
                shape="TITLE: TEXT",
                examples=("notes create The door: it is green", 'notes create "The door" "It is green."'),
            ),
            Command(
                "list",
                "all notes, the newest last",
                self._list,
                (page,),
                also=("ls", "notes", "all", "show_all", "index"),
            ),
            Command("read", "what a note says", self._read, (_NOTE,), also=("show", "open", "get", "view", "cat")),
            Command(
                "update",
                "write a note anew",
                self._update,
                (_WHICH, _NEW, _UPDATED),
                also=("edit", "change", "set", "rewrite"),
                loose=_which_and_text,
                shape="NOTE TEXT",
                examples=("notes update 3 The door is open now.", 'notes update 3 title="The open door"'),
            ),
            Command("append", "add to the end of a note", self._append, (_WHICH, _MORE), also=("extend",)),
            Command("delete", "remove a note", self._delete, (_NOTE,), also=("remove", "rm", "del", "forget")),
            Command(
                "search",
                "find notes by words and by meaning, the nearest first",
                self._search,
                (_WORDS,),
                also=("query", "ask", "lookup"),
            ),
            Command("find", "find notes by words alone", self._find, (_WORDS,), also=("grep",)),
        )

    async def _create(self, call: Call) -> Result:
        await self._look()
        text = call.text("text").strip("\n")
        title = one_line(call.text("title")) or title_of(text)
        if not title:
            raise NotDone("A note has a title or a text.", "notes create TITLE: TEXT")
        checked_or_not_done(title, text, self._book)
        if shared := self._shared:
            note = await _in_a_thread(lambda: shared.create(title, text, call.name, call.view.now))
        else:
            note = Note(self._book.last + 1, title, text, call.name, call.view.now)
        change: Change = {"do": "create", "number": note.number, "title": title, "text": text, **_by(call)}
        hint = f"notes read {note.number} opens it"
        return Result(f"Note {note.number} is kept", title, hint, changes=(self._told(change),))

    async def _list(self, call: Call) -> Result:
        await self._look()
        notes = sorted(self._book.notes.values(), key=lambda note: note.number)
        if not notes:
            return Result("Notes", "There are none yet.", "notes create TITLE: TEXT keeps one")
        pages = -(-len(notes) // _PAGE)
        page = min(max(call.number("page", 1), 1), pages)
        shown = notes[(page - 1) * _PAGE : page * _PAGE]
        hint = f"page {page} of {pages}: notes list {page % pages + 1}" if pages > 1 else "notes read NUMBER opens one"
        where = f" in {one_line(self._shared.name, 60)}" if self._shared else ""
        return Result(f"{counted(len(notes), 'note')}{where}", "\n".join(map(_row, shown)), hint)

    async def _read(self, call: Call) -> Result:
        await self._look()
        note = self._meant(call)
        by = f"by {one_line(note.by, 60)}, " if note.by else ""
        return Result(
            f"{note.number}  {one_line(note.title)}",
            f"{note.text}\n\n({by}{time_of(note.at)})" if note.at else note.text,
            f"notes update {note.number} TEXT, notes append {note.number} TEXT",
        )

    async def _update(self, call: Call) -> Result:
        await self._look()
        note = self._meant(call)
        title = one_line(call.text("title")) if "title" in call.arguments else None
        text = call.text("text").strip("\n") if "text" in call.arguments else None
        if text is None and not title:
            raise NotDone("What it is to say is missing.", f"notes update {note.number} TEXT")
        checked_or_not_done(title or note.title, text or "")
        if shared := self._shared:
            await _in_a_thread(lambda: shared.update(note.number, title or None, text, call.name, call.view.now))
        change: dict[str, str | int | float | bool] = {"do": "update", "number": note.number, **_by(call)}
        change |= {"title": title} if title else {}
        change |= {"text": text} if text is not None else {}
        return Result(
            f"Note {note.number} is written anew", title or one_line(note.title), changes=(self._told(change),)
        )

    async def _append(self, call: Call) -> Result:
        await self._look()
        note, text = self._meant(call), call.text("text").strip("\n")
        checked_or_not_done(note.title, appended(note.text, text))
        if shared := self._shared:
            await _in_a_thread(lambda: shared.append(note.number, text, call.name, call.view.now))
        change: Change = {"do": "append", "number": note.number, "text": text, **_by(call)}
        return Result(f"Added to note {note.number}", one_line(note.title), changes=(self._told(change),))

    async def _delete(self, call: Call) -> Result:
        await self._look()
        note = self._meant(call)
        if shared := self._shared:
            await _in_a_thread(lambda: shared.delete(note.number))
        change: Change = {"do": "delete", "number": note.number}
        return Result(f"Note {note.number} is removed", one_line(note.title), changes=(self._told(change),))

    async def _search(self, call: Call) -> Result:
        hint = "" if self._finding.by_meaning else _NO_MEANING
        return await self._found(call, hint, by_meaning=self._finding.by_meaning)

    async def _find(self, call: Call) -> Result:
        return await self._found(call, "notes search finds by meaning too", by_meaning=False)

    async def _found(self, call: Call, hint: str, *, by_meaning: bool) -> Result:
        await self._look()
        asked, notes = call.text("words"), list(self._book.notes.values())
        if by_meaning:
            # Loading what knows about meaning takes a second, once; new notes take a moment each.
            hits, count = await asyncio.to_thread(self._finding.find, asked, notes, _FOUND, by_meaning=True)
        else:
            hits, count = self._finding.find(asked, notes, _FOUND, by_meaning=False)
        if not hits:
            none = "There are no notes yet." if not notes else f"None of {counted(len(notes), 'note')} fits."
            return Result(f"Notes about {one_line(asked, 60)}", none, hint)
        more = f"the nearest {len(hits)} of {count:,}" if count > len(hits) else ""
        text = "\n".join(_hit(hit, asked) for hit in hits)
        return Result(f"Notes about {one_line(asked, 60)}", text, more or hint or "notes read NUMBER opens one")

    async def _look(self) -> None:
        """Read what others have written in the meantime."""
        if shared := self._shared:
            mark = self._mark
            news = await _in_a_thread(lambda: shared.news(mark))
            self._book.read(news)
            self._mark = news.mark

    def _meant(self, call: Call) -> Note:
        said = call.text("note").strip()
        notes = self._book.notes
        bare = said.casefold().removeprefix("note").strip(" #.,:[]()")
        if bare.isdecimal() and len(bare) < 10:
            if note := notes.get(int(bare)):
                return note
            raise NotDone(f"There is no note {int(bare)}.", "notes list shows all")
        titles = {one_line(note.title).casefold(): note for note in notes.values()}
        wanted = one_line(said).casefold()
        if note := titles.get(wanted):
            return note
        for fits in (str.startswith, str.__contains__):
            meant = [note for title, note in titles.items() if wanted and fits(title, wanted)]
            if len(meant) == 1:
                return meant[0]
        if wanted in _NEWEST and notes:
            return notes[max(notes)]
        near = get_close_matches(wanted[:60], list(titles)[-500:], n=1)
        hint = f"Did you mean {titles[near[0]].number}, {one_line(titles[near[0]].title, 60)}?" if near else ""
        raise NotDone(f"There is no note {one_line(said, 60)!r}.", hint or "notes list shows all")

    def _told(self, change: Change) -> Change:
        return {**change, "notebook": self._shared.name} if self._shared else change


def _which_and_text(line: str, body: str) -> Mapping[str, str]:
    words = arguments.tokens(line, 1)
    if not words:
        return {"text": body} if body else {}
    text = arguments.unquoted(line[words[0].end :].strip().lstrip(":").strip())
    text = f"{text}\n{body}" if text and body else text or body
    return {"note": words[0].text.rstrip(":,"), **({"text": text} if text else {})}


def checked_or_not_done(title: str, text: str, book: Notebook | None = None) -> None:
    """Raise NotDone where a note cannot be like this, or be added to `book`."""
    try:
        checked(title, text, None if book is None else book.notes)
    except NotebookTrouble as why:
        raise NotDone(str(why)) from None


async def _in_a_thread(doing: Callable[[], _A]) -> _A:
    try:
        return await asyncio.to_thread(doing)
    except NotebookTrouble as why:
        raise NotDone(str(why), "notes list shows all") from None


def _by(call: Call) -> dict[str, str | float]:
    return {"by": call.name, "at": round(call.view.now, 3)}


def _row(note: Note) -> str:
    return f"  {note.number:>4}  {one_line(note.title, 100)}"


def _hit(hit: Hit, asked: str) -> str:
    about = snippet(hit.note.text, asked)
    return f"{_row(hit.note)}  ({hit.why})" + (f"\n        {about}" if about else "")
