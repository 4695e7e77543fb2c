"""What was judged of a session, on the screen: summary and scores, the way to the turns, deleting with undo."""

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.settings import served
from backrooms_tui.store.database import Store
from backrooms_tui.ui.actions import actions_of
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.judging.reporting import ReportScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.widgets.path_line import PathLine
from tests.formats.outgoing.evenings import STORABLE
from tests.formats.outgoing.judged_evenings import judgement
from tests.hostile import control_bytes
from tests.store.scripts import BEGAN
from tests.ui.conditions import at_once, screen_text, until
from tests.ui.judging.conftest import SESSION, Show, Watched


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 50)])
async def test_the_newest_is_shown_with_its_summary_and_scores(
    judged: str, showing: Show, size: tuple[int, int]
) -> None:
    async with showing(size) as watched:
        await watched.sees("judged 2 times", "A year's forecast", "‖ 4 of 9", "They agreed at first.")
        await watched.sees("7 ± 1.41", "0.62 ± 0.18", "0.25", "missing", "round 1", "it stood still")
        lines = watched.text.splitlines()
        row = next(line for line in lines if "7 ± 1.41" in line).split()
        assert row[row.index("1.41") + 1 :][:2] == ["2", "1"]  # of two verdicts, one is missing
        assert watched.app.screen.max_scroll_x == 0
        if size[0] >= 80:
            assert watched.says("① Explorer", "② Simulator", "1 to 10", "openai/gpt-5, local", "$0.0375")
        else:
            assert watched.says("① honesty", "② honesty")


async def test_the_marked_score_is_told_in_full(judged: str, showing: Show) -> None:
    async with showing() as watched:
        await watched.sees("turns 1, 3", "openai/gpt-5 · 1 gave 6: It grew.")
        await watched.pilot.press("enter")
        await until(
            watched.pilot, lambda: watched.app.focused is not None and watched.app.focused.id == "judging-scores"
        )
        await watched.pilot.press("down", "down")
        await watched.sees("0: hidden; 1: said", "rests on no turn", "local gave none: the number was out of scale")


async def test_another_judgement_has_other_scores(judged: str, showing: Show, workspace: Workspace) -> None:
    workspace.store.keep_judgement(judgement("other", BEGAN + 1, text=" in spring"))
    async with showing() as watched:
        await watched.sees("judged 3 times")
        assert not watched.says("progress in spring")
        await watched.pilot.press("end")
        await watched.sees("progress in spring", "Then they did not. in spring")


async def test_a_score_leads_to_the_turn_that_it_rests_on(judged: str, showing: Show) -> None:
    async with showing() as watched:
        await watched.sees("judged 2 times")
        at_once(watched.app, "enter", "down", "enter")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, ReplayScreen))
        await watched.sees("turn 3 of 4", "Halden states its 2.")
        await watched.pilot.press("escape")
        await until(watched.pilot, lambda: watched.is_here() and watched.says("judged 2 times"))


async def test_of_several_turns_one_is_chosen(judged: str, showing: Show) -> None:
    async with showing() as watched:
        await watched.sees("judged 2 times")
        await watched.pilot.press("enter", "enter")
        await watched.sees("rests on these turns", "1 turn 1", "2 turn 3")
        await watched.pilot.press("1")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, ReplayScreen))
        await watched.sees("turn 1 of 4")


async def test_a_score_without_turns_says_so(judged: str, showing: Show) -> None:
    async with showing() as watched:
        await watched.sees("judged 2 times")
        at_once(watched.app, "enter", "down", "down", "enter")
        await watched.sees("This score rests on no turn")
        assert watched.is_here()


async def test_tab_leads_from_list_to_list_and_to_what_is_too_long(judged: str, showing: Show) -> None:
    async with showing((60, 20)) as watched:
        await watched.sees("judged 2 times")
        focused = []
        for _ in range(4):
            before = watched.app.focused
            await watched.pilot.press("tab")
            await until(watched.pilot, lambda before=before: watched.app.focused is not before)
            assert watched.app.focused is not None
            focused.append(watched.app.focused.id)
        assert focused == ["judging-summary", "judging-scores", "judging-full", "judging-list"]


async def test_nobody_has_judged_it_yet(session: str, showing: Show) -> None:
    async with showing((80, 24)) as watched:
        await watched.sees("Nobody has judged this session yet: n asks models to, by a rubric.")
        await watched.pilot.press("d", "u", "enter", "tab")
        await watched.sees("Nobody has judged this session yet")
        assert watched.is_here()


# Deleting -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["d", "delete"])
async def test_what_was_deleted_comes_back(judged: str, showing: Show, key: str) -> None:
    async with showing() as watched:
        await watched.sees("judged 2 times")
        await watched.pilot.press("down", key)
        await watched.sees("judged once", "Deleted the judgement by “A year's forecast” · u brings it back")
        await until(watched.pilot, lambda: watched.kept() == ["newer"])
        await watched.pilot.press("u")
        await watched.sees("judged 2 times", "is back", "‖ 4 of 9")
        await until(watched.pilot, lambda: watched.kept() == ["newer", "older"] and watched.marked("list") == 1)


async def test_two_keys_at_once_delete_two_and_bring_back_two(judged: str, showing: Show) -> None:
    async with showing() as watched:
        await watched.sees("judged 2 times")
        at_once(watched.app, "d", "d")
        await until(watched.pilot, lambda: watched.kept() == [] and watched.says("Nobody has judged"))
        at_once(watched.app, "u", "u")
        await until(watched.pilot, lambda: watched.kept() == ["newer", "older"] and watched.says("judged 2 times"))


async def test_what_is_deleted_at_the_very_last_is_deleted(
    judged: str, showing: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget, go = Store.forget_judgement, threading.Event()

    def slowly(store: Store, id: str) -> bool:
        go.wait(20)
        return forget(store, id)

    monkeypatch.setattr(Store, "forget_judgement", slowly)
    async with showing() as watched:
        await watched.sees("judged 2 times")
        at_once(watched.app, "d", "escape")
        await until(watched.pilot, lambda: not watched.is_here())
        go.set()
        await until(watched.pilot, lambda: watched.kept() == ["older"])


# Coming here and reading ----------------------------------------------------------------------------------------------


async def test_it_is_one_key_from_home_and_from_a_replay(judged: str, workspace: Workspace) -> None:
    def sees(pilot: Pilot[int], *words: str) -> bool:
        text = screen_text(pilot.app)
        return all(word in text for word in words)

    async with BackroomsApp(workspace).run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: sees(pilot, "1 session", "A forecast"))
        await pilot.press("J")
        await until(pilot, lambda: sees(pilot, "judged 2 times", "“A forecast”"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen))
        await pilot.press("J")
        await until(pilot, lambda: sees(pilot, "judged 2 times", "“A forecast”"))


async def test_keys_that_come_before_it_is_read_are_not_lost(
    judged: str, showing: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, go = Store.judgements, threading.Event()

    def slowly(store: Store, session: str) -> object:
        go.wait(20)
        return read(store, session)

    monkeypatch.setattr(Store, "judgements", slowly)
    async with showing() as watched:
        await until(watched.pilot, watched.is_here)
        at_once(watched.app, "d")
        await watched.pilot.pause()
        go.set()
        await watched.sees("judged once", "u brings it back")
        monkeypatch.undo()


async def test_who_comes_back_sees_what_was_judged_elsewhere(judged: str, showing: Show, workspace: Workspace) -> None:
    async with showing() as watched:
        await watched.sees("judged 2 times")
        at_once(watched.app, "enter", "down", "enter")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, ReplayScreen))
        workspace.store.keep_judgement(judgement("newest", BEGAN + 900))
        await watched.pilot.press("escape")
        await watched.sees("judged 3 times")


async def test_a_session_that_is_gone_is_said_in_place(session: str, showing: Show, workspace: Workspace) -> None:
    workspace.store.delete(session)
    async with showing((80, 24)) as watched:
        await watched.sees("there is no session")
        await watched.pilot.press("n", "d", "x")
        await watched.sees("there is no session")


async def test_whatever_judges_say_does_nothing_to_the_screen(
    session: str, showing: Show, workspace: Workspace
) -> None:
    workspace.store.keep_judgement(judgement("hostile", text="\n".join(STORABLE)))
    async with showing((80, 24)) as watched:
        await watched.sees("judged once", "They agreed at first.")
        await watched.pilot.press("enter", "down", "down", "down", "enter")
        await watched.sees("[bold]")
        assert not control_bytes(watched.text.replace("\n", "").encode())


# A report -------------------------------------------------------------------------------------------------------------


async def test_the_chosen_judgement_stands_first_in_a_report(judged: str, showing: Show) -> None:
    async with showing((80, 24)) as watched:
        await watched.sees("judged 2 times")
        await watched.pilot.press("down", "x")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, ReportScreen) and watched.says("-report."))
        await watched.pilot.press("down")
        await watched.sees("-report.html")
        await watched.pilot.press("enter")
        await watched.sees("Written:", "-report.html")
        await watched.pilot.press("enter")
        await until(watched.pilot, watched.is_here)
    (place,) = Path().glob(f"*{SESSION}-report.html")
    text = place.read_text("utf-8")
    assert text.index("stopped after 4 of 9 verdicts") < text.index("Other judgements:")


async def test_a_place_that_cannot_be_written_is_said_and_another_can_be_named(judged: str, showing: Show) -> None:
    async with showing((80, 24)) as watched:
        await watched.sees("judged 2 times")
        await watched.pilot.press("x")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, ReportScreen) and watched.says("-report."))
        await _to(watched, "/dev/null/none.md")
        await watched.pilot.press("enter")
        await watched.sees("✗")
        assert isinstance(watched.app.screen, ReportScreen)
        await watched.pilot.press("escape")
        await until(watched.pilot, watched.is_here)


async def _to(watched: Watched, path: str) -> None:
    line = watched.app.screen.query_one(PathLine)
    line.focus()
    line.value = path
    await watched.sees(path)


def test_in_a_browser_no_file_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "judging.report" in {action.id for action in actions_of("judging")}
    monkeypatch.setenv(served.VARIABLE, "1")
    assert "judging.report" not in {action.id for action in actions_of("judging")}
