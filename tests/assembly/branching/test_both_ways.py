"""A session goes on both ways from one of its turns: without the ladder against stalling, and with it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.assembly.branching.both_ways import BothWays, Way, ladder_to_try, open_both_ways, turn_to_try
from backrooms_tui.assembly.branching.ways_compared import told
from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.session.events import AnyEvent, Delta, RulesChanged, TurnEnded, TurnStarted
from backrooms_tui.session.setup import Remedy, Rules
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

LOOP = "I agree with you, my friend! That is so very true."
ALIVE = (
    "The ferry left at nine with two goats and a judge aboard.",
    "My grandmother measured flour in cracked blue cups.",
    "Why would anybody paint the underside of a table?",
    "Copper tastes of thunder; the plumber said so on Tuesday.",
)


@pytest.fixture
async def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workspace]:
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    made = Workspace()
    yield made
    await made.aclose()


def script(name: str, *replies: str) -> str:
    Path(f"{name}.txt").write_text("\n---\n".join(replies), "utf-8")
    return f"scripted/{name}.txt"


async def played(
    workspace: Workspace,
    *models: str,
    turns: int = 6,
    rules: Rules | None = None,
    rate: float = 0,
    seed: int | None = None,
    template: str = "duo",
) -> str:
    """The id of a session of two, of so many turns."""
    choices = Choices(models=models or (script("loop", LOOP),), title="A night", params={"rate": rate}, seed=seed)
    chosen = choose_cast(workspace, template, choices)
    if rules is not None:
        chosen = replace(chosen, setup=replace(chosen.setup, rules=rules))
    opened = await open_conversation(workspace, chosen)
    await opened.conversation.run(turns=turns)
    await opened.aclose()
    return opened.conversation.state.session


async def gone(ways: BothWays) -> BothWays:
    await ways.run()
    await ways.aclose()
    return ways


class Heard:
    """What happens on both ways, in order."""

    def __init__(self, ways: BothWays) -> None:
        self.events: list[tuple[str, AnyEvent]] = []
        for way in ways.ways:
            way.conversation.listen(_Ear(self.events, way.name))

    def said(self, kind: type[TurnStarted | TurnEnded]) -> list[tuple[str, int]]:
        return [(name, event.turn) for name, event in self.events if isinstance(event, kind)]


class _Ear:
    def __init__(self, events: list[tuple[str, AnyEvent]], name: str) -> None:
        self._events, self._name = events, name

    def hear(self, event: AnyEvent) -> None:
        self._events.append((self._name, event))

    async def settled(self) -> None:
        pass


async def said(way: Way, text: str) -> None:
    """Wait until `text` has begun to be said on `way`."""
    heard = asyncio.Event()

    class Ear(_Ear):
        def hear(self, event: AnyEvent) -> None:
            if isinstance(event, Delta) and text in event.text:
                heard.set()

    way.conversation.listen(Ear([], way.name))
    async with asyncio.timeout(20):
        await heard.wait()


async def test_both_ways_are_sessions_of_their_own_and_the_session_stays_as_it_is(workspace: Workspace) -> None:
    session = await played(workspace)
    before = list(workspace.store.events(session))
    ways = await gone(await open_both_ways(workspace, session, 4, turns=3))
    assert list(workspace.store.events(session)) == before
    for way, name in zip(ways.ways, ("without", "with"), strict=True):
        summary = workspace.store.summary(way.state.session)
        assert (summary.parent, summary.parent_turn, summary.turns) == (session, 4, 7)
        assert summary.title == f"A night · from turn 4 {name} the ladder"
    without, with_ladder = (workspace.store.state(way.state.session) for way in ways.ways)
    assert without.turns[4].text == with_ladder.turns[4].text
    assert without.setup is not None
    assert without.setup.rules.ladder == ()
    assert with_ladder.setup is not None
    assert with_ladder.setup.rules.ladder == STANDARD_LADDER
    assert [one.remedy for one in with_ladder.remedies] == ["nudge"]
    assert without.remedies == []


async def test_of_a_way_both_ways_are_titled_after_the_session(workspace: Workspace) -> None:
    session = await played(workspace, turns=2)
    ways = await gone(await open_both_ways(workspace, session, 2, turns=1))
    again = await gone(await open_both_ways(workspace, ways.without.state.session, 3, turns=1))
    assert [one.title for one in again.outcomes()] == [
        "A night · from turn 3 without the ladder",
        "A night · from turn 3 with the ladder",
    ]


async def test_a_ladder_that_helps_is_seen_to_help(workspace: Workspace) -> None:
    ladder = (Remedy("model", model=script("alive", *ALIVE), turns=40), Remedy("nudge"))
    session = await played(workspace, rules=Rules(ladder=()), turns=6)
    ways = await gone(await open_both_ways(workspace, session, 6, turns=8, ladder=ladder))
    without, with_ladder = ways.outcomes()
    assert (without.how, with_ladder.how) == ("whole", "whole")
    assert [(one.turn, one.agent) for one in without.turns] == [(turn, 2 - turn % 2) for turn in range(7, 15)]
    assert without.share == 1.0
    assert with_ladder.stalled < 8
    sentence = told(without, with_ladder)
    assert sentence.startswith("without: 8 of 8 turns stalled; with: ")
    assert f"with: {with_ladder.stalled} of 8, after 1 change of model" in sentence


async def test_the_session_s_own_ladder_is_tried_from_before_its_first_step(workspace: Workspace) -> None:
    rules = Rules(ladder=(Remedy("nudge", text="Say something else."), Remedy("temperature", temperature=1.2)))
    session = await played(workspace, rules=rules, turns=12)
    state = workspace.store.state(session)
    start = turn_to_try(state)
    assert start == state.remedies[0].turn < 12
    assert ladder_to_try(state) == (rules.ladder, True)
    ways = await gone(await open_both_ways(workspace, session, start, turns=4))
    without, with_ladder = ways.outcomes()
    # It is taken again, before the same turn.
    assert [(one.turn, one.detail) for one in with_ladder.remedies[:1]] == [(start, state.remedies[0].detail)]
    assert without.remedies == ()
    events = list(workspace.store.events(without.session))
    (changed,) = [event for event in events if isinstance(event, RulesChanged)]
    assert changed.rules == replace(rules, ladder=())
    first = next(event for event in events if isinstance(event, TurnStarted) and event.turn == start + 1)
    assert changed.seq < first.seq


async def test_a_session_without_a_ladder_begins_at_its_end_with_the_standard_one(workspace: Workspace) -> None:
    state = workspace.store.state(await played(workspace, turns=5, rules=Rules()))
    assert turn_to_try(state) == 5
    assert ladder_to_try(state) == (STANDARD_LADDER, False)


@pytest.mark.parametrize(
    "limits", [Rules(max_turns=4), Rules(max_rounds=2), Rules(max_tokens=10), Rules(stop=("Bye",))]
)
async def test_a_limit_that_was_reached_stops_neither_way(workspace: Workspace, limits: Rules) -> None:
    session = await played(workspace, script("bye", LOOP, "Bye", LOOP), script("loop", LOOP), rules=limits, turns=4)
    ended = workspace.store.state(session)
    assert ended.status == "ended"
    ways = await gone(await open_both_ways(workspace, session, ended.turn, turns=2))
    assert [one.how for one in ways.outcomes()] == ["whole", "whole"]


async def test_a_token_limit_that_the_session_had_not_reached_holds(workspace: Workspace) -> None:
    session = await played(workspace, turns=4)
    spent = workspace.store.state(session).usage
    limit = Rules(max_tokens=spent.input_tokens + spent.output_tokens + 1)
    again = await played(workspace, turns=4, rules=limit)
    ways = await gone(await open_both_ways(workspace, again, 4, turns=20))
    for outcome in ways.outcomes():
        assert outcome.how == "over"
        assert "tokens is reached" in outcome.why
        assert len(outcome.turns) == 1


async def test_a_stop_text_ends_the_way_on_which_it_is_said(workspace: Workspace) -> None:
    ladder = (Remedy("model", model=script("bye", "Bye."), turns=40),)
    session = await played(workspace, rules=Rules(stop=("Bye.",)), turns=6)
    ways = await gone(await open_both_ways(workspace, session, 6, turns=5, ladder=ladder))
    without, with_ladder = ways.outcomes()
    assert (without.how, len(without.turns)) == ("whole", 5)
    assert (with_ladder.how, len(with_ladder.turns)) == ("over", 1)
    assert "ended the conversation with Bye." in told(without, with_ladder)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Remedy("call"), "the operator is called: the conversation goes in circles"),
        (Remedy("end", text="Enough."), "Enough."),
    ],
)
async def test_a_step_that_stops_ends_its_way_and_the_other_goes_on(
    workspace: Workspace, step: Remedy, why: str
) -> None:
    session = await played(workspace)
    ways = await gone(await open_both_ways(workspace, session, 6, turns=3, ladder=(step,)))
    without, with_ladder = ways.outcomes()
    assert (with_ladder.how, with_ladder.why, with_ladder.turns) == ("over", why, ())
    assert (without.how, len(without.turns)) == ("whole", 3)


async def test_a_provider_s_trouble_stops_its_way_alone_and_can_be_tried_again(workspace: Workspace) -> None:
    failing = script("failing", "#! fail: bad_request after 1\n" + ALIVE[0])
    session = await played(workspace)
    ladder = (Remedy("model", model=failing, turns=40),)
    ways = await open_both_ways(workspace, session, 6, turns=3, ladder=ladder)
    await ways.run()
    without, with_ladder = ways.outcomes()
    assert (without.how, len(without.turns)) == ("whole", 3)
    assert (with_ladder.how, len(with_ladder.turns)) == ("trouble", 0)
    trouble = ways.with_ladder.trouble
    assert trouble is not None
    assert trouble.message in told(without, with_ladder)
    assert ways.goes_on()
    await gone(ways)
    assert [(one.how, len(one.turns)) for one in ways.outcomes()] == [("whole", 3), ("whole", 3)]


async def test_they_go_on_in_step(workspace: Workspace) -> None:
    session = await played(workspace)
    ways = await open_both_ways(workspace, session, 6, turns=4)
    heard = Heard(ways)
    await gone(ways)
    ended = heard.said(TurnEnded)
    for turn in range(7, 11):
        # Neither begins a turn before the other has ended the one before.
        begun = min(heard.events.index(one) for one in heard.events if _starts(one[1], turn))
        before = [one for one in heard.events[:begun] if isinstance(one[1], TurnEnded)]
        assert len(before) == 2 * (turn - 7)
    assert sorted(ended) == sorted((name, turn) for name in ("with", "without") for turn in range(7, 11))


def _starts(event: AnyEvent, turn: int) -> bool:
    return isinstance(event, TurnStarted) and event.turn == turn


async def test_two_ways_on_one_local_model_speak_one_after_the_other(workspace: Workspace) -> None:
    session = await played(workspace, turns=4)
    ladder = (*STANDARD_LADDER, Remedy("model", model="local/never-reached.gguf"))
    ways = await open_both_ways(workspace, session, 4, turns=3, ladder=ladder)
    heard = Heard(ways)
    await gone(ways)
    spoken = [(name, type(event)) for name, event in heard.events if isinstance(event, TurnStarted | TurnEnded)]
    assert spoken == [
        (name, kind) for _ in range(3) for name in ("without", "with") for kind in (TurnStarted, TurnEnded)
    ]


async def test_they_pause_after_the_turns_that_are_spoken_and_go_on_to_the_same_end(workspace: Workspace) -> None:
    session = await played(workspace, script("slow", LOOP), turns=2)
    ways = await open_both_ways(workspace, session, 2, turns=4)
    running = asyncio.create_task(ways.run())
    await said(ways.without, "agree")
    ways.pause()
    await running
    assert not ways.running
    assert [way.how for way in ways.ways] == ["stopped", "stopped"]
    assert all(way.spoken < 4 for way in ways.ways)
    assert all(turn.stop_reason == "end" for way in ways.ways for turn in way.state.turns.values())
    await gone(ways)
    assert [(way.how, way.spoken) for way in ways.ways] == [("whole", 4), ("whole", 4)]


async def test_stopping_cuts_short_and_keeps_what_was_said(workspace: Workspace) -> None:
    session = await played(workspace, script("slow", LOOP), turns=2, rate=0)
    state = workspace.store.state(session)
    ways = await open_both_ways(workspace, session, state.turn, turns=4)
    for way in ways.ways:
        for seat in (1, 2):
            way.conversation.change_seat(seat, params={"rate": 2})
    running = asyncio.create_task(ways.run())
    await said(ways.without, "agree")
    ways.stop()
    async with asyncio.timeout(10):
        await running
    await ways.aclose()
    kept = workspace.store.state(ways.without.state.session)
    assert kept.turns[3].stop_reason == "stopped"
    assert LOOP.startswith(kept.turns[3].text.strip())
    assert told(*ways.outcomes()).startswith("without: ")


async def test_one_that_is_cancelled_keeps_what_was_said(workspace: Workspace) -> None:
    session = await played(workspace, turns=2)
    ways = await open_both_ways(workspace, session, 2, turns=4)
    for way in ways.ways:
        for seat in (1, 2):
            way.conversation.change_seat(seat, params={"rate": 2})
    running = asyncio.create_task(ways.run())
    await said(ways.with_ladder, "agree")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not ways.running
    await ways.aclose()
    assert workspace.store.state(ways.with_ladder.state.session).status == "paused"


async def test_both_draw_the_same_where_there_is_a_seed(workspace: Workspace) -> None:
    session = await played(workspace, turns=3, seed=7)
    ways = await open_both_ways(workspace, session, 3, turns=2)
    heard = Heard(ways)
    await gone(ways)
    seeds = {
        name: [
            event.params.get("seed") for who, event in heard.events if who == name and isinstance(event, TurnStarted)
        ]
        for name in ("without", "with")
    }
    assert seeds["without"] == seeds["with"]
    assert all(seed is not None for seed in seeds["with"])


async def test_where_the_operator_picks_who_speaks_there_are_no_two_ways(workspace: Workspace) -> None:
    chosen = choose_cast(workspace, "duo", Choices(models=(script("loop", LOOP),), order="manual"))
    opened = await open_conversation(workspace, chosen)
    opened.conversation.choose_speaker(1)
    await opened.conversation.run(turns=1)
    await opened.aclose()
    with pytest.raises(OperatorError, match="manual"):
        await open_both_ways(workspace, opened.conversation.state.session, 1)
    assert len(workspace.store.list_sessions()) == 1


async def test_there_are_no_two_ways_from_a_turn_that_never_was(workspace: Workspace) -> None:
    session = await played(workspace, turns=2)
    with pytest.raises(OperatorError, match="no turn 9"):
        await open_both_ways(workspace, session, 9)
    assert len(workspace.store.list_sessions()) == 1
