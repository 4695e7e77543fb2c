"""Home: sessions are listed, found, opened, renamed, deleted and brought back."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.new.getting_ready import GettingReadyScreen
from tests.hostile import HOSTILE
from tests.ui.conditions import screen_text, until
from tests.ui.conftest import Played, Script


def said(pilot: Pilot[object], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def there(workspace: Workspace, session: str) -> bool:
    try:
        workspace.store.summary(session)
    except OperatorError:
        return False
    return True


def in_trash(workspace: Workspace) -> list[str]:
    return [one.id for one in workspace.store.in_trash()]


async def test_sessions_stand_there_newest_first(workspace: Workspace, played: Played) -> None:
    await played(title="The first night")
    await played(title="The second night", turns=3)
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "2 sessions"))
        text = screen_text(pilot.app)
        assert text.index("The second night") < text.index("The first night")
        row = next(line for line in text.splitlines() if "The second night" in line)
        assert [word in row for word in ("duo", "Mara ↔ Jonas", "3", "free")] == [True] * 4
        assert row.startswith("▸")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_the_list_fits(workspace: Workspace, played: Played, size: tuple[int, int]) -> None:
    await played(title="漢字のセッション " * 20)
    async with BackroomsApp(workspace).run_test(size=size) as pilot:
        await until(pilot, lambda: said(pilot, "1 session", "漢字"))
        assert pilot.app.screen.max_scroll_x == 0
        assert said(pilot, "turns", "free")


async def test_a_filter_narrows_as_one_types(workspace: Workspace, played: Played) -> None:
    await played(title="The lighthouse")
    await played(title="A mainframe", template="cli")
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "The lighthouse", "A mainframe"))
        await pilot.press("slash", *"main")
        await until(pilot, lambda: said(pilot, "A mainframe") and not said(pilot, "The lighthouse"))
        await pilot.press(*"zzz")
        await until(pilot, lambda: said(pilot, "no session has these words"))
        await pilot.press("escape")
        await until(pilot, lambda: said(pilot, "The lighthouse", "A mainframe"))


async def test_a_session_is_renamed(workspace: Workspace, played: Played) -> None:
    session = await played(title="Untold")
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "Untold"))
        await pilot.press("e")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("ctrl+u", *"Told", "enter")
        await until(pilot, lambda: said(pilot, "Told", "1 session"))
        assert workspace.store.summary(session).title == "Told"


async def test_what_was_deleted_comes_back(workspace: Workspace, played: Played) -> None:
    kept, doomed = await played(title="Keep me"), await played(title="Doomed")
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "2 sessions"))
        await pilot.press("d")
        await until(pilot, lambda: said(pilot, "1 session", "Deleted “Doomed”", "brings it back"))
        await until(pilot, lambda: in_trash(workspace) == [doomed])
        await pilot.press("u")
        await until(pilot, lambda: said(pilot, "2 sessions", "“Doomed” is back"))
        await until(pilot, lambda: in_trash(workspace) == [])
        await pilot.press("d", "u", "d", "u", "d")
        await until(pilot, lambda: said(pilot, "1 session"))
        await pilot.press("u")
        await until(pilot, lambda: said(pilot, "2 sessions"))
    assert in_trash(workspace) == []
    assert there(workspace, doomed)
    assert there(workspace, kept)


async def test_what_was_deleted_is_in_the_trash_afterwards(workspace: Workspace, played: Played) -> None:
    doomed = await played(title="Doomed")
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "1 session"))
        await pilot.press("delete")
        await until(pilot, lambda: said(pilot, "0 sessions"))
        await until(pilot, lambda: in_trash(workspace) == [doomed])
    assert not there(workspace, doomed)
    assert in_trash(workspace) == [doomed]
    workspace.store.bring_back(doomed)
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "1 session", "Doomed"))


async def test_a_session_that_somebody_else_deleted_meanwhile_is_told(workspace: Workspace, played: Played) -> None:
    doomed = await played(title="Doomed")
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "1 session"))
        workspace.store.delete(doomed)
        await pilot.press("d")
        await until(pilot, lambda: said(pilot, "there is no session"))


async def test_a_crash_deletes_nothing_for_good(workspace: Workspace, played: Played) -> None:
    doomed = await played(title="Doomed")

    async def delete_and_crash() -> None:
        app = BackroomsApp(workspace)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: said(pilot, "1 session"))
            await pilot.press("d")
            await until(pilot, lambda: said(pilot, "Deleted"))
            app.call_later(lambda: 1 / 0)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await delete_and_crash()
    assert there(workspace, doomed) or in_trash(workspace) == [doomed]


async def test_a_session_goes_on_from_its_end(workspace: Workspace, played: Played) -> None:
    await played(title="A night", turns=2)
    async with BackroomsApp(workspace).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: said(pilot, "A night"))
        await pilot.press("enter")
        await until(pilot, lambda: getattr(pilot.app.screen, "PLACE", "") == "stage" and said(pilot, "One says this."))


async def test_a_session_is_replayed(workspace: Workspace, played: Played) -> None:
    await played(title="A night", turns=2)
    async with BackroomsApp(workspace).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: said(pilot, "A night"))
        await pilot.press("p")
        await until(pilot, lambda: getattr(pilot.app.screen, "PLACE", "") == "replay")


async def test_a_session_whose_models_are_gone_says_so(
    workspace: Workspace, played: Played, script: Script, tmp_path: Path
) -> None:
    model = script("gone", "Hello.")
    await played(model, title="A night")
    (tmp_path / "gone.txt").unlink()
    async with BackroomsApp(workspace).run_test(size=(120, 24), notifications=True) as pilot:
        await until(pilot, lambda: said(pilot, "A night"))
        await pilot.press("enter")
        await until(pilot, lambda: said(pilot, "Mara and Jonas cannot speak", "gone.txt"))


async def test_an_empty_home_says_how_to_begin(workspace: Workspace) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "No sessions yet", "Start a first conversation"))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, GettingReadyScreen))
        await pilot.press("x")


async def test_a_database_that_cannot_be_used_is_said_in_place(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sessions.db").write_text("not a database at all, " * 100)
    async with BackroomsApp(workspace).run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "sessions.db"))


async def test_thousands_of_sessions_are_all_there(workspace: Workspace, played: Played) -> None:
    from sqlalchemy import insert, select

    from backrooms_tui.store.schema import sessions

    await played(title="One of many")
    store = workspace.store
    with store.database.writing() as connection:
        row = dict(connection.execute(select(sessions)).mappings().one())
        many = [row | {"id": f"x{n:07}", "title": f"Night {n}", "last_at": row["last_at"] - n - 1} for n in range(3000)]
        connection.execute(insert(sessions), many)
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: said(pilot, "3,001 sessions"))
        await pilot.press("end")
        await until(pilot, lambda: said(pilot, "Night 2999"))


async def test_titles_from_anywhere_are_shown_harmless(workspace: Workspace, played: Played) -> None:
    for text in HOSTILE:
        await played(title=f"{text}.")
    async with BackroomsApp(workspace).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: said(pilot, f"{len(HOSTILE)} sessions"))
        for gone, text in enumerate(reversed(HOSTILE), 1):
            assert not any(ord(letter) < 0x20 and letter != "\n" for letter in screen_text(pilot.app)), text
            await pilot.press("e")
            await until(pilot, lambda: said(pilot, "enter keeps it"))
            assert not any(ord(letter) < 0x20 and letter != "\n" for letter in screen_text(pilot.app)), text
            await pilot.press("escape", "d")
            await until(pilot, lambda gone=gone: len(in_trash(workspace)) == gone and said(pilot, "Deleted"))  # type: ignore[misc]
            assert not any(ord(letter) < 0x20 and letter != "\n" for letter in screen_text(pilot.app)), text
