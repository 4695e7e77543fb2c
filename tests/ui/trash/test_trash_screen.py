"""The trash on the screen: what was deleted comes back from there, or goes for good when that is what is wanted."""

import threading
import time

import pytest
from sqlalchemy import update
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.store.database import Store
from backrooms_tui.store.schema import sessions
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.trash.trash import TrashScreen
from tests.hostile import HOSTILE
from tests.store.scripts import kept
from tests.ui.conditions import at_once, screen_text, until


def sees(pilot: Pilot[int], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def in_trash(workspace: Workspace) -> list[str]:
    return [one.title for one in workspace.store.in_trash()]


@pytest.fixture
def deleted(workspace: Workspace) -> list[str]:
    """Three sessions in the trash, the last one deleted last, and one that is not there."""
    store = workspace.store
    kept(store, "Kept.", title="The kept one")
    ids = [kept(store, "A word.", "Another.", title=title).session for title in ("First", "Second", "Third")]
    for id in ids:
        store.put_away(id)
    return ids


def opened(workspace: Workspace) -> BackroomsApp:
    return BackroomsApp(workspace, lambda app: app.show_trash())


def since(workspace: Workspace, session: str, days: float) -> None:
    """The session has been in the trash for so long."""
    with workspace.store.database.writing() as connection:
        statement = update(sessions).where(sessions.c.id == session)
        connection.execute(statement.values(trashed=time.time() - days * 86_400))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_what_was_deleted_last_stands_first_with_the_days_it_has_left(
    workspace: Workspace, deleted: list[str], size: tuple[int, int]
) -> None:
    since(workspace, deleted[0], 29.5)
    since(workspace, deleted[1], 10)
    async with opened(workspace).run_test(size=size) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions", "First", "Second", "Third"))
        lines = screen_text(pilot.app).splitlines()
        rows = [next(line for line in lines if title in line) for title in ("Third", "Second", "First")]
        assert [lines.index(row) for row in rows] == sorted(lines.index(row) for row in rows)
        assert [row.rstrip().rpartition("in ")[2] for row in rows] == ["30 days", "20 days", "a day"]
        assert not sees(pilot, "The kept one")
        assert pilot.app.screen.max_scroll_x == 0


@pytest.mark.parametrize("key", ["enter", "b"])
async def test_one_comes_back(workspace: Workspace, deleted: list[str], key: str) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "1 session", "The kept one"))
        await pilot.press("T")
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        await pilot.press("down", key)
        await until(pilot, lambda: sees(pilot, "2 sessions", "“Second” is back among your sessions"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and sees(pilot, "2 sessions", "Second"))


async def test_what_was_deleted_at_home_and_comes_back_here_is_at_home_again(
    workspace: Workspace, deleted: list[str]
) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "1 session"))
        await pilot.press("d")
        await until(pilot, lambda: len(in_trash(workspace)) == 4)
        await pilot.press("T")
        await until(pilot, lambda: sees(pilot, "4 sessions", "The kept one"))
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "3 sessions", "is back"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and sees(pilot, "The kept one"))
    assert in_trash(workspace) == ["Third", "Second", "First"]


async def test_deleting_for_good_is_asked_with_the_title(workspace: Workspace, deleted: list[str]) -> None:
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        for key in ("enter", "escape"):
            await pilot.press("d")
            await until(pilot, lambda: sees(pilot, "Delete “Third” and its 2 turns for good?", "Keep (esc)"))
            await pilot.press(key)
            await until(pilot, lambda: isinstance(pilot.app.screen, TrashScreen))
        assert len(in_trash(workspace)) == 3
        await pilot.press("delete", "y")
        await until(pilot, lambda: sees(pilot, "2 sessions", "Deleted for good: “Third”"))
        assert in_trash(workspace) == ["Second", "First"]


async def test_all_of_it_is_emptied_once_that_is_said(workspace: Workspace, deleted: list[str]) -> None:
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        await pilot.press("E")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen) and sees(pilot, "all 3 sessions"))
        # Somebody takes one of them out meanwhile: that one is not touched.
        workspace.store.bring_back(deleted[0])
        await pilot.press("y")
        await until(pilot, lambda: sees(pilot, "Deleted for good: 2 sessions", "empty"))
    assert sorted(one.title for one in workspace.store.list_sessions()) == ["First", "The kept one"]


async def test_an_empty_trash_says_so_and_does_nothing(workspace: Workspace) -> None:
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "empty: what is deleted lies here for 30 days"))
        await pilot.press("enter", "d", "E")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrashScreen))


async def test_whatever_a_title_says_does_nothing_to_the_screen(workspace: Workspace) -> None:
    for title in HOSTILE:
        workspace.store.put_away(kept(workspace.store, "A word.", title=title).session)
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, f"{len(HOSTILE)} sessions"))
        for _ in HOSTILE:
            await pilot.press("d")
            await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen))
            assert "\x1b" not in screen_text(pilot.app)
            await pilot.press("escape", "down")
            await until(pilot, lambda: isinstance(pilot.app.screen, TrashScreen))


async def test_two_keys_at_once_bring_back_two(workspace: Workspace, deleted: list[str]) -> None:
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        at_once(pilot.app, "enter", "enter")
        await until(pilot, lambda: in_trash(workspace) == ["First"])
        await until(pilot, lambda: sees(pilot, "1 session ", "First"))


async def test_leaving_at_once_shows_at_home_what_was_brought_back(
    workspace: Workspace, deleted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, go = Store.bring_back, threading.Event()

    def slowly(store: Store, session: str) -> None:
        go.wait(20)
        slow(store, session)

    monkeypatch.setattr(Store, "bring_back", slowly)
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "1 session"))
        await pilot.press("d")
        await until(pilot, lambda: len(in_trash(workspace)) == 4)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrashScreen) and sees(pilot, "4 sessions"))
        at_once(pilot.app, "enter", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and sees(pilot, "n New"))
        go.set()
        await until(pilot, lambda: sees(pilot, "1 session", "The kept one"))


async def test_keys_do_not_stop_what_is_being_deleted(
    workspace: Workspace, deleted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    delete, begun, go = Store.delete_from_trash, threading.Event(), threading.Event()

    def slowly(store: Store, session: str) -> bool:
        begun.set()
        go.wait(20)
        return delete(store, session)

    monkeypatch.setattr(Store, "delete_from_trash", slowly)
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        at_once(pilot.app, "E", "E")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen) and sees(pilot, "all 3 sessions"))
        await pilot.press("y")
        await until(pilot, begun.is_set)
        await pilot.press("d", "E")
        go.set()
        await until(pilot, lambda: sees(pilot, "Deleted for good: 3 sessions", "empty"))
        assert isinstance(pilot.app.screen, TrashScreen)
    assert in_trash(workspace) == []


async def test_what_was_deleted_a_moment_ago_is_there(
    workspace: Workspace, deleted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for id in deleted:
        workspace.store.bring_back(id)
    put_away, go = Store.put_away, threading.Event()

    def slowly(store: Store, session: str) -> None:
        go.wait(20)
        put_away(store, session)

    monkeypatch.setattr(Store, "put_away", slowly)
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "4 sessions"))
        at_once(pilot.app, "d", "d", "d", "T")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrashScreen))
        go.set()
        await until(pilot, lambda: sees(pilot, "Trash · 3 sessions"))


async def test_what_somebody_took_out_meanwhile_is_not_said_to_be_deleted(
    workspace: Workspace, deleted: list[str]
) -> None:
    async with opened(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "3 sessions"))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuestionScreen) and sees(pilot, "“Third”"))
        workspace.store.bring_back(deleted[2])
        await pilot.press("y")
        await until(pilot, lambda: sees(pilot, "Somebody took it out of the trash meanwhile", "2 sessions"))
