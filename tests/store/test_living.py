"""Which sessions are being recorded: known to every program, gone with the one that did it, and never taken over."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from backrooms_tui.store import lock_file
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.living import LiveError
from backrooms_tui.store.recorder import Recorder
from tests.store.scripts import Script, kept
from tests.store.test_recording import program

# Tells when it is ready, claims a session when it is told to, and holds it until its input ends.
CLAIMING = """
import sys
from backrooms_tui.store.database import open_store
from backrooms_tui.store.living import LiveError
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        store.claim(sys.argv[2])
    except LiveError as error:
        print("no:", error.what, "|", error.cure, flush=True)
    else:
        print("mine", flush=True)
    sys.stdin.read()
"""


def claiming(database: str, session: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CLAIMING, database, session]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def told(running: "subprocess.Popen[str]", word: str = "") -> str:
    assert running.stdin is not None
    assert running.stdout is not None
    if word:
        running.stdin.write(f"{word}\n")
        running.stdin.flush()
    return running.stdout.readline().strip()


def until(condition: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came to it"
        time.sleep(0.01)


def live_folder(database: str) -> Path:
    return Path(f"{database}-live")


def test_a_session_is_live_while_it_is_recorded_and_not_before_or_after(store: Store, database: str) -> None:
    quiet = kept(store, "one").session
    script = Script(store.new_id()).open()
    script.speak("one")
    recorder = Recorder(store)
    for event in script.events:
        recorder.hear(event)
    with open_store(database) as other:
        until(lambda: any(one.id == script.session for one in other.list_sessions()))
        assert list(other.living()) == [script.session]
        keeper = other.keeper(script.session)
        assert keeper is not None
        assert keeper.here
        assert (keeper.process, other.keeper(quiet)) == (os.getpid(), None)
        recorder.close()
        assert (other.living(), other.keeper(script.session)) == ({}, None)
    if "://" not in database:
        assert not live_folder(database).exists()


def test_the_mark_is_gone_at_once_when_the_program_is_killed_and_the_session_goes_on(database: str) -> None:
    with program(database, "stream") as running:
        assert running.stdout is not None
        session = running.stdout.readline().strip()
        with open_store(database) as store:
            keeper = store.living()[session]
            assert (keeper.process, keeper.here) == (running.pid, False)
            assert f"process {running.pid} on this machine, since " in keeper.spoken
            assert abs(keeper.since - time.time()) < 60
            with pytest.raises(LiveError, match=f"recorded by process {running.pid} on this machine") as caught:
                store.claim(session)
            assert f"`backrooms replay {session} --follow`" in caught.value.cure
            assert f"`backrooms sessions branch {session}`" in caught.value.cure
            for delete in (store.put_away, store.delete):
                with pytest.raises(LiveError, match="is being recorded"):
                    delete(session)
            running.send_signal(signal.SIGKILL)
            running.wait()
            until(lambda: store.keeper(session) is None, 2)
            store.claim(session).release()
            assert store.living() == {}


def test_of_two_programs_that_want_a_session_at_the_same_moment_one_gets_it(store: Store, database: str) -> None:
    session = kept(store, "one").session
    for _ in range(3):
        both = [claiming(database, session) for _ in range(2)]
        assert [told(one) for one in both] == ["ready", "ready"]
        for one in both:
            assert one.stdin is not None
            one.stdin.write("now\n")
            one.stdin.flush()
        said = sorted(told(one) for one in both)
        assert said[0] == "mine"
        assert said[1].startswith(f"no: session {session} is being recorded by process ")
        for one in both:
            one.communicate()
        until(lambda: store.keeper(session) is None, 2)


def test_many_who_look_do_not_keep_anybody_from_recording(store: Store, database: str) -> None:
    session = kept(store, "one").session
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            store.living()
            store.keeper(session)

    looking = [threading.Thread(target=look) for _ in range(2)]
    for one in looking:
        one.start()
    try:
        with open_store(database) as other:
            for _ in range(100 if "://" not in database else 10):
                other.claim(session).release()
    finally:
        over.set()
        for one in looking:
            one.join()


def test_who_waits_gets_it_when_the_recorder_of_the_same_program_closes(store: Store) -> None:
    session = kept(store, "one").session
    recorder = Recorder(store, session, claim=store.claim(session))
    closing = threading.Timer(0.3, recorder.close)
    closing.start()
    store.claim(session).release()
    closing.join()


def test_ids_that_are_no_names_for_files_are_live_as_any_other(store: Store) -> None:
    for session in ("../../etc/passwd", "A Night / with = signs", "x" * 300, "ж日本", "."):
        claim = store.claim(session)
        with pytest.raises(LiveError):
            store.claim(session)
        keeper = store.keeper(session)
        assert keeper is not None
        assert keeper.here
        claim.release()
        claim.release()
        assert store.keeper(session) is None


def lose_the_mark(store: Store, database: str) -> None:
    """As when somebody clears the folder, or the server is started anew."""
    if "://" not in database:
        shutil.rmtree(live_folder(database))
        return
    with store.database.reading() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'backrooms %%'"
        ).all()
    until(lambda: store.living() == {})


def recorded(store: Store) -> tuple[Script, Recorder]:
    script = Script(store.new_id()).open()
    script.speak("one")
    recorder = Recorder(store)
    for event in script.events:
        recorder.hear(event)
    return script, recorder


async def test_a_mark_that_was_lost_is_made_again_before_more_is_written(store: Store, database: str) -> None:
    script, recorder = recorded(store)
    await recorder.settled()
    lose_the_mark(store, database)
    before = len(script.events)
    script.speak("two")
    for event in script.events[before:]:
        recorder.hear(event)
    await recorder.settled()
    assert list(store.living()) == [script.session]
    recorder.close()
    assert store.living() == {}
    assert [turn.text for turn in store.turns(script.session, 1, 2)] == ["one", "two"]


async def test_who_lost_the_mark_and_comes_second_writes_nothing_and_leaves_the_other_alone(
    store: Store, database: str
) -> None:
    script, recorder = recorded(store)
    await recorder.settled()
    lose_the_mark(store, database)
    others = store.claim(script.session)
    before = len(script.events)
    script.speak("two")
    for event in script.events[before:]:
        recorder.hear(event)
    with pytest.raises(LiveError, match="is being recorded by"):
        recorder.close()
    assert list(store.living()) == [script.session]
    assert store.summary(script.session).turns == 1
    others.release()


class TestFiles:
    """With SQLite, the mark is a locked file."""

    def test_folder_and_file_are_the_owners_alone(self, tmp_path: Path) -> None:
        with open_store(tmp_path / "sessions.db") as store:
            claim = store.claim("abcdefgh")
            folder = tmp_path / "sessions.db-live"
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((folder / "abcdefgh").stat().st_mode) == 0o600
            claim.release()
            assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []

    def test_what_a_killed_program_left_is_cleared_away(self, tmp_path: Path) -> None:
        database = str(tmp_path / "sessions.db")
        with program(database, "stream") as running:
            assert running.stdout is not None
            session = running.stdout.readline().strip()
            running.kill()
        assert (live_folder(database) / session).exists()
        with open_store(database) as store:
            assert store.living() == {}
            assert not (live_folder(database) / session).exists()

    def test_rubbish_in_the_folder_is_no_session(self, tmp_path: Path) -> None:
        folder = tmp_path / "sessions.db-live"
        folder.mkdir()
        (folder / "folder").mkdir()
        held = lock_file.take(folder / "rubbish", "{" * 10_000)
        (folder / "old").write_bytes(b"\x00\xff" * 5000)
        os.mkfifo(folder / "pipe")
        with open_store(tmp_path / "sessions.db") as store:
            # That somebody holds it is certain, who it is not.
            assert {name: one.spoken for name, one in store.living().items()} == {"rubbish": "another program"}
            told = {"session": "evil", "process": 7, "host": "a\x1b[31mb", "since": 0}
            evil = lock_file.take(folder / "evil", json.dumps(told))
            assert store.living()["evil"].spoken == "process 7 on a\u241b[31mb"
            late = lock_file.take(folder / "late", json.dumps({**told, "session": "late", "host": "b", "since": 1e18}))
            assert store.living()["late"].spoken == "process 7 on b"
        assert held is not None
        assert evil is not None
        assert late is not None
        late.release()
        held.release()
        evil.release()

    def test_by_another_name_it_is_the_same_database(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        with open_store(tmp_path / "data" / "sessions.db") as store:
            (tmp_path / "other.db").symlink_to(tmp_path / "data" / "sessions.db")
            claim = store.claim("abcdefgh")
            with open_store(tmp_path / "other.db", read_only=False) as other:
                assert list(other.living()) == ["abcdefgh"]
            claim.release()

    def test_where_there_can_be_no_mark_recording_goes_on_and_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "sessions.db-live").write_text("a file stands in the way")
        with open_store(tmp_path / "sessions.db") as store:
            session = kept(store, "one").session
            claim = store.claim(session)
            recorder = Recorder(store, session, claim=claim)
            assert "sessions.db-live cannot hold locks" in recorder.unmarked
            assert "other programs cannot see that this session is being recorded" in recorder.unmarked
            assert (store.living(), store.keeper(session)) == ({}, None)
            recorder.close()
            store.put_away(session)
