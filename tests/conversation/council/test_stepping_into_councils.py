"""A council can be paused, stepped, spoken into, cut short and ended, at any depth and at any moment."""

import asyncio
from dataclasses import replace

import pytest

from backrooms_tui.session.events import Ended, TurnEnded
from backrooms_tui.session.setup import Rules
from backrooms_tui.session.trouble import OperatorError, Trouble
from tests.conversation.council.seated import Seats, agent, council, until

LAB = council("Mara", "Jon")
DOWN = Trouble("authentication", "the key was refused", "check the key")


async def test_a_step_is_one_turn_in_the_council_and_then_one_of_its_host() -> None:
    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"))
    for asked in (["Mara"], ["Mara", "Jon"], ["Mara", "Jon", "Lab"], ["Mara", "Jon", "Lab", "State"]):
        await seats.conversation.step()
        assert seats.asked() == asked
        assert (seats.state.status, seats.state.reason) == ("paused", "stepped")


async def test_a_step_is_one_turn_at_any_depth() -> None:
    mara = agent(1, "Mara", council("Owl", "Fox"))
    seats = Seats(agent(1, "Lab", council(mara, "Jon")), agent(2, "State", council("Kim")), rules=Rules(max_turns=2))
    for steps in range(1, 8):
        await seats.conversation.step()
        assert len(seats.asked()) == steps
    assert seats.asked() == ["Owl", "Fox", "Mara", "Jon", "Lab", "Kim", "State"]
    assert seats.conversation.councils == {}


async def test_a_step_in_a_round_of_statements_is_one_turn_too() -> None:
    rules = Rules(mode="statements", max_rounds=1)
    seats = Seats(agent(1, "Lab", LAB), agent(2, "State", council("Kim")), rules=rules)
    for steps in range(1, 6):
        await seats.conversation.step()
        assert len(seats.asked()) == steps
    assert seats.asked() == ["Mara", "Jon", "Lab", "Kim", "State"]


async def test_a_pause_stands_still_after_the_turn_that_is_spoken_in_the_council() -> None:
    seats: Seats

    def says(who, request):
        if who == "Mara":
            seats.conversation.pause()
        return f"words of {who}"

    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"), says=says)
    await seats.run(2)
    assert seats.asked() == ["Mara"]
    assert (seats.state.status, seats.state.reason) == ("paused", "paused by the operator")
    assert seats.conversation.councils[1].state.turn == 1

    await seats.run(2)
    assert seats.asked() == ["Mara", "Jon", "Lab", "State"]


async def test_a_pause_inside_is_a_pause_of_all_with_its_reason() -> None:
    seats: Seats

    def says(who, request):
        if who == "Owl":
            seats.conversation.councils[1].councils[1].pause()
        return f"words of {who}"

    mara = agent(1, "Mara", council("Owl", "Fox"))
    seats = Seats(agent(1, "Lab", council(mara)), agent(2, "State"), says=says)
    await seats.run(2)
    assert seats.state.reason == "in the council of Lab: in the council of Mara: paused by the operator"
    await seats.run(2)
    assert seats.asked() == ["Owl", "Fox", "Mara", "Lab", "State"]


async def test_trouble_in_a_council_pauses_all_and_nothing_said_is_lost() -> None:
    down = True

    def says(who, request):
        return DOWN if who == "Jon" and down else f"words of {who}"

    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"), says=says)
    await seats.run(2)
    assert seats.state.trouble == DOWN
    assert seats.state.reason == "in the council of Lab: the key was refused"

    down = False
    await seats.run(2)
    assert seats.asked() == ["Mara", "Jon", "Jon", "Lab", "State"]
    assert seats.over()[0].turns == 2


async def test_words_to_a_council_are_heard_there_and_told_to_its_host_alone() -> None:
    stuck = asyncio.Event()

    def says(who, request):
        return stuck if who == "Mara" else f"words of {who}"

    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"), says=says)
    running = asyncio.ensure_future(seats.run(2))
    await stuck.wait()
    seats.conversation.councils[1].interject("Think of the sea.")
    seats.conversation.councils[1].whisper(2, "You alone.")
    seats.conversation.stop_speaking()
    await running

    assert "Operator: Think of the sea." in seats.provider.sent("Jon")
    assert "You alone." in seats.provider.sent("Jon")
    assert "Mara: half of Mara\n\nOperator: Think of the sea.\n\nJon:" in seats.provider.sent("Lab")
    assert "You alone." not in seats.provider.sent("Lab")
    assert "the sea" not in seats.provider.sent("State")


async def test_words_to_all_while_a_council_talks_are_heard_at_once_by_its_host() -> None:
    stuck = asyncio.Event()
    seats = Seats(
        agent(1, "Lab", LAB), agent(2, "State"), says=lambda who, _: stuck if who == "Mara" else f"words of {who}"
    )
    running = asyncio.ensure_future(seats.run(2))
    await stuck.wait()
    seats.conversation.interject("A storm comes.")
    seats.conversation.stop_speaking()
    await running
    assert "Operator: A storm comes." in seats.provider.sent("Lab")
    assert "Operator: A storm comes." in seats.provider.sent("State")


@pytest.mark.parametrize("running", [True, False])
async def test_ending_ends_the_councils_too_and_keeps_what_was_said(running: bool) -> None:
    stuck = asyncio.Event()
    seats = Seats(
        agent(1, "Lab", LAB), agent(2, "State"), says=lambda who, _: stuck if who == "Jon" else f"words of {who}"
    )
    if running:
        task = asyncio.ensure_future(seats.run())
        await stuck.wait()
        seats.conversation.end()
        await task
    else:
        await seats.conversation.step()
        seats.conversation.end()

    assert seats.state.status == "ended"
    assert seats.state.councils == {} == seats.conversation.councils
    [over] = seats.over()
    assert over.text.startswith("Mara: words of Mara")
    assert next(event for _, event in seats.within if isinstance(event, Ended)).reason == "operator"
    assert seats.heard.kinds()[-2:] == ["council_ended", "ended"]


async def test_a_council_alone_can_be_ended_and_its_host_speaks() -> None:
    seats: Seats

    def says(who, request):
        if who == "Mara":
            seats.conversation.councils[1].end()
        return f"words of {who}"

    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"), says=says)
    await seats.run(2)
    assert seats.asked() == ["Mara", "Lab", "State"]


async def test_leaving_in_a_council_goes_on_in_it() -> None:
    stuck = asyncio.Event()
    spoken = []

    def says(who, request):
        spoken.append(who)
        return stuck if who == "Owl" and spoken.count("Owl") == 1 else f"words of {who}"

    mara = agent(1, "Mara", council("Owl", "Fox"))
    seats = Seats(agent(1, "Lab", council("Jon", mara)), agent(2, "State"), says=says)
    running = asyncio.ensure_future(seats.run())
    await stuck.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (seats.state.status, seats.state.reason) == ("paused", "the conversation was left")
    assert seats.provider.open == 0

    await seats.run(2)
    assert spoken == ["Jon", "Owl", "Fox", "Mara", "Lab", "State"]


async def test_the_speaker_whose_council_has_met_is_the_one_that_speaks() -> None:
    seats = Seats(
        agent(1, "Ada", council("Kim")),
        agent(2, "Bo", council("Lee")),
        agent(3, "Cy", council("Max")),
        rules=Rules(order="random"),
        seed=None,
    )
    for _ in range(12):
        await seats.conversation.step()
    asked = seats.asked()
    hosts = {"Kim": "Ada", "Lee": "Bo", "Max": "Cy"}
    assert [hosts[member] for member in asked[::2]] == asked[1::2]


async def test_somebody_else_who_is_picked_speaks_first_and_the_council_waits() -> None:
    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"))
    await seats.conversation.step()
    seats.conversation.choose_speaker(2)
    await seats.run(2)
    assert seats.asked() == ["Mara", "State", "Jon", "Lab"]


async def test_the_budget_is_one_pot_for_everything_inside() -> None:
    mara = agent(1, "Mara", council("Owl", "Fox"))
    seats = Seats(agent(1, "Lab", council(mara, "Jon")), agent(2, "State"), rules=Rules(budget=0.03))
    await seats.run()

    assert seats.asked() == ["Owl", "Fox", "Mara"]
    assert seats.state.ended is not None
    assert seats.state.ended.reason == "budget"
    assert seats.over()[0].detail.startswith("The budget of $0.03 is spent")


async def test_councils_at_the_same_time_share_the_pot() -> None:
    rules = Rules(mode="statements", budget=0.04)
    many = replace(LAB, rules=Rules(max_turns=50))
    seats = Seats(*(agent(seat, f"Lab {seat}", many) for seat in (1, 2, 3)), rules=rules)
    await seats.run()
    # What was being said when it was used up is said to its end.
    assert 4 <= len(seats.asked()) <= 6
    assert seats.state.ended is not None
    assert seats.state.ended.reason == "budget"


async def test_a_council_has_a_budget_of_its_own() -> None:
    own = replace(LAB, rules=Rules(max_turns=50, budget=0.03))
    seats = await Seats(agent(1, "Lab", own), agent(2, "State")).run(2)
    assert seats.asked() == ["Mara", "Jon", "Mara", "Lab", "State"]
    assert seats.over()[0].detail.startswith("The budget of $0.03 is spent")


async def test_stopping_one_council_leaves_the_others() -> None:
    stuck = asyncio.Event()

    def says(who, request):
        return stuck if who == "Mara" else f"words of {who}"

    rules = Rules(mode="statements", max_rounds=1)
    seats = Seats(agent(1, "Lab", council("Mara")), agent(2, "State", council("Kim")), says=says, rules=rules)
    running = asyncio.ensure_future(seats.run())
    await stuck.wait()
    await until(lambda: 2 not in seats.conversation.councils)
    seats.conversation.councils[1].stop_speaking()
    await running
    assert {event.agent: event.text for event in seats.over()} == {1: "Mara: half of Mara", 2: "Kim: words of Kim"}
    assert seats.spoke() == ["Lab", "State"]


async def test_one_that_pauses_lets_the_others_stand_still_after_their_turns() -> None:
    def says(who, request):
        return DOWN if who == "Mara" else f"words of {who}"

    rules = Rules(mode="statements", max_rounds=1)
    many = replace(council("Kim", "Lee"), rules=Rules(max_turns=20))
    seats = Seats(agent(1, "Lab", council("Mara")), agent(2, "State", many), says=says, rules=rules)
    await seats.run()
    assert seats.state.trouble == DOWN
    assert seats.conversation.councils[2].state.turn < 20
    assert seats.conversation.councils[2].state.status == "paused"


async def test_a_council_that_cannot_be_kept_pauses_all() -> None:
    class Full:
        async def new_id(self):
            return "c1"

        async def open(self, council):
            raise OperatorError("the disk is full", "make room")

        async def state(self, council):
            return None

    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"), keeping=Full())
    with pytest.raises(OperatorError):
        await seats.run()
    assert (seats.state.status, seats.state.reason) == ("paused", "the disk is full")


async def test_a_turn_that_is_taken_back_while_a_council_talks_is_spoken_first() -> None:
    seats: Seats

    def says(who, request):
        if who == "Mara" and seats.provider.counts["Mara"] == 1:
            seats.conversation.retry()
        return f"words of {who}"

    seats = Seats(agent(1, "State"), agent(2, "Lab", LAB), says=says)
    await seats.run(3)
    assert seats.asked() == ["State", "Mara", "Jon", "State", "Lab"]
    texts = [event.turn for event in seats.heard.events if isinstance(event, TurnEnded)]
    assert texts == [1, 1, 2]


async def test_somebody_who_is_picked_waits_for_a_turn_that_is_spoken_again() -> None:
    seats = Seats(agent(1, "State"), agent(2, "Lab", LAB))
    await seats.run(2)
    seats.conversation.choose_speaker(1)
    seats.conversation.retry()
    await seats.run(2)
    assert seats.asked() == ["State", "Mara", "Jon", "Lab", "Lab", "State"]


async def test_somebody_who_is_picked_while_a_council_talks_speaks_before_its_host() -> None:
    seats: Seats

    def says(who, request):
        if who == "Mara":
            seats.conversation.choose_speaker(1)
        return f"words of {who}"

    seats = Seats(agent(1, "State"), agent(2, "Lab", LAB), agent(3, "Sea"), says=says)
    await seats.run(3)
    assert seats.asked() == ["State", "Mara", "Jon", "State", "Lab"]
