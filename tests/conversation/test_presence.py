"""Agents that only listen, leave, come back and join while the conversation runs."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backrooms_tui.conversation.orders import ORDERS
from backrooms_tui.providers.base import Request
from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.trouble import OperatorError, Trouble
from tests.conversation.gathering import FIVE, Answer, Gathering, folded, gathered


def heard_by(table: Gathering, seat: int) -> str:
    return "\n".join(message.text for message in table.conversation.perspective(seat).messages)


async def test_a_muted_agent_hears_and_does_not_speak() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy"))
    table.conversation.mute(2)
    await table.conversation.run(turns=4)
    assert table.spoke() == ["Ada", "Cy", "Ada", "Cy"]
    assert "words 1 of 1" in heard_by(table, 2)
    table.conversation.mute(2, False)
    await table.conversation.run(turns=2)
    assert table.spoke()[4:] == ["Ada", "Bo"]


async def test_who_is_away_hears_nothing_of_what_is_said_meanwhile() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy"))
    await table.conversation.run(turns=1)
    table.conversation.send_away(2, "the  telephone\nrings")
    await table.conversation.run(turns=2)
    table.conversation.interject("Is Bo there?")
    table.conversation.bring_back(2)
    table.conversation.interject("Welcome back.")
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Ada", "Cy", "Ada", "Bo", "Cy"]
    heard = heard_by(table, 2)
    assert "words 0 of 1" in heard
    assert "words 0 of 3" not in heard
    assert "Is Bo there?" not in heard
    assert "Welcome back." in heard
    assert "agent_left the telephone rings" in [
        f"{event.kind} {event.reason}" for event in table.heard.events if event.kind == "agent_left"
    ]


async def test_doing_the_same_again_does_nothing() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    for _ in range(2):
        table.conversation.mute(1)
    for _ in range(2):
        table.conversation.mute(1, False)
    for _ in range(2):
        table.conversation.send_away(2)
    for _ in range(2):
        table.conversation.bring_back(2)
    kinds = [kind for kind in table.heard.kinds() if kind.startswith("agent")]
    assert kinds == ["agent_muted", "agent_muted", "agent_left", "agent_returned"]


async def test_somebody_new_gets_the_next_seat_and_a_name_of_its_own_and_hears_from_now_on() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    await table.conversation.run(turns=2)
    new = table.conversation.add_agent(AgentSetup(1, "  ada ", "played/one", "You are new.", absent=True))
    another = table.conversation.add_agent(AgentSetup(1, "Ada", "played/one"))
    assert [(one.seat, one.name) for one in (new, another)] == [(3, "ada 2"), (4, "Ada 3")]
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Ada", "Bo", "ada 2", "Ada 3"]
    first = next(request for _, seat, request in table.provider.asked if seat == 3)
    assert first.system == "You are new."
    assert "words 0 of 1" not in "".join(message.text for message in first.messages)


async def test_a_seat_that_nobody_has_is_the_operators_mistake() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    for command in (table.conversation.mute, table.conversation.send_away, table.conversation.bring_back):
        with pytest.raises(OperatorError, match="no seat 7"):
            command(7)
    with pytest.raises(OperatorError, match="needs a name"):
        table.conversation.add_agent(AgentSetup(1, "  ", "played/one"))


async def test_what_is_done_while_somebody_speaks_happens_when_that_turn_is_over_and_in_its_order() -> None:
    reached = asyncio.Event()

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return reached if not reached.is_set() else f"words {request.spoken} of {seat}"

    table = Gathering(gathered("Ada", "Bo", "Cy"), answering)
    runner = asyncio.create_task(table.conversation.run(turns=4))
    await reached.wait()
    talk = table.conversation
    talk.send_away(1)
    talk.interject("She is gone.")
    talk.send_away(2)
    talk.interject("Both are gone.")
    talk.bring_back(1)
    talk.interject("One is back.")
    new = talk.add_agent(AgentSetup(0, "Dee", "played/one"))
    newer = talk.add_agent(AgentSetup(0, "Dee", "played/one"))
    assert (new.seat, newer.seat, newer.name) == (4, 5, "Dee 2")
    assert table.state.agents.keys() == {1, 2, 3}
    assert table.state.agents[1].speaks
    talk.stop_speaking()
    await runner
    assert table.spoke() == ["Ada", "Cy", "Dee", "Dee 2"]
    assert not table.state.queued
    said = ("She is gone.", "Both are gone.", "One is back.")
    assert [text in heard_by(table, 1) for text in said] == [False, False, True]
    assert [text in heard_by(table, 2) for text in said] == [True, False, False]
    assert [text in heard_by(table, 3) for text in said] == [True, True, True]


async def test_what_waited_also_happens_where_the_turn_fails_or_the_conversation_is_left() -> None:
    reached = asyncio.Event()
    for leave in (False, True):
        reached.clear()
        table = Gathering(gathered("Ada", "Bo"), lambda *_: reached)
        runner = asyncio.create_task(table.conversation.run())
        await reached.wait()
        table.conversation.send_away(2)
        if leave:
            runner.cancel()
            with pytest.raises(asyncio.CancelledError):
                await runner
        else:
            table.provider.answering = lambda *_: Trouble("authentication", "no key")
            table.conversation.retry()
            await runner
            assert table.state.trouble is not None
        assert table.state.status == "paused"
        assert table.state.agents[2].absent


_COMMANDS = st.lists(
    st.tuples(st.sampled_from(["mute", "speak", "away", "back", "join", "pick", "step", "retry"]), st.integers(1, 6)),
    max_size=30,
)
_MEANWHILE = st.lists(
    st.tuples(st.sampled_from(["mute", "away", "mute", "away", "speak", "back", "retry", "pick"]), st.integers(1, 5)),
    min_size=8,
    max_size=60,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.sampled_from([*sorted(ORDERS), "bidding", "manager"]), commands=_COMMANDS, meanwhile=_MEANWHILE)
def test_whoever_is_away_or_muted_never_begins_to_speak(
    order: str, commands: list[tuple[str, int]], meanwhile: list[tuple[str, int]]
) -> None:
    """Whatever the operator does, between the turns and while somebody speaks or is being asked."""
    asyncio.run(_restless(order, commands, meanwhile))


async def _restless(order: str, commands: list[tuple[str, int]], meanwhile: list[tuple[str, int]]) -> None:
    table: Gathering

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        # More while it is being asked, when nobody speaks and everything happens at once.
        for _ in range(1 if purpose == "turn" else 2):
            if meanwhile:
                _do(table, *meanwhile.pop())
        if purpose == "turn":
            return f"Well, {FIVE[(seat + request.spoken) % 5]}?"
        return FIVE[request.spoken % 5] if purpose == "manager" else str((seat * 3 + request.spoken) % 11)

    class Watching:
        """Sees that whoever begins to speak may."""

        def hear(self, event: AnyEvent) -> None:
            if event.kind in ("turn_started", "speaker_chosen"):
                assert table.state.agents[event.agent].speaks

        async def settled(self) -> None:
            return

    table = Gathering(gathered(*FIVE, rules={"order": order}), answering)
    table.conversation.listen(Watching())
    for name, seat in commands:
        _do(table, name, seat)
        if name == "step":
            await table.conversation.run(turns=seat)
    await table.conversation.run(turns=8)
    assert table.provider.open_streams == 0
    assert folded(event_from_json(event_to_json(event)) for event in table.heard.events) == table.state


def _do(table: Gathering, name: str, seat: int) -> None:
    talk = table.conversation
    try:
        match name:
            case "mute" | "speak":
                talk.mute(seat, name == "mute")
            case "away":
                talk.send_away(seat)
            case "back":
                talk.bring_back(seat)
            case "join":
                talk.add_agent(AgentSetup(0, "Somebody", "played/one"))
            case "pick":
                talk.choose_speaker(seat)
            case "retry":
                talk.retry()
    except OperatorError:
        pass
