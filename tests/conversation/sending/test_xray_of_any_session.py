"""Whatever happens in a session, the x-ray shows what was really sent, and nobody is sent what they did not hear."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backrooms_tui.conversation.ruling import Ruling
from backrooms_tui.conversation.sending.memory import change_memory
from backrooms_tui.conversation.sending.perspective import BETWEEN, Perspective
from backrooms_tui.conversation.sending.xray import xray, xray_now
from backrooms_tui.providers.base import Request
from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.events import (
    AgentMuted,
    AnyEvent,
    Interjected,
    TurnEdited,
    TurnEnded,
    TurnRetracted,
    TurnStarted,
    Whispered,
)
from backrooms_tui.session.setup import AgentSetup, Message, Reminder
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import ProviderTrouble
from tests.conversation.table import TOO_LONG, Table, marks

STARTED_WITH = 5
SOURCES = ("operator", "cue", "remedy")
# What can happen, and to whom: three kinds of trouble among many turns.
KINDS = (
    *("turn",) * 8,
    *("all", "whisper", "leave", "back", "join", "mute", "again", "edit", "memory", "system", "too long", "no memory"),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 7), st.sampled_from(SOURCES)), min_size=40, max_size=80
)
SEEDS = st.sampled_from(
    [
        (),
        (Message("user", "Ready?"),),
        (Message("user", "Ready?"), Message("assistant", "Ready.")),
        (Message("assistant", "I begin."), Message("user", "Do.")),
    ]
)


@st.composite
def seats(draw: st.DrawFn, seat: int) -> AgentSetup:
    return AgentSetup(
        seat,
        f"Name{seat}",
        "marked/one",
        f"You are number {seat}.",
        history=draw(SEEDS),
        params={"max_tokens": 60},
        window=draw(st.sampled_from([None, 200, 300, 600])),
        memory=draw(st.sampled_from(["drop", "summary", "notebook"])),
        reminder=draw(
            st.none() | st.builds(Reminder, st.just(f"Stay as {seat} is."), st.integers(1, 4), st.integers(0, 7))
        ),
        absent=draw(st.booleans()) and seat == STARTED_WITH,
    )


class Evening:
    """Plays steps at a table, and keeps its own account of who was there for what."""

    def __init__(self, agents: list[AgentSetup]) -> None:
        self.table = Table(agents[:STARTED_WITH], seed=3)
        self.to_come = agents[STARTED_WITH:]
        self.there = {agent.seat for agent in agents[:STARTED_WITH] if not agent.absent}
        # Who may know each mark.
        self.knows: dict[str, set[int]] = {}
        self.lost: set[str] = set()

    async def play(self, steps: list[tuple[str, int, str]]) -> None:
        for kind, seat, source in steps:
            if kind == "join":
                self._join()
            elif seat in self.table.state.agents:
                await self._step(kind, seat, source)

    async def _step(self, kind: str, seat: int, source: str) -> None:
        table, emit = self.table, self.table.publisher.emit
        last = table.state.turns.get(table.state.turn)
        if kind == "turn" and seat in self.there:
            await self._speak(seat)
        elif kind == "too long" and seat in self.there:
            table.provider.next.append(TOO_LONG)
            await self._speak(seat)
            table.provider.next.clear()
        elif kind == "again" and last is not None and last.agent in self.there:
            self.lost |= marks(last.text)
            emit(TurnRetracted, turn=last.turn, agent=last.agent)
            await self._speak(last.agent)
        elif kind == "all":
            emit(Interjected, text=self._said(set(self.there)), source=source)
        elif kind == "whisper":
            emit(Whispered, to=seat, text=self._said({seat} & self.there), source=source)
        elif kind == "leave" and seat in self.there:
            self.there.remove(seat)
            table.leave(seat)
        elif kind == "back" and seat not in self.there:
            self.there.add(seat)
            table.back(seat)
        elif kind == "mute":
            emit(AgentMuted, agent=seat, muted=True)
        elif kind == "edit" and last is not None:
            self.lost |= marks(last.text)
            text = self._said(set().union(*(self.knows[mark] for mark in marks(last.text))))
            emit(TurnEdited, turn=last.turn, text=text)
        elif kind == "system":
            Ruling(table.publisher, lambda change: change()).change_agent(
                replace(table.state.setup.agent(seat), system=f"You are {source} {table.state.turn}.")  # type: ignore[union-attr]
            )
        elif kind == "memory":
            change_memory(table.publisher, seat, self._said({seat}))
        elif kind == "no memory":
            table.asked.next.append(ProviderTrouble(TOO_LONG))

    def _join(self) -> None:
        if self.to_come:
            new = self.to_come.pop(0)
            self.table.join(new)
            self.there.add(new.seat)

    def _said(self, who: set[int]) -> str:
        mark = self.table.provider.mark()
        self.knows[mark] = who
        return f"{mark} was said."

    async def _speak(self, seat: int) -> None:
        self.knows[f"mark{self.table.provider.given + 1}"] = {*self.there, seat}
        await self.table.turn(seat)


def requests_of_turns(evening: Evening) -> dict[int, Request]:
    """What the provider was really sent last for each turn."""
    started = [event for event in evening.table.heard.events if isinstance(event, TurnStarted)]
    return {event.turn: sent for event, sent in zip(started, evening.table.provider.requests, strict=True)}


def stored(events: list[AnyEvent]) -> list[AnyEvent]:
    return [event_from_json(event_to_json(event)) for event in events]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.tuples(*(seats(seat) for seat in range(1, 8))), STEPS)
def test_the_x_ray_is_what_was_sent_and_nobody_is_sent_what_they_did_not_hear(
    agents: tuple[AgentSetup, ...], steps: list[tuple[str, int, str]]
) -> None:
    evening = Evening([replace(agent, absent=agent.absent and agent.seat == STARTED_WITH) for agent in agents])
    asyncio.run(evening.play(steps))
    table = evening.table
    events = stored(table.heard.events)
    for turn, sent in requests_of_turns(evening).items():
        seen = xray(events, turn)
        assert [(m.role, m.text) for m in seen.messages] == [(m.role, m.text) for m in sent.messages]
        assert (seen.system, seen.seat, dict(seen.params)) == (sent.system, sent.seat, dict(sent.params))
        for message in seen.messages:
            assert BETWEEN.join(part.text for part in message.parts) == message.text
        said = "".join(message.text for message in seen.messages)
        for mark in marks(said):
            assert seen.seat in evening.knows[mark], (turn, mark)
        overheard = {part.turn for message in seen.messages for part in message.parts if part.origin == "turn"}
        assert not overheard & {*seen.left_out.hidden, *seen.left_out.missed}
        standing = {n for n in range(1, turn) if n in overheard or n in seen.left_out.hidden + seen.left_out.missed}
        assert standing == set(range(1, turn)), "each turn is sent, hidden or missed"
    for purpose, seat, _, prompt in table.asked.prompts:
        for mark in marks(prompt):
            assert seat in evening.knows[mark], (purpose, mark)
    for seat in table.state.agents:
        grown, anew = table.speaking.perspective(seat), Perspective(table.state, seat)
        assert list(grown.messages) == list(anew.messages), "what has grown equals what is built anew"
        assert grown.parts == anew.parts
        assert grown.characters == anew.characters
        roles = [message.role for message in grown.messages]
        assert roles[0] == roles[-1] == "user"
        assert all(a != b for a, b in itertools.pairwise(roles))
        if table.state.agents[seat].first_entry == 0:
            said = "".join(message.text for message in grown.messages)
            due = {mark for mark, who in evening.knows.items() if seat in who} - evening.lost
            standing = {m for entry in table.state.entries for m in marks(getattr(entry, "text", ""))}
            assert due & standing <= marks(said), "whoever was there heard it"


async def test_a_turn_in_flight_is_seen_through_as_it_left() -> None:
    table = Table([AgentSetup(1, "Ada", "marked/one"), AgentSetup(2, "Bo", "marked/one")], seed=3)
    await table.turn(1)
    await table.turn(2)
    upto = next(
        place for place, event in enumerate(table.heard.events) if isinstance(event, TurnEnded) and event.turn == 2
    )
    state = SessionState()
    for event in table.heard.events[:upto]:
        apply(state, event)
    seen: Any = xray_now(state)
    assert seen == xray(table.heard.events[:upto], 2)
    assert [message.text for message in seen.messages] == [m.text for m in table.provider.requests[1].messages]
    assert seen.reply.text.startswith("mark2")
    assert seen.reply.stop_reason is None
