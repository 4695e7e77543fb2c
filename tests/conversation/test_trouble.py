"""Trouble: what is retried and how, what pauses, and that nothing said is lost."""

import asyncio

import pytest

from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.providers.base import Finish, TextChunk
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import WHOLE, PlayedProvider, Talk, setup

BUSY = Trouble("overloaded", "the provider is overloaded", "wait", may_pass=True)


async def test_trouble_that_may_pass_is_tried_again_from_the_same_request() -> None:
    provider = PlayedProvider([BUSY], [TextChunk("half"), BUSY], "whole")
    talk = Talk(provider, setup("Ada", "Bo", max_turns=1))
    await talk.conversation.run()
    assert talk.said() == [("Ada", "whole")]
    assert provider.requests[0] == provider.requests[1] == provider.requests[2]
    assert [old.text for old in talk.state.turns[1].attempts] == ["", "half"]
    assert 1 <= talk.clock.waits[0] <= 1.25
    assert 2 <= talk.clock.waits[1] <= 2.5


async def test_the_wait_that_the_provider_asks_for_is_kept() -> None:
    limited = Trouble("rate_limit", "slow down", may_pass=True, retry_after=17.0, status=429)
    talk = Talk(PlayedProvider([limited], "ok"), setup("Ada", "Bo", max_turns=1))
    await talk.conversation.run()
    assert talk.clock.waits == [17.0]


async def test_a_wait_of_an_hour_is_not_waited_for() -> None:
    limited = Trouble("rate_limit", "slow down", may_pass=True, retry_after=3600.0)
    talk = Talk(PlayedProvider([limited], "ok"), setup("Ada", "Bo"))
    await talk.conversation.run()
    assert talk.clock.waits == []
    assert talk.state.trouble is not None
    assert (talk.state.trouble.kind, talk.state.trouble.message) == ("rate_limit", "slow down")
    assert "60 minutes" in talk.state.trouble.cure


async def test_patience_ends() -> None:
    talk = Talk(PlayedProvider([BUSY]), setup("Ada", "Bo"), Patience(retries=2))
    await talk.conversation.run()
    assert len(talk.provider.requests) == 3
    assert talk.state.status == "paused"
    assert talk.state.trouble == BUSY
    assert talk.state.agents[1].phase == "failed"


async def test_other_trouble_pauses_and_another_model_goes_on() -> None:
    denied = Trouble("authentication", "the key was refused", "check ANTHROPIC_API_KEY")
    talk = Talk(PlayedProvider("a", [denied], "b"), setup("Ada", "Bo"))
    await talk.conversation.run()
    assert talk.state.trouble == denied
    assert talk.said() == [("Ada", "a")]
    talk.conversation.change_seat(2, model="played/two")
    await talk.conversation.step()
    assert talk.said() == [("Ada", "a"), ("Bo", "b")]
    assert talk.provider.requests[-1].model == "two"


async def test_an_exception_in_a_turn_pauses_and_never_escapes() -> None:
    talk = Talk(PlayedProvider([TextChunk("a"), ZeroDivisionError("oops")]), setup("Ada", "Bo"))
    await talk.conversation.run()
    assert talk.state.trouble is not None
    assert talk.state.trouble.message == "ZeroDivisionError: oops"
    assert talk.state.attempts[0].text == "a"


async def test_an_empty_reply_and_a_stream_without_an_end_are_tried_again() -> None:
    talk = Talk(PlayedProvider([TextChunk(" \n"), WHOLE], [TextChunk("cut")], "fine"), setup("Ada", "Bo", max_turns=1))
    await talk.conversation.run()
    assert talk.said() == [("Ada", "fine")]
    troubles = [old.trouble.message for old in talk.state.turns[1].attempts if old.trouble]
    assert troubles == ["the model returned an empty reply", "the stream ended before the reply did"]


@pytest.mark.parametrize("command", ["pause", "stop_speaking"])
async def test_waiting_to_try_again_can_be_broken_off(command: str) -> None:
    talk = Talk(PlayedProvider([BUSY]), setup("Ada", "Bo"))
    waiting = asyncio.Event()

    async def wait_for_ever(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    talk.clock.sleep = wait_for_ever  # type: ignore[method-assign]
    runner = asyncio.create_task(talk.conversation.run())
    await waiting.wait()
    getattr(talk.conversation, command)()
    await runner
    assert talk.state.status == "paused"
    assert len(talk.provider.requests) == 1


async def test_ending_while_waiting_to_try_again_ends() -> None:
    talk = Talk(PlayedProvider([BUSY]), setup("Ada", "Bo"))
    waiting = asyncio.Event()

    async def wait_for_ever(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    talk.clock.sleep = wait_for_ever  # type: ignore[method-assign]
    runner = asyncio.create_task(talk.conversation.run())
    await waiting.wait()
    talk.conversation.end()
    await runner
    assert talk.state.status == "ended"


async def test_a_request_that_is_too_long_is_shortened_and_sent_again() -> None:
    long = Trouble("context_too_long", "too long", "shorten it")
    provider = PlayedProvider(*(["x" * 100] * 8), [long], "fits")
    talk = Talk(provider, setup("Ada", "Bo"))
    await talk.conversation.run(turns=9)
    assert talk.said()[-1] == ("Ada", "fits")
    assert len(provider.requests[-1].messages) < len(provider.requests[-2].messages)
    assert talk.state.agents[1].hidden_turns > 0
    assert "window_moved" in talk.heard.kinds()


async def test_a_request_that_cannot_be_shortened_pauses() -> None:
    long = Trouble("context_too_long", "too long", "shorten the template")
    talk = Talk(PlayedProvider([long]), setup("Ada", "Bo"))
    await talk.conversation.run()
    assert talk.state.trouble == long
    assert len(talk.provider.requests) == 1


async def test_a_retry_costs_and_counts_against_the_budget() -> None:
    talk = Talk(PlayedProvider([TextChunk("word " * 50), BUSY], "ok"), setup("Ada", "Bo", max_turns=1))
    await talk.conversation.run()
    ended = Finish("end", Usage(10, 5)).usage.input_tokens * 0.001
    assert talk.state.cost > ended


async def test_an_empty_reply_costs_what_the_provider_counted() -> None:
    thought = [Finish("max_tokens", Usage(1000, 500))]
    talk = Talk(PlayedProvider(thought), setup("Ada", "Bo"))
    await talk.conversation.run()
    assert talk.state.cost == pytest.approx(1.0)  # 0.001 USD a token sent
