"""Running a conversation: order, limits, stop texts, the commands of the person who watches."""

import asyncio
import itertools

import pytest

from backrooms_tui.conversation.stopping import said_stop
from backrooms_tui.providers.base import Finish, Omitted, ReasoningChunk, TextChunk
from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Usage
from tests.conversation.playing import WHOLE, PlayedProvider, Talk, setup


async def test_agents_speak_in_seat_order_until_the_limit() -> None:
    talk = Talk(PlayedProvider("a", "b", "c"), setup("Ada", "Bo", "Cy", max_turns=5))
    await talk.conversation.run()
    assert [name for name, _ in talk.said()] == ["Ada", "Bo", "Cy", "Ada", "Bo"]
    assert talk.state.status == "ended"
    assert talk.state.ended is not None
    assert talk.state.ended.reason == "max_turns"
    chosen = [event.reason for event in talk.heard.events if event.kind == "speaker_chosen"]
    assert chosen[:2] == ["first in order", "next in order after Ada"]


async def test_events_are_numbered_without_gaps_and_times_never_run_back() -> None:
    talk = Talk(PlayedProvider("one two"), setup("Ada", "Bo", max_turns=4))
    await talk.conversation.run()
    events = talk.heard.events
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert all(a.at <= b.at for a, b in itertools.pairwise(events))


async def test_the_same_fold_of_the_recorded_events_gives_the_same_state() -> None:
    talk = Talk(PlayedProvider([ReasoningChunk("hm"), TextChunk("yes"), WHOLE]), setup("Ada", "Bo", max_turns=3))
    talk.conversation.interject("begin")
    await talk.conversation.run()
    again = SessionState()
    for event in talk.heard.events:
        apply(again, event_from_json(event_to_json(event)))
    assert again == talk.state


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("^C^C", True),
        ("I am done.\n  ^C^C  \n", True),
        ("```\n`^C^C`\n```", True),
        ("**^C^C**", True),
        ("Type ^C^C to leave.", False),
        ("^C^C^C", False),
        ("", False),
    ],
)
def test_a_stop_text_ends_only_as_a_line_of_its_own(text: str, ends: bool) -> None:
    assert (said_stop(text, ["^C^C"]) is not None) == ends


async def test_a_stop_line_ends_the_session_and_says_who_ended_it() -> None:
    talk = Talk(PlayedProvider("hello", "bye\n^C^C"), setup("Ada", "Bo", stop=("^C^C",)))
    await talk.conversation.run()
    assert talk.state.ended is not None
    assert talk.state.ended.detail == "Bo ended the conversation with ^C^C."
    assert len(talk.said()) == 2


async def test_the_budget_ends_the_session_before_the_next_request() -> None:
    talk = Talk(PlayedProvider("x"), setup("Ada", "Bo", budget=0.025))
    await talk.conversation.run()
    assert talk.state.ended is not None
    assert talk.state.ended.reason == "budget"
    assert len(talk.said()) == 3
    assert talk.state.cost == pytest.approx(0.03)


async def test_a_budget_of_nothing_is_no_limit() -> None:
    talk = Talk(PlayedProvider("x"), setup("Ada", "Bo", budget=0.0, max_turns=2))
    await talk.conversation.run()
    assert len(talk.said()) == 2


async def test_stepping_lets_one_agent_speak() -> None:
    talk = Talk(PlayedProvider("a", "b"), setup("Ada", "Bo"))
    await talk.conversation.step()
    assert talk.said() == [("Ada", "a")]
    assert talk.state.status == "paused"
    await talk.conversation.step()
    assert talk.said() == [("Ada", "a"), ("Bo", "b")]


async def test_pausing_while_somebody_speaks_lets_the_turn_finish() -> None:
    talk = Talk(PlayedProvider("a b c"), setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run())
    while not talk.conversation.speaking:
        await asyncio.sleep(0)
    talk.conversation.pause()
    await runner
    assert len(talk.said()) == 1
    assert talk.state.status == "paused"


async def test_an_interjection_is_queued_while_somebody_speaks_and_then_heard_by_all() -> None:
    reached = asyncio.Event()
    provider = PlayedProvider([TextChunk("I was say"), reached], "yes")
    talk = Talk(provider, setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run(turns=2))
    await reached.wait()
    talk.conversation.interject("Look up.")
    assert [word.text for word in talk.state.queued] == ["Look up."]
    talk.conversation.stop_speaking()
    await runner
    assert not talk.state.queued
    assert provider.requests[1].messages[-1].text == "I was say\n\nOperator: Look up."


async def test_stopping_the_speaker_keeps_what_was_said_and_goes_on() -> None:
    reached = asyncio.Event()
    provider = PlayedProvider([TextChunk("half a "), TextChunk("sent"), reached], "next")
    talk = Talk(provider, setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run(turns=2))
    await reached.wait()
    talk.conversation.stop_speaking()
    await runner
    assert talk.said() == [("Ada", "half a sent"), ("Bo", "next")]
    assert talk.state.turns[1].stop_reason == "stopped"
    assert talk.state.turns[1].usage.output_tokens > 0
    assert provider.open_streams == 0


async def test_stopping_a_speaker_who_has_said_nothing_pauses() -> None:
    reached = asyncio.Event()
    provider = PlayedProvider([reached], "now")
    talk = Talk(provider, setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run())
    await reached.wait()
    talk.conversation.stop_speaking()
    await runner
    assert talk.said() == []
    assert talk.state.status == "paused"
    assert provider.open_streams == 0
    await talk.conversation.step()
    assert talk.said() == [("Ada", "now")]


async def test_a_whisper_reaches_one_agent_only() -> None:
    provider = PlayedProvider("a", "b")
    talk = Talk(provider, setup("Ada", "Bo"))
    talk.conversation.whisper(2, "Doubt everything.")
    await talk.conversation.run(turns=3)
    assert "Doubt" not in "".join(message.text for message in provider.requests[0].messages)
    assert provider.requests[1].messages[0].text.startswith("Operator (only to you): Doubt everything.")
    assert "Doubt" not in "".join(message.text for message in provider.requests[2].messages)


async def test_retrying_the_last_turn_asks_the_same_agent_the_same_again_and_keeps_the_old_one() -> None:
    provider = PlayedProvider("a", "bad", "good")
    talk = Talk(provider, setup("Ada", "Bo", seed=3))
    await talk.conversation.run(turns=2)
    talk.conversation.retry()
    await talk.conversation.step()
    assert talk.said() == [("Ada", "a"), ("Bo", "good")]
    assert [old.text for old in talk.state.turns[2].attempts] == ["bad"]
    assert provider.requests[2].messages == provider.requests[1].messages
    assert provider.requests[2].params["seed"] != provider.requests[1].params["seed"]


async def test_retrying_while_somebody_speaks_discards_what_is_being_said_and_no_more() -> None:
    reached = asyncio.Event()
    talk = Talk(PlayedProvider("a", [TextChunk("bad"), reached], "good"), setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run(turns=2))
    await reached.wait()
    talk.conversation.retry()
    await runner
    assert ("Ada", "a") in talk.said()
    assert talk.said()[-1] == ("Bo", "good")


async def test_retrying_at_the_very_end_of_a_turn_takes_back_that_turn() -> None:
    talk = Talk(PlayedProvider("first", "second", "third"), setup("Ada", "Bo", max_turns=2))

    class Impatient:
        """Asks again when the turn is over and the loop has not seen it yet."""

        asked = False

        def hear(self, event: AnyEvent) -> None:
            if event.kind == "turn_ended" and not self.asked:
                self.asked = True
                asyncio.get_running_loop().call_soon(talk.conversation.retry)

        async def settled(self) -> None:
            return

    talk.conversation.listen(Impatient())
    await talk.conversation.run()
    assert talk.said() == [("Ada", "second"), ("Bo", "third")]


async def test_retrying_a_speaker_who_has_said_nothing_keeps_the_turn_before() -> None:
    reached = asyncio.Event()
    talk = Talk(PlayedProvider("a", [reached], "good"), setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run(turns=2))
    await reached.wait()
    talk.conversation.retry()
    await runner
    assert talk.said() == [("Ada", "a"), ("Bo", "good")]


async def test_an_edit_changes_what_the_others_hear_and_keeps_the_original() -> None:
    provider = PlayedProvider("a", "b", "c")
    talk = Talk(provider, setup("Ada", "Bo"))
    await talk.conversation.run(turns=1)
    talk.conversation.edit(1, "A better a")
    await talk.conversation.run(turns=1)
    assert provider.requests[1].messages[-1].text == "A better a"
    assert talk.state.turns[1].original == "a"
    with pytest.raises(OperatorError, match="no turn 9"):
        talk.conversation.edit(9, "x")


async def test_a_seat_changes_its_model_between_turns() -> None:
    reached = asyncio.Event()
    provider = PlayedProvider([TextChunk("a"), reached], "b", "c")
    talk = Talk(provider, setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run(turns=3))
    await reached.wait()
    talk.conversation.change_seat(1, model="played/two", params={"temperature": 0.5})
    assert talk.state.agents[1].model == "played/one"
    talk.conversation.stop_speaking()
    await runner
    assert [request.model for request in provider.requests] == ["one", "one", "two"]
    assert provider.requests[2].params == {"temperature": 0.5}


async def test_ending_keeps_what_is_being_said() -> None:
    reached = asyncio.Event()
    provider = PlayedProvider([TextChunk("so far"), reached])
    talk = Talk(provider, setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run())
    await reached.wait()
    talk.conversation.end("interrupted", "Interrupted.")
    await runner
    assert talk.said() == [("Ada", "so far")]
    assert talk.state.ended is not None
    assert talk.state.ended.reason == "interrupted"
    assert provider.open_streams == 0


async def test_leaving_the_one_who_runs_it_keeps_what_is_being_said() -> None:
    reached = asyncio.Event()
    provider = PlayedProvider([TextChunk("so far"), reached])
    talk = Talk(provider, setup("Ada", "Bo"))
    runner = asyncio.create_task(talk.conversation.run())
    await reached.wait()
    runner.cancel()
    with pytest.raises(asyncio.CancelledError):
        await runner
    assert talk.said() == [("Ada", "so far")]
    assert provider.open_streams == 0
    assert talk.state.status == "paused"


async def test_a_left_out_parameter_is_told_once() -> None:
    parts = [Omitted("temperature", "this model does not take it"), TextChunk("a"), WHOLE]
    talk = Talk(PlayedProvider(parts), setup("Ada", "Bo", max_turns=6))
    await talk.conversation.run()
    assert talk.heard.kinds().count("parameter_omitted") == 2


async def test_a_character_cut_in_two_by_the_server_arrives_whole_and_a_nul_is_replaced() -> None:
    parts = [TextChunk("\ud83d"), TextChunk("\ude00 a\0b \ud800"), WHOLE]
    talk = Talk(PlayedProvider(parts), setup("Ada", "Bo", max_turns=1))
    await talk.conversation.run()
    assert talk.said() == [("Ada", "😀 a\ufffdb \ufffd")]
    deltas = "".join(event.text for event in talk.heard.events if event.kind == "delta")
    assert deltas == talk.state.turns[1].text


async def test_a_seed_repeats_the_seeds_of_every_turn() -> None:
    async def seeds(seed: int) -> list[object]:
        provider = PlayedProvider("a")
        await Talk(provider, setup("Ada", "Bo", seed=seed, max_turns=4)).conversation.run()
        return [request.params["seed"] for request in provider.requests]

    assert await seeds(7) == await seeds(7)
    assert len(set(await seeds(7))) == 4
    assert await seeds(7) != await seeds(8)


async def test_a_listener_that_cannot_keep_what_happened_stops_the_conversation() -> None:
    talk = Talk(PlayedProvider("a"), setup("Ada", "Bo"))

    async def full() -> None:
        if talk.state.turn == 2:
            raise OperatorError("the disk is full", "make room")

    talk.heard.settled = full  # type: ignore[method-assign]
    with pytest.raises(OperatorError, match="disk is full"):
        await talk.conversation.run()
    assert len(talk.said()) == 2
    assert talk.state.status == "paused"


async def test_a_reply_cut_off_by_max_tokens_while_thinking_says_what_to_do() -> None:
    talk = Talk(PlayedProvider([ReasoningChunk("hmm"), Finish("max_tokens", Usage(5, 9))]), setup("Ada", "Bo"))
    await talk.conversation.run()
    assert talk.state.trouble is not None
    assert "raise max_tokens" in talk.state.trouble.cure


async def test_the_operator_may_go_on_past_a_limit_that_is_reached() -> None:
    talk = Talk(PlayedProvider("a", "b", "c"), setup("Ada", "Bo", max_turns=2))
    await talk.conversation.run()
    assert talk.state.status == "ended"
    await talk.conversation.run(turns=3, past_limits=True)
    assert (talk.state.turn, talk.state.status) == (5, "paused")
    await talk.conversation.run()
    assert (talk.state.turn, talk.state.status) == (5, "ended")


async def test_the_operator_may_go_on_after_a_stop_text_and_the_next_one_ends_it() -> None:
    talk = Talk(PlayedProvider("a", "^C", "b", "^C", "c"), setup("Ada", "Bo", stop=("^C",)))
    await talk.conversation.run()
    assert (talk.state.turn, talk.state.status) == (2, "ended")
    await talk.conversation.run(past_limits=True)
    assert (talk.state.turn, talk.state.status) == (4, "ended")
    assert talk.state.ended is not None
    assert talk.state.ended.reason == "stop"
