"""Recording while a conversation runs: nobody waits, nothing is lost, and trouble is told once it matters."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backrooms_tui.session.events import Delta, TurnStarted
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.living import LiveError
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.store.schema import checkpoints, turns
from backrooms_tui.store.trash import delete_for_good
from tests.store.scripts import Script, keep, kept


def program(database: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.store.writing_process", database, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def locked(path: str | Path) -> Iterator[sqlite3.Connection]:
    """Another program holds the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def test_words_are_kept_within_a_second_although_the_turn_goes_on(store: Store) -> None:
    script = Script(store.new_id()).open()
    recorder = Recorder(store)
    script.start()
    script.say(["first ", "words"])
    for event in script.events:
        recorder.hear(event)
    heard = time.monotonic()
    while not store.list_sessions() or len(list(store.events(script.session))) < len(script.events):
        assert time.monotonic() - heard < 1.0
        await asyncio.sleep(0.02)
    script.say([" and", " more"])
    for event in script.events[-2:]:
        recorder.hear(event)
    heard = time.monotonic()
    while len(list(store.events(script.session))) < len(script.events):
        assert time.monotonic() - heard < 1.0
        await asyncio.sleep(0.02)
    assert list(store.events(script.session)) == script.events
    await recorder.aclose()


async def test_the_end_of_a_turn_leaves_one_row_and_no_leftovers(store: Store) -> None:
    script = Script(store.new_id()).open()
    recorder = Recorder(store)
    for turn in range(3):
        script.speak(f"a few words {turn}")
    for event in script.events:
        recorder.hear(event)
        if isinstance(event, Delta):
            await recorder.settled()
    await recorder.aclose()
    with store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(checkpoints)).scalar() == 0
        assert list(connection.execute(select(turns.c.state).order_by(turns.c.seq)).scalars()) == ["ended"] * 3


async def test_settled_before_anything_was_heard(store: Store) -> None:
    recorder = Recorder(store)
    await recorder.settled()
    await recorder.aclose()
    await recorder.aclose()
    assert store.list_sessions() == []


async def test_a_closed_recorder_hears_nothing_more(store: Store) -> None:
    script = kept(store, "one")
    recorder = Recorder(store, script.session)
    recorder.close()
    with pytest.raises(RuntimeError, match="closed"):
        recorder.hear(script.events[-1])
    await recorder.settled()


async def test_events_that_belong_to_no_session_are_refused_aloud(store: Store) -> None:
    script = Script("night000").open()
    script.start()
    recorder = Recorder(store)
    recorder.hear(script.events[-1])
    with pytest.raises(ValueError, match="begins with SessionOpened"):
        await recorder.settled()
    recorder.hear(script.events[-1])
    with pytest.raises(ValueError, match="begins with SessionOpened"):
        await recorder.aclose()


def test_several_programs_write_at_once_from_the_very_beginning(database: str) -> None:
    programs = [program(database, "turns", "30") for _ in range(4)]
    ended = [(*each.communicate(timeout=120), each.returncode) for each in programs]
    assert [(err, code) for _, err, code in ended] == [("", 0)] * 4
    with open_store(database) as store:
        assert {session.id for session in store.list_sessions()} == {out.strip() for out, _, _ in ended}
        assert [session.turns for session in store.list_sessions()] == [30] * 4
        assert store.problems() == []


async def test_several_recorders_of_one_program_write_at_once(store: Store, database: str) -> None:
    with open_store(database) as other:

        async def record(into: Store) -> Script:
            script = Script(into.new_id()).open()
            recorder = Recorder(into)
            recorder.hear(script.events[0])
            for number in range(20):
                before = len(script.events)
                script.speak(f"turn {number}")
                for event in script.events[before:]:
                    recorder.hear(event)
                await recorder.settled()
            await recorder.aclose()
            return script

        scripts = await asyncio.gather(*(record(into) for into in (store, store, other, other)))
        for script in scripts:
            assert list(store.events(script.session)) == script.events


def test_a_killed_program_loses_no_finished_turn_and_at_most_a_second_of_the_next(database: str) -> None:
    with program(database, "stream") as running:
        assert running.stdout is not None
        session = running.stdout.readline().strip()
        spoken = [float(running.stdout.readline()) for _ in range(150)]
        running.send_signal(signal.SIGKILL)
        spoken += [float(line) for line in running.stdout.read().splitlines()]
    with open_store(database) as store:
        events = list(store.events(session))
        assert [turn.text for turn in store.turns(session, 1, 9)] == ["a whole turn"]
        started = max(index for index, event in enumerate(events) if isinstance(event, TurnStarted))
        words = events[started + 1 :]
        assert all(isinstance(event, Delta) for event in words)
        assert words
        assert spoken[-1] - spoken[len(words) - 1] <= 1.0
        flight = store.state(session).in_flight
        assert flight is not None
        assert "".join(flight.text) == "word " * len(words)
        assert store.summary(session).status == "open"


async def test_a_lock_is_waited_for_without_holding_up_the_conversation(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    with open_store(path, patience=20) as store:
        script = kept(store, "one")
        recorder = Recorder(store, script.session)
        before = len(script.events)
        script.speak("two")
        with locked(path) as other:
            began = time.monotonic()
            for event in script.events[before:]:
                recorder.hear(event)
            assert time.monotonic() - began < 0.5
            waiting = asyncio.ensure_future(recorder.settled())
            await asyncio.sleep(0)
            assert not waiting.done()
            other.execute("ROLLBACK")
            await waiting
        assert list(store.events(script.session)) == script.events
        await recorder.aclose()


async def test_what_could_not_be_written_is_kept_and_written_later(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    with open_store(path, patience=0.1) as store:
        script = kept(store, "one")
        recorder = Recorder(store, script.session)
        before = len(script.events)
        script.speak("two")
        with locked(path) as other:
            for event in script.events[before:]:
                recorder.hear(event)
            with pytest.raises(StoreError, match="locked by another program") as caught:
                await recorder.settled()
            assert "close the program" in caught.value.cure
            other.execute("ROLLBACK")
        await recorder.settled()
        assert list(store.events(script.session)) == script.events
        await recorder.aclose()


async def test_a_full_disk_is_told_and_nothing_is_lost_once_there_is_room(tmp_path: Path) -> None:
    with open_store(tmp_path / "sessions.db") as store:
        script = kept(store, "one")
        with store.database.raw_sqlite() as connection:  # the same refusal that a full disk gives
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        recorder = Recorder(store, script.session)
        before = len(script.events)
        script.speak("many words " * 5000)
        for event in script.events[before:]:
            recorder.hear(event)
        with pytest.raises(StoreError, match="is full"):
            await recorder.settled()
        assert store.summary(script.session).turns == 1
        with store.database.raw_sqlite() as connection:
            connection.execute("PRAGMA max_page_count = 1000000")
        await recorder.aclose()
        assert list(store.events(script.session)) == script.events


async def test_one_session_cannot_be_recorded_twice_at_once(store: Store) -> None:
    script = kept(store, "one")
    before = len(script.events)
    first, second = Recorder(store, script.session), Recorder(store, script.session)
    script.speak("two")
    for event in script.events[before:]:
        first.hear(event)
    await first.settled()
    second.hear(script.events[before])
    with pytest.raises(LiveError, match="is being recorded by this program"):
        await second.settled()
    await first.aclose()
    # From here on it might, but what it has heard is no longer what comes next.
    with pytest.raises(StoreError, match="no longer as it was left"):
        await second.aclose()
    assert list(store.events(script.session)) == script.events


async def test_a_session_is_not_deleted_while_it_is_recorded(store: Store) -> None:
    script = kept(store, "one")
    recorder = Recorder(store, script.session, claim=store.claim(script.session))
    for delete in (store.put_away, store.delete):
        with pytest.raises(LiveError, match="is being recorded by this program") as caught:
            delete(script.session)
        assert caught.value.cure == "leave it there first, then try again"
    before = len(script.events)
    script.speak("two")
    for event in script.events[before:]:
        recorder.hear(event)
    await recorder.aclose()
    assert list(store.events(script.session)) == script.events
    store.put_away(script.session)
    assert store.list_sessions() == []


async def test_a_session_that_was_deleted_meanwhile(store: Store) -> None:
    script = kept(store, "one")
    recorder = Recorder(store, script.session, claim=store.claim(script.session))
    with store.database.writing() as connection:  # a program that does not ask
        delete_for_good(connection, script.session)
    script.speak("two")
    recorder.hear(script.events[-1])
    with pytest.raises(StoreError, match="no longer as it was left"):
        await recorder.settled()
    with pytest.raises(StoreError):
        recorder.close()
    assert store.list_sessions() == []


def test_renaming_while_it_is_recorded(store: Store) -> None:
    script = Script(store.new_id()).open("Before")
    script.speak("one")
    keep(store, script.events)
    store.rename(script.session, "After")
    before = len(script.events)
    script.speak("two")
    keep(store, script.events[before:], script.session)
    assert (store.summary(script.session).title, store.summary(script.session).turns) == ("After", 2)


async def test_what_is_written_is_put_in_its_place_now_and_then_and_not_after_every_turn(tmp_path: Path) -> None:
    log = tmp_path / "sessions.db-wal"
    longest = 0
    with open_store(tmp_path / "sessions.db") as store:
        script = Script(store.new_id()).open()
        recorder = Recorder(store)
        heard = 0
        for number in range(60):
            text = f"{number} {'longwords' * 20_000}"
            script.start()
            script.say([text])
            script.end(text)
            for event in script.events[heard:]:
                recorder.hear(event)
            heard = len(script.events)
            await recorder.settled()
            longest = max(longest, log.stat().st_size)
        await recorder.aclose()
        # Twelve megabytes and more went through it. It grew up to its limit, and was cut when it began anew.
        assert log.stat().st_size < longest
        assert longest < 8_000_000
