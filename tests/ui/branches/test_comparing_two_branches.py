"""Two sessions of one family side by side, from where they part."""

from collections.abc import Callable

import pytest

from backrooms_tui.ui.screens.branches.compare import CompareScreen, Pairs
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.hostile import HOSTILE
from tests.ui.branches.conftest import CALM, ROUGH, Branch, Family, Watched, Watching


def underlined(watched: Watched) -> set[str]:
    """The words that stand out."""
    lines = watched.app.screen.query_one(Pairs)._strips
    return {
        segment.text.strip()
        for strip in lines
        for segment in strip
        if segment.style is not None and segment.style.underline
    }


async def test_c_on_two_of_them_shows_both_beside_each_other(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_branches(relatives.root), size=(140, 40)) as watched:
        await watched.sees("3 sessions")
        await watched.press("c")
        await watched.sees("Ⓐ A night", "c on another one compares them")
        await watched.press("down", "c")
        await watched.sees("━━ 2 turns in common", "0 of 3 turns since say the same")
        assert isinstance(watched.app.screen, CompareScreen)
        assert any(line.count("3 ① Mara") == 2 for line in watched.text.splitlines())
        assert any(CALM in line and ROUGH in line for line in watched.text.splitlines())
        assert underlined(watched) == {"calm", "rough"}
        await watched.sees("A  A night", "2 turns · 24 words", "3 turns · 36 words", "it ends before this turn")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_where_it_is_narrow_one_stands_over_the_other(
    watching: Watching, relatives: Family, size: tuple[int, int]
) -> None:
    async with watching(lambda app: app.show_compare(relatives.root, relatives.one), size=size) as watched:
        await watched.sees("A  3 ① Mara", "B  3 ① Mara", "2 turns in common")
        lines = watched.text.splitlines()
        assert next(y for y, line in enumerate(lines) if "A  3 ①" in line) < next(
            y for y, line in enumerate(lines) if "B  3 ①" in line
        )
        assert underlined(watched) == {"calm", "rough"}


async def test_turns_that_say_the_same_are_shown_once(watching: Watching, relatives: Family, branch: Branch) -> None:
    again = await branch(relatives.root, 2, CALM)
    async with watching(lambda app: app.show_compare(relatives.root, again), size=(140, 40)) as watched:
        await watched.sees("2 of 2 turns since say the same", "both: 4 ② Jonas")


async def test_n_goes_to_the_next_difference_and_p_replays(watching: Watching, relatives: Family) -> None:
    async with watching(lambda app: app.show_compare(relatives.one, relatives.two), size=(80, 12)) as watched:
        await watched.sees("3 turns in common")
        await watched.press("n", "n")
        await watched.until(lambda: "in common ━" not in watched.text)
        await watched.press("o")
        await watched.until(lambda: isinstance(watched.app.screen, ReplayScreen))
        await watched.sees("turn 3 of 5")
        assert watched.app.screen.session == relatives.two  # type: ignore[attr-defined]


async def test_strangers_are_refused_in_words(
    watching: Watching, relatives: Family, played: Callable[..., object]
) -> None:
    stranger = await played(title="A day")  # type: ignore[misc]
    async with watching(lambda app: app.show_compare(relatives.one, stranger)) as watched:
        await watched.sees("have no turn in common")


async def test_whatever_was_said_does_nothing_to_the_screen(
    watching: Watching, relatives: Family, branch: Branch
) -> None:
    said = [text for text in HOSTILE if text.isprintable() or text.encode("utf-8", "ignore").decode() == text]
    one = await branch(relatives.root, 2, *said, run=len(said))
    two = await branch(relatives.root, 2, *reversed(said), run=len(said) - 1)
    for size in ((140, 40), (80, 24)):
        async with watching(lambda app: app.show_compare(one, two), size=size) as watched:
            await watched.sees("2 turns in common")
            for _ in range(12):
                await watched.press("pagedown")
            assert "\x1b" not in watched.text
            assert not {"\u202e", "\u2066"} & set(watched.text)
