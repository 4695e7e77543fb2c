"""Notebooks that sessions share: by name, each with its numbered notes.

Sessions write in them at once and lose nothing: each change is one transaction, which takes the notebook's row first.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Connection, delete, func, insert, select, update

from backrooms_tui.session.notebook import LETTERS, NOTES, TITLE, Note, NotebookNews, NotebookTrouble
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.connection import Database
from backrooms_tui.store.schema import notebooks, notes
from backrooms_tui.store.storable import storable

NAME = 60  # letters of a notebook's name


@dataclass(frozen=True, slots=True)
class NotebookSummary:
    """A notebook as a list shows it: how many notes it has, and when it last changed (Unix seconds)."""

    name: str
    notes: int
    at: float


class Notebooks:
    """The notebooks in a database. Every method may be called from any thread and raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, name: str) -> "SharedNotebook":
        """The notebook of this name, which is made when something is first written in it. Raises OperatorError for a
        name that cannot be one."""
        name = " ".join(storable(name).split())
        if not name or len(name) > NAME:
            raise OperatorError(
                f"a notebook's name has 1 to {NAME} letters; this one has {len(name)}", "give it a short name"
            )
        return SharedNotebook(self._database, name)

    def list(self) -> list[NotebookSummary]:
        """All of them, by name."""
        there = select(notes.c.notebook, func.count().label("count")).where(notes.c.gone == 0)
        counts = there.group_by(notes.c.notebook).subquery()
        statement = select(notebooks.c.name, func.coalesce(counts.c.count, 0), notebooks.c.at)
        statement = statement.outerjoin(counts, counts.c.notebook == notebooks.c.name).order_by(notebooks.c.name)
        with self._database.reading() as connection:
            return [NotebookSummary(name, count, at) for name, count, at in connection.execute(statement)]

    def read(self, name: str) -> tuple[Note, ...]:
        """The notes of a notebook, by number. Raises OperatorError for one that is not there."""
        self._require(name)
        return tuple(self.of(name).news("").notes)

    def delete(self, name: str) -> None:
        """Remove a notebook and its notes. Raises OperatorError for one that is not there."""
        self._require(name)
        with self._database.writing() as connection:
            connection.execute(delete(notebooks).where(notebooks.c.name == name))

    def _require(self, name: str) -> None:
        names = [one.name for one in self.list()]
        if name not in names:
            near = get_close_matches(name, names, n=1)
            cure = f"did you mean {near[0]!r}?" if near else "`backrooms worlds notebooks` shows all"
            raise OperatorError(f"there is no notebook {name!r}", cure)


class SharedNotebook:
    """One of them. It raises NotebookTrouble for what it does not take, and StoreError."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    def news(self, mark: str) -> NotebookNews:
        """What has changed since `mark`; "" for all."""
        made, _, read = mark.partition(":")
        with self._database.reading() as connection:
            found = connection.execute(select(notebooks).where(notebooks.c.name == self._name)).first()
            if found is None:
                return NotebookNews("", afresh=True)
            since = int(read) if made == found.made and read.isdecimal() else -1
            now = f"{found.made}:{found.revision}"
            if since == found.revision:
                return NotebookNews(now)
            rows = connection.execute(
                select(notes).where(notes.c.notebook == self._name, notes.c.revision > since).order_by(notes.c.number)
            ).all()
        there = tuple(Note(row.number, row.title, row.text, row.written_by, row.at) for row in rows if not row.gone)
        return NotebookNews(now, there, tuple(row.number for row in rows if row.gone), since < 0)

    def create(self, title: str, text: str, by: str, at: float) -> Note:
        """Add a note."""
        with self._database.writing() as connection:
            revision, last = self._next(connection, at, make=True)
            self._fits(title, text)
            there = select(func.count()).where(notes.c.notebook == self._name, notes.c.gone == 0)
            if last >= NOTES and connection.execute(there).scalar_one() >= NOTES:
                raise NotebookTrouble(f"The notebook is full: it holds {NOTES:,} notes.")
            note = Note(last + 1, storable(title), storable(text), storable(by), at)
            connection.execute(update(notebooks).where(notebooks.c.name == self._name).values(last=note.number))
            row = {"notebook": self._name, "revision": revision, "gone": 0, **_values(note)}
            connection.execute(insert(notes).values(number=note.number, **row))
            return note

    def update(self, number: int, title: str | None, text: str | None, by: str, at: float) -> Note:
        """Write what is not None in place of what a note said."""

        def written(old: Note) -> Note:
            return Note(number, old.title if title is None else title, old.text if text is None else text, by, at)

        return self._changed(number, written, at)

    def append(self, number: int, text: str, by: str, at: float) -> Note:
        """Add to the end of a note."""

        def longer(old: Note) -> Note:
            return Note(number, old.title, f"{old.text}\n{text}" if old.text and text else old.text or text, by, at)

        return self._changed(number, longer, at)

    def delete(self, number: int) -> None:
        """Remove a note."""
        self._changed(number, lambda _: None, 0.0)

    def _changed(self, number: int, change: Callable[[Note], Note | None], at: float) -> Note:
        this = (notes.c.notebook == self._name) & (notes.c.number == number)
        with self._database.writing() as connection:
            revision, _ = self._next(connection, at)
            row = connection.execute(select(notes).where(this, notes.c.gone == 0)).first()
            if row is None:
                raise NotebookTrouble(f"There is no note {number} any more.")
            old = Note(row.number, row.title, row.text, row.written_by, row.at)
            new = change(old)
            if new is None:
                values: dict[str, object] = {"title": "", "text": "", "gone": 1}
            else:
                self._fits(new.title, new.text)
                values = dict(_values(new))
            connection.execute(update(notes).where(this).values(revision=revision, **values))
            return new or old

    def _next(self, connection: Connection, at: float, *, make: bool = False) -> tuple[int, int]:
        """The notebook's next revision, and the highest number in it; nobody else writes in it until the end of the
        transaction."""
        mine = notebooks.c.name == self._name
        values = {"revision": notebooks.c.revision + 1, **({"at": at} if at else {})}
        raised = update(notebooks).where(mine).values(**values)
        if not connection.execute(raised).rowcount:
            if not make:
                raise NotebookTrouble("This notebook is not there any more.")
            row = {"name": self._name, "made": secrets.token_hex(8), "revision": 0, "last": 0, "at": at}
            self._insert_unless_there(connection, row)
            connection.execute(raised)
        found = connection.execute(select(notebooks.c.revision, notebooks.c.last).where(mine)).one()
        return found.revision, found.last

    def _insert_unless_there(self, connection: Connection, row: dict[str, object]) -> None:
        """Another session may make it at the same moment."""
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql

            connection.execute(postgresql.insert(notebooks).values(**row).on_conflict_do_nothing())
        else:
            from sqlalchemy.dialects import sqlite

            connection.execute(sqlite.insert(notebooks).values(**row).on_conflict_do_nothing())

    def _fits(self, title: str, text: str) -> None:
        if len(title) > TITLE or len(text) > LETTERS:
            raise NotebookTrouble(f"A note has up to {LETTERS:,} letters, and a title up to {TITLE}.")


def _values(note: Note) -> dict[str, object]:
    return {
        "title": storable(note.title),
        "text": storable(note.text),
        "written_by": storable(note.by),
        "at": note.at,
    }
