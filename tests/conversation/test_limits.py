"""Limits: turns, rounds, tokens, money and time; and agents that vote for the end."""

import pytest

from backrooms_tui.conversation.stopping import ending, leaving, ran
from backrooms_tui.providers.base import Request
from backrooms_tui.session.events import Paused, TurnEnded
from backrooms_tui.session.setup import AgentSetup
from tests.conversation.gathering import FIVE, Answer, Gathering, folded, gathered


def said(table: Gathering) -> tuple[str, str]:
    """Why it ended, and in which words."""
    assert table.state.ended is not None, table.state.reason
    return table.state.ended.reason, table.state.ended.detail


@pytest.mark.parametrize(
    ("rules", "turns", "reason", "detail"),
    [
        ({"max_turns": 1}, 1, "max_turns", "The limit of 1 turn is reached."),
        ({"max_rounds": 1}, 3, "max_rounds", "The limit of 1 round is reached."),
        ({"max_rounds": 2}, 6, "max_rounds", "The limit of 2 rounds is reached."),
        ({"max_tokens": 1000}, 67, "max_tokens", "The limit of 1,000 tokens is reached: 1,005 so far, in and out."),
        ({"budget": 0.02}, 2, "budget", "The budget of $0.02 is spent: $0.0200 so far."),
    ],
)
async def test_a_limit_ends_the_session_and_says_which(
    rules: dict[str, object], turns: int, reason: str, detail: str
) -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy", rules=rules))
    await table.conversation.run()
    assert table.state.turn == turns
    assert said(table) == (reason, detail)


async def test_tokens_of_replies_that_came_to_nothing_count_too() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        # Hardly worth a turn: it is asked again.
        other = "Bo" if seat == 1 else "Ada"
        return f"{other}: I will say that for you, and more of it." if len(table.provider.asked) % 2 else "Fine."

    table = Gathering(gathered("Ada", "Bo", rules={"max_tokens": 50}), answering)
    await table.conversation.run()
    assert said(table)[0] == "max_tokens"
    # Those that became turns are not enough for the limit.
    assert 15 * table.state.turn < 50
    assert len(table.provider.asked) == 2 * table.state.turn


@pytest.mark.parametrize(
    ("seconds", "words"), [(1.0, "1 second"), (90.0, "90 seconds"), (600.0, "10 minutes"), (9000.0, "2.5 hours")]
)
async def test_the_time_limit_counts_the_time_in_which_it_ran(seconds: float, words: str) -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"max_seconds": seconds}))
    table.clock.time += 10 * seconds
    await table.conversation.run(turns=2)
    table.clock.time += 10 * seconds
    await table.conversation.run(turns=2)
    assert table.state.status == "paused"
    assert ran(table.state) < seconds

    def slow(purpose: str, seat: int, request: Request) -> Answer:
        table.clock.time += seconds
        return "words"

    table.provider.answering = slow
    await table.conversation.run()
    assert table.state.turn == 5
    assert said(table) == ("max_seconds", f"The limit of {words} is reached.")


async def test_what_has_run_is_not_forgotten_when_the_session_goes_on_elsewhere() -> None:
    chosen = gathered("Ada", "Bo", rules={"max_seconds": 100.0})
    first = Gathering(chosen)
    first.provider.answering = lambda *_: _later(first, 60)
    await first.conversation.run(turns=1)
    second = Gathering(chosen, state=folded(first.heard.events))
    second.clock.time = first.clock.time
    second.provider.answering = lambda *_: _later(second, 60)
    await second.conversation.run()
    assert second.state.turn == 2
    assert said(second)[0] == "max_seconds"


async def test_the_time_in_which_nobody_ran_it_does_not_count_however_it_was_left() -> None:
    chosen = gathered("Ada", "Bo", rules={"max_seconds": 100.0})
    first = Gathering(chosen)
    first.provider.answering = lambda *_: _later(first, 10)
    await first.conversation.run(turns=1)
    killed = [event for event in first.heard.events if not isinstance(event, Paused)]
    second = Gathering(chosen, state=folded(killed))
    second.clock.time = first.clock.time + 50_000
    second.provider.answering = lambda *_: _later(second, 10)
    await second.conversation.run(turns=1)
    assert (second.state.turn, second.state.status) == (2, "paused")
    assert ran(second.state) == pytest.approx(20, abs=1)


def _later(table: Gathering, seconds: float) -> str:
    table.clock.time += seconds
    return "words"


@pytest.mark.parametrize(
    "rules", [{"max_rounds": 1}, {"max_tokens": 40}, {"max_seconds": 0.001}, {"budget": 0.03}, {"max_turns": 3}]
)
async def test_the_operator_may_go_on_past_every_limit(rules: dict[str, object]) -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy", rules=rules))
    await table.conversation.run()
    before = table.state.turn
    assert table.state.status == "ended"
    await table.conversation.run(turns=4, past_limits=True)
    assert (table.state.turn, table.state.status) == (before + 4, "paused")
    await table.conversation.run()
    assert (table.state.turn, table.state.status) == (before + 4, "ended")


# Rounds --------------------------------------------------------------------------------------------------------------


async def test_a_round_is_every_agent_that_may_speak_once() -> None:
    table = Gathering(gathered(*FIVE))
    table.conversation.mute(2)
    table.conversation.send_away(5)
    await table.conversation.run(turns=6)
    assert table.state.rounds == 2
    table.conversation.mute(2, False)
    await table.conversation.run(turns=3)
    assert table.state.rounds == 2
    # Whoever was missing leaves: the round is over.
    assert table.spoke()[6:] == ["Ada", "Bo", "Cy"]
    table.conversation.send_away(4)
    assert table.state.rounds == 3
    table.conversation.add_agent(AgentSetup(0, "Fay", "played/one"))
    await table.conversation.run(turns=4)
    assert table.state.rounds == 4


async def test_one_that_speaks_twice_makes_no_round() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy", rules={"max_rounds": 1}))
    for seat in (1, 2, 1, 2, 2):
        table.conversation.choose_speaker(seat)
        await table.conversation.step()
    assert (table.state.rounds, table.state.status) == (0, "paused")
    table.conversation.choose_speaker(3)
    await table.conversation.run()
    assert table.state.turn == 6
    assert said(table)[0] == "max_rounds"


async def test_a_turn_that_is_spoken_again_counts_once() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    await table.conversation.run(turns=2)
    assert table.state.rounds == 1
    table.conversation.retry()
    assert table.state.rounds == 0
    table.conversation.retry()
    await table.conversation.run(turns=3)
    assert (table.state.turn, table.state.rounds) == (3, 1)
    await table.conversation.run(turns=1)
    assert table.state.rounds == 2


# Votes ---------------------------------------------------------------------------------------------------------------


def stopping(*who: tuple[int, int]) -> Gathering:
    """Five agents that need three votes; those of `who` (seat, own turn from 0) say the stop word."""

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return "Enough.\n^C" if (seat, request.spoken) in who else "words"

    return Gathering(gathered(*FIVE, rules={"stop": ("^C",), "stop_votes": 3}), answering)


async def test_it_ends_when_so_many_have_said_the_stop_word_and_each_before_that_leaves() -> None:
    table = stopping((2, 0), (4, 0), (1, 2))
    await table.conversation.run()
    assert table.spoke() == ["Ada", "Bo", "Cy", "Dee", "Eve", "Ada", "Cy", "Eve", "Ada"]
    assert said(table) == ("stop", "Ada, Bo and Dee ended the conversation with ^C.")
    left = [(event.agent, event.reason) for event in table.heard.events if event.kind == "agent_left"]
    assert left == [(2, "having said ^C"), (4, "having said ^C")]


async def test_who_comes_back_takes_its_vote_back_and_is_not_asked_to_leave_again() -> None:
    table = stopping((1, 0), (2, 0), (3, 0), (4, 0))
    await table.conversation.run(turns=2)
    table.conversation.bring_back(2)
    table.conversation.bring_back(1)
    await table.conversation.run(turns=1)
    assert [agent.name for agent in table.state.agents.values() if agent.absent] == ["Cy"]
    await table.conversation.run(turns=2)
    assert table.state.status == "paused"
    await table.conversation.run(turns=4)
    assert table.spoke()[5:] == ["Ada", "Bo", "Eve", "Ada"]


async def test_no_more_votes_are_needed_than_there_are_agents() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return "^C" if request.spoken == 1 else "words"

    rules: dict[str, object] = {"stop": ("^C",), "stop_votes": 9}
    table = Gathering(gathered("Ada", "Bo", "Cy", rules=rules, absent=[False, False, True]), answering)
    await table.conversation.run()
    assert table.spoke() == ["Ada", "Bo", "Ada", "Bo"]
    assert said(table)[1] == "Ada and Bo ended the conversation with ^C."


async def test_one_vote_ends_it_where_the_rules_say_nothing_else() -> None:
    table = Gathering(gathered(*FIVE, rules={"stop": ("^C",)}), lambda *_: "^C")
    await table.conversation.run()
    assert said(table) == ("stop", "Ada ended the conversation with ^C.")


async def test_a_vote_that_is_taken_back_brings_its_agent_back() -> None:
    table = stopping((2, 0))
    await table.conversation.run(turns=2)
    assert table.state.agents[2].absent
    table.provider.answering = lambda *_: "words"
    table.conversation.retry()
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Ada", "Bo", "Cy"]
    assert not table.state.agents[2].absent


async def test_a_branch_that_begins_with_a_vote_lets_its_agent_leave() -> None:
    table = stopping((2, 0))
    await table.conversation.run(turns=3)
    ended = next(event for event in table.heard.events if isinstance(event, TurnEnded) and event.turn == 2)
    past = folded(event for event in table.heard.events if event.seq <= ended.seq)
    branch = Gathering(table.state.setup, state=past)  # type: ignore[arg-type]
    await branch.conversation.run(turns=6)
    assert branch.spoke() == ["Ada", "Bo", "Cy", "Dee", "Eve", "Ada", "Cy", "Dee"]


async def test_going_on_after_the_votes_the_next_one_ends_it_again() -> None:
    table = stopping((1, 0), (2, 0), (3, 0), (5, 0))
    await table.conversation.run()
    assert table.spoke() == ["Ada", "Bo", "Cy"]
    await table.conversation.run(past_limits=True)
    assert table.spoke() == ["Ada", "Bo", "Cy", "Dee", "Eve"]
    assert said(table)[1] == "Ada, Bo and Eve ended the conversation with ^C."


async def test_looking_whether_it_is_over_changes_nothing_and_needs_no_clock() -> None:
    table = stopping((2, 0))
    await table.conversation.run(turns=1)
    assert ending(table.state) is None
    assert leaving(table.state) is None
