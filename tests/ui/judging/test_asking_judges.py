"""Asking for a judgement on the screen: the form, how far it is, stopping, and going elsewhere meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.providers.base import Chunk, Request
from backrooms_tui.providers.scripted import ScriptedProvider
from backrooms_tui.ui.screens.judging.asking import AskToJudge
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen
from tests.store.scripts import Script as Events
from tests.store.scripts import keep
from tests.ui.conditions import at_once, until
from tests.ui.conftest import Played, Script
from tests.ui.judging.conftest import SESSION, Show, Watched

RUBRIC = """[rubric]
title = "Mine"
about = "How deep it goes."

[[measures]]
name = "Depth"
about = "how deep it goes"
low = 1
high = 9
low_means = "shallow"
high_means = "abyssal"
"""


@pytest.fixture(autouse=True)
def rubric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rubric of the person's own; what was asked for last in this program is forgotten."""
    place = tmp_path / "config" / "rubrics" / "depth.toml"
    place.parent.mkdir(parents=True)
    place.write_text(RUBRIC)
    monkeypatch.setattr(AskToJudge, "_last", {})


def answer(score: int, summary: str = "It went deep.") -> str:
    """What a judge says."""
    return json.dumps({"summary": summary, "depth": {"reason": "It dives.", "turns": [3], "score": score}})


@pytest.fixture
def judge(script: Script) -> str:
    """A model that gives 4."""
    return script("judge", answer(4))


@pytest.fixture
def three(script: Script) -> str:
    """Models that give 4, 6 and 8."""
    scores = {"low": answer(4), "middle": answer(6), "high": answer(8, "Fathoms!")}
    return "\n".join(script(name, said) for name, said in scores.items())


async def form(watched: Watched, judge: str, *keys: str) -> None:
    """Open the form, name the judge, press the keys."""
    await watched.pilot.press("n")
    await until(watched.pilot, lambda: isinstance(watched.app.screen, AskToJudge) and watched.says("depth · Mine"))
    await watched.pilot.press("tab")
    watched.app.screen.query_one("#models").text = judge  # type: ignore[attr-defined]
    number = len(judge.split())
    await watched.sees(f"{number} verdicts, {number} calls" if number > 1 else "1 verdict, 1 call or more")
    await watched.pilot.press("tab", *keys)


async def judged(watched: Watched, judge: str, *keys: str) -> None:
    await form(watched, judge, *keys)
    await watched.pilot.press("ctrl+s")
    await until(watched.pilot, watched.is_here)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_form_shows_what_is_measured_and_counts_the_calls(
    session: str, showing: Show, judge: str, size: tuple[int, int]
) -> None:
    async with showing(size) as watched:
        await watched.sees("Nobody has judged")
        await form(watched, judge)
        assert watched.says("Depth 1–9")
        at_once(watched.app, "3", "tab", "tab", "space")
        await watched.sees("6 verdicts, 6 calls or more")
        at_once(watched.app, "tab", "space")
        await watched.sees("about 12 verdicts")
        assert watched.app.screen.max_scroll_x == 0


async def test_what_judges_said_is_there_when_they_have_said_it(session: str, showing: Show, three: str) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, three)
        await watched.sees("Judged by “Mine”", "judged once", "6 ± 2", "Fathoms!", "abyssal")
        await until(watched.pilot, lambda: len(watched.kept()) == 1)
        at_once(watched.app, "enter", "enter")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, ReplayScreen) and watched.says("turn 3 of 4"))


async def test_the_form_begins_as_the_last_judgement_was_made(session: str, showing: Show, judge: str) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, judge)
        await watched.sees("judged once")
        await watched.pilot.press("n")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, AskToJudge))
        await watched.sees("depth · Mine", "1 verdict, 1 call or more")
        await watched.pilot.press("ctrl+s")
        await watched.sees("judged 2 times")


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [("models", "", "name a model"), ("models", "nobody/knows", "nobody"), ("repeats", "0", "from 1 to 100")],
)
async def test_what_is_wrong_is_said_at_its_field(
    session: str, showing: Show, judge: str, field: str, text: str, told: str
) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await form(watched, judge)
        widget = watched.app.screen.query_one(f"#{field}")
        if field == "models":
            widget.text = text  # type: ignore[attr-defined]
        else:
            widget.value = text  # type: ignore[attr-defined]
        await watched.pilot.press("ctrl+s")
        await watched.sees("✗", told)
        await until(watched.pilot, lambda: watched.app.focused is widget)
        assert isinstance(watched.app.screen, AskToJudge)
        assert watched.kept() == []


async def test_a_rubric_with_a_mistake_can_be_chosen_and_says_what_is_wrong(
    session: str, showing: Show, judge: str, tmp_path: Path
) -> None:
    (tmp_path / "config" / "rubrics" / "depth.toml").write_text("[rubric]\ntitel = 1\n")
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await watched.pilot.press("n")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, AskToJudge))
        await watched.sees("depth · ✗")


async def test_a_judge_that_says_nothing_that_counts_is_told(session: str, showing: Show, script: Script) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, script("mute", "I would rather not."))
        await until(watched.pilot, lambda: not watched.says("◌ judging") and not watched.says("Nobody has judged"))
        await watched.sees("judged once", "–")


# While it goes on -----------------------------------------------------------------------------------------------------


async def test_scores_that_are_missing_are_no_success(session: str, showing: Show, script: Script) -> None:
    void = json.dumps({"summary": "Deep.", "depth": {"reason": "It dives.", "turns": [3], "score": 99}})
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, script("void", void))
        await watched.sees("Judged by “Mine”; 1 of 1 scores are missing")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """After the first verdict, judges say nothing until this is set."""
    go = asyncio.Event()
    stream, asked = ScriptedProvider.stream, []

    async def slowly(self: ScriptedProvider, request: Request) -> AsyncIterator[Chunk]:
        asked.append(request)
        if len(asked) > 1:
            await go.wait()
        async for chunk in stream(self, request):
            yield chunk

    monkeypatch.setattr(ScriptedProvider, "stream", slowly)
    return go


async def test_it_says_how_far_it_is(session: str, showing: Show, three: str, held: asyncio.Event) -> None:
    async with showing((80, 24)) as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, three)
        await watched.sees("◌ judging by “Mine”", "1 of 3", "s Stop")
        held.set()
        await watched.sees("Judged by “Mine”", "6 ± 2")
        assert not watched.says("◌ judging")


async def test_stopped_it_keeps_the_verdicts_that_are_there(
    session: str, showing: Show, three: str, held: asyncio.Event
) -> None:
    async with showing((80, 24)) as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, three)
        await watched.sees("1 of 3")
        await watched.pilot.press("s")
        await watched.sees("Judging was stopped", "‖ 1 of 3", "judged once")
        assert len(watched.kept()) == 1


async def test_left_alone_it_goes_on_and_is_told_elsewhere(
    session: str, showing: Show, three: str, held: asyncio.Event
) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, three)
        await watched.sees("1 of 3")
        await watched.pilot.press("escape")
        await until(watched.pilot, lambda: not watched.is_here())
        held.set()
        told = "“A forecast”: Judged by “Mine”"
        await until(watched.pilot, lambda: told in [one.message for one in watched.app._notifications])
        assert len(watched.kept()) == 1


async def test_who_comes_back_sees_how_far_it_is_and_what_came_of_it(
    session: str, showing: Show, three: str, held: asyncio.Event
) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, three)
        await watched.sees("1 of 3")
        await watched.pilot.press("escape")
        await until(watched.pilot, lambda: not watched.is_here())
        watched.app.show_judging(SESSION)
        await watched.sees("◌ judging by “Mine”", "1 of 3")
        await watched.pilot.press("n")  # one at a time
        held.set()
        await watched.sees("Judged by “Mine”", "judged once", "6 ± 2")
        assert watched.is_here()


async def test_where_the_application_ends_the_verdicts_that_are_there_are_kept(
    session: str, showing: Show, three: str, held: asyncio.Event, workspace: Workspace
) -> None:
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, three)
        await watched.sees("1 of 3")
        await watched.pilot.press("ctrl+q")
    (kept,) = workspace.store.judgements(SESSION)
    assert len(kept.verdicts) == 1
    assert not kept.whole


async def test_a_session_in_which_nothing_was_said_cannot_be_judged(
    workspace: Workspace, showing: Show, judge: str
) -> None:
    keep(workspace.store, Events(SESSION).open("Silence").events)
    async with showing() as watched:
        await watched.sees("Nobody has judged")
        await judged(watched, judge)
        await watched.sees("nothing has been said")


async def test_on_the_stage_is_judged_what_was_said_so_far(
    workspace: Workspace, showing: Show, played: Played, judge: str
) -> None:
    session = await played(turns=3, title="A night")
    opened = await resume(workspace, session)
    async with showing(begin=lambda app: app.show_stage(opened)) as watched:
        await watched.sees("A night", "turn 3")
        await watched.pilot.press("n")
        await watched.sees("turn 4")
        await until(watched.pilot, lambda: not opened.conversation.speaking and opened.conversation.state.turn == 4)
        await watched.pilot.press("J")
        await watched.sees("“A night”", "Nobody has judged")
        await judged(watched, judge)
        await watched.sees("Judged by “Mine”", "judged once")
        await watched.pilot.press("escape")
        await until(watched.pilot, lambda: isinstance(watched.app.screen, StageScreen))
        assert [one.turn for one in workspace.store.judgements(session)] == [4]
