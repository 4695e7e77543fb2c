"""The orders of five agents: who speaks next, and what is said about why."""

import asyncio
from collections import Counter
from itertools import pairwise

import pytest

from backrooms_tui.conversation.orders import ORDERS
from backrooms_tui.providers.base import Request
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.templates.orders import ORDERS as WRITTEN
from tests.conversation.gathering import FIVE, Answer, Gathering, folded, gathered, silent

NO_KEY = Trouble("authentication", "no key", "give a key")


def test_every_order_that_a_template_can_name_is_there() -> None:
    assert set(ORDERS) == set(WRITTEN)


@pytest.mark.parametrize("order", sorted(set(ORDERS) - {"manual"}))
async def test_only_who_may_speak_is_chosen(order: str) -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return {"manager": "Bo", "bid": f"{10 - seat}"}.get(purpose, "Bo, Dee, Ada, and you, Cy? Eve!")

    table = Gathering(gathered(*FIVE, rules={"order": order}, absent=[False, True, False, False, False]), answering)
    table.conversation.mute(4)
    await table.conversation.run(turns=12)
    assert set(table.spoke()) <= {"Ada", "Cy", "Eve"}
    assert len(table.spoke()) == 12


@pytest.mark.parametrize("order", sorted(ORDERS))
async def test_where_nobody_may_speak_the_conversation_stands_still_and_says_why(order: str) -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy", rules={"order": order}))
    table.conversation.mute(1)
    table.conversation.mute(3)
    table.conversation.send_away(2)
    await table.conversation.run()
    assert (table.state.status, table.state.turn) == ("paused", 0)
    assert table.state.reason == "nobody may speak: Bo is away, Ada and Cy are muted"
    assert table.provider.asked == []


@pytest.mark.parametrize("order", sorted(set(ORDERS) - {"manual"}))
async def test_the_same_seed_chooses_the_same_also_where_the_session_is_taken_up_again(order: str) -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        if purpose == "manager":
            return FIVE[(request.spoken * 3) % 5]
        return f"{(seat * 7 + request.spoken * 3) % 11}"

    chosen = gathered(*FIVE, seed=11, rules={"order": order})
    whole = Gathering(chosen, answering)
    await whole.conversation.run(turns=12)
    first = Gathering(chosen, answering)
    await first.conversation.run(turns=5)
    second = Gathering(chosen, answering, folded(first.heard.events))
    await second.conversation.run(turns=7)
    assert second.spoke() == whole.spoke()


@pytest.mark.parametrize("order", sorted(ORDERS))
async def test_the_operator_lets_one_speak_next_once_in_any_order(order: str) -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return {"manager": "Ada", "bid": "5"}.get(purpose, "words")

    table = Gathering(gathered(*FIVE, rules={"order": order}), answering)
    table.conversation.choose_speaker(4)
    assert table.conversation.picked == 4
    await table.conversation.step()
    assert table.spoke() == ["Dee"]
    assert table.reasons() == ["chosen by the operator"]
    assert table.conversation.picked is None
    await table.conversation.step()
    assert table.spoke()[1:] != ["Dee"]


async def test_nobody_is_picked_who_may_not_speak() -> None:
    table = Gathering(gathered(*FIVE, absent=[False, False, True, False, False]))
    table.conversation.mute(2)
    for seat, why in ((2, "only listens"), (3, "is away"), (9, "no seat 9")):
        with pytest.raises(OperatorError, match=why):
            table.conversation.choose_speaker(seat)


async def test_a_pick_that_may_no_longer_speak_is_forgotten() -> None:
    table = Gathering(gathered(*FIVE))
    table.conversation.choose_speaker(3)
    table.conversation.send_away(3)
    await table.conversation.run(turns=2)
    table.conversation.bring_back(3)
    await table.conversation.run(turns=1)
    assert table.spoke() == ["Ada", "Bo", "Cy"]
    assert "chosen by the operator" not in table.reasons()


# Round robin ---------------------------------------------------------------------------------------------------------


async def test_in_seat_order_those_who_may_not_speak_are_passed_over() -> None:
    table = Gathering(gathered(*FIVE))
    await table.conversation.run(turns=2)
    table.conversation.mute(3)
    await table.conversation.run(turns=1)
    table.conversation.mute(3, False)
    await table.conversation.run(turns=5)
    assert table.spoke() == ["Ada", "Bo", "Dee", "Eve", "Ada", "Bo", "Cy", "Dee"]


# Random --------------------------------------------------------------------------------------------------------------


async def test_drawn_by_lot_the_talkative_speak_more_often_and_nobody_twice_in_a_row() -> None:
    table = Gathering(gathered(*FIVE, rules={"order": "random"}, talkativeness=[0.9, 0.9, 0.9, 0.1, 0.0]))
    await table.conversation.run(turns=200)
    spoke = table.spoke()
    counted = Counter(spoke)
    assert all(one != other for one, other in pairwise(spoke))
    assert min(counted[name] for name in ("Ada", "Bo", "Cy")) > 3 * counted["Dee"] > 0
    assert counted["Eve"] == 0
    assert table.reasons()[0].startswith("drawn by lot, with a chance of ")


async def test_with_repeat_one_may_speak_twice_in_a_row() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"order": "random", "repeat": True}))
    await table.conversation.run(turns=40)
    spoke = table.spoke()
    assert any(one == other for one, other in pairwise(spoke))


async def test_where_nobody_is_talkative_everybody_is_drawn() -> None:
    table = Gathering(gathered(*FIVE, rules={"order": "random"}, talkativeness=[0.0] * 5))
    await table.conversation.run(turns=60)
    assert set(table.spoke()) == set(FIVE)


async def test_one_alone_goes_on_alone() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"order": "random"}))
    table.conversation.send_away(2)
    await table.conversation.run(turns=3)
    assert table.spoke() == ["Ada"] * 3


# Manual --------------------------------------------------------------------------------------------------------------


async def test_by_hand_the_conversation_waits_for_each_pick() -> None:
    table = Gathering(gathered(*FIVE, rules={"order": "manual"}))
    await table.conversation.run()
    assert (table.state.status, table.state.reason) == ("paused", "choose who speaks next")
    for seat in (3, 3, 1):
        table.conversation.choose_speaker(seat)
        await table.conversation.run()
        assert table.state.reason == "choose who speaks next"
    assert table.spoke() == ["Cy", "Cy", "Ada"]


# Manager -------------------------------------------------------------------------------------------------------------


async def test_the_manager_is_asked_with_names_descriptions_and_the_last_words() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return "Dee" if purpose == "manager" else f"These are words {request.spoken} of {seat}."

    described = ["a poet", "", "a sceptic", "a host", ""]
    rules: dict[str, object] = {"order": "manager", "manager": "played/wise"}
    table = Gathering(gathered(*FIVE, rules=rules, description=described), answering)
    table.conversation.whisper(2, "A secret.")
    await table.conversation.step()
    table.conversation.choose_speaker(1)
    table.conversation.interject("Hello all.")
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Dee", "Ada", "Dee"]
    assert table.reasons()[0] == "chosen by the manager"
    request = table.provider.asked_for("manager")[-1]
    text = request.messages[0].text
    assert request.model == "wise"
    assert "4. Dee: a host" in text
    assert "2. Bo\n" in text
    assert "Ada: a poet" not in text  # who has just spoken is not in the list
    assert "Dee: These are words 0 of 4." in text
    assert "Operator: Hello all." in text
    assert "secret" not in text
    assert [event.agent for event in table.inner()] == [0, 0]


@pytest.mark.parametrize("answer", ["**Cy**", '"Cy."', "cy", "3", "3.", "Cy should speak, he is the sceptic.", "3. Cy"])
async def test_a_name_in_any_dress_is_understood(answer: str) -> None:
    table = Gathering(
        gathered(*FIVE, rules={"order": "manager"}), lambda purpose, *_: answer if purpose == "manager" else "words"
    )
    await table.conversation.step()
    assert table.spoke() == ["Cy"]


async def test_a_longer_name_is_not_taken_for_a_shorter_one_in_it() -> None:
    chosen = gathered("Ada", "Ada Lovelace", "Bo", rules={"order": "manager"})
    table = Gathering(chosen, lambda purpose, *_: "I pick Ada Lovelace." if purpose == "manager" else "words")
    await table.conversation.step()
    assert table.spoke() == ["Ada Lovelace"]


async def test_a_manager_that_answers_rubbish_is_asked_twice_more_and_then_it_goes_in_order() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return "Both Bo and Cy, perhaps." if purpose == "manager" else "words"

    table = Gathering(gathered(*FIVE, rules={"order": "manager"}), answering)
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Ada", "Bo"]
    asked = table.provider.asked_for("manager")
    assert len(asked) == 6
    assert "which is not one name" in asked[1].messages[0].text
    assert table.reasons()[1].startswith("next in order after Ada: no name was found in the manager's answers")
    assert "Both Bo and Cy" in table.reasons()[1]


async def test_a_usable_second_answer_counts() -> None:
    answers = iter(["?", "Eve"])
    table = Gathering(
        gathered(*FIVE, rules={"order": "manager"}), lambda purpose, *_: next(answers) if purpose == "manager" else "x"
    )
    await table.conversation.step()
    assert table.spoke() == ["Eve"]


async def test_a_manager_in_trouble_is_done_without() -> None:
    table = Gathering(
        gathered(*FIVE, rules={"order": "manager"}), lambda purpose, *_: NO_KEY if purpose == "manager" else "words"
    )
    await table.conversation.run(turns=3)
    assert table.spoke() == ["Ada", "Bo", "Cy"]
    assert table.reasons()[2] == "next in order after Bo: the manager could not be asked (no key)"


async def test_the_first_agents_model_leads_where_the_rules_name_none() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy", rules={"order": "manager"}), lambda *_: "Bo")
    table.conversation.change_seat(1, model="played/other", params={"context": 4096})
    await table.conversation.step()
    request = table.provider.asked_for("manager")[0]
    assert (request.model, request.params["context"]) == ("other", 4096)


# Mention -------------------------------------------------------------------------------------------------------------


async def test_whoever_is_addressed_speaks_next() -> None:
    words = {"Ada": "I like Bo. Dee, what do you say?", "Dee": "Ask Cy, not me. Go on, Eve.", "Eve": "Bo! Bo, wake up."}

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return words.get(FIVE[seat - 1], "Nothing more.")

    table = Gathering(gathered(*FIVE, rules={"order": "mention"}), answering)
    table.conversation.choose_speaker(1)
    await table.conversation.run(turns=5)
    assert table.spoke()[:4] == ["Ada", "Dee", "Eve", "Bo"]
    assert table.reasons()[1] == "addressed by Ada"
    assert table.reasons()[4].startswith("nobody was addressed: drawn by lot")


async def test_the_operator_may_address_somebody_and_a_whisper_addresses_nobody() -> None:
    chosen = gathered(*FIVE, rules={"order": "mention"}, talkativeness=[1.0, 0.0, 0.0, 0.0, 0.0])
    table = Gathering(chosen, lambda *_: "Well, Bo?")
    table.conversation.choose_speaker(3)
    await table.conversation.step()
    table.conversation.interject("Eve, please.")
    table.conversation.whisper(4, "Dee, it is you.")
    await table.conversation.step()
    assert table.spoke() == ["Cy", "Eve"]
    assert table.reasons()[-1] == "addressed by the operator"


async def test_who_is_addressed_and_may_not_speak_leaves_it_to_the_one_before() -> None:
    table = Gathering(gathered(*FIVE, rules={"order": "mention"}), lambda *_: "Dee, and you, Cy? And you, Ada?")
    table.conversation.mute(3)
    table.conversation.choose_speaker(1)
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Ada", "Dee"]


# Bidding -------------------------------------------------------------------------------------------------------------


async def test_the_keenest_speaks_and_all_bids_are_told() -> None:
    bids = {1: "2", 2: "I would say 7/10.", 3: "no idea", 4: "7.5", 5: "7 or 8"}

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return bids[seat] if purpose == "bid" else "words"

    table = Gathering(gathered(*FIVE, rules={"order": "bidding"}), answering)
    await table.conversation.step()
    assert table.spoke() == ["Dee"]
    (reason,) = table.reasons()
    told = "Ada 2, Bo 7, Cy 0, no number in its answer, Dee 7.5, Eve 0, no number in its answer"
    assert reason == f"wants to speak most (bids: {told})"
    assert table.provider.most_open == 5
    assert {event.agent for event in table.inner()} == {1, 2, 3, 4, 5}


async def test_of_equally_keen_ones_the_one_that_was_silent_longest_speaks() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return ("0" if seat == 5 else "6") if purpose == "bid" else "words"

    table = Gathering(gathered(*FIVE, rules={"order": "bidding"}), answering)
    table.conversation.choose_speaker(2)
    await table.conversation.run(turns=6)
    assert table.spoke() == ["Bo", "Ada", "Cy", "Dee", "Bo", "Ada"]
    assert table.reasons()[1].startswith("silent longest of the keenest (bids: Ada 6, Cy 6,")


async def test_who_cannot_be_asked_bids_nothing() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return (NO_KEY if seat != 4 else "1") if purpose == "bid" else "words"

    table = Gathering(gathered(*FIVE, rules={"order": "bidding"}), answering)
    await table.conversation.step()
    assert table.spoke() == ["Dee"]
    assert "Ada 0, could not be asked" in table.reasons()[0]


async def test_each_is_asked_with_what_it_has_heard_and_no_more() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return str(10 - seat) if purpose == "bid" else f"words of {seat}"

    table = Gathering(gathered(*FIVE, rules={"order": "bidding"}), answering)
    table.conversation.whisper(2, "A secret.")
    table.conversation.send_away(3)
    await table.conversation.run(turns=2)
    table.conversation.bring_back(3)
    await table.conversation.run(turns=1)
    asked = {seat: request for what, seat, request in table.provider.asked if what == "bid"}
    text = {seat: request.messages[0].text for seat, request in asked.items()}
    assert [seat for seat in text if "secret" in text[seat]] == [2]
    assert "words of" not in text[3]
    assert "Ada: words of 1" in text[4]
    assert asked[4].system == "You are Dee."
    assert "You: words of 1" in text[1]


# While it is being asked ---------------------------------------------------------------------------------------------


async def test_what_is_asked_counts_in_the_budget_and_ends_it_before_the_next_turn() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return str(seat) if purpose == "bid" else "words"

    table = Gathering(gathered(*FIVE, rules={"order": "bidding", "budget": 0.085}), answering)
    await table.conversation.run()
    # Five bids and a turn, then four bids, of a cent each.
    assert len(table.provider.asked_for("bid")) == 9
    assert table.spoke() == ["Eve"]
    assert table.state.ended is not None
    assert table.state.ended.reason == "budget"
    assert table.state.cost == pytest.approx(0.10)


@pytest.mark.parametrize("order", ["bidding", "manager"])
async def test_pausing_while_it_is_asked_stands_still_at_once(order: str) -> None:
    reached = asyncio.Event()

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return reached if purpose != "turn" and not reached.is_set() else "Ada"

    table = Gathering(gathered(*FIVE, rules={"order": order}), answering)
    runner = asyncio.create_task(table.conversation.run())
    await reached.wait()
    assert table.conversation.choosing
    assert not table.conversation.speaking
    table.conversation.pause()
    await runner
    assert (table.state.status, table.state.turn) == ("paused", 0)
    assert table.provider.open_streams == 0
    assert any(event.answer == "half a" for event in table.inner())
    await table.conversation.step()
    assert len(table.spoke()) == 1


@pytest.mark.parametrize("command", ["end", "stop", "leave"])
async def test_it_can_be_ended_stopped_and_left_while_it_is_asked(command: str) -> None:
    reached = asyncio.Event()
    table = Gathering(gathered(*FIVE, rules={"order": "bidding"}), lambda *_: reached)
    runner = asyncio.create_task(table.conversation.run())
    await reached.wait()
    if command == "end":
        table.conversation.end()
        await runner
        assert table.state.status == "ended"
    elif command == "stop":
        table.conversation.stop_speaking()
        await runner
        assert table.state.status == "paused"
    else:
        runner.cancel()
        with pytest.raises(asyncio.CancelledError):
            await runner
        assert table.state.status == "paused"
    assert table.spoke() == []
    assert table.provider.open_streams == 0


async def test_a_pick_while_it_is_asked_is_followed_at_once() -> None:
    reached = asyncio.Event()
    table = Gathering(
        gathered(*FIVE, rules={"order": "manager"}), lambda purpose, *_: reached if purpose == "manager" else "words"
    )
    runner = asyncio.create_task(table.conversation.run(turns=1))
    await reached.wait()
    table.conversation.choose_speaker(5)
    await runner
    assert table.spoke() == ["Eve"]


async def test_who_is_muted_while_the_manager_thinks_is_not_let_in() -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        if purpose == "manager":
            table.conversation.mute(2)
            return "Bo" if request.spoken == 0 else "Cy"
        return "words"

    table = Gathering(gathered(*FIVE, rules={"order": "manager"}), answering)
    await table.conversation.step()
    assert table.spoke() == ["Cy"]


# A turn again --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", sorted(ORDERS))
async def test_a_turn_that_is_spoken_again_is_the_same_agents(order: str) -> None:
    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return {"manager": FIVE[request.spoken % 5], "bid": str((seat + request.spoken) % 5)}.get(purpose, "words")

    table = Gathering(gathered(*FIVE, rules={"order": order}), answering)
    for seat in (3, 5):
        table.conversation.choose_speaker(seat)
        await table.conversation.step()
    table.conversation.retry()
    table.conversation.retry()
    await table.conversation.step()
    assert table.spoke() == ["Cy"]
    assert table.reasons()[-1] == "speaks this turn again"


@pytest.mark.parametrize("order", ["bidding", "random", "manager"])
async def test_a_turn_that_failed_is_tried_again_by_the_same_agent_and_nobody_is_asked_for_it(order: str) -> None:
    failing = True

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        if purpose == "turn":
            return NO_KEY if failing else "words"
        return "Dee" if purpose == "manager" else str(seat)

    table = Gathering(gathered(*FIVE, rules={"order": order}), answering)
    await table.conversation.run()
    assert table.state.trouble == NO_KEY
    chosen = table.state.next_agent
    asked = len(table.inner())
    failing = False
    again = Gathering(gathered(*FIVE, rules={"order": order}), answering, folded(table.heard.events))
    for conversation in (table, again):
        await conversation.conversation.step()
        assert conversation.state.turns[1].agent == chosen
        assert conversation.reasons()[-1] == "tries this turn again"
    assert len(table.inner()) == asked
    assert again.inner() == []


async def test_who_leaves_instead_of_trying_again_leaves_the_turn_to_somebody_else() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy"), lambda purpose, seat, _: NO_KEY if seat == 1 else "words")
    await table.conversation.run()
    table.conversation.send_away(1)
    await table.conversation.step()
    assert table.spoke() == ["Bo"]


async def test_somebody_new_is_in_the_order_at_once() -> None:
    table = Gathering(gathered("Ada", "Bo"), silent)
    await table.conversation.run(turns=2)
    table.conversation.add_agent(AgentSetup(1, "Cy", "played/one"))
    await table.conversation.run(turns=3)
    assert table.spoke() == ["Ada", "Bo", "Cy", "Ada", "Bo"]
