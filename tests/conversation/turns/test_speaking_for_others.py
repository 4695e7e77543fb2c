"""What becomes of a turn in which an agent speaks for others."""

import asyncio
from dataclasses import replace

import pytest

from backrooms_tui.providers.base import Chunk, Finish, TextChunk
from backrooms_tui.session.events import TurnEnded, TurnFailed, TurnStarted
from backrooms_tui.session.setup import Rules, Setup
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import PlayedProvider, Talk, agents, setup

OWN = "I have been thinking about the old lighthouse all day, and I would like to see it with you before the winter."
FOR_BO = "Bo: Yes, let us go tomorrow, I have wanted to see it for years and never found the time for it."
BOTH = f"{OWN}\n\n{FOR_BO}"


async def play(provider: PlayedProvider, chosen: Setup | None = None, turns: int = 1) -> Talk:
    talk = Talk(provider, chosen or setup("Ada", "Bo"))
    await talk.conversation.run(turns=turns)
    return talk


def in_chunks(text: str) -> list[Chunk]:
    return [*(TextChunk(text[at : at + 5]) for at in range(0, len(text), 5)), Finish("end", Usage(10, 5))]


async def test_what_is_said_for_another_is_cut_off_and_kept_as_raw() -> None:
    talk = await play(PlayedProvider(BOTH, "Gladly."), turns=2)
    turn = talk.state.turns[1]
    assert (turn.text, turn.raw) == (OWN, BOTH)
    assert "Bo" in turn.cut
    assert talk.provider.requests[1].messages[-1].text == OWN, "nobody hears what was cut"


async def test_a_reply_that_is_the_agents_own_stays_as_it_is_to_the_last_blank() -> None:
    talk = await play(PlayedProvider(f"{OWN}\n"))
    turn = talk.state.turns[1]
    assert (turn.text, turn.raw, turn.cut) == (f"{OWN}\n", "", "")


@pytest.mark.parametrize("chosen", ["guard", "play"])
async def test_it_can_be_switched_off_for_an_agent_and_for_a_play(chosen: str) -> None:
    off = setup("Ada", "Bo", play=chosen == "play")
    if chosen == "guard":
        off = replace(off, agents=tuple(replace(agent, guard=False) for agent in off.agents))
    talk = await play(PlayedProvider(BOTH), off)
    assert (talk.state.turns[1].text, talk.state.turns[1].cut) == (BOTH, "")


async def test_when_little_is_left_it_is_asked_again_with_another_seed_and_pays_for_it() -> None:
    talk = await play(PlayedProvider(FOR_BO, OWN), setup("Ada", "Bo", seed=1))
    assert talk.said() == [("Ada", OWN)]
    failed = [event for event in talk.heard.events if isinstance(event, TurnFailed)]
    assert [(event.text, event.retry_in) for event in failed] == [(FOR_BO, 0.0)]
    assert failed[0].cost
    assert talk.clock.waits == []
    seeds = [event.params["seed"] for event in talk.heard.events if isinstance(event, TurnStarted)]
    assert len(set(seeds)) == 2


async def test_it_is_asked_again_twice_and_then_kept_as_it_is_never_empty() -> None:
    talk = await play(PlayedProvider(FOR_BO))
    assert len(talk.provider.requests) == 3
    turn = talk.state.turns[1]
    assert turn.text.strip()
    assert turn.text == FOR_BO
    assert len(turn.attempts) == 2


async def test_what_little_is_left_is_kept_at_last() -> None:
    talk = await play(PlayedProvider(f"*She nods.*\n\n{FOR_BO}"))
    assert len(talk.provider.requests) == 3
    turn = talk.state.turns[1]
    assert (turn.text, turn.raw) == ("*She nods.*", f"*She nods.*\n\n{FOR_BO}")


async def test_the_agents_own_name_before_its_words_is_taken_off() -> None:
    talk = await play(PlayedProvider(f"Ada: {OWN}"))
    turn = talk.state.turns[1]
    assert (turn.text, turn.raw, turn.cut) == (OWN, f"Ada: {OWN}", "")


async def test_the_stream_is_closed_as_soon_as_all_that_follows_would_be_cut() -> None:
    more = "\n".join(
        f"Ada: line {n} of many, and each of them goes on for a while.\nBo: And so on." for n in range(200)
    )
    talk = await play(PlayedProvider(in_chunks(f"{BOTH}\n{more}")))
    turn = talk.state.turns[1]
    assert turn.text == OWN
    assert turn.raw.startswith(BOTH[:-60])
    assert len(turn.raw) < len(BOTH) + 400
    assert talk.provider.open_streams == 0
    ended = next(event for event in talk.heard.events if isinstance(event, TurnEnded))
    assert ended.usage.output_tokens > 0
    assert ended.cost is not None


async def test_a_turn_that_the_operator_stops_is_cut_too() -> None:
    reached = asyncio.Event()
    talk = Talk(PlayedProvider([TextChunk(BOTH), reached]), setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run(turns=1))
    while not talk.state.turns and not reached.is_set():
        await asyncio.sleep(0)
    talk.conversation.stop_speaking()
    await runner
    assert talk.state.turns[1].text == OWN


async def test_refusing_is_marked_and_not_cut() -> None:
    refusal = "I'm sorry, but I can't help with that request."
    talk = await play(PlayedProvider(refusal))
    turn = talk.state.turns[1]
    assert turn.text == refusal
    assert turn.marks


async def test_others_who_joined_are_known_to_the_guard() -> None:
    chosen = Setup("A test", "test", agents("Ada", "Bo", "Cy"), Rules())
    talk = await play(PlayedProvider(f"{OWN}\n\n{FOR_BO.replace('Bo:', 'Cy:')}"), chosen)
    assert talk.state.turns[1].text == OWN
