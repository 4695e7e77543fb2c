"""Finding words in a stored session, also where it is not played yet."""

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.ui.screens.stage.asking import Ask
from tests.store.scripts import kept as kept_by_hand
from tests.ui.conditions import at_once
from tests.ui.replay.conftest import OnReplay, Replay

NIGHT = (
    "The corridor hums.",
    "A door opens.",
    "Nobody comes in.",
    "The café is closed; the DOOR stays open.",
    "Then rain.",
    "And a door again.",
)


@pytest.fixture
def night(workspace: Workspace) -> str:
    return kept_by_hand(workspace.store, *NIGHT).session


def found(replay: Replay) -> set[str]:
    """What is shown as found, wherever it stands."""
    return {
        text
        for transcript in replay.screen.scene.transcripts
        for row in transcript._rows
        for text, tone in row.pieces
        if tone == "hit"
    }


async def test_words_are_found_one_place_after_the_other(on_replay: OnReplay, night: str) -> None:
    async with on_replay(night, 5) as replay:
        await replay.sees("turn 5 of 6")
        await replay.press("home")
        await replay.sees("turn 0 of 6")
        at_once(replay.app, "g5", "enter", "/door", "enter")
        # From here on, here being turn 5.
        await replay.sees("3 of 3 · now at turn 6", "turn 6 of 6")
        assert replay.screen.chosen_turn().turn == 6  # type: ignore[union-attr]
        await replay.until(lambda: found(replay) == {"door", "DOOR"})
        at_once(replay.app, "*")
        await replay.sees("1 of 3")
        assert replay.screen.chosen_turn().turn == 2  # type: ignore[union-attr]
        at_once(replay.app, "*")
        await replay.sees("2 of 3")
        assert replay.screen.chosen_turn().turn == 4  # type: ignore[union-attr]
        # It stands where it stood.
        await replay.sees("turn 6 of 6")
        # From the chosen turn on.
        at_once(replay.app, "/rain", "enter", "/door", "enter")
        await replay.sees("3 of 3")


async def test_a_place_that_is_not_played_yet_is_gone_to(on_replay: OnReplay, night: str) -> None:
    async with on_replay(night, 2) as replay:
        await replay.sees("turn 2 of 6")
        at_once(replay.app, "/door", "enter")
        await replay.sees("1 of 3", "turn 2 of 6")
        at_once(replay.app, "*")
        await replay.sees("2 of 3 · now at turn 4", "turn 4 of 6", "the DOOR stays open")
        assert "Then rain." not in replay.text
        await replay.until(lambda: "DOOR" in found(replay))
        assert replay.screen.chosen_turn().turn == 4  # type: ignore[union-attr]


async def test_whole_words_and_phrases_count_and_accents_do_not(on_replay: OnReplay, night: str) -> None:
    async with on_replay(night, 6) as replay:
        await replay.sees("turn 6 of 6")
        at_once(replay.app, '/cafe "stays open"', "enter")
        await replay.sees("1 of 1")
        await replay.until(lambda: found(replay) == {"café", "stays open"})
        at_once(replay.app, "/doo", "enter")
        await replay.sees("Not found")
        assert replay.screen.search.hits == []
        await replay.until(lambda: not found(replay))


async def test_the_line_closes_and_what_was_found_can_be_let_go(on_replay: OnReplay, night: str) -> None:
    async with on_replay(night, 6) as replay:
        await replay.sees("turn 6 of 6")
        assert not replay.screen.check_action("next_hit", ())
        await replay.press("slash")
        await replay.sees("Find in this session", "whole words; * goes to the next place")
        await replay.press("escape")
        await replay.until(lambda: not isinstance(replay.app.screen, Ask))
        at_once(replay.app, "/rain", "enter")
        await replay.sees("1 of 1")
        assert replay.screen.check_action("next_hit", ())
        await replay.press("slash", "backspace", "enter")
        await replay.until(lambda: not isinstance(replay.app.screen, Ask) and not found(replay))
        assert not replay.screen.check_action("next_hit", ())


@pytest.mark.parametrize("words", ['"', "OR", "(", "!!!", "日本語", "\\", "[b]", "x" * 300])
async def test_odd_words_find_nothing_and_harm_nothing(on_replay: OnReplay, night: str, words: str) -> None:
    async with on_replay(night, 6, size=(60, 20)) as replay:
        await replay.sees("turn 6 of 6")
        at_once(replay.app, f"/{words}", "enter")
        await replay.sees("Not found")


async def test_finding_reads_only_what_is_looked_at(on_replay: OnReplay, workspace: Workspace, monkeypatch) -> None:
    texts = [f"turn {turn} of the {'needle' if turn % 100 == 50 else 'hay'}" for turn in range(1, 601)]
    session = kept_by_hand(workspace.store, *texts).session
    read: list[AnyEvent] = []
    entries: list[int] = []
    store = workspace.store
    whole, stretch = store._events, store.entries

    def counted(*values):
        for event in whole(*values):
            read.append(event)
            yield event

    def counted_entries(session, first, last):
        entries.append(last - first + 1)
        return stretch(session, first, last)

    monkeypatch.setattr(store, "_events", counted)
    monkeypatch.setattr(store, "entries", counted_entries)
    async with on_replay(session, 10) as replay:
        await replay.sees("turn 10 of 600")
        at_once(replay.app, "/needle", "enter")
        await replay.sees("1 of 6 · now at turn 50", "turn 50 of 600")
        at_once(replay.app, "***")
        await replay.sees("4 of 6 · now at turn 350", "turn 350 of 600")
        assert len(read) < 100
        assert sum(entries) < 500


async def test_what_is_looked_for_after_a_slow_jump_is_looked_for_from_there(on_replay: OnReplay, night: str) -> None:
    async with on_replay(night, 0) as replay:
        await replay.sees("turn 0 of 6")
        async with replay.playback._moving:  # the store takes its time
            at_once(replay.app, "g5", "enter", "/door", "enter")
            await replay.until(lambda: replay.screen.search.text == "door" and replay.screen.is_current)
        await replay.sees("3 of 3 · now at turn 6", "turn 6 of 6")
