"""Rounds that are told of, statements that are heard when their round is over, and debates."""

import asyncio
import itertools
from collections.abc import Callable

import pytest

from backrooms_tui.conversation.beginning_rounds import label_of, text_of
from backrooms_tui.session.events import RoundBegan
from backrooms_tui.session.setup import RoundLabels, Rules
from backrooms_tui.session.state import RoundEntry
from tests.conversation.council.seated import Seats, agent, council, until
from tests.conversation.gathering import folded

YEARS = RoundLabels("Year", ("2030", "2031", "2032"))


def told(seats: Seats) -> list[str]:
    return [event.text for event in seats.heard.events if isinstance(event, RoundBegan)]


async def test_the_label_of_a_round_is_told_before_its_first_turn() -> None:
    seats = await Seats(agent(1, "Lab"), agent(2, "State"), rules=Rules(rounds=YEARS, max_rounds=3)).run()

    assert told(seats) == ["Year 2030 (round 1 of 3)", "Year 2031 (round 2 of 3)", "Year 2032 (round 3 of 3)"]
    assert seats.provider.sent("Lab", 1).endswith("words of State 1\n\n[Year 2031 (round 2 of 3)]")
    assert seats.provider.sent("State", 1).endswith("[Year 2031 (round 2 of 3)]\n\nwords of Lab 2")
    assert seats.state.round_label == "Year 2032"


async def test_without_rounds_in_the_rules_none_is_told_of() -> None:
    assert told(await Seats(agent(1, "Lab"), agent(2, "State"), rules=Rules(max_rounds=2)).run()) == []


@pytest.mark.parametrize(
    ("labels", "number", "label"),
    [
        (("2030", "2031"), 4, "Year 2033"),
        (("2030", "2035"), 4, "Year 2045"),
        (("Spring", "Summer"), 2, "Year Summer"),
        (("Spring", "Summer"), 3, "Year 3"),
        ((), 2, "Year 2"),
        (("--5",), 2, "Year 2"),
    ],
)
def test_labels_are_counted_on(labels: tuple[str, ...], number: int, label: str) -> None:
    assert label_of(Rules(rounds=RoundLabels("Year", labels)), number) == label


def test_a_round_without_a_label_is_told_by_its_number() -> None:
    assert text_of(Rules(mode="statements"), 2) == "Round 2"
    assert text_of(Rules(mode="statements", max_rounds=4), 2) == "Round 2 of 4"


async def test_a_statement_is_heard_when_its_round_is_over() -> None:
    rules = Rules(mode="statements", max_rounds=2)
    seats = await Seats(agent(1, "Ada"), agent(2, "Bo"), agent(3, "Cy"), rules=rules).run()

    for name in ("Ada", "Bo", "Cy"):
        first, second = seats.provider.sent(name, 0), seats.provider.sent(name, 1)
        assert first == "[Round 1 of 2]"
        others = [other for other in ("Ada", "Bo", "Cy") if other != name]
        told = "\n\n".join(f"{other}: words of {other} 1" for other in others)
        assert second == f"[Round 1 of 2]\nwords of {name} 1\n{told}\n\n[Round 2 of 2]"
        assert "words of" not in "".join(second.split(told)[1:])


async def test_requests_only_grow_in_rounds_of_statements() -> None:
    rules = Rules(mode="statements", max_rounds=4, rounds=YEARS)
    seats = await Seats(agent(1, "Ada", council("Kim")), agent(2, "Bo"), agent(3, "Cy"), rules=rules).run()
    for name in ("Ada", "Bo", "Cy"):
        mine = [request.messages for request in seats.provider.requests if request.system == name]
        for before, after in itertools.pairwise(mine):
            assert list(after[: len(before)]) == list(before)


async def test_a_statement_that_is_taken_back_belongs_to_its_round_when_it_is_spoken_again() -> None:
    rules = Rules(mode="statements", max_rounds=3)
    seats = Seats(agent(1, "Ada"), agent(2, "Bo"), rules=rules)
    await seats.run(2)
    seats.conversation.retry()
    await seats.run(1)
    assert seats.state.round == 1
    assert "[Round 2 of 3]" not in seats.provider.sent("Bo")
    await seats.run(1)
    assert seats.provider.sent("Ada").endswith("words of Bo 2\n\n[Round 2 of 3]")


async def test_a_round_that_had_begun_is_taken_back_with_the_last_turn_of_the_one_before() -> None:
    stuck = asyncio.Event()
    rules = Rules(mode="statements", max_rounds=3)
    seats = Seats(agent(1, "Ada", council("Kim", every=2)), agent(2, "Bo"), rules=rules)
    seats.provider.says = lambda who, _: stuck if who == "Kim" and seats.provider.counts[who] == 2 else f"of {who}"
    running = asyncio.ensure_future(seats.run(6))
    await stuck.wait()
    assert seats.state.round == 3
    seats.conversation.retry()  # Bo's last turn
    seats.conversation.stop_speaking()
    await running
    standing = [entry.round for entry in seats.state.entries if isinstance(entry, RoundEntry) and not entry.taken_back]
    assert standing == [1, 2, 3]
    assert seats.provider.sent("Ada").count("[Round 3 of 3]") == 1
    assert folded(seats.heard.events).entries == seats.state.entries


async def test_in_a_debate_each_is_told_its_own_position_and_what_the_round_is_for() -> None:
    rules = Rules(mode="debate", max_rounds=3)
    pro, con = agent(1, "Pro", position="Yes to it."), agent(2, "Con", position="No to it.")
    seats = await Seats(pro, con, rules=rules).run()

    sent = seats.provider.sent("Pro")
    assert "[Round 1 of 3: positions." in sent
    assert "[Round 2 of 3: rebuttals." in sent
    assert "[Round 3 of 3: closing." in sent
    assert sent.count("Your position: Yes to it.]") == 3
    assert "No to it." not in sent
    assert "Yes to it." not in seats.provider.sent("Con")
    assert "words of Pro 1" in seats.provider.sent("Con", 0)
    assert not any("Yes to it." in text for text in told(seats))


async def _most_open(rules: Rules, hears: str, names: tuple[str, ...] = ("Ada", "Bo", "Cy", "Dee")) -> Seats:
    hosts = [agent(seat, name, council(f"{name}'s aide", hears=hears)) for seat, name in enumerate(names, 1)]
    return await Seats(*hosts, rules=rules).run()


async def test_councils_of_a_round_of_statements_are_held_at_the_same_time() -> None:
    seats = await _most_open(Rules(mode="statements", max_rounds=2), "new")
    assert seats.provider.most_open == 4
    assert [event.turn for event in seats.opened()] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert seats.spoke() == ["Ada", "Bo", "Cy", "Dee"] * 2


async def test_councils_that_hear_nothing_are_held_at_the_same_time_in_turns_too() -> None:
    assert (await _most_open(Rules(max_rounds=2), "nothing")).provider.most_open == 4


@pytest.mark.parametrize("rules", [Rules(max_rounds=1), Rules(mode="debate", max_rounds=3)])
async def test_councils_that_hear_what_is_said_are_held_one_by_one(rules: Rules) -> None:
    assert (await _most_open(rules, "new")).provider.most_open == 1


async def test_nobody_is_prepared_for_a_turn_that_is_not_spoken() -> None:
    seats = await _most_open(Rules(mode="statements", max_turns=2), "new")
    assert len(seats.opened()) == 2


async def test_a_council_hears_the_statements_of_the_round_before() -> None:
    lab = council("Mara")
    rules = Rules(mode="statements", max_rounds=2, rounds=YEARS)
    seats = await Seats(agent(1, "Lab", lab), agent(2, "State", council("Kim")), rules=rules).run()
    heard = "Lab: words of Lab 1\n\nState: words of State 1\n\n[Year 2031 (round 2 of 2)]"
    assert heard in seats.provider.sent("Mara", 1)
    assert heard in seats.provider.sent("Kim", 1)
    assert seats.provider.sent("Mara", 0) == "[Year 2030 (round 1 of 2)]"


def finished(seats: Seats) -> Callable[[], bool]:
    return lambda: seats.state.status == "ended"


async def test_another_mode_holds_for_what_is_said_from_then_on() -> None:
    seats = await Seats(agent(1, "Ada"), agent(2, "Bo"), rules=Rules(mode="statements", max_rounds=4)).run(3)
    seats.conversation.change_rules(Rules(max_rounds=4))
    await seats.run(1)
    assert "words of Ada 2" in seats.provider.sent("Bo")
    seats.conversation.change_rules(Rules(mode="statements", max_rounds=4))
    await seats.run()
    await until(finished(seats))
    assert "words of Bo 3" not in seats.provider.sent("Ada", 2)
    assert "words of Bo 3" in seats.provider.sent("Ada", 3)
