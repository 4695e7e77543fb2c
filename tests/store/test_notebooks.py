"""Notebooks that sessions share, in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from backrooms_tui.session.notebook import NotebookTrouble
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.backing_up import back_up
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.restoring import restore
from tests.store.scripts import kept


def test_a_notebook_is_made_by_its_first_note(store: Store) -> None:
    book = store.notebooks.of("field notes")
    assert store.notebooks.list() == []
    assert book.news("").notes == ()
    note = book.create("The door", "It is green.", "Ada", 5.0)
    assert (note.number, note.title, note.text, note.by, note.at) == (1, "The door", "It is green.", "Ada", 5.0)
    assert [(one.name, one.notes, one.at) for one in store.notebooks.list()] == [("field notes", 1, 5.0)]
    assert store.notebooks.read("field notes") == (note,)


def test_what_is_new_is_read_and_nothing_else(store: Store) -> None:
    book, other = store.notebooks.of("n"), store.notebooks.of("n")
    for number in range(5):
        book.create(f"note {number}", "", "Ada", 1.0)
    first = other.news("")
    assert first.afresh
    assert [note.number for note in first.notes] == [1, 2, 3, 4, 5]
    assert other.news(first.mark) == type(first)(first.mark)
    book.update(2, None, "changed", "Ben", 2.0)
    book.append(3, "more", "Ben", 2.0)
    book.append(3, "and more", "Ben", 2.0)
    book.delete(4)
    news = other.news(first.mark)
    assert not news.afresh
    assert [(note.number, note.text) for note in news.notes] == [(2, "changed"), (3, "more\nand more")]
    assert news.gone == (4,)
    assert book.create("next", "", "Ada", 3.0).number == 6


def test_one_of_the_same_name_that_is_made_anew_is_read_afresh(store: Store) -> None:
    book = store.notebooks.of("n")
    book.create("old", "", "Ada", 1.0)
    mark = book.news("").mark
    store.notebooks.delete("n")
    assert book.news(mark) == type(book.news(""))("", afresh=True)
    book.create("new", "", "Ada", 1.0)
    news = book.news(mark)
    assert news.afresh
    assert [note.title for note in news.notes] == ["new"]


def test_many_write_at_once_and_no_note_is_lost(database: str) -> None:
    def write(who: int) -> list[int]:
        with open_store(database) as mine:
            book = mine.notebooks.of("shared")
            numbers = [book.create(f"{who}/{number}", "", str(who), 1.0).number for number in range(10)]
            for _ in range(5):
                book.append(1, str(who), str(who), 1.0)
            return numbers

    with open_store(database) as store:
        with ThreadPoolExecutor(4) as pool:
            numbers = [number for found in pool.map(write, range(4)) for number in found]
        assert sorted(numbers) == list(range(1, 41))
        notes = store.notebooks.read("shared")
        assert len(notes) == 40
        assert sorted(notes[0].text.split("\n")) == sorted(str(who) for who in range(4) for _ in range(5))


def test_it_takes_what_it_can_keep_and_says_what_it_cannot(store: Store) -> None:
    book = store.notebooks.of("n")
    book.create("a\0\ud800\x1b[2J", "text\0", "A\0", 1.0)
    assert store.notebooks.read("n")[0].title == "a\ufffd\ufffd\x1b[2J"
    with pytest.raises(NotebookTrouble, match="20,000 letters"):
        book.append(1, "x" * 20_000, "A", 1.0)
    with pytest.raises(NotebookTrouble, match="no note 7"):
        book.delete(7)
    with pytest.raises(NotebookTrouble, match="not there"):
        store.notebooks.of("other").delete(1)
    with pytest.raises(OperatorError, match="1 to 60 letters"):
        store.notebooks.of("x" * 61)
    with pytest.raises(OperatorError, match="1 to 60 letters"):
        store.notebooks.of(" \n ")
    with pytest.raises(OperatorError) as error:
        store.notebooks.read("m")
    assert error.value.what == "there is no notebook 'm'"


def test_deleting_a_session_leaves_the_notebook(store: Store) -> None:
    session = kept(store, "one").session
    store.notebooks.of("n").create("stays", "", "Ada", 1.0)
    store.delete(session)
    assert [one.name for one in store.notebooks.list()] == ["n"]


def test_backup_and_restore_take_notebooks_along(tmp_path: Path) -> None:
    place = tmp_path / "sessions.db"
    with open_store(place) as store:
        store.notebooks.of("n").create("kept", "text", "Ada", 1.0)
        back_up(store, tmp_path / "copy.db")
        store.notebooks.of("n").create("later", "", "Ada", 2.0)
    restored = restore(place, tmp_path / "copy.db", date(2026, 11, 22))
    # There was no session, but what was there is put aside all the same.
    assert restored.aside is not None
    with open_store(place) as store:
        assert [note.title for note in store.notebooks.read("n")] == ["kept"]
    with open_store(restored.aside) as store:
        assert [note.title for note in store.notebooks.read("n")] == ["kept", "later"]
