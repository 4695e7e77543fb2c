"""A world at the table: it answers what was said since its last turn, asks for permission, and never ends a session."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.world import Permission, WorldSetup
from backrooms_tui.worlds.base import Answer, Heard, Past, Taken, View, World
from tests.conversation.playing import Heard as Listening
from tests.conversation.playing import PatientClock, PlayedProvider


class Shelf(World):
    """`put WORD` and `look`; and what goes wrong: `break`, `hang`, `refuse`. It reads what it holds from its past."""

    def __init__(self) -> None:
        self.past, self.held = Past(), list[str]()
        self.opened = self.closed = 0
        self.down: Exception | None = None
        self.hanging = asyncio.Event()

    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        return ("shelf: holds words",)

    async def open(self) -> None:
        self.opened += 1
        if self.down is not None:
            raise self.down

    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        word = heard.text.split()[0] if heard.text.split() else ""
        known = word in ("put", "look", "break", "hang", "refuse")
        return [Taken(heard.by, heard.turn, heard.text, word if known else "", reach="the shelf")]

    async def answer(self, taken: Taken, view: View) -> Answer:
        afresh, news = self.past.news(view)
        self.held = [] if afresh else self.held
        self.held += [str(change["word"]) for one in news for change in one.changes]
        match taken.name:
            case "put":
                word = taken.command.split()[1]
                return Answer(f"put {word}", "done", "shelf", ({"word": word},))
            case "look":
                return Answer(f"on the shelf: {' '.join(self.held) or 'nothing'}")
            case "break":
                raise RuntimeError("the shelf broke")
            case "hang":
                self.hanging.set()
                await asyncio.Event().wait()
            case "refuse":
                raise ProviderTrouble(Trouble("connection", "nobody answers", "start the server"))
        return Answer("what?", "unknown")

    def greeting(self, view: View) -> Answer:
        return Answer("a shelf")

    async def aclose(self) -> None:
        self.closed += 1


class Room:
    """Agents who speak from a script, and a shelf on the last seat."""

    def __init__(
        self,
        *replies: str,
        names: Sequence[str] = ("Ada",),
        permissions: Mapping[str, Permission] | None = None,
        timeout: float = 30.0,
        state: SessionState | None = None,
        **rules: object,
    ) -> None:
        self.provider, self.shelf, self.heard = PlayedProvider(*replies), Shelf(), Listening()
        seats = [AgentSetup(seat, name, "played/one") for seat, name in enumerate(names, 1)]
        world = WorldSetup("shelf", permissions or {}, timeout=timeout)
        seats.append(AgentSetup(len(names) + 1, "CLI", "world/shelf", kind="world", guard=False, world=world))
        self.conversation = Conversation(
            Setup("A test", "test", tuple(seats), Rules(**rules)),  # type: ignore[arg-type]
            session="s1",
            speaker_for=lambda reference: (self.provider, reference.partition("/")[2]),
            price=lambda reference, usage: 0.0,
            listeners=[self.heard],
            clock=PatientClock(),
            state=state,
            world_for=lambda agent: self.shelf,
        )

    @property
    def state(self) -> SessionState:
        return self.conversation.state

    def screens(self) -> list[str]:
        return [turn.text for _, turn in sorted(self.state.turns.items()) if turn.name == "CLI"]


async def test_a_world_answers_each_command_with_a_screen_and_remembers() -> None:
    room = Room("put lamp", "put key", "look")
    await room.conversation.run(6)
    assert room.screens() == ["put lamp", "put key", "on the shelf: lamp key"]
    ends = [event for event in room.heard.events if event.kind == "turn_ended" and event.agent == 2]
    assert [event.exchanges[0].command for event in ends] == ["put lamp", "put key", "look"]
    assert ends[0].exchanges[0].by == 1
    assert ends[0].exchanges[0].turn == 1
    assert ends[0].cost == 0


async def test_the_agent_is_sent_the_screen_as_what_the_other_said() -> None:
    room = Room("put lamp", "look")
    await room.conversation.run(3)
    assert room.provider.requests[1].messages[-1].text == "put lamp"
    assert room.provider.requests[1].messages[-1].role == "user"


async def test_a_turn_that_is_spoken_again_undoes_what_it_did() -> None:
    room = Room("put lamp", "look")
    await room.conversation.run(2)
    room.conversation.retry()
    await room.conversation.run(1)
    await room.conversation.run(2)
    assert room.screens()[-1] == "on the shelf: lamp"


async def test_what_a_world_holds_is_the_same_after_going_on_from_the_record() -> None:
    room = Room("put lamp", "put key", "look")
    await room.conversation.run(4)
    state = SessionState()
    for event in room.heard.events:
        apply(state, event)
    again = Room("look", state=state)
    await again.conversation.run(2)
    assert again.screens()[-1] == "on the shelf: lamp key"


async def test_it_answers_everybody_who_spoke_since_its_last_turn_by_name() -> None:
    room = Room("put lamp", "look", names=("Ada", "Bo"))
    await room.conversation.run(3)
    assert room.screens() == ["[Ada]\nput lamp\n\n[Bo]\non the shelf: lamp"]


async def test_it_greets_where_nobody_has_said_anything() -> None:
    room = Room("look")
    room.conversation.choose_speaker(2)
    await room.conversation.run(1)
    assert room.screens() == ["a shelf"]


async def test_what_the_operator_whispers_to_it_is_a_command_that_runs_without_asking() -> None:
    room = Room("look", permissions={"put": "ask"})
    room.conversation.whisper(2, "put rope")
    await room.conversation.run(2)
    assert room.screens() == ["[Operator]\nput rope\n\n[Ada]\non the shelf: rope"]


@pytest.mark.parametrize(
    ("command", "told", "outcome"),
    [
        ("break", "The world failed: RuntimeError: the shelf broke", "failed"),
        ("refuse", "nobody answers.", "failed"),
        ("hang", "There was no answer within 0.01 seconds.", "timed_out"),
    ],
)
async def test_whatever_goes_wrong_is_an_answer_and_the_conversation_goes_on(
    command: str, told: str, outcome: str
) -> None:
    room = Room(command, "look", timeout=0.01)
    await room.conversation.run(4)
    assert told in room.screens()[0]
    assert room.state.turns[2].exchanges[0].outcome == outcome
    assert room.screens()[1] == "on the shelf: nothing"


async def test_a_denied_command_does_not_run_and_says_so() -> None:
    room = Room("put lamp", "look", permissions={"put": "deny"})
    await room.conversation.run(4)
    assert "not allowed" in room.screens()[0]
    assert room.state.turns[2].exchanges[0].outcome == "denied"
    assert room.screens()[1] == "on the shelf: nothing"


async def test_a_command_that_is_asked_for_stops_everything_until_the_operator_has_answered() -> None:
    room = Room("put lamp", "look", permissions={"put": "ask"})
    await room.conversation.run(4)
    assert room.state.status == "paused"
    assert room.state.turn == 1
    asked = room.conversation.asked
    assert asked is not None
    assert (asked.command, asked.name, asked.reach, asked.by) == ("put lamp", "put", "the shelf", 1)
    room.conversation.decide("once")
    await room.conversation.go_on()
    assert room.state.turn == 4  # as far as it was to run
    assert room.screens() == ["put lamp", "on the shelf: lamp"]
    assert room.conversation.asked is None


async def test_allowed_once_is_asked_again_and_allowed_for_the_session_is_not() -> None:
    room = Room("put lamp", permissions={"put": "ask"})
    await room.conversation.run()
    room.conversation.decide("once")
    await room.conversation.go_on()
    assert room.state.turn == 3
    assert room.conversation.asked is not None
    room.conversation.decide("session")
    await room.conversation.run(6)
    assert room.conversation.asked is None
    assert len(room.screens()) == 4


async def test_denied_with_a_word_the_agent_is_told_it_and_nothing_ran() -> None:
    room = Room("put lamp", "look", permissions={"put": "ask"})
    await room.conversation.run(4)
    room.conversation.decide("deny", "not   that one")
    await room.conversation.go_on()
    assert "The operator does not allow it: not that one" in room.screens()[0]
    assert room.screens()[1] == "on the shelf: nothing"


async def test_a_question_outlives_the_program_and_the_answer_is_for_that_command() -> None:
    room = Room("put lamp", "look", permissions={"put": "ask"}, order="random")
    await room.conversation.run(4)
    state = SessionState()
    for event in room.heard.events:
        apply(state, event)
    again = Room("look", state=state)
    assert again.conversation.asked is not None
    again.conversation.decide("once")
    await again.conversation.run(1)
    assert again.screens() == ["put lamp"]


async def test_running_on_without_an_answer_asks_once_more() -> None:
    room = Room("put lamp", permissions={"put": "ask"})
    await room.conversation.run()
    await room.conversation.run()
    assert room.state.turn == 1
    assert room.conversation.asked is not None


async def test_nothing_to_decide_is_said() -> None:
    with pytest.raises(OperatorError, match="nothing waits"):
        Room("look").conversation.decide("once")


async def test_permissions_can_be_changed_while_it_talks() -> None:
    room = Room("put lamp", permissions={"put": "ask"})
    await room.conversation.run()
    room.conversation.change_permissions(2, {"put": "deny"})
    await room.conversation.run(1)
    assert "not allowed" in room.screens()[0]


async def test_stopping_a_world_that_hangs_keeps_what_it_had_answered() -> None:
    room = Room("put lamp", "hang", names=("Ada", "Bo"))
    running = asyncio.ensure_future(room.conversation.run(3))
    await asyncio.wait_for(room.shelf.hanging.wait(), 5)
    room.conversation.stop_speaking()
    await asyncio.wait_for(running, 5)
    assert room.state.turns[3].stop_reason == "stopped"
    assert [one.command for one in room.state.turns[3].exchanges] == ["put lamp"]


async def test_what_was_allowed_once_is_asked_again_where_it_was_broken_off() -> None:
    room = Room("hang", permissions={"hang": "ask"})
    await room.conversation.run(2)
    room.conversation.decide("once")
    running = asyncio.ensure_future(room.conversation.go_on())
    await asyncio.wait_for(room.shelf.hanging.wait(), 5)
    room.conversation.stop_speaking()
    await asyncio.wait_for(running, 5)
    room.shelf.hanging.clear()
    await room.conversation.run(1)
    assert room.conversation.asked is not None
    assert not room.shelf.hanging.is_set()


async def test_a_world_that_cannot_be_opened_is_trouble_that_pauses_and_can_be_tried_again() -> None:
    room = Room("look")
    room.shelf.down = ProviderTrouble(Trouble("connection", "nobody is there", "start it"))
    await room.conversation.run(2)
    assert room.state.trouble is not None
    assert room.state.trouble.message == "nobody is there"
    room.shelf.down = None
    await room.conversation.run(1)
    assert room.screens() == ["on the shelf: nothing"]


async def test_a_stop_text_on_a_screen_ends_nothing() -> None:
    room = Room("put ^C^C", "look", stop=("^C^C",))
    await room.conversation.run(4)
    assert room.state.turn == 4
    assert room.state.ended is None


async def test_in_a_random_order_it_answers_right_after_a_command_and_never_by_itself() -> None:
    room = Room("put lamp", "a fine day", names=("Ada", "Bo"), order="random")
    await room.conversation.run(8)
    said = [(turn.name, turn.text) for _, turn in sorted(room.state.turns.items())]
    assert "CLI" in [name for name, _ in said]
    for (name, text), (after, answer) in pairwise(said):
        assert (after == "CLI") == (name != "CLI" and text == "put lamp")
        assert after != "CLI" or answer == "put lamp"


async def test_the_stall_meter_leaves_worlds_out() -> None:
    measured: list[int] = []

    class Ear:
        def __call__(self, seat: int, text: str) -> tuple[float, Mapping[str, float]]:
            measured.append(seat)
            return 0.0, {}

        def rebuild(self, turns: Sequence[tuple[int, str]]) -> None:
            measured.append(0)

    room = Room("look")
    room.conversation._turns._speaking._accepting._measuring._meter = Ear()
    await room.conversation.run(6)
    assert measured == [1, 1, 1]


async def test_worlds_are_closed_with_the_conversation() -> None:
    room = Room("look")
    await room.conversation.run(2)
    await room.conversation.aclose()
    assert room.shelf.closed == 1


async def test_no_model_sits_down_on_a_worlds_seat() -> None:
    room = Room("look")
    with pytest.raises(OperatorError, match="CLI is a world"):
        room.conversation.change_seat(2, model="played/two")


async def test_in_a_random_order_a_world_is_opened_before_it_is_asked_what_it_understands() -> None:
    room = Room("put lamp", "a fine day", names=("Ada", "Bo"), order="random")
    room.shelf.take = lambda heard, state: (  # type: ignore[method-assign]
        Shelf.take(room.shelf, heard, state) if room.shelf.opened else [Taken(heard.by, heard.turn, heard.text, "")]
    )
    await room.conversation.run(4)
    assert "put lamp" in room.screens()


async def test_in_a_random_order_a_world_that_does_not_open_is_told_of_once_and_the_others_go_on() -> None:
    room = Room("put lamp", names=("Ada", "Bo"), order="random")
    room.shelf.down = ProviderTrouble(Trouble("connection", "nobody is there", "start it"))
    await room.conversation.run(4)
    assert room.state.turn == 4
    told = [event.text for event in room.heard.events if event.kind == "noticed"]
    assert told == ["CLI does not answer: nobody is there"]


async def test_where_only_worlds_are_at_the_table_it_says_that_nobody_gives_commands() -> None:
    room = Room(names=())
    await room.conversation.run()
    assert (room.state.status, room.state.turn) == ("paused", 0)
    assert room.state.reason == "nobody is there who could give commands"


async def test_where_a_world_sits_first_the_first_agents_model_picks_who_speaks() -> None:
    room = Room("Bo", "put lamp", names=("Ada", "Bo"), order="manager")
    setup = room.state.setup
    assert setup is not None
    ada, bo, world = setup.agents
    conversation = Conversation(
        replace(setup, agents=(replace(world, seat=1), replace(ada, seat=2), replace(bo, seat=3))),
        session="s1",
        speaker_for=lambda reference: (room.provider, reference.partition("/")[2]),
        price=lambda reference, usage: 0.0,
        clock=PatientClock(),
        world_for=lambda agent: room.shelf,
    )
    await conversation.run(2)
    assert [turn.name for _, turn in sorted(conversation.state.turns.items())] == ["Bo", "CLI"]


@pytest.mark.parametrize("order", ["round-robin", "random"])
async def test_a_world_that_breaks_where_it_should_not_takes_nothing_down(order: str) -> None:
    room = Room("put lamp", names=("Ada", "Bo"), order=order)
    room.shelf.down = RuntimeError("the shelf fell")
    await room.conversation.run(3)
    told = [str(getattr(entry, "text", "")) for entry in room.state.entries]
    assert any("the shelf fell" in text for text in told)
