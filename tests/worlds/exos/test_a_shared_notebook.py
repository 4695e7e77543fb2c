"""Sessions that share a notebook."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backrooms_tui.store.database import Store, open_store
from tests.worlds.exos.visiting import Visit, content


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "sessions.db") as opened:
        yield opened


def visit(store: Store) -> Visit:
    return Visit(notebook=store.notebooks.of("field notes"))


async def test_what_one_session_notes_the_other_reads(store: Store) -> None:
    first, second = visit(store), visit(store)
    await first.say("notes create The door: it is green")
    assert "The door" in await second.say("notes list")
    assert "in field notes" in await second.say("notes list")
    await second.say("notes append 1 and open")
    assert "it is green\nand open" in await first.say("notes read 1")
    await first.say("notes update 1 It is shut.")
    assert "It is shut." in await second.say("notes search shut")
    await second.say("notes delete 1")
    assert "There are none yet" in await first.say("notes list")
    # What it changed stands in the session all the same.
    assert [change["do"] for one in first.exchanges for change in one.changes] == ["create", "update"]


async def test_it_is_never_written_twice(store: Store) -> None:
    first = visit(store)
    for number in range(3):
        await first.say(f"notes create note {number}")
    again = first.again()
    assert "3 notes" in await again.say("notes list")
    branch = first.branch(2)
    assert "3 notes" in await branch.say("notes list")
    first.take_back()
    # A turn that is taken back leaves its note, and the help says so.
    assert "3 notes" in await first.say("notes list")
    assert "stays there when a turn is taken back" in " ".join((await first.say("help notes create")).split())
    assert len(store.notebooks.read("field notes")) == 3


async def test_one_that_goes_away_is_said_and_made_again(store: Store) -> None:
    first = visit(store)
    await first.say("notes create one")
    store.notebooks.delete("field notes")
    assert "There is no note 1" in content(await first.say("notes read 1"))
    assert "Note 1 is kept" in await first.say("notes create two")


async def test_the_person_is_told_that_it_is_shared(store: Store) -> None:
    notes = visit(store).world.reach({})[0]
    assert "'field notes'" in notes
    assert "share" in notes
    assert visit(store).world.reach({"notes": "deny"})[0].endswith("(denied)")
    assert "but notes.delete asked for" in visit(store).world.reach({"notes.delete": "ask"})[0]
