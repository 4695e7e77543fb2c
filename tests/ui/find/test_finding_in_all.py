"""Find in all: results as one types, and from there straight to the place."""

import threading
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.store.database import Store
from backrooms_tui.store.finding import Hit
from backrooms_tui.store.query import Query
from backrooms_tui.ui.app import BackroomsApp
from backrooms_tui.ui.screens.find.find import AskedInput, FindScreen
from backrooms_tui.ui.screens.find.results import FOUND, hit_line, in_context
from backrooms_tui.ui.screens.home.home import HomeScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.hostile import HOSTILE
from tests.store.scripts import BEGAN, kept
from tests.ui.conditions import screen_text, until

SIZES = [(60, 20), (80, 24), (200, 50)]


@pytest.fixture
def nights(workspace: Workspace) -> list[str]:
    """Two sessions, the newer one last."""
    store = workspace.store
    first = kept(store, "The corridor hums.", "A door opens.", "Nobody.", "The DOOR stays open.", title="First night")
    other = kept(store, "A wall.", "No door here; a mirror.", title="Second night", began=BEGAN + 3600)
    return [first.session, other.session]


def asking(workspace: Workspace) -> BackroomsApp:
    return BackroomsApp(workspace, lambda app: app.show_find())


def sees(pilot: Pilot[int], *words: str) -> bool:
    text = screen_text(pilot.app)
    return all(word in text for word in words)


def marked(pilot: Pilot[int]) -> str:
    return next(line for line in screen_text(pilot.app).splitlines()[3:] if line.startswith("▸"))


@pytest.mark.parametrize("key", ["F", "ctrl+f"])
async def test_one_comes_from_home_and_goes_back_there(workspace: Workspace, nights: list[str], key: str) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "2 sessions"))
        await pilot.press(key)
        await until(pilot, lambda: sees(pilot, "Find in all", "agent:Mara", "stall>0.6"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def test_what_no_session_is_called_is_sought_in_what_was_said(workspace: Workspace, nights: list[str]) -> None:
    async with BackroomsApp(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: sees(pilot, "2 sessions"))
        await pilot.press("slash", *"corridor")
        await until(pilot, lambda: sees(pilot, "ctrl+f looks in what was said"))
        await pilot.press("ctrl+f")
        await until(pilot, lambda: sees(pilot, "1 place in 1 session", "First night", "The corridor hums."))


async def test_places_come_as_one_types_grouped_by_session(workspace: Workspace, nights: list[str]) -> None:
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press(*"doo")
        await until(pilot, lambda: sees(pilot, "3 places in 2 sessions"))
        text = screen_text(pilot.app)
        places = [text.index(words) for words in ("Second night", "2 ② Simul", "First night", "2 ② Sim", "4 ② Sim")]
        assert places[0] < places[1] < places[2]
        assert "No door here" in marked(pilot)
        await pilot.press(*"r corr")
        await until(pilot, lambda: sees(pilot, "nobody said that"))
        await pilot.press("ctrl+u", *"agent:explorer")
        await until(pilot, lambda: sees(pilot, "2 places in 2 sessions", "A wall."))


async def test_enter_goes_straight_to_the_place(workspace: Workspace, nights: list[str]) -> None:
    async with asking(workspace).run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(*"door")
        await until(pilot, lambda: sees(pilot, "3 places"))
        await pilot.press("down")  # over the session's own line
        assert "A door opens." in marked(pilot)
        await pilot.press("down", "down", "up", "down")
        assert "The DOOR stays open." in marked(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: sees(pilot, "turn 4 of 4", "2 of 2"))
        replay = pilot.app.screen
        assert isinstance(replay, ReplayScreen)
        assert (replay.session, replay.search.text) == (nights[0], "door*")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, FindScreen) and sees(pilot, "3 places"))
        assert "The DOOR stays open." in marked(pilot)


async def test_the_first_place_is_never_a_sessions_own_line(workspace: Workspace, nights: list[str]) -> None:
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press(*"door")
        await until(pilot, lambda: sees(pilot, "3 places"))
        await pilot.press("up", "pageup")
        assert "No door here" in marked(pilot)
        await pilot.press("pagedown", "down")
        assert "The DOOR stays" in marked(pilot)
        await pilot.press("pageup")
        assert "No door here" in marked(pilot)
        assert sees(pilot, "Second night")


async def test_a_mistake_is_told_and_what_was_found_stays(workspace: Workspace, nights: list[str]) -> None:
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press(*"door")
        await until(pilot, lambda: sees(pilot, "3 places"))
        pilot.app.screen.query_one(AskedInput).value = "door cost>"
        await until(pilot, lambda: sees(pilot, "at character 6: cost> says nothing", "for example cost>1"))
        assert sees(pilot, "3 places", "No door here")
        await pilot.press("end", "5")
        await until(pilot, lambda: sees(pilot, "nobody said that") and not sees(pilot, "at character"))
        await pilot.press("ctrl+u")
        await until(pilot, lambda: sees(pilot, "agent:Mara") and not sees(pilot, "nobody"))


async def test_the_operators_word_leads_to_where_it_can_be_read(
    workspace: Workspace, played: Callable[..., object]
) -> None:
    await played(turns=4, say="Where is the lighthouse?")  # type: ignore[misc]
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press(*"lighthouse")
        await until(pilot, lambda: sees(pilot, "── operator", "1 place in 1 session"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen) and sees(pilot, "the lighthouse?"))


async def test_the_last_that_was_typed_wins_and_nothing_waits(
    workspace: Workspace, nights: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    going, free, asked = threading.Event(), threading.Event(), []
    really = Store.search_for

    def slow(store: Store, query: Query, limit: int = 50) -> list[Hit]:
        asked.append(query.words)
        if len(asked) == 1:
            going.set()
            assert free.wait(20)
        return really(store, query, limit)

    monkeypatch.setattr(Store, "search_for", slow)
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await until(pilot, going.is_set)
        await pilot.press(*"oor", "backspace", *"r nobod")
        assert sees(pilot, "▸ door nobod")  # one types on while it is sought
        free.set()
        await until(pilot, lambda: sees(pilot, "nobody said that"))
        await pilot.press(*[("backspace")] * 6)
        await until(pilot, lambda: sees(pilot, "3 places"))
    # What was typed meanwhile was not looked for one by one.
    assert asked[:2] == ["d", "door nobod*"]


async def test_enter_waits_for_what_is_being_sought(
    workspace: Workspace, nights: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    really = Store.search_for

    def slow(store: Store, query: Query, limit: int = 50) -> list[Hit]:
        assert free.wait(20)
        return really(store, query, limit)

    monkeypatch.setattr(Store, "search_for", slow)
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press(*'"stays open', "enter")
        assert isinstance(pilot.app.screen, FindScreen)
        free.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplayScreen) and sees(pilot, "turn 4 of 4"))


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_and_is_harmless(workspace: Workspace, size: tuple[int, int]) -> None:
    for number, text in enumerate(HOSTILE):
        kept(workspace.store, f"needle {text} needle", title=text[:80], began=BEGAN + number)
    async with asking(workspace).run_test(size=size) as pilot:
        await pilot.press(*"needle")
        await until(pilot, lambda: sees(pilot, f"in {len(HOSTILE)} sessions"))
        for _ in range(len(HOSTILE)):
            text = screen_text(pilot.app)
            assert "\x1b" not in text
            assert pilot.app.screen.max_scroll_x == 0
            await pilot.press("down")


def test_what_was_sought_stands_out_in_its_context() -> None:
    said = "word " * 20 + "a \u202eDOOR opens"
    start = said.index("DOOR")
    hit = Hit("s", "t", 12, 1, "Mara", 0.0, said, ((start, start + 4),))
    whole = in_context(hit)
    [span] = whole.spans
    assert (whole.plain[span.start : span.end], span.style) == ("DOOR", FOUND)
    narrow = hit_line(hit, 60)
    assert "…" in narrow.plain
    assert "DOOR opens" in narrow.plain
    assert narrow.cell_length <= 60


async def test_a_database_in_trouble_is_told(
    workspace: Workspace, nights: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backrooms_tui.store.failures import StoreError

    def broken(*_: object) -> list[Hit]:
        raise StoreError("the disk is full of [moths]", "let them out")

    monkeypatch.setattr(Store, "search_for", broken)
    async with asking(workspace).run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: sees(pilot, "the disk is full of [moths] · let them out"))
