"""The meter beside the turns: told of each, and of the past that stands where that changed."""

from collections.abc import Mapping, Sequence

from backrooms_tui.session.events import TurnEdited, TurnEnded, TurnRetracted
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import SessionState, apply
from tests.conversation.table import Table

AGENTS = [AgentSetup(1, "Ada", "m/1"), AgentSetup(2, "Bo", "m/1")]


class Counting:
    """Says how many turns it remembers, in tenths."""

    def __init__(self) -> None:
        self.turns: list[tuple[int, str]] = []
        self.rebuilt = 0

    def __call__(self, seat: int, text: str) -> tuple[float, Mapping[str, float]]:
        if text == "break":
            raise ZeroDivisionError("oops")
        self.turns.append((seat, text))
        return len(self.turns) / 10, {"turns": 1.0}

    def rebuild(self, turns: Sequence[tuple[int, str]]) -> None:
        self.turns = list(turns)
        self.rebuilt += 1


async def test_each_turn_carries_how_much_the_conversation_stalls_with_it() -> None:
    meter = Counting()
    table = Table(AGENTS, measure=meter)
    await table.turn(1, "one")
    await table.turn(2, "two")
    assert [(turn.stall, dict(turn.stall_parts)) for turn in table.state.turns.values()] == [
        (0.1, {"turns": 1.0}),
        (0.2, {"turns": 1.0}),
    ]
    assert meter.rebuilt == 0


async def test_a_turn_that_is_taken_back_or_edited_is_measured_as_it_stands() -> None:
    meter = Counting()
    table = Table(AGENTS, measure=meter)
    await table.turn(1, "one")
    await table.turn(2, "two")
    table.publisher.emit(TurnRetracted, turn=2, agent=2)
    table.publisher.emit(TurnEdited, turn=1, text="uno")
    await table.turn(2, "zwei")
    await table.turn(1, "drei")
    assert meter.turns == [(1, "uno"), (2, "zwei"), (1, "drei")]
    assert meter.rebuilt == 1
    assert table.state.turns[2].stall == 0.2


async def test_a_session_that_goes_on_is_measured_with_its_past() -> None:
    table = Table(AGENTS)
    await table.turn(1, "one")
    state = SessionState()
    for event in table.heard.events:
        apply(state, event)
    meter = Counting()
    again = Table(AGENTS, measure=meter, state=state)
    await again.turn(2, "two")
    assert again.state.turns[2].stall == 0.2
    assert again.state.turns[1].stall is None


async def test_a_meter_that_breaks_is_left_out_and_the_talk_goes_on() -> None:
    table = Table(AGENTS, measure=Counting())
    for text in ("one", "break", "three"):
        await table.turn(1, text)
    ended = [event.stall for event in table.heard.events if isinstance(event, TurnEnded)]
    assert ended == [0.1, None, None]
    assert table.heard.kinds().count("noticed") == 1
