"""Whatever happens in a session, and however it is cut into writes, reading gives it back exactly."""

import string
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backrooms_tui.session.events import (
    AgentChanged,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    AnyEvent,
    Delta,
    Ended,
    InnerCalled,
    Interjected,
    Noticed,
    Paused,
    Remedied,
    Remembered,
    Reminded,
    RequestMade,
    RequestUndone,
    Resumed,
    RulesChanged,
    SessionOpened,
    SpeakerChosen,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnRetracted,
    TurnStarted,
    VoteClosed,
    Whispered,
    WordQueued,
)
from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.setup import Cue, Reminder, Rules
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import Store
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.store.verifying import verify
from tests.store.scripts import NAMES, setup

# Everything a producer may hand over: no NUL, no lone surrogates, but combining marks, bidi, astral and the like.
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["", "e\u0301", "\u202e", "👩‍👩‍👧", "\r\n", "'", '"', "\x1b]52;", "�", "\ufeff", "日本語", "a" * 300]
)
seats = st.sampled_from([1, 2])
usages = st.builds(Usage, *[st.integers(0, 10**12)] * 5)
costs = st.none() | st.floats(0, 100)
troubles = st.builds(Trouble, st.sampled_from(["timeout", "unknown"]), texts, may_pass=st.booleans())


@st.composite
def between_turns(draw: st.DrawFn) -> tuple[type, dict[str, Any]]:
    """Something that can happen at any moment."""
    return draw(
        st.sampled_from(
            [
                (
                    RequestMade,
                    {"turn": draw(st.integers(1, 4)), "agent": draw(seats), "number": draw(st.integers(1, 6))}
                    | {"name": draw(st.sampled_from(REQUESTS)), "text": draw(texts), "said": draw(texts)}
                    | {"outcome": draw(st.sampled_from(["done", "refused", "denied"])), "to": draw(seats)}
                    | {"vote": draw(st.sampled_from(["", "1.1"])), "options": (draw(texts), draw(texts))}
                    | {"turns": draw(st.integers(0, 3)), "effects": draw(st.integers(0, 2))},
                ),
                (RequestUndone, {"turn": 1, "agent": draw(seats), "request": "1.1", "effects": 1}),
                (VoteClosed, {"vote": "1.1", "question": draw(texts), "votes": {draw(texts): 1}, "silent": 1}),
                (WordQueued, {"text": draw(texts), "to": draw(st.integers(0, 2))}),
                (Interjected, {"text": draw(texts), "queued": draw(st.booleans())}),
                (Whispered, {"text": draw(texts), "to": draw(seats)}),
                (Noticed, {"level": "info", "text": draw(texts), "agent": draw(st.none() | seats)}),
                (TurnEdited, {"turn": draw(st.integers(1, 4)), "text": draw(texts)}),
                (Paused, {"reason": draw(texts), "trouble": draw(st.none() | troubles)}),
                (Resumed, {"turns": draw(st.none() | st.integers(0, 9))}),
                (Ended, {"reason": "operator", "detail": draw(texts)}),
                (AgentLeft, {"agent": draw(seats), "reason": draw(texts)}),
                (AgentReturned, {"agent": draw(seats)}),
                (AgentMuted, {"agent": draw(seats), "muted": draw(st.booleans())}),
                (
                    AgentChanged,
                    {"agent": draw(seats), "description": draw(texts), "talkativeness": 0.25, "guard": False}
                    | {"memory": "summary", "reminder": draw(st.none() | st.builds(Reminder, texts))}
                    | {"system": draw(st.none() | texts)},
                ),
                (RulesChanged, {"rules": Rules(order="mention", cues=(Cue(9, draw(texts)),))}),
                (Reminded, {"agent": draw(seats), "text": draw(texts), "depth": draw(st.integers(0, 4))}),
                (Remembered, {"agent": draw(seats), "text": draw(texts)}),
                (Remedied, {"step": 1, "remedy": "topic", "turn": 1, "detail": draw(texts)}),
                (
                    InnerCalled,
                    {"purpose": "bid", "agent": draw(seats), "model": draw(texts), "asked": draw(texts)}
                    | {"answer": draw(texts), "usage": draw(usages), "cost": draw(costs)},
                ),
            ]
        )
    )


@st.composite
def sessions(draw: st.DrawFn) -> list[AnyEvent]:
    """The events of a session; its id is filled in later."""
    made: list[AnyEvent] = []
    at = draw(st.integers(0, 4 * 10**15))

    def add(kind: type, **values: Any) -> None:
        nonlocal at
        # Clocks are set back sometimes.
        at = max(0, at + draw(st.integers(-(10**6), 10**9)))
        made.append(kind(seq=len(made) + 1, at=at / 10**6, **values))

    add(SessionOpened, session="", setup=setup(draw(texts), seed=draw(st.none() | st.integers())))
    turn = 1
    for _ in range(draw(st.integers(0, 6))):
        for kind, values in draw(st.lists(between_turns(), max_size=2)):
            add(kind, **values)
        agent = draw(seats)
        common = {"turn": turn, "agent": agent, "name": NAMES[agent], "attempt": draw(st.integers(1, 3))}
        add(SpeakerChosen, agent=agent, reason=draw(texts))
        add(TurnStarted, **common, model=draw(texts), params={"temperature": draw(st.floats(0, 2)), "seed": 3})
        said = {"text": "", "reasoning": ""}
        for piece in draw(st.lists(texts, max_size=6)):
            channel = draw(st.sampled_from(["text", "reasoning"]))
            said[channel] += piece
            add(Delta, turn=turn, agent=agent, channel=channel, text=piece)
            for kind, values in draw(st.lists(between_turns(), max_size=1)):
                add(kind, **values)
        if draw(st.booleans()):
            said["text"] = draw(texts)
        how = draw(st.sampled_from(["ended", "ended", "failed", "retracted", "cut short"]))
        if how == "failed":
            add(TurnFailed, **common, **said, trouble=draw(troubles), retry_in=draw(costs), cost=draw(costs))
        elif how != "cut short":
            timings = Timings(draw(st.floats(0, 9)), 1.5)
            guarded = {"raw": draw(texts), "cut": draw(texts), "marks": tuple(draw(st.lists(texts, max_size=2)))}
            stall = {"stall": draw(st.none() | st.floats(0, 1)), "stall_parts": {"likeness": draw(st.floats(0, 1))}}
            used = {"stop_reason": "end", "usage": draw(usages), "cost": draw(costs), "timings": timings}
            add(TurnEnded, **common, **said, **used, **guarded, **stall)
        if how == "retracted":
            add(TurnRetracted, turn=turn, agent=agent)
        elif how == "ended":
            turn += 1
    return made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=sessions(), cuts=st.sets(st.integers(0, 60)), again=st.integers(0, 60))
async def test_events_come_back_as_they_were(store: Store, events: list[AnyEvent], cuts: set[int], again: int) -> None:
    session = store.new_id()
    opened = events[0]
    assert isinstance(opened, SessionOpened)
    events = [replace(opened, session=session), *events[1:]]
    recorder = Recorder(store)
    for index, event in enumerate(events):
        recorder.hear(event)
        if index in cuts:
            await recorder.settled()
        if index == again:  # another program goes on with the session
            await recorder.aclose()
            recorder = Recorder(store, session)
    await recorder.aclose()

    assert list(store.events(session)) == events
    middle = len(events) // 2
    assert list(store.events(session, from_seq=middle)) == [event for event in events if event.seq >= middle]
    state = SessionState()
    for event in events:
        apply(state, event)
    read = store.state(session)
    assert (read.entries, read.agents, read.turns) == (state.entries, state.agents, state.turns)
    last = max((event.turn for event in events if isinstance(event, TurnStarted)), default=1)
    stretches = [store.entries(session, turn, turn) for turn in range(1, last + 1)]
    assert [entry for stretch in stretches for entry in stretch] == state.entries
    summary = store.summary(session)
    assert (summary.turns, summary.last_seq, summary.last) == (len(state.turns), state.seq, state.last)
    # Words that can be searched for lead to their turn.
    for entry in state.turns.values():
        words = "".join(letter if letter in string.ascii_letters else " " for letter in entry.text).split()
        if entry.text.isascii() and words and all(letter.isalpha() or letter == " " for letter in entry.text):
            assert (session, entry.turn) in {(hit.session, hit.turn) for hit in store.search(words[0], 1000)}
    assert store.problems() == []
    ends = [event for event in events[: again + 1] if isinstance(event, TurnStarted | TurnEnded | TurnFailed)]
    if not ends or not isinstance(ends[-1], TurnStarted):  # no program ends a turn that another one began
        assert verify(store, session).problems == []
