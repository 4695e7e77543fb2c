"""The ladder is climbed while a conversation stalls, gives each step time, and begins anew after a recovery."""

from random import Random

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.remedies import changed_model, changed_params, due, take
from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.session.events import AnyEvent, Interjected, Remedied, SessionOpened, TurnEnded, Whispered
from backrooms_tui.session.setup import AgentSetup, Remedy, Rules, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.usage import Timings, Usage

LADDER = (
    Remedy("nudge", text="Be bold."),
    Remedy("topic", topics=("a door", "a fire")),
    Remedy("temperature", temperature=1.3, turns=2),
    Remedy("model", model="local/other.gguf", turns=2),
    Remedy("call"),
    Remedy("end"),
)


class StillClock:
    def now(self) -> float:
        return 0.0

    def elapsed(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None: ...


class Heard:
    def __init__(self) -> None:
        self.events: list[AnyEvent] = []

    def hear(self, event: AnyEvent) -> None:
        self.events.append(event)

    async def settled(self) -> None: ...


class Talk:
    """A session of two whose meter is set by hand."""

    def __init__(self, *ladder: Remedy) -> None:
        self.heard = Heard()
        self.publisher = Publisher(SessionState(), StillClock(), [self.heard])
        agents = (AgentSetup(1, "Ada", "local/x.gguf"), AgentSetup(2, "Ben", "local/x.gguf"))
        setup = Setup("t", "duo", agents, Rules(ladder=ladder or LADDER, stall_at=0.6))
        self.publisher.emit(SessionOpened, session="s", setup=setup)

    @property
    def state(self) -> SessionState:
        return self.publisher.state

    def says(self, *stalls: float | None) -> None:
        for stall in stalls:
            turn = self.state.turn + 1
            who = {"turn": turn, "agent": 2 - turn % 2, "name": "x", "attempt": 1}
            how = {"stop_reason": "end", "usage": Usage(), "cost": 0.0, "timings": Timings(0.0, 0.0)}
            self.publisher.emit(TurnEnded, **who, **how, text="…", stall=stall)

    def takes(self, step: int) -> str:
        return take(step, 2, self.publisher, Random(1)).what


def test_one_high_turn_is_no_stall_and_two_are() -> None:
    talk = Talk()
    talk.says(0.1, 0.9)
    assert due(talk.state) is None
    talk.says(0.9)
    assert due(talk.state) == 1


def test_a_talk_that_is_not_measured_or_has_no_ladder_is_left_alone() -> None:
    talk = Talk()
    talk.says(None, None, None)
    assert due(talk.state) is None
    calm = Talk(Remedy("end"))
    calm.says(0.59, 0.59, 0.59)
    assert due(calm.state) is None


def test_a_step_gets_two_rounds_to_work_before_the_next_is_taken() -> None:
    talk = Talk()
    talk.says(0.9, 0.9)
    assert talk.takes(1) == "go on"
    talk.says(0.9, 0.9, 0.9)
    assert due(talk.state) is None
    talk.says(0.9)
    assert due(talk.state) == 2


def test_after_a_recovery_the_next_stall_begins_at_the_first_step() -> None:
    talk = Talk()
    talk.says(0.9, 0.9)
    talk.takes(1)
    talk.says(0.2, 0.1, 0.9, 0.9)
    assert due(talk.state) == 1


def test_at_the_end_of_the_ladder_its_last_step_is_taken_again() -> None:
    talk = Talk(Remedy("nudge"))
    talk.says(0.9, 0.9)
    talk.takes(1)
    talk.says(0.9, 0.9, 0.9, 0.9)
    assert due(talk.state) == 1


def test_a_nudge_goes_to_one_and_a_topic_to_all_and_no_topic_comes_twice() -> None:
    talk = Talk()
    talk.says(0.9, 0.9)
    talk.takes(1)
    assert [(event.to, event.text) for event in talk.heard.events if isinstance(event, Whispered)] == [(2, "Be bold.")]
    for _ in range(3):
        talk.takes(2)
    topics = [event.text for event in talk.heard.events if isinstance(event, Interjected)]
    assert sorted(topics) == ["a door", "a fire"]
    assert [event.detail for event in talk.heard.events if isinstance(event, Remedied)][
        -1
    ] == "all topics have been drawn"


def test_another_temperature_and_another_model_last_as_many_turns_as_they_say() -> None:
    talk = Talk()
    talk.says(0.9, 0.9)
    talk.takes(3)
    talk.takes(4)
    assert changed_params(talk.state, 1) == {"temperature": 1.3}
    assert (changed_model(talk.state, 2), changed_model(talk.state, 1)) == ("local/other.gguf", "local/x.gguf")
    talk.says(0.9)
    assert changed_params(talk.state, 1) == {"temperature": 1.3}
    talk.says(0.9)
    assert changed_params(talk.state, 1) == {}
    assert changed_model(talk.state, 2) == "local/x.gguf"


def test_afresh_nobody_is_sent_what_was_said_before_the_topic() -> None:
    talk = Talk(Remedy("topic", topics=("a door",), afresh=True))
    talk.says(0.9, 0.9)
    talk.takes(1)
    for seat in (1, 2):
        sent = " ".join(message.text for message in Perspective(talk.state, seat).messages)
        assert "a door" in sent
        assert "…" not in sent
    assert [agent.hidden_turns for agent in talk.state.agents.values()] == [2, 2]


def test_the_operator_is_called_or_the_session_ends() -> None:
    talk = Talk()
    assert (talk.takes(5), talk.takes(6)) == ("pause", "end")
