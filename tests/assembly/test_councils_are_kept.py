"""Councils are sessions beside the one that they serve: they are taken up again, and a branch leaves them there."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backrooms_tui.assembly.branching.branching import Change, open_branches
from backrooms_tui.assembly.branching.running_branches import RunningBranches
from backrooms_tui.assembly.continuing import branch, resume
from backrooms_tui.assembly.opening import Opened, choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices, models_of, with_windows
from backrooms_tui.session.events import CouncilOpened, Resumed
from backrooms_tui.session.state import SessionState
from backrooms_tui.store.living import LiveError

LAB = """
[template]
title = "A lab and a state"
[rules]
{rules}
[[agents]]
name = "Lab"
model = "scripted/lab.txt"
[agents.council]
{council}
[agents.council.rules]
max_turns = 4
[[agents.council.agents]]
name = "Mara"
model = "scripted/mara.txt"
[agents.council.agents.council]
hears = "nothing"
[agents.council.agents.council.rules]
max_turns = 2
[[agents.council.agents.council.agents]]
name = "Owl"
model = "scripted/owl.txt"
params = {{ rate = {rate} }}
[[agents.council.agents]]
name = "Jon"
model = "scripted/jon.txt"
params = {{ rate = {rate} }}
[[agents]]
name = "State"
model = "scripted/state.txt"
"""


@pytest.fixture
def template(workspace: Workspace):
    def make(rules: str = "max_rounds = 2", council: str = "", rate: int = 0) -> str:
        for name in ("lab", "mara", "owl", "jon", "state"):
            Path(f"{name}.txt").write_text(f"{name} says this one\n---\n{name} says that two", "utf-8")
        Path("lab.toml").write_text(LAB.format(rules=rules, council=council, rate=rate), "utf-8")
        return "lab.toml"

    return make


async def opened_from(workspace: Workspace, template: str) -> Opened:
    return await open_conversation(workspace, choose_cast(workspace, template, Choices(seed=1)))


def turns_within(workspace: Workspace, session: str) -> dict[str, list[str]]:
    """The names of who spoke in each council, at any depth, by its id."""
    found: dict[str, list[str]] = {}
    for council in workspace.store.councils(session):
        found[council.id] = [turn.name for turn in workspace.store.turns(council.id, 1, 100)]
        found |= turns_within(workspace, council.id)
    return found


def all_kept(kept: dict[str, list[str]], told: list[tuple[str, int, str]]) -> bool:
    """Whether every turn that was `told` (its council, number and name) is there."""
    return all(kept.get(council, [])[turn - 1 : turn] == [name] for council, turn, name in told)


async def test_councils_are_sessions_in_the_order_in_which_they_were_held(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    await opened.conversation.run()
    session = opened.conversation.state.session
    assert opened.conversation.state.status == "ended"
    await opened.aclose()

    held = workspace.store.councils(session)
    assert [(one.serves, one.serves_turn, one.serves_agent, one.turns) for one in held] == [
        (session, 1, 1, 4),
        (session, 3, 1, 4),
    ]
    assert [one.serves_turn for one in workspace.store.councils(held[0].id)] == [1, 3]
    assert [one.id for one in workspace.store.list_sessions()] == [session]
    assert workspace.store.living() == {}
    # What they took is in the totals of the outer session, once.
    spoken = sum(sum(len(names) for names in turns_within(workspace, one).values()) for one in [session])
    assert spoken == 2 * (4 + 2 * 2)
    summary = workspace.store.summary(session)
    state = opened.conversation.state
    assert (summary.input_tokens, summary.output_tokens) == (state.usage.input_tokens, state.usage.output_tokens)


async def test_leaving_in_a_council_and_coming_back_goes_on_inside(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    for _ in range(4):  # Owl, Owl, Mara, Jon
        await opened.conversation.step()
    session = opened.conversation.state.session
    await opened.aclose()
    assert workspace.store.living() == {}
    before = turns_within(workspace, session)

    again = await resume(workspace, session)
    assert list(again.conversation.councils) == [1]
    assert again.conversation.councils[1].state.turn == 2
    again.conversation.councils[1].interject("Welcome back.")
    await again.conversation.run(turns=1)
    await again.aclose()
    assert [turn.name for turn in workspace.store.turns(session, 1, 9)] == ["Lab"]
    after = turns_within(workspace, session)
    assert all(after[council][: len(names)] == names for council, names in before.items())
    assert sorted(map(len, after.values())) == [2, 2, 4]


async def test_a_session_is_taken_up_within_the_innermost_council(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    await opened.conversation.step()
    session = opened.conversation.state.session
    await opened.aclose()

    again = await resume(workspace, session)
    inner = again.conversation.councils[1].councils[1]
    assert [turn.name for turn in inner.state.turns.values()] == ["Owl"]
    with pytest.raises(LiveError):
        await resume(workspace, inner.state.session)
    await again.aclose()


@pytest.mark.parametrize("taken_up", [False, True])
async def test_ended_while_the_innermost_council_stands_all_of_them_are_kept_to_their_ends(
    workspace, template, taken_up: bool
) -> None:
    opened = await opened_from(workspace, template())
    await opened.conversation.step()
    session = opened.conversation.state.session
    if taken_up:
        await opened.aclose()
        opened = await resume(workspace, session)
    opened.conversation.end()
    await opened.aclose()

    store = workspace.store
    [council] = store.councils(session)
    [within] = store.councils(council.id)
    assert [store.summary(id).status for id in (session, council.id, within.id)] == ["ended"] * 3
    assert [turn.name for turn in store.turns(within.id, 1, 9)] == ["Owl"]
    # Nobody records any of them any more.
    assert store.living() == {}


async def test_killed_in_a_council_no_finished_turn_is_lost_and_it_goes_on_inside(workspace, template) -> None:
    made = template(rate=25)
    command = [sys.executable, "-m", "tests.assembly.councils_process", str(Path(made).resolve())]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    told: list[tuple[str, int, str]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        session = program.stdout.readline().split()[1]
        while len(told) < 5:  # Owl, Owl, Mara, Jon, and the first of Mara's second council
            council, turn, name = program.stdout.readline().split()
            told.append((council, int(turn), name))
        async with asyncio.timeout(30):
            while not all_kept(turns_within(workspace, session), told):  # the next turn has begun when it is
                await asyncio.sleep(0.01)
        program.send_signal(signal.SIGKILL)
    kept = turns_within(workspace, session)
    assert all_kept(kept, told)

    again = await resume(workspace, session)
    assert list(again.conversation.councils) == [1]
    await again.conversation.run()
    assert again.conversation.state.status == "ended"
    await again.aclose()
    after = turns_within(workspace, session)
    assert all(after[council][: len(names)] == names for council, names in kept.items())
    assert [one.turns for one in workspace.store.councils(session)] == [4, 4]
    assert [turn.name for turn in workspace.store.turns(session, 1, 9)] == ["Lab", "State", "Lab", "State"]


async def test_a_council_that_was_opened_and_never_kept_is_held_under_its_id(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    conversation = opened.conversation
    conversation._publisher.emit(CouncilOpened, turn=1, agent=1, council="nevermet")
    session = conversation.state.session
    await opened.aclose()

    again = await resume(workspace, session)
    assert again.conversation.councils == {}
    await again.conversation.run(turns=1)
    await again.aclose()
    assert [one.id for one in workspace.store.councils(session)] == ["nevermet"]


async def test_a_council_that_never_began_is_over_with_the_session(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    opened.conversation._publisher.emit(CouncilOpened, turn=1, agent=1, council="nevermet")
    opened.conversation.end()
    assert opened.conversation.state.councils == {}
    assert opened.conversation.state.status == "ended"
    await opened.aclose()
    assert workspace.store.councils(opened.conversation.state.session) == []


async def test_a_branch_has_no_council_that_was_open_and_keeps_those_that_were_over(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    await opened.conversation.run(turns=2)
    for _ in range(3):
        await opened.conversation.step()
    session = opened.conversation.state.session
    opened.conversation.interject("Since then.")
    await opened.aclose()

    branched = await branch(workspace, session, 2)
    state = branched.conversation.state
    assert state.councils == {} == branched.conversation.councils
    assert state.agents[1].councils == 1
    held = workspace.store.councils(session)
    await branched.conversation.run(turns=1)
    await branched.aclose()
    mine = workspace.store.councils(state.session)
    assert len(mine) == 1
    assert mine[0].id not in {one.id for one in held}
    events = list(workspace.store.events(state.session))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_a_branch_of_a_council_is_a_session_of_its_own(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    await opened.conversation.run(turns=1)
    session = opened.conversation.state.session
    await opened.aclose()
    council = workspace.store.councils(session)[0].id

    branched = await branch(workspace, council, 2)
    assert branched.conversation.state.serves is None
    await branched.aclose()
    assert branched.conversation.state.session in {one.id for one in workspace.store.list_sessions()}


async def test_members_who_keep_their_memory_find_it_in_the_store(workspace, template) -> None:
    opened = await opened_from(workspace, template(council='memory = "keep"'))
    await opened.conversation.run(turns=2)
    session = opened.conversation.state.session
    await opened.aclose()
    again = await resume(workspace, session)
    await again.conversation.run(turns=1)
    await again.aclose()

    second = workspace.store.state(workspace.store.councils(session)[1].id)
    assert second.setup is not None
    assert any("jon says" in message.text for message in second.setup.agents[0].history)
    assert any("mara says" in message.text for message in second.setup.agents[0].history if message.role == "assistant")


async def test_members_are_asked_for_before_the_first_turn(workspace, template) -> None:
    chosen = choose_cast(workspace, template(), Choices())
    assert {"scripted/owl.txt", "scripted/jon.txt"} <= set(models_of(chosen.setup))
    known = with_windows(chosen.setup, {"scripted/owl.txt": 512})
    council = known.agents[0].council
    assert council is not None
    assert council.agents[0].council is not None
    assert council.agents[0].council.agents[0].window == 512


async def test_putting_a_session_away_takes_its_councils_along(workspace, template) -> None:
    opened = await opened_from(workspace, template())
    await opened.conversation.run(turns=1)
    session = opened.conversation.state.session
    await opened.aclose()
    councils = list(turns_within(workspace, session))
    workspace.store.put_away(session)
    workspace.store.delete(session)
    for council in councils:
        with pytest.raises(Exception, match="no session"):
            workspace.store.summary(council)


async def test_what_happens_in_councils_is_heard_with_their_state(workspace, template) -> None:
    heard: list[tuple[str, str]] = []

    def hear(state: SessionState, event: object) -> None:
        if isinstance(event, Resumed):
            assert state.status == "running"
            heard.append((state.session, state.serves.session if state.serves else ""))

    opened = await opened_from(workspace, template())
    opened.conversation.listen_within(hear)
    await opened.conversation.run(turns=1)
    session = opened.conversation.state.session
    await opened.aclose()
    assert heard[0][1] == session
    assert heard[1][1] == heard[0][0]


def long_council(rules: str) -> str:
    """Lab's council talks for twenty turns."""
    path = Path("lab.toml")
    path.write_text(path.read_text("utf-8").replace("max_turns = 4", "max_turns = 20").replace("max_rounds = 2", rules))
    return path.name


def tokens(state: SessionState) -> int:
    return state.usage.input_tokens + state.usage.output_tokens


async def test_what_is_left_of_the_money_holds_within_the_councils_of_a_branch(workspace, template) -> None:
    template(rate=100)
    opened = await opened_from(workspace, long_council("max_tokens = 6000"))
    await opened.conversation.run(turns=2)
    await opened.aclose()
    state = opened.conversation.state
    took = tokens(state)
    assert took < 6000 < 2 * took  # the next council is too much

    (branched,) = await open_branches(workspace, state.session, 2, [Change()])
    running = RunningBranches([branched], 4)
    await running.run()
    await running.aclose()
    [one] = running.branches
    assert (one.how, one.spoken) == ("over", 0)
    assert one.state.ended is not None
    assert one.state.ended.reason == "max_tokens"
    most = max(turn.usage.input_tokens + turn.usage.output_tokens for turn in state.turns.values())
    assert 6000 <= tokens(one.state) < 6000 + 4 * most
