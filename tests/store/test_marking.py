"""Stars, tags and notes: kept beside what happened, found again, and gone only with their session."""

import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from backrooms_tui.session.events import TurnEdited, TurnRetracted
from backrooms_tui.session.mark import Mark, tags_of
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import finding
from backrooms_tui.store.backing_up import back_up
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.query import QueryMistake
from backrooms_tui.store.restoring import restore
from tests.hostile import HOSTILE
from tests.store.scripts import BEGAN, Script, keep, kept


def star(store: Store, session: str, turn: int = 0, *, at: float | None = None, tags: str = "", note: str = "") -> None:
    """Mark it with a star."""
    given = time.time() if at is None else at
    store.mark(session, turn, lambda mark: replace(mark.tagged(tags_of(tags)), starred=given, note=note))


def test_a_mark_is_kept_as_it_was_made(store: Store, database: str) -> None:
    session = kept(store, "one", "two", "three").session
    events = list(store.events(session))
    assert store.marks(session) == {}
    marked = Mark(12.5, ("Night", "to-read", "ночь"), "two\nlines: „so“ \x1b[2J")
    assert store.mark(session, 2, lambda _: marked) == (Mark(), marked)
    store.mark(session, 0, lambda mark: replace(mark, note="the whole"))
    with open_store(database) as again:
        assert again.marks(session) == {0: Mark(note="the whole"), 2: marked}
        before, after = again.mark(session, 2, lambda mark: mark.untagged(["NIGHT"]).tagged(["To-Read", "new"]))
        assert (before, after.tags) == (marked, ("to-read", "ночь", "new"))
        again.mark(session, 2, lambda _: Mark())
    assert store.marks(session) == {0: Mark(note="the whole")}
    assert list(store.events(session)) == events


def test_only_what_is_there_can_be_marked(store: Store) -> None:
    session = kept(store, "one", "two").session
    with pytest.raises(OperatorError, match="there is no turn 3") as caught:
        star(store, session, 3)
    assert caught.value.cure == "its turns are 1 to 2"
    with pytest.raises(OperatorError, match="no session 'nowhere'"):
        star(store, "nowhere")
    store.put_away(session)
    with pytest.raises(OperatorError, match="is in the trash"):
        star(store, session)


@pytest.mark.parametrize("text", ["a.b", "é́!", "a#b", "/", "x" * 41, *(one for one in HOSTILE if "\x1b" in one)][:8])
def test_what_is_no_tag_is_told(text: str) -> None:
    with pytest.raises(OperatorError, match="tag") as caught:
        tags_of(text)
    assert "\x1b" not in caught.value.what


def test_tags_are_words_whatever_stands_between_them() -> None:
    assert tags_of(" #night, to_read  Night,2x ") == ("night", "to_read", "2x")
    assert tags_of("") == ()


def test_an_edited_turn_keeps_its_mark_and_one_spoken_again_too(store: Store) -> None:
    script = Script("s1").open()
    for text in ("one", "two"):
        script.start()
        script.end(text)
    keep(store, script.events)
    star(store, "s1", 2, at=5.0, note="good")
    before = len(script.events)
    script.add(TurnEdited, turn=2, text="two, but better")
    keep(store, script.events[before:], "s1")
    assert [one.words for one in store.moments()] == ["two, but better"]
    before = len(script.events)
    script.add(TurnRetracted, turn=2, agent=2)
    keep(store, script.events[before:], "s1")
    assert [(one.turn, one.words) for one in store.moments()] == [(2, "")]
    assert store.search("is:starred") == []
    before = len(script.events)
    script.turn -= 1
    script.start()
    script.end("two, again")
    keep(store, script.events[before:], "s1")
    assert store.marks("s1") == {2: Mark(5.0, (), "good")}
    assert [one.words for one in store.moments()] == ["two, again"]
    assert [hit.snippet for hit in store.search("is:starred")] == ["two, again"]


def test_the_mark_of_a_turn_that_was_taken_back_can_be_taken_away(store: Store) -> None:
    script = Script("s1").open()
    script.speak("one")
    script.start()
    script.end("two")
    keep(store, script.events)
    star(store, "s1", 2, at=5.0)
    before = len(script.events)
    script.add(TurnRetracted, turn=2, agent=2)
    keep(store, script.events[before:], "s1")
    store.mark("s1", 2, lambda mark: replace(mark, starred=None))
    assert store.moments() == []
    with pytest.raises(OperatorError, match="there is no turn 2"):
        star(store, "s1", 2)


def test_of_many_who_mark_the_same_turn_at_once_nobody_is_lost(store: Store, database: str) -> None:
    session = kept(store, "one").session
    wrong: list[Exception] = []

    def tag(name: str) -> None:
        try:
            with open_store(database) as other:
                for number in range(5):
                    own = f"{name}{number}"
                    other.mark(session, 1, lambda mark, own=own: mark.tagged([own]))  # type: ignore[misc]
        except Exception as error:
            wrong.append(error)

    several = [threading.Thread(target=tag, args=(name,)) for name in "abc"]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert wrong == []
    assert set(store.marks(session)[1].tags) == {f"{name}{number}" for name in "abc" for number in range(5)}


def test_a_session_takes_its_marks_into_the_trash_and_out_of_it(store: Store) -> None:
    session, other = kept(store, "a door").session, kept(store, "a wall").session
    star(store, session, tags="night")
    star(store, session, 1, tags="deep")
    was = store.summary(session)
    store.put_away(session)
    assert (store.moments(), store.search("is:starred"), store.list_sessions(filter="is:starred")) == ([], [], [])
    assert store.bring_back(session) == was
    assert (was.mark.tags, was.mark.starred is not None, was.starred_turns) == (("night",), True, 1)
    assert len(store.moments()) == 2
    store.delete(session)
    assert (store.moments(), store.known_tags(), store.marks(session)) == ([], [], {})
    assert [one.id for one in store.list_sessions()] == [other]


def test_moments_come_with_what_was_starred_last_first(store: Store) -> None:
    first = kept(store, "a door", "it opens", title="Doors").session
    other = kept(store, "rain", title="Rain", began=BEGAN - 60).session
    star(store, first, 1, at=10.0, tags="Night", note="why?")
    star(store, other, 0, at=30.0)
    star(store, first, 2, at=20.0)
    store.mark(other, 1, lambda mark: replace(mark, note="a note alone is no moment"))
    found = store.moments()
    assert [(one.title, one.turn, one.words, one.name) for one in found] == [
        ("Rain", 0, "", ""),
        ("Doors", 2, "it opens", "Simulator"),
        ("Doors", 1, "a door", "Explorer"),
    ]
    assert found[2].mark == Mark(10.0, ("Night",), "why?")
    assert store.moments(limit=1) == found[:1]
    assert store.moments("night") == found[2:]
    assert store.known_tags() == ["Night"]


def test_a_list_is_narrowed_by_marks(store: Store) -> None:
    doors = kept(store, "a door", title="Doors").session
    rain = kept(store, "rain", title="Rain", began=BEGAN - 60).session
    kept(store, "wind", title="Wind", began=BEGAN - 120)
    star(store, doors, 1)
    store.mark(rain, 0, lambda mark: mark.tagged(["Long-Night"]))

    def named(filter: str) -> list[str]:
        return [one.title for one in store.list_sessions(filter=filter)]

    assert named("is:starred") == named("is:st") == ["Doors"]
    assert named("tag:long-night") == named("TAG:LONG") == named("long-n") == ["Rain"]
    assert named("rain tag:long") == ["Rain"]
    assert (named("is:starred tag:long"), named("tag:l%"), named("tag:nothing")) == ([], [], [])


@pytest.fixture
def nights(store: Store) -> Store:
    """Three sessions; the newest place is the last word of the last one."""
    for number, title in enumerate(("Doors", "Rain", "Wind")):
        texts = [f"{title} door {turn}" for turn in range(1, 5)]
        script = kept(store, *texts, title=title, began=BEGAN + 3600 * number)
        if title == "Doors":
            star(store, script.session, 2, tags="night", note="Look again: the hinge")
            star(store, script.session, 3, tags="deep")
        if title == "Rain":
            star(store, script.session, tags="night")
    return store


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("is:starred", ["Rain 4", "Doors 3", "Doors 2"]),
        ("is:starred door", ["Rain 4", "Rain 3", "Rain 2", "Rain 1", "Doors 3", "Doors 2"]),
        ("tag:night", ["Rain 4", "Doors 2"]),
        ("tag:NIGHT tag:deep", ["Rain 4", "Doors 3", "Doors 2"]),
        ("tag:#deep", ["Doors 3"]),
        ("tag:nig", []),
        ("tag:nig*", ["Rain 4", "Doors 2"]),
        ("tag:night agent:explorer door", ["Rain 3", "Rain 1"]),
        ('note:"the HINGE" is:starred', ["Doors 2"]),
        ("note:hin*", ["Doors 2"]),
        ("note:hin", []),
        ("door -is:starred", ["Wind 4", "Wind 3", "Wind 2", "Wind 1", "Doors 4", "Doors 1"]),
        ("-is:starred", ["Wind 4", "Doors 4"]),
        ("is:starred -tag:night", ["Doors 3"]),
        ("is:starred tag:night", ["Rain 4", "Doors 2"]),
        ("is:starred tag:night door", ["Rain 4", "Rain 3", "Rain 2", "Rain 1", "Doors 2"]),
        ("is:starred tag:night -note:hinge door", ["Rain 4", "Rain 3", "Rain 2", "Rain 1"]),
        ("is:starred -door", []),
        ("is:starred template:nothing", []),
        ("is:starred turns>3 since:2020-01-01", ["Rain 4", "Doors 3", "Doors 2"]),
    ],
)
def test_marks_are_found_with_whatever_else_is_sought(nights: Store, asked: str, places: list[str]) -> None:
    assert [hit.snippet.replace("door ", "") for hit in nights.search(asked)] == places
    assert [hit.snippet.replace("door ", "") for hit in nights.search(asked, limit=1)] == places[:1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("is:new", "nothing is new; write is:starred"),
        ("tag>1", "tag is not measured; write tag: and then a tag"),
        ('note:"…"', 'note: says nothing; for example note:"look again"'),
    ],
)
def test_a_mistake_with_a_mark_is_told(store: Store, asked: str, told: str) -> None:
    with pytest.raises(QueryMistake) as caught:
        store.search(asked)
    assert f"{caught.value.what}; {caught.value.cure}" == f"at character 1: {told}"


def test_a_mark_in_many_sessions_is_found_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_FEW", 10)
    for number in range(12):
        star(store, kept(store, "a door", "a wall", began=BEGAN + number).session)
    single = kept(store, "a door", "a wall", began=BEGAN + 1000).session
    star(store, single, 2)
    assert [hit.session for hit in store.search("is:starred wall", limit=1)] == [single]
    assert len(store.search("is:starred door", limit=400)) == 12
    assert len(store.search("is:starred", limit=400)) == 13


def test_marks_come_through_a_backup(tmp_path: Path) -> None:
    with open_store(tmp_path / "sessions.db") as store:
        session = kept(store, "a door").session
        star(store, session, 1, tags="night", note="why?")
        was = store.marks(session)
        back_up(store, tmp_path / "copy.db")
        store.mark(session, 1, lambda _: Mark())
    restore(tmp_path / "sessions.db", tmp_path / "copy.db", date(2026, 1, 1))
    with open_store(tmp_path / "sessions.db") as store:
        assert store.marks(session) == was
