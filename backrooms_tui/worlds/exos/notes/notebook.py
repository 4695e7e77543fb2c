"""Where notes are: in the session, as a plain fold of changes, or in a notebook that sessions share."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from backrooms_tui.session.notebook import LETTERS, NOTES, TITLE, Note, NotebookNews, NotebookTrouble
from backrooms_tui.session.world import Change


class SharedNotebook(Protocol):
    """A notebook that several sessions may write in at once. Every method may take a moment and is called in a thread;
    what was written is there for all from then on. They raise NotebookTrouble for what it does not take, and
    OperatorError where it cannot be reached."""

    @property
    def name(self) -> str:
        """What it is called."""

    def news(self, mark: str) -> NotebookNews:
        """What has changed since `mark`; "" for all."""

    def create(self, title: str, text: str, by: str, at: float) -> Note:
        """Add a note."""

    def update(self, number: int, title: str | None, text: str | None, by: str, at: float) -> Note:
        """Write what is not None in place of what a note said."""

    def append(self, number: int, text: str, by: str, at: float) -> Note:
        """Add to the end of a note."""

    def delete(self, number: int) -> None:
        """Remove a note."""


class Notebook:
    """The notes that are known: `notes` by their numbers. `last` is the highest number that was ever used."""

    def __init__(self) -> None:
        self.notes: dict[int, Note] = {}
        self.last = 0

    def apply(self, change: Change) -> None:
        """`change` has happened. One that does not fit, or is not known, changes nothing."""
        number = change.get("number")
        if not isinstance(number, int):
            return
        doing, note = change.get("do"), self.notes.get(number)
        by, at = str(change.get("by", "")), _time(change)
        text = str(change.get("text", ""))
        if doing == "create":
            self.put(Note(number, str(change.get("title", "")), text, by, at))
        elif doing == "delete":
            self.notes.pop(number, None)
        elif doing == "append" and note is not None:
            self.put(replace(note, text=appended(note.text, text), by=by, at=at))
        elif doing == "update" and note is not None:
            title = str(change.get("title", note.title))
            self.put(replace(note, title=title, text=text if "text" in change else note.text, by=by, at=at))

    def put(self, note: Note) -> None:
        """`note` is there from now on, in place of the one with its number."""
        self.notes[note.number] = note
        self.last = max(self.last, note.number)

    def read(self, news: NotebookNews) -> None:
        """What is new in the shared notebook that these are the notes of."""
        if news.afresh:
            self.notes.clear()
        for note in news.notes:
            self.put(note)
        for number in news.gone:
            self.notes.pop(number, None)
            self.last = max(self.last, number)


def appended(old: str, text: str) -> str:
    """`old` with `text` below it."""
    return f"{old}\n{text}" if old and text else old or text


def checked(title: str, text: str, notes: Mapping[int, Note] | None = None) -> None:
    """Raise NotebookTrouble where a note cannot be like this, or, in a notebook with these `notes`, be added."""
    if len(title) > TITLE:
        raise NotebookTrouble(f"A title has up to {TITLE} letters; this one has {len(title):,}.")
    if len(text) > LETTERS:
        raise NotebookTrouble(f"A note has up to {LETTERS:,} letters; this would be {len(text):,}.")
    if notes is not None and len(notes) >= NOTES:
        raise NotebookTrouble(f"The notebook is full: it holds {NOTES:,} notes.")


def _time(change: Change) -> float:
    at = change.get("at", 0.0)
    return float(at) if isinstance(at, int | float) else 0.0
