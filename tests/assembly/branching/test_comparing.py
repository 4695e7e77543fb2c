"""Two sessions of one family, turn by turn from where they part."""

import pytest

from backrooms_tui.assembly.branching.branching import Change, open_branches
from backrooms_tui.assembly.branching.comparing import PAGE, Reading, alike, compare
from backrooms_tui.assembly.branching.running_branches import run_branches
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.trouble import OperatorError
from tests.assembly.conftest import Played, Script


async def branch(workspace: Workspace, session: str, turn: int, change: Change, run: int = 2) -> str:
    (opened,) = await open_branches(workspace, session, turn, [change])
    if run:
        await run_branches([opened], run)
    await opened.aclose()
    return opened.conversation.state.session


async def test_they_part_where_the_branch_begins(workspace: Workspace, played: Played, script: Script) -> None:
    session = await played()
    other = await branch(workspace, session, 2, Change(models={2: script("cleo", "Cleo says four words.")}), run=3)
    compared = compare(workspace.store, session, other)
    assert (compared.common, compared.edited, list(compared.turns)) == (2, (), [3, 4, 5])
    assert [figures.turns for figures in compared.figures] == [2, 3]
    assert [figures.words for figures in compared.figures] == [6, 10]
    assert compared.figures[1].measured == 3


async def test_turns_that_say_the_same_after_it_are_known(workspace: Workspace, played: Played, script: Script) -> None:
    session = await played(script("one", "Again."), turns=4)
    other = await branch(workspace, session, 2, Change())
    assert compare(workspace.store, session, other).same == frozenset({3, 4})


async def test_two_branches_of_branches_part_where_the_first_of_them_does(workspace: Workspace, played: Played) -> None:
    session = await played(turns=6)
    one = await branch(workspace, session, 4, Change())
    two = await branch(workspace, one, 5, Change())
    three = await branch(workspace, session, 3, Change())
    assert compare(workspace.store, one, two).common == 5
    assert compare(workspace.store, two, three).common == 3
    workspace.store.delete(session)
    workspace.store.delete(one)
    assert compare(workspace.store, two, three).common == 3


async def test_an_edited_turn_of_the_past_is_looked_at(workspace: Workspace, played: Played) -> None:
    session = await played()
    other = await branch(workspace, session, 3, Change(edits={2: "Two never said that."}))
    compared = compare(workspace.store, session, other)
    assert (compared.common, compared.edited) == (3, (2,))
    assert compared.turns[0] == 2


async def test_long_sessions_are_read_a_page_at_a_time(workspace: Workspace, played: Played, script: Script) -> None:
    session = await played(script("one", "Again.", "And again."), turns=PAGE + 10)
    other = await branch(workspace, session, PAGE + 2, Change(), run=4)
    compared = compare(workspace.store, session, other)
    assert compared.common == PAGE + 2
    reading = Reading(workspace.store, *compared.sessions)
    one, two = reading.turn(PAGE)
    assert alike(one, two)
    assert reading.turn(PAGE + 9)[1] is None


async def test_strangers_cannot_be_compared(workspace: Workspace, played: Played) -> None:
    one, other = await played(title="A night"), await played(title="A day")
    with pytest.raises(OperatorError, match="“A night” and “A day” have no turn in common"):
        compare(workspace.store, one, other)
    with pytest.raises(OperatorError):
        compare(workspace.store, one, one)
    with pytest.raises(OperatorError):
        compare(workspace.store, one, "nowhere")
