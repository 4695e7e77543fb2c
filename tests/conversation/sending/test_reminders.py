"""An agent's reminder: when it comes, where it stands, and that what was sent before it stays."""

import pytest

from backrooms_tui.providers.base import Request
from backrooms_tui.session.events import Interjected, TurnRetracted
from backrooms_tui.session.setup import AgentSetup, Message, Reminder
from backrooms_tui.session.trouble import Trouble
from tests.conversation.table import Table

BO = AgentSetup(2, "Bo", "marked/one")
STAY = "[Reminder: Stay a poet.]"


def table(every: int, depth: int = 0, history: tuple[Message, ...] = ()) -> Table:
    ada = AgentSetup(1, "Ada", "marked/one", history=history, reminder=Reminder("Stay a poet.", every, depth))
    return Table([ada, BO])


async def rounds(at: Table, number: int) -> list[Request]:
    """Let both speak, and give Ada's requests."""
    for round in range(number):
        await at.turn(1, f"a{round}")
        await at.turn(2, f"b{round}")
    return [request for request in at.provider.requests if request.seat == 1]


async def test_it_comes_after_every_so_many_of_the_agents_own_turns() -> None:
    at = table(every=3)
    requests = await rounds(at, 8)
    assert [sum(m.text.count(STAY) for m in request.messages) for request in requests] == [0, 0, 0, 1, 1, 1, 2, 2]
    assert all(STAY not in text for _, text in at.sent(2)), "nobody else hears it"


@pytest.mark.parametrize(
    ("depth", "at_place", "text"),
    [
        (0, -1, f"b3\n\n{STAY}"),
        (1, -1, f"{STAY}\n\nb3"),
        (2, -3, f"b2\n\n{STAY}"),
        (3, -3, f"{STAY}\n\nb2"),
        (4, -5, f"b1\n\n{STAY}"),
    ],
)
async def test_it_stands_before_the_last_messages_and_stays_there(depth: int, at_place: int, text: str) -> None:
    at = table(every=4, depth=depth)
    before, *_ = (await rounds(at, 4))[-1:]
    reminded, after = (await rounds(at, 2))[-2:]
    assert reminded.messages[at_place].text == text
    kept = len(reminded.messages) + at_place
    assert list(reminded.messages[:kept]) == list((*before.messages, Message("assistant", "a3"))[:kept])
    assert list(after.messages[: len(reminded.messages)]) == list(reminded.messages)


async def test_it_never_goes_back_before_the_seeds() -> None:
    at = table(every=1, depth=50, history=(Message("user", "Hi."), Message("assistant", "Hello.")))
    await at.turn(1, "one")
    await at.turn(2, "two")
    await at.turn(1, "three")
    assert [m.text for m in at.provider.requests[-1].messages][:2] == ["Hi.", "Hello."]
    assert at.provider.requests[-1].messages[2].text.startswith(STAY)


async def test_a_turn_that_is_spoken_again_or_fails_is_not_reminded_twice() -> None:
    at = table(every=2)
    await rounds(at, 2)
    await at.turn(1, Trouble("authentication", "no key"))
    await at.turn(1, "third")
    at.publisher.emit(TurnRetracted, turn=5, agent=1)
    await at.turn(1, "third again")
    assert sum(text.count(STAY) for _, text in at.sent(1)) == 1


async def test_it_keeps_its_place_when_something_is_said_between_it_and_the_request() -> None:
    at = table(every=1, depth=2)
    await rounds(at, 2)
    await at.turn(1, Trouble("authentication", "no key"))
    at.publisher.emit(Interjected, text="Now.")
    before = at.sent(1)
    await at.turn(1, "again")
    assert [(m.role, m.text) for m in at.provider.requests[-1].messages] == before
    assert before[-1] == ("user", "b1\n\nOperator: Now.")


async def test_no_reminder_is_made_of_blanks_or_of_no_turns() -> None:
    blank = AgentSetup(1, "Ada", "marked/one", reminder=Reminder("  ", 1))
    never = AgentSetup(2, "Bo", "marked/one", reminder=Reminder("Stay.", 0))
    at = Table([blank, never])
    await rounds(at, 3)
    assert "reminded" not in at.heard.kinds()
