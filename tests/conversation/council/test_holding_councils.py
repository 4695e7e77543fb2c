"""Before an agent speaks, its own people do, and only it hears them."""

import itertools
from dataclasses import replace

from backrooms_tui.session.events import SessionOpened, TurnEnded
from backrooms_tui.session.setup import Rules
from tests.conversation.council.seated import Seats, agent, council

LAB = council("Mara", "Jon")


async def test_an_agent_hears_its_council_before_it_speaks_and_nobody_else_does() -> None:
    seats = await Seats(agent(1, "Lab", LAB), agent(2, "State")).run(2)

    assert seats.asked() == ["Mara", "Jon", "Lab", "State"]
    assert "Mara: words of Mara 1\n\nJon: words of Jon 1" in seats.provider.sent("Lab")
    assert "words of Mara" not in seats.provider.sent("State")
    assert "words of Lab 1" in seats.provider.sent("State")


async def test_what_a_council_took_is_its_agents() -> None:
    seats = await Seats(agent(1, "Lab", LAB), agent(2, "State")).run(2)

    [ended] = seats.over()
    assert (ended.agent, ended.turn, ended.turns, ended.cost) == (1, 1, 2, 0.02)
    assert seats.state.agents[1].cost == 0.03
    assert ended.detail == "The limit of 1 round is reached."


async def test_a_council_is_a_session_of_its_own_that_says_what_it_serves() -> None:
    seats = await Seats(agent(1, "Lab", LAB), agent(2, "State")).run(1)

    [opening] = [event for _, event in seats.within if isinstance(event, SessionOpened)]
    assert opening.serves is not None
    assert (opening.serves.session, opening.serves.turn, opening.serves.agent) == ("s1", 1, 1)
    assert opening.session == seats.opened()[0].council
    assert [event.text for _, event in seats.within if isinstance(event, TurnEnded)] == [
        "words of Mara 1",
        "words of Jon 1",
    ]


async def test_a_council_hears_what_is_new_and_then_its_opening() -> None:
    host = replace(LAB, opening="What should Lab say?")
    seats = await Seats(agent(1, "Lab", host), agent(2, "State")).run(3)

    first, second = seats.provider.sent("Mara", 0), seats.provider.sent("Mara", 1)
    assert first == "[What should Lab say?]"
    assert second == "[Lab: words of Lab 1\n\nState: words of State 1\n\nWhat should Lab say?]"


async def test_a_council_may_hear_all_or_nothing() -> None:
    every, none = replace(LAB, hears="all"), council("Kim", hears="nothing")
    seats = await Seats(agent(1, "Lab", every), agent(2, "State", none)).run(5)

    assert "words of State 1" in seats.provider.sent("Mara")
    assert "words of State 2" in seats.provider.sent("Mara")
    assert seats.provider.sent("Kim") == "(You speak first.)"


async def test_a_council_may_be_held_every_second_turn() -> None:
    seats = await Seats(agent(1, "Lab", replace(LAB, every=2)), agent(2, "State")).run(6)

    assert [event.turn for event in seats.over()] == [1, 5]


async def test_an_agent_may_ask_for_its_council() -> None:
    def says(who, request):
        if who == "Lab":
            return "I want to think.\nCOUNCIL\nBye." if request.spoken == 0 else "A plain COUNCIL of words."
        return f"words of {who}"

    asking = replace(LAB, when="asked", ask="COUNCIL")
    seats = await Seats(agent(1, "Lab", asking), agent(2, "State"), says=says).run(6)

    assert [event.turn for event in seats.over()] == [3]


async def test_a_turn_that_is_spoken_again_has_the_council_that_was_held() -> None:
    seats = await Seats(agent(1, "Lab", LAB), agent(2, "State")).run(1)
    seats.conversation.retry()
    await seats.run(1)

    assert seats.asked() == ["Mara", "Jon", "Lab", "Lab"]
    assert "words of Mara 1" in seats.provider.sent("Lab")


async def test_requests_only_ever_grow_with_councils() -> None:
    seats = await Seats(agent(1, "Lab", LAB), agent(2, "State", council("Kim"))).run(6)

    for name in ("Lab", "State"):
        mine = [request.messages for request in seats.provider.requests if request.system == name]
        for before, after in itertools.pairwise(mine):
            assert list(after[: len(before)]) == list(before)


async def test_councils_nest_and_hear_only_their_own() -> None:
    mara = agent(1, "Mara", council("Owl", "Fox"))
    seats = await Seats(agent(1, "Lab", council(mara, "Jon")), agent(2, "State")).run(2)

    assert seats.asked() == ["Owl", "Fox", "Mara", "Jon", "Lab", "State"]
    assert "words of Owl" in seats.provider.sent("Mara")
    for name in ("Jon", "Lab", "State"):
        assert "words of Owl" not in seats.provider.sent(name)
    assert round(seats.over()[0].cost or 0, 6) == 0.04
    assert round(seats.state.cost, 6) == 0.06


async def test_councils_that_would_be_too_deep_are_not_held_and_this_is_said() -> None:
    mara = agent(1, "Mara", council(agent(1, "Owl", council("Mouse"))))
    seats = await Seats(agent(1, "Lab", council(mara)), agent(2, "State"), rules=Rules(council_depth=2)).run(2)

    assert seats.asked() == ["Owl", "Mara", "Lab", "State"]
    notices = [event.text for _, event in seats.within if event.kind == "noticed"]
    assert notices == ["the council of Owl is not held: councils are held 2 deep here"]


async def test_members_who_keep_their_memory_go_on_from_the_last_council() -> None:
    keeping = council("Mara", "Jon", memory="keep", opening="Begin.")
    seats = await Seats(agent(1, "Lab", keeping), agent(2, "State")).run(5)

    third = seats.provider.sent("Mara", 2)
    assert [third.index(f"words of {name}") for name in ("Mara 1", "Jon 1", "Mara 2", "Jon 2")] == sorted(
        third.index(f"words of {name}") for name in ("Mara 1", "Jon 1", "Mara 2", "Jon 2")
    )
    fresh = await Seats(agent(1, "Lab", replace(keeping, memory="fresh")), agent(2, "State")).run(5)
    assert "words of Mara 1" not in fresh.provider.sent("Mara", 2)


async def test_kept_memory_fills_at_most_half_of_a_window() -> None:
    def says(who, request):
        return f"{who} {request.spoken} " + "word " * 40

    keeping = replace(council("Mara", "Jon", memory="keep"), rules=Rules(max_rounds=2))
    members = tuple(replace(member, window=1000) for member in keeping.agents)
    seats = Seats(agent(1, "Lab", replace(keeping, agents=members)), agent(2, "State"), says=says)
    await seats.run(15)

    histories = [
        sum(len(message.text) for message in event.setup.agents[0].history)
        for _, event in seats.within
        if isinstance(event, SessionOpened)
    ]
    assert histories[0] == 0
    assert 800 < max(histories) <= 1500


async def test_a_seed_makes_councils_repeat_themselves() -> None:
    drawn = []
    for _ in range(2):
        seats = await Seats(agent(1, "Lab", LAB), agent(2, "State"), seed=7).run(3)
        drawn.append([request.params["seed"] for request in seats.provider.requests])
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == len(drawn[0])


async def test_members_of_a_council_within_a_council_keep_their_memory_too() -> None:
    mara = agent(1, "Mara", council("Owl", memory="keep"))
    seats = await Seats(agent(1, "Lab", council(mara)), agent(2, "State")).run(5)

    assert "words of Owl 1" in seats.provider.sent("Owl", 1)
    assert "words of Owl 2" in seats.provider.sent("Owl", 2)


async def test_a_member_keeps_the_model_and_the_words_that_it_was_given_in_a_council() -> None:
    seats = Seats(agent(1, "Lab", LAB), agent(2, "State"))
    await seats.conversation.step()
    inside = seats.conversation.councils[1]
    inside.change_seat(2, model="said/two")
    assert inside.state.setup is not None
    inside.change_agent(replace(inside.state.setup.agents[0], system="Mara, who is tired"))
    await seats.run(5)

    asked = [request for request in seats.provider.requests if request.system.startswith(("Mara", "Jon"))]
    assert [request.system for request in asked] == ["Mara", "Jon", *["Mara, who is tired", "Jon"] * 2]
    assert [request.model for request in asked if request.system == "Jon"] == ["two"] * 3


async def test_an_agent_that_goes_on_in_the_voice_of_its_council_is_cut() -> None:
    def says(who, request):
        return "We shall build.\nMara: Faster!\nJon: No." if who == "Lab" else f"words of {who}"

    seats = await Seats(agent(1, "Lab", LAB), agent(2, "State"), says=says).run(1)
    assert seats.state.turns[1].text.strip() == "We shall build."
