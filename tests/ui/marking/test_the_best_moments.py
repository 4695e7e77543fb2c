"""The list of what has a star: newest first, narrowed by words, and from there to the turn."""

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.mark import Mark
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.marking.marking import MarkScreen
from backrooms_tui.ui.screens.moments.moments import MomentsScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.hostile import HOSTILE
from tests.store.scripts import BEGAN, kept
from tests.ui.bare import BareApp
from tests.ui.conditions import at_once, screen_text, until


@pytest.fixture
def nights(workspace: Workspace) -> list[str]:
    """Two sessions: of the one two turns have a star, the other has one itself."""
    store = workspace.store
    first = kept(store, "The corridor hums.", "A door opens.", "Nobody.", title="First night").session
    other = kept(store, "A wall.", title="Second night", began=BEGAN + 3600).session
    store.mark(first, 2, lambda _: Mark(10.0, ("deep",), "the hinge"))
    store.mark(other, 0, lambda _: Mark(20.0))
    store.mark(first, 3, lambda _: Mark(30.0))
    return [first, other]


def moments(workspace: Workspace) -> BareApp:
    return BareApp(workspace, lambda app: app.show_moments())


def sees(pilot: Pilot[int], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def starred(workspace: Workspace) -> list[float | None]:
    return [one.mark.starred for one in workspace.store.moments()]


async def test_one_comes_from_home_and_goes_to_the_turn(workspace: Workspace, nights: list[str]) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "2 sessions"))
        await pilot.press("M")
        await until(pilot, lambda: sees(pilot, "Best moments · 3"))
        text = screen_text(pilot.app)
        places = [text.index(words) for words in ("3 ① Explorer", "★ Second night", "2 ② Simulator")]
        assert places == sorted(places)
        await pilot.press("end")
        await until(pilot, lambda: sees(pilot, "▸ ★     2 ② Simulator", "A door opens. #deep ¶", "¶ the hinge"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen) and sees(pilot, "turn 2 of 3", "★ #deep"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MomentsScreen) and sees(pilot, "▸ ★     2 ②"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_a_starred_session_is_replayed_from_its_beginning(workspace: Workspace, nights: list[str]) -> None:
    async with moments(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Best moments · 3"))
        await pilot.press("down")
        await until(pilot, lambda: sees(pilot, "▸ ★ Second night", "the whole session"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen))
        assert pilot.app.screen.session == nights[1]  # type: ignore[attr-defined]


async def test_a_star_goes_and_comes_back_as_old_as_it_was(workspace: Workspace, nights: list[str]) -> None:
    async with moments(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Best moments · 3"))
        await pilot.press("down", "k")
        await until(pilot, lambda: sees(pilot, "Best moments · 2", "The star of “Second night” is gone", "u gives"))
        await until(pilot, lambda: starred(workspace) == [30.0, 10.0])
        await pilot.press("u")
        await until(pilot, lambda: sees(pilot, "Best moments · 3", "▸ ★ Second night", "has its star again"))
        await until(pilot, lambda: starred(workspace) == [30.0, 20.0, 10.0])
        await pilot.press("k", "k", "u", "k", "u", "u")
        await until(pilot, lambda: sees(pilot, "Best moments · 3"))
        await pilot.press("k", "k", "k")
        await until(pilot, lambda: sees(pilot, "u gives it back") and not starred(workspace))


async def test_the_list_is_narrowed_as_one_types(workspace: Workspace, nights: list[str]) -> None:
    async with moments(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Best moments · 3"))
        await pilot.press("slash", *"hinge")
        await until(pilot, lambda: sees(pilot, "Best moments · 1", "▸ ★     2 ②"))
        await pilot.press(*"zz")
        await until(pilot, lambda: sees(pilot, "none has these words"))
        await pilot.press("escape")
        await until(pilot, lambda: sees(pilot, "Best moments · 3", "▸"))
        await pilot.press("slash", *"deep", "enter", "k")
        await until(pilot, lambda: starred(workspace) == [30.0, 20.0])


async def test_the_mark_is_changed_from_the_list(workspace: Workspace, nights: list[str]) -> None:
    async with moments(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Best moments · 3"))
        at_once(pilot.app, "end", "K", " more", "ctrl+s")
        await until(pilot, lambda: sees(pilot, "A door opens. #deep #more ¶"))
        await pilot.press("K")
        await until(pilot, lambda: isinstance(pilot.app.screen, MarkScreen))
        await pilot.press("up", "space", "ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, MomentsScreen) and sees(pilot, "Best moments · 2"))
        await pilot.press("u")
        await until(pilot, lambda: sees(pilot, "Best moments · 3", "#more"))
        await until(pilot, lambda: starred(workspace) == [30.0, 20.0, 10.0])


async def test_a_key_pressed_too_early_is_not_lost(workspace: Workspace, nights: list[str]) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "2 sessions"))
        at_once(pilot.app, "M", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen) and sees(pilot, "turn 3 of 3"))


async def test_without_a_star_it_says_how_to_give_one(workspace: Workspace) -> None:
    async with moments(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "Nothing has a star yet: k gives one"))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_it_fits_and_what_is_hostile_is_harmless(workspace: Workspace, size: tuple[int, int]) -> None:
    for text in HOSTILE:
        session = kept(workspace.store, text, title=text).session
        workspace.store.mark(session, 1, lambda _, note=text: Mark(1.0, ("漢字",), note))
        workspace.store.mark(session, 0, lambda _, note=text: Mark(1.0, (), note))
    async with moments(workspace).run_test(size=size) as pilot:
        await until(pilot, lambda: sees(pilot, f"Best moments · {2 * len(HOSTILE)}"))
        assert pilot.app.screen.max_scroll_x == 0
        for _ in range(2 * len(HOSTILE)):
            await pilot.press("down")
            assert not any(sign in screen_text(pilot.app) for sign in "\x1b\x07\x9b\u202e")
