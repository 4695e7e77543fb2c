"""The x-ray of a turn: what was sent and where it comes from, what was left out, what came back."""

import pytest

from backrooms_tui.conversation.sending.xray import CacheReach, XRay, xray
from backrooms_tui.providers.base import Finish, Omitted, ReasoningChunk, TextChunk
from backrooms_tui.session.events import Interjected, Remedied, SeatChanged, TurnEdited, TurnRetracted, Whispered
from backrooms_tui.session.setup import AgentSetup, Message, Remedy, Reminder, Rules
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import PlayedProvider, Talk, setup
from tests.conversation.table import Table


def origins(seen: XRay) -> list[list[tuple[str, int | None, str]]]:
    return [[(part.origin, part.turn, part.text) for part in message.parts] for message in seen.messages]


async def test_each_piece_says_where_it_comes_from() -> None:
    ada = AgentSetup(1, "Ada", "m/1", history=(Message("user", "Hi."),), reminder=Reminder("Stay.", 1))
    table = Table([ada, AgentSetup(2, "Bo", "m/1"), AgentSetup(3, "Cy", "m/1")])
    table.publisher.emit(Interjected, text="Begin.")
    await table.turn(1, "one")
    await table.turn(2, "two")
    table.publisher.emit(Whispered, to=1, text="Dark.", source="cue")
    table.publisher.emit(Whispered, to=2, text="Not for Ada.")
    await table.turn(1, "three")
    seen = xray(table.heard.events, 3)
    assert origins(seen) == [
        [("seed", None, "Hi."), ("operator", 0, "Operator: Begin.")],
        [("turn", 1, "one")],
        [("turn", 2, "Bo: two"), ("cue", 2, "[Only you notice: Dark.]"), ("reminder", 2, "[Reminder: Stay.]")],
    ]
    assert seen.messages[2].parts[0].name == "Bo"
    assert (seen.name, seen.model) == ("Ada", "m/1")


async def test_it_tells_what_is_hidden_by_the_window_and_what_was_missed() -> None:
    ada = AgentSetup(1, "Ada", "m/1", params={"max_tokens": 50}, window=300)
    table = Table([ada, AgentSetup(2, "Bo", "m/1")])
    await table.turn(2)
    table.leave(1)
    await table.turn(2)
    await table.turn(2)
    table.back(1)
    while not table.state.agents[1].hidden_turns:
        await table.turn(2)
        await table.turn(1)
    last = table.state.turn
    left_out = xray(table.heard.events, last).left_out
    assert left_out.missed == (2, 3)
    assert left_out.hidden[:2] == (1, 4)
    assert len(left_out.hidden) == table.state.agents[1].hidden_turns


async def test_what_came_back_and_the_attempts_before_it() -> None:
    busy = Trouble("overloaded", "busy", may_pass=True)
    reply = [Omitted("top_k", "not taken"), ReasoningChunk("hm"), TextChunk("yes"), Finish("end", Usage(10, 5))]
    talk = Talk(PlayedProvider([TextChunk("y"), busy], reply), setup("Ada", "Bo", seed=4))
    talk.conversation.change_seat(1, params={"top_k": 3, "max_tokens": 9})
    await talk.conversation.step()
    seen = xray(talk.heard.events, 1)
    assert (seen.attempt, [(old.text, old.trouble) for old in seen.attempts]) == (2, [("y", busy)])
    assert seen.reply is not None
    assert (seen.reply.text, seen.reply.reasoning, seen.reply.stop_reason) == ("yes", "hm", "end")
    assert (seen.reply.usage, seen.reply.cost) == (Usage(10, 5), 0.01)
    assert dict(seen.omitted) == {"top_k": "not taken"}
    assert dict(seen.params) == dict(talk.provider.requests[-1].params)


async def test_a_turn_that_failed_shows_what_was_sent_and_why_it_failed() -> None:
    denied = Trouble("authentication", "no", "check the key")
    table = Table([AgentSetup(1, "Ada", "m/1"), AgentSetup(2, "Bo", "m/1")])
    await table.turn(1, denied)
    seen = xray(table.heard.events, 1)
    assert seen.reply is not None
    assert (seen.reply.trouble, seen.reply.stop_reason) == (denied, None)


async def test_later_changes_do_not_reach_back_and_a_turn_spoken_again_shows_its_last_request() -> None:
    table = Table([AgentSetup(1, "Ada", "m/1"), AgentSetup(2, "Bo", "m/1")])
    await table.turn(1, "one")
    await table.turn(2, "two")
    table.publisher.emit(TurnEdited, turn=1, text="uno")
    table.publisher.emit(SeatChanged, agent=2, model="m/2")
    assert origins(xray(table.heard.events, 2)) == [[("turn", 1, "one")]]
    table.publisher.emit(TurnRetracted, turn=2, agent=2)
    await table.turn(2, "zwei")
    seen = xray(table.heard.events, 2)
    assert origins(seen) == [[("turn", 1, "uno")]]
    assert (seen.model, [old.text for old in seen.attempts]) == ("m/2", ["two"])


@pytest.mark.parametrize(
    ("read", "reach"),
    [
        (0, None),
        (4, CacheReach(4, 100, None, 4)),
        (10, CacheReach(10, 100, 0, 0)),
        (50, CacheReach(50, 100, 1, 20)),
        (100, CacheReach(100, 100, 2, 20)),
    ],
)
async def test_how_far_the_cache_reached_is_an_estimate(read: int, reach: CacheReach | None) -> None:
    seeds = (Message("user", "x" * 20), Message("assistant", "y" * 50), Message("user", "z" * 20))
    ada = AgentSetup(1, "Ada", "played/1", "w" * 10, seeds)
    chosen = setup("Bo", max_turns=1)
    talk = Talk(
        PlayedProvider([TextChunk("yes"), Finish("end", Usage(100, 1, cache_read_tokens=read))]),
        type(chosen)(chosen.title, "test", (ada,), chosen.rules),
    )
    await talk.conversation.run()
    seen = xray(talk.heard.events, 1)
    assert seen.cache == reach
    if reach is not None and read < 100:
        assert "estimated" in reach.told


async def test_there_is_no_x_ray_of_a_turn_that_never_began() -> None:
    table = Table([AgentSetup(1, "Ada", "m/1"), AgentSetup(2, "Bo", "m/1")])
    with pytest.raises(OperatorError, match="no turn 1"):
        xray(table.heard.events, 1)


async def test_a_remedys_model_and_temperature_are_asked_for_while_they_last() -> None:
    ladder = (Remedy("model", model="m/2", turns=2), Remedy("temperature", temperature=1.5, turns=1))
    table = Table([AgentSetup(1, "Ada", "m/1"), AgentSetup(2, "Bo", "m/1")], Rules(ladder=ladder))
    table.publisher.emit(Remedied, step=1, remedy="model", turn=0, detail="", agent=1)
    table.publisher.emit(Remedied, step=2, remedy="temperature", turn=0, detail="")
    for seat in (1, 2, 1):
        await table.turn(seat)
    seen = [xray(table.heard.events, turn) for turn in (1, 2, 3)]
    assert [(one.model, dict(one.params)) for one in seen] == [("m/2", {"temperature": 1.5}), ("m/1", {}), ("m/1", {})]
    assert [(request.model, dict(request.params)) for request in table.provider.requests] == [
        ("2", {"temperature": 1.5}),
        ("1", {}),
        ("1", {}),
    ]
