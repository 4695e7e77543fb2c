"""Asking a model something that is no turn: what comes back, what is recorded, what it costs."""

import asyncio
from random import Random

import pytest

from backrooms_tui.conversation.asking import InnerCalls
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.reaching import Reach
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.providers.base import Chunk, Finish, Provider, ReasoningChunk, TextChunk
from backrooms_tui.session.events import InnerCalled, Noticed, SessionOpened
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage
from tests.conversation.gathering import gathered
from tests.conversation.playing import WHOLE, Heard, Part, PatientClock, PlayedProvider, setup

BUSY = Trouble("overloaded", "busy", "wait", may_pass=True)
REFUSED = Trouble("authentication", "no key", "give a key")


class Asked:
    """Inner calls over a played provider."""

    def __init__(self, *replies: str | list[Part], chosen: Setup | None = None) -> None:
        self.provider, self.heard, self.clock = PlayedProvider(*replies), Heard(), PatientClock()
        self.publisher = Publisher(SessionState(), self.clock, [self.heard])
        self.publisher.emit(SessionOpened, session="s1", setup=chosen or setup("Ada", "Bo", seed=3))

        def speaker_for(reference: str) -> tuple[Provider, str]:
            if reference.startswith("unknown/"):
                raise OperatorError("no such provider", "choose another")
            return self.provider, reference.partition("/")[2]

        self.calls = InnerCalls(
            self.publisher,
            Reach(
                speaker_for,
                lambda reference, usage: usage.input_tokens * 0.001,
                Patience(retries=2),
                self.clock,
                Random(1),
            ),
        )

    async def ask(self, agent: int = 1, model: str = "played/one", **more: object) -> str:
        return await self.calls.ask("bid", agent, model, "You are Ada.", "How much?", max_tokens=9, **more)  # type: ignore[arg-type]

    def recorded(self) -> list[InnerCalled]:
        return [event for event in self.heard.events if isinstance(event, InnerCalled)]


async def test_the_answer_comes_back_without_the_reasoning_and_is_recorded_with_its_cost() -> None:
    asked = Asked([ReasoningChunk("hm, 3?"), TextChunk(" se"), TextChunk("ven\n"), WHOLE])
    assert await asked.ask(temperature=0.5) == "seven"
    (event,) = asked.recorded()
    assert (event.purpose, event.agent, event.model, event.answer) == ("bid", 1, "played/one", "seven")
    assert (event.usage, event.cost) == (Usage(10, 5), 0.01)
    assert asked.publisher.state.cost == pytest.approx(0.01)
    assert asked.publisher.state.usage == Usage(10, 5)
    request = asked.provider.requests[0]
    assert (request.model, request.system, request.messages[0].text) == ("one", "You are Ada.", "How much?")
    assert (request.params["max_tokens"], request.params["temperature"]) == (9, 0.5)


async def test_what_was_asked_is_recorded_with_a_system_text_that_is_not_the_agents_own() -> None:
    asked = Asked("a", "b")
    await asked.ask(1)
    await asked.ask(2)
    assert [event.asked for event in asked.recorded()] == ["How much?", "You are Ada.\n\nHow much?"]


async def test_each_call_has_a_seed_of_its_own_and_a_session_repeats_them() -> None:
    async def seeds() -> list[object]:
        asked = Asked("a")
        for seat in (1, 2, 1):
            await asked.ask(seat)
        return [request.params["seed"] for request in asked.provider.requests]

    assert len(set(await seeds())) == 3
    assert await seeds() == await seeds()


async def test_it_counts_which_answer_is_due_so_that_a_script_goes_on() -> None:
    asked = Asked("a", [BUSY], "b")
    await asked.ask()
    await asked.ask()
    assert [request.spoken for request in asked.provider.requests] == [0, 1, 1]


async def test_the_model_is_loaded_and_thinks_as_its_seat_says() -> None:
    params = {"context": 2048, "temperature": 1, "effort": "low"}
    asked = Asked("a", chosen=gathered("Ada", "Bo", seed=None, params=[params, {}]))
    await asked.ask(1)
    await asked.ask(2)
    assert asked.provider.requests[0].params == {"context": 2048, "effort": "low", "max_tokens": 9}
    assert asked.provider.requests[1].params == {"max_tokens": 9}


async def test_trouble_that_may_pass_is_tried_again_and_told() -> None:
    asked = Asked([BUSY], "fine")
    assert await asked.ask() == "fine"
    assert len(asked.clock.waits) == 1
    told = [event for event in asked.heard.events if isinstance(event, Noticed)]
    assert "Ada" in told[0].text
    assert "trying again" in told[0].text
    assert len(asked.recorded()) == 1


@pytest.mark.parametrize(
    ("reply", "tries", "message"),
    [
        ([REFUSED], 1, "no key"),
        ([BUSY], 3, "busy"),
        ([ValueError("odd")], 1, "ValueError: odd"),
        ([TextChunk("half")], 3, "the stream ended before"),
        ([Finish("end", Usage(4, 0))], 3, "empty answer"),
        ([ReasoningChunk("hm"), Finish("max_tokens", Usage(4, 9))], 1, "all of its tokens"),
    ],
)
async def test_trouble_that_stays_is_raised(reply: list[Chunk | Trouble], tries: int, message: str) -> None:
    asked = Asked(reply)  # type: ignore[arg-type]
    with pytest.raises(ProviderTrouble, match=message):
        await asked.ask()
    assert len(asked.provider.requests) == tries
    assert asked.provider.open_streams == 0


async def test_a_model_that_cannot_be_reached_is_trouble_as_well() -> None:
    with pytest.raises(ProviderTrouble, match="no such provider"):
        await Asked("a").ask(model="unknown/one")


async def test_what_broke_off_after_words_had_come_is_recorded_and_paid_for() -> None:
    asked = Asked([TextChunk("half an answer"), REFUSED])
    with pytest.raises(ProviderTrouble):
        await asked.ask()
    (event,) = asked.recorded()
    assert event.answer == "half an answer"
    assert event.usage.output_tokens > 0
    assert event.cost is not None
    assert event.cost > 0


async def test_it_can_be_cancelled_in_mid_answer_and_keeps_what_had_come() -> None:
    reached = asyncio.Event()
    asked = Asked([TextChunk("half"), reached])
    task = asyncio.create_task(asked.ask())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [event.answer for event in asked.recorded()] == ["half"]
    assert asked.provider.open_streams == 0


async def test_who_chatters_is_not_listened_to_for_long() -> None:
    asked = Asked([ReasoningChunk("x" * 50), TextChunk("seven, "), TextChunk("because it"), TextChunk(" is so"), WHOLE])
    assert await asked.ask(longest=9) == "seven, because it"
    (event,) = asked.recorded()
    assert event.answer == "seven, because it"
    assert event.usage.output_tokens > 0
    assert asked.provider.open_streams == 0


async def test_nothing_is_recorded_where_no_word_had_come() -> None:
    reached = asyncio.Event()
    asked = Asked([reached])
    task = asyncio.create_task(asked.ask())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked.recorded() == []


async def test_characters_that_nothing_can_keep_are_replaced() -> None:
    asked = Asked([TextChunk("\ud83d"), TextChunk("\ude00 a\0b"), WHOLE])
    assert await asked.ask() == "😀 a\ufffdb"
