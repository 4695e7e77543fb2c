"""One moment of a session gone on with in several ways at once."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change, get_ready, open_branches, variations
from backrooms_tui.assembly.branching.moment import moment_of
from backrooms_tui.assembly.branching.running_branches import AT_ONCE, RunningBranches, run_branches
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Manners
from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.session.setup import Cue
from backrooms_tui.session.state import WordEntry
from backrooms_tui.session.trouble import OperatorError
from tests.assembly.conftest import Played, Script


async def branched(workspace: Workspace, session: str, turn: int, changes: list[Change], run: int = 0) -> list[str]:
    """The ids of the branches, kept."""
    opened = await open_branches(workspace, session, turn, changes)
    if run:
        await get_ready(workspace, opened, lambda _: None)
        await run_branches(opened, run)
    for one in opened:
        await one.aclose()
    return [one.conversation.state.session for one in opened]


async def test_the_same_moment_goes_on_with_several_models(
    workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played()
    models = [{EVERYBODY: script(name, f"{name} speaks.")} for name in ("cleo", "dora")]
    ids = await branched(workspace, session, 2, variations(Change(), models), run=2)
    for id, name in zip(ids, ("cleo", "dora"), strict=True):
        summary = workspace.store.summary(id)
        assert (summary.parent, summary.parent_turn, summary.turns) == (session, 2, 4)
        assert summary.title == f"A night · from turn 2 with {name}"
        said = [turn.text for turn in workspace.store.turns(id, 1, 4)]
        assert said == ["One says this.", "Two answers that.", f"{name} speaks.", f"{name} speaks."]
    assert workspace.store.summary(session).turns == 4


async def test_one_seat_gets_another_model_and_the_other_keeps_its_own(
    workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played()
    (id,) = await branched(workspace, session, 2, [Change(models={2: script("cleo", "Cleo speaks.")})], run=2)
    assert [turn.text for turn in workspace.store.turns(id, 3, 4)] == ["One says more.", "Cleo speaks."]


async def test_words_whispers_edits_parameters_and_a_seed_are_in_the_branch_alone(
    workspace: Workspace, played: Played
) -> None:
    session = await played(seed=7)
    change = Change(
        params={EVERYBODY: {"temperature": "0.5"}, 2: {"temperature": "0.9", "max_tokens": "50"}},
        edits={1: "One said something else."},
        words=("Look up.",),
        whispers=((2, "Doubt it."),),
        seed=9,
    )
    (id,) = await branched(workspace, session, 2, [change])
    state = workspace.store.state(id)
    assert (state.turns[1].text, state.turns[1].original) == ("One said something else.", "One says this.")
    words = [(entry.to, entry.text) for entry in state.entries if isinstance(entry, WordEntry)]
    assert words == [(0, "Look up."), (2, "Doubt it.")]
    assert state.agents[1].params == {"temperature": 0.5, "max_tokens": 400}  # the template's limit stays
    assert state.agents[2].params == {"temperature": 0.9, "max_tokens": 50}
    assert state.setup is not None
    assert (state.setup.seed, workspace.store.summary(id).seed) == (9, 9)
    before = workspace.store.state(session)
    assert before.turns[1].text == "One says this."
    assert before.setup is not None
    assert before.setup.seed == 7


async def test_a_branch_goes_on_as_it_was_changed_when_it_is_opened_again(workspace: Workspace, played: Played) -> None:
    session = await played()
    (id,) = await branched(workspace, session, 2, [Change(params={1: {"max_tokens": 7}}, seed=5)])
    opened = await resume(workspace, id)
    assert opened.conversation.state.agents[1].params == {"max_tokens": 7}
    assert opened.conversation.state.setup is not None
    assert opened.conversation.state.setup.seed == 5
    await opened.aclose()


def test_each_time_but_the_first_has_another_seed_where_there_is_one() -> None:
    assert [one.seed for one in variations(Change(), [], 3, seed=7)] == [None, 8, 9]
    assert [one.seed for one in variations(Change(seed=1), [], 3, seed=7)] == [1, 2, 3]
    assert [one.seed for one in variations(Change(), [], 3)] == [None, None, None]
    names = [one.name for one in variations(Change(), [{EVERYBODY: "opus"}, {2: "openai/gpt"}], 2)]
    assert names == [" with opus, 1 of 2", " with opus, 2 of 2", " with gpt as 2, 1 of 2", " with gpt as 2, 2 of 2"]


async def test_a_branch_of_a_branch_is_called_by_its_own_turn(workspace: Workspace, played: Played) -> None:
    session = await played()
    (first,) = await branched(workspace, session, 3, variations(Change(), [], 1))
    (second,) = await branched(workspace, first, 2, variations(Change(), [], 1))
    assert workspace.store.summary(second).title == "A night · from turn 2"


@pytest.mark.parametrize(
    ("turn", "change", "what"),
    [
        (9, Change(), "has no turn 9"),
        (2, Change(models={3: "local"}), "no seat 3"),
        (2, Change(models={1: "anthropic/claude-nonesuch-9"}), "key"),
        (2, Change(params={EVERYBODY: {"temprature": "1"}}), "temprature"),
        (2, Change(whispers=((5, "Psst."),)), "no seat 5"),
        (2, Change(edits={3: "No."}), "turn 3 is not in the branch"),
    ],
)
async def test_what_is_wrong_is_found_before_any_branch_is_made(
    workspace: Workspace, played: Played, monkeypatch: pytest.MonkeyPatch, turn: int, change: Change, what: str
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    session = await played()
    with pytest.raises(OperatorError) as caught:
        await branched(workspace, session, turn, [Change(), change])
    assert what in f"{caught.value.what} {caught.value.cure}"
    assert [one.id for one in workspace.store.list_sessions()] == [session]


async def test_a_system_text_manners_and_rules_hold_from_the_branch_on(workspace: Workspace, played: Played) -> None:
    session = await played()
    manners: dict[int, Manners] = {EVERYBODY: {"guard": False}, 2: {"system": "You are a lighthouse."}}
    opened = await open_branches(workspace, session, 2, [Change(manners=manners, rules={"max_turns": 3})])
    await run_branches(opened, 5, past_limits=False)
    for one in opened:
        await one.aclose()
    events = list(workspace.store.events(opened[0].conversation.state.session))
    setup = opened[0].conversation.state.setup
    assert setup is not None
    assert [agent.guard for agent in setup.agents] == [False, False]
    assert setup.agent(1).system != "You are a lighthouse."
    assert (opened[0].conversation.state.turn, opened[0].conversation.state.status) == (3, "ended")
    again = (await open_branches(workspace, opened[0].conversation.state.session, 3, [Change()]))[0]
    await run_branches([again], 1, past_limits=True)
    await again.aclose()
    later = list(workspace.store.events(again.conversation.state.session))
    assert (xray(events, 2).system, xray(later, 4).system) == (
        workspace.store.state(session).setup.agent(2).system,  # type: ignore[union-attr]
        "You are a lighthouse.",
    )


async def test_where_one_cannot_be_made_none_is_kept(workspace: Workspace, played: Played) -> None:
    session = await played()
    with pytest.raises(OperatorError, match="unknown order"):
        await open_branches(workspace, session, 2, [Change(), Change(seed=3), Change(rules={"order": "chaos"})])
    assert [one.id for one in workspace.store.list_sessions()] == [session]
    assert not workspace.store.in_trash()


async def test_stopping_several_keeps_what_was_said_and_those_that_wait_do_not_begin(
    workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played()
    slow = script("slow", "word " * 400)
    changes = [Change(models={EVERYBODY: slow}, params={EVERYBODY: {"rate": "50"}}) for _ in range(AT_ONCE + 2)]
    running = RunningBranches(await open_branches(workspace, session, 2, changes), 3)
    task = asyncio.create_task(running.run())
    while not all(one.state.in_flight and one.state.in_flight.text for one in running.branches[:AT_ONCE]):
        await asyncio.sleep(0)
    running.stop()
    await task
    await running.aclose()
    assert [one.spoken for one in running.branches] == [1] * AT_ONCE + [0, 0]
    assert [one.how for one in running.branches] == ["stopped"] * AT_ONCE + ["ready"] * 2
    kept = [workspace.store.state(one.state.session) for one in running.branches]
    assert [state.turn for state in kept] == [3] * AT_ONCE + [2, 2]
    assert kept[0].turns[3].stop_reason == "stopped"


async def test_money_that_was_left_is_not_overspent(workspace: Workspace, played: Played) -> None:
    session = await played()
    rules = {"max_tokens": 10_000}
    (first,) = await open_branches(workspace, session, 2, [Change(rules=rules)])
    await first.aclose()
    (opened,) = await open_branches(workspace, first.conversation.state.session, 2, [Change()])
    await run_branches([opened], 500)
    await opened.aclose()
    state = opened.conversation.state
    assert (state.status, state.ended.reason if state.ended else None) == ("ended", "max_tokens")
    assert state.turn < 502


async def test_a_moment_is_who_is_there_with_what_after_that_turn(
    workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played()
    opened = await resume(workspace, session)
    opened.conversation.change_seat(1, model=script("cleo", "Cleo speaks."), asked="cleo", params={"max_tokens": 9})
    opened.conversation.edit(2, "Two, edited.")
    await opened.aclose()
    now, before = moment_of(workspace, session), moment_of(workspace, session, 2)
    assert (now.turn, before.turn, before.turns, before.said.text) == (4, 2, 4, "Two, edited.")
    assert now.setup.agent(1).model.endswith("cleo.txt")
    assert now.setup.agent(1).params == {"max_tokens": 9}
    assert before.setup.agent(1).model.endswith("one.txt")
    assert now.tokens > before.tokens > 0
    with pytest.raises(OperatorError, match="no turn 5"):
        moment_of(workspace, session, 5)


async def test_who_was_away_when_a_cue_was_said_does_not_hear_it_in_a_branch_either(
    workspace: Workspace, played: Played
) -> None:
    session = await played(turns=2)
    opened = await resume(workspace, session)
    conversation, setup = opened.conversation, opened.conversation.state.setup
    assert setup is not None
    conversation.send_away(2)
    cues = (Cue(3, "A secret plan."), Cue(3, "Welcome back.", brings=2))
    conversation.change_rules(replace(setup.rules, cues=cues))
    conversation.change_seat(1, params={"rate": 1})
    running = asyncio.create_task(conversation.run())
    while conversation.state.in_flight is None:  # the cues are said, and somebody speaks
        await asyncio.sleep(0)
    await conversation.settled()
    (made,) = await open_branches(workspace, session, 2, [Change(params={1: {"rate": 0}})])
    conversation.pause()
    conversation.stop_speaking()
    await running
    await opened.aclose()
    heard = [[one.text for one in of.perspective(2).messages] for of in (conversation, made.conversation)]
    await made.conversation.run(1)
    await made.aclose()
    heard.append([one.text for one in made.conversation.perspective(2).messages])
    for messages in heard:
        assert sum("Welcome back." in text for text in messages) == 1
        assert not any("secret" in text for text in messages)


async def test_what_was_changed_before_a_turn_that_was_taken_back_is_in_a_branch_from_the_one_before(
    workspace: Workspace, played: Played
) -> None:
    session = await played(turns=2)
    opened = await resume(workspace, session)
    opened.conversation.change_seat(1, params={"max_tokens": 9})
    opened.conversation.send_away(2)
    await opened.conversation.run(1)
    opened.conversation.retry()
    await opened.aclose()
    assert moment_of(workspace, session).turn == 2
    (made,) = await open_branches(workspace, session, 2, [Change()])
    await made.aclose()
    agents = made.conversation.state.agents
    assert agents[2].absent
    assert agents[1].params["max_tokens"] == 9


async def test_a_limit_that_was_chosen_for_one_branch_does_not_stop_the_others(
    workspace: Workspace, played: Played
) -> None:
    session = await played()
    (first,) = await open_branches(workspace, session, 2, [Change(rules={"max_turns": 2})])
    await first.aclose()
    changes = [Change(), Change(rules={"order": "random"}), Change(rules={"max_turns": 3})]
    opened = await open_branches(workspace, first.conversation.state.session, 2, changes)
    await run_branches(opened, 2, past_limits=[not change.limits for change in changes])
    for one in opened:
        await one.aclose()
    assert [one.conversation.state.turn for one in opened] == [4, 4, 3]


async def test_who_cannot_be_asked_has_the_model_that_took_its_seat_later(
    workspace: Workspace, played: Played, script: Script, tmp_path: Path
) -> None:
    session = await played(turns=3)
    opened = await resume(workspace, session)
    opened.conversation.change_seat(1, model=script("cleo", "Cleo speaks."))
    await opened.conversation.run(turns=1)
    await opened.aclose()
    (tmp_path / "one.txt").unlink()
    assert moment_of(workspace, session, 2).setup.agent(1).model == "scripted/cleo.txt"
    (id,) = await branched(workspace, session, 2, [Change()], run=2)
    assert [turn.text for turn in workspace.store.turns(id, 1, 4)][2:] == ["Cleo speaks.", "Two answers that."]

    # Where nothing better is known, it is as it was.
    (tmp_path / "cleo.txt").unlink()
    assert moment_of(workspace, session, 2).setup.agent(1).model == "scripted/one.txt"
