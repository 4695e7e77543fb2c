"""One moment of a session gone on with in several ways at once."""

import pytest

from backrooms_tui.assembly.branching import EVERYBODY, Change, get_ready, open_branches, run_branches, variations
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.workspace import Workspace
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
