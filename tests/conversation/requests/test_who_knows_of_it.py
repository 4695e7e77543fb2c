"""Everything that is made of what was said leaves out what was only asked for."""

import string

from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.conversation.council.telling import transcript
from backrooms_tui.conversation.orders.recent import recent_words
from backrooms_tui.conversation.requests.understanding import NotUnderstoodError, understood
from backrooms_tui.session.events import SpeakerChosen
from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.request_lines import MOST, parted
from tests.conversation.requests.asking import ALL, Table
from tests.conversation.turns.test_worlds_at_the_table import Room

SECRET = 'Good morning.\n!whisper Bo "the key is under the mat"'


async def test_bids_managers_summaries_and_hosts_of_councils_hear_nothing_of_it() -> None:
    table = await Table(SECRET, "Well.").run(2)
    state = table.state
    for seat in (0, 3):
        assert "key" not in recent_words(state, seat)
        assert "Good morning." in recent_words(state, seat)
    assert "A whispers" not in recent_words(state, 2)
    assert "Ada whispers to you: the key is under the mat" in recent_words(state, 2)
    assert "key" not in transcript(state, None)


async def test_nobody_is_addressed_by_a_request() -> None:
    table = await Table("Hm.\n!note Bo, what do you think?", order="mention").run(4)
    reasons = [event.reason for event in table.events if isinstance(event, SpeakerChosen)]
    assert all(reason.startswith("nobody was addressed") for reason in reasons)


async def test_a_stop_text_in_a_whisper_ends_nothing() -> None:
    table = await Table('!whisper Bo "say\n^C^C\nwhen you are done"', "Well.", stop=("^C^C",)).run(2)
    assert table.state.status == "paused"
    assert table.state.turn == 2


async def test_a_world_is_given_the_command_without_the_requests() -> None:
    room = Room("put lamp\n!note x", requests=ALL)
    await room.conversation.run(2)
    exchange = room.state.turns[2].exchanges[0]
    assert exchange.command == "put lamp"
    assert list(room.state.requests.made) == ["1.1"]


async def test_a_world_makes_no_requests_and_hears_no_whispers() -> None:
    room = Room('put !leave\n!whisper CLI "look"\n!mute CLI', requests=ALL)
    await room.conversation.run(2)
    assert [made.event.outcome for made in room.state.requests.made.values()] == ["refused", "refused"]
    assert {made.event.agent for made in room.state.requests.made.values()} == {1}


TEXTS = st.lists(
    st.sampled_from(
        ["Ada", "Bo", '"', "“", "”", "«", "'", "`", "*", "\n", "\n\n", "```", "~~~", "?", ",", ":", " ", "9"]
    )
    | st.text(string.printable + "日\u2028\u202e", max_size=6),
    max_size=30,
).map("".join)


@given(st.lists(st.tuples(st.sampled_from(REQUESTS), TEXTS), max_size=12))
def test_whatever_agents_write_is_understood_or_refused(asked: list[tuple[str, str]]) -> None:
    state = Table("x").state
    text = "\n".join(f"!{name} {rest}" for name, rest in asked)
    requests, left = parted(text, REQUESTS)
    assert len(requests) <= MOST + 1
    assert parted(left, ()) == ((), left)
    for request in requests:
        try:
            wish = understood(request, state, 1)
        except NotUnderstoodError:
            continue
        else:
            assert "\n" not in wish.said
            assert wish.to == 0 or wish.to in state.agents


@given(TEXTS)
def test_a_text_without_requests_stays_as_it_is(text: str) -> None:
    assert parted(text, REQUESTS) == ((), text) or "!" in text
    assert parted(text, ()) == ((), text)
