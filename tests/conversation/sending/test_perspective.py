"""What each agent is sent, and that it only ever grows."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.conversation.sending.perspective import GO_ON, OPENING, Perspective
from backrooms_tui.providers.base import Finish, TextChunk
from backrooms_tui.session.events import AnyEvent, Interjected, SessionOpened, TurnEnded, Whispered
from backrooms_tui.session.setup import AgentSetup, Message, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.usage import Timings, Usage
from tests.conversation.playing import PlayedProvider, Talk, setup


def opened(*agents: AgentSetup) -> SessionState:
    chosen = Setup("A test", "test", agents)
    return apply(SessionState(), SessionOpened(seq=1, at=1.0, session="s", setup=chosen))


def ended(state: SessionState, agent: int, text: str) -> AnyEvent:
    return TurnEnded(
        seq=state.seq + 1,
        at=1.0,
        turn=state.turn + 1,
        agent=agent,
        name=state.agents[agent].name,
        attempt=1,
        text=text,
        stop_reason="end",
        usage=Usage(),
        cost=0.0,
        timings=Timings(),
    )


def texts(state: SessionState, seat: int) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in Perspective(state, seat).messages]


def test_own_turns_are_the_assistants_and_the_history_comes_first() -> None:
    seeds = (Message("user", "Ready?"), Message("assistant", "Ready."), Message("user", "Go."))
    state = opened(AgentSetup(1, "Ada", "m/1", history=seeds), AgentSetup(2, "Bo", "m/1"))
    apply(state, ended(state, 1, "one"))
    apply(state, ended(state, 2, "two"))
    assert texts(state, 1) == [*((m.role, m.text) for m in seeds), ("assistant", "one"), ("user", "two")]
    assert texts(state, 2) == [("user", "one"), ("assistant", "two"), ("user", GO_ON)]


def test_an_agent_that_has_heard_nothing_is_asked_to_begin() -> None:
    state = opened(AgentSetup(1, "Ada", "m/1"), AgentSetup(2, "Bo", "m/1"))
    assert texts(state, 1) == [("user", OPENING)]


def test_names_are_told_where_more_than_two_speak() -> None:
    state = opened(*(AgentSetup(seat, name, "m/1") for seat, name in enumerate(("Ada", "Bo", "Cy"), 1)))
    apply(state, ended(state, 1, "one"))
    apply(state, ended(state, 2, "two"))
    assert texts(state, 3) == [("user", "Ada: one\n\nBo: two")]


WORDS = st.lists(st.tuples(st.integers(0, 4), st.text("ab \n", max_size=6)), max_size=25)


@given(WORDS)
def test_requests_alternate_start_and_end_with_the_user_and_extend_the_last_one(words: list[tuple[int, str]]) -> None:
    state = opened(*(AgentSetup(seat, f"A{seat}", "m/1", history=(Message("user", "hi"),)) for seat in (1, 2, 3)))
    growing = {seat: Perspective(state, seat) for seat in (1, 2, 3)}
    sent: dict[int, list[Message]] = {}
    for who, text in words:
        if who in growing:
            now = list(growing[who].messages)
            assert now == list(Perspective(state, who).messages), "what has grown equals what is built anew"
            before = sent.get(who)
            if before is not None:
                assert now[: len(before)] == before
            apply(state, ended(state, who, text))
            if text.strip():
                sent[who] = [*now, Message("assistant", text)]
        elif who == 4:
            apply(state, Interjected(seq=state.seq + 1, at=1.0, text=text))
        else:
            apply(state, Whispered(seq=state.seq + 1, at=1.0, to=2, text=text))
        for seat, perspective in growing.items():
            roles = [message.role for message in perspective.messages]
            assert roles[0] == roles[-1] == "user", seat
            assert all(a != b for a, b in itertools.pairwise(roles))


async def test_a_full_window_lets_go_of_the_oldest_turns_in_large_steps_and_says_so() -> None:
    provider = PlayedProvider([TextChunk("word " * 40), Finish("end", Usage())])
    talk = Talk(provider, setup("Ada", "Bo", window=2400, max_turns=120))
    await talk.conversation.run()
    moves = [event for event in talk.heard.events if event.kind == "window_moved"]
    assert moves
    assert len(moves) <= 120 / 6
    state = talk.state
    assert any("no longer sees" in entry.text for entry in state.entries)
    for request in provider.requests[1:]:
        assert request.messages[0].role == "user"
    broken = sum(
        later.messages[: len(earlier.messages)] != earlier.messages
        for earlier, later in zip(provider.requests[0::2], provider.requests[2::2], strict=False)
    )
    assert broken <= len([move for move in moves if move.agent == 1])
