"""What the events of a session add up to: a plain fold, the same for live, replay, resume, branch and export."""

from dataclasses import dataclass, field
from functools import singledispatch
from typing import Literal

from backrooms_tui.session import councils, permissions, requests, rounds, taking_part, words
from backrooms_tui.session.agent import AgentState as AgentState
from backrooms_tui.session.agent import Phase as Phase
from backrooms_tui.session.entries import CouncilEntry as CouncilEntry
from backrooms_tui.session.entries import Entry as Entry
from backrooms_tui.session.entries import FailedAttempt as FailedAttempt
from backrooms_tui.session.entries import NoticeEntry as NoticeEntry
from backrooms_tui.session.entries import OpenCouncil as OpenCouncil
from backrooms_tui.session.entries import RoundEntry as RoundEntry
from backrooms_tui.session.entries import TurnEntry as TurnEntry
from backrooms_tui.session.entries import TurnInFlight as TurnInFlight
from backrooms_tui.session.entries import WordEntry as WordEntry
from backrooms_tui.session.events import (
    AgentChanged,
    AgentJoined,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    AnyEvent,
    CouncilEnded,
    CouncilOpened,
    Delta,
    Ended,
    InnerCalled,
    InnerPurpose,
    Interjected,
    Noticed,
    ParameterOmitted,
    Paused,
    PermissionAsked,
    PermissionDecided,
    PermissionsChanged,
    Remedied,
    Remembered,
    Reminded,
    RequestMade,
    RequestUndone,
    Resumed,
    RoundBegan,
    RulesChanged,
    SeatChanged,
    Serves,
    SessionOpened,
    SpeakerChosen,
    ToolsGiven,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnRetracted,
    TurnStarted,
    VoteClosed,
    Whispered,
    WindowMoved,
    WordQueued,
)
from backrooms_tui.session.permissions import Asking as Asking
from backrooms_tui.session.requests import Requests
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.trouble import Trouble, trying_again
from backrooms_tui.session.usage import Usage

Status = Literal["new", "paused", "running", "ended"]


@dataclass(slots=True)
class SessionState:
    """A session as it stands after some of its events. Start from an empty one and `apply` each event in order."""

    session: str = ""
    setup: Setup | None = None
    parent: str | None = None
    parent_turn: int | None = None
    serves: Serves | None = None
    status: Status = "new"
    reason: str = ""
    trouble: Trouble | None = None
    ended: Ended | None = None
    seq: int = 0
    started: float = 0.0
    last: float = 0.0
    agents: dict[int, AgentState] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    turns: dict[int, TurnEntry] = field(default_factory=dict)
    turn: int = 0
    in_flight: TurnInFlight | None = None
    attempts: list[FailedAttempt] = field(default_factory=list)
    queued: list[WordQueued] = field(default_factory=list)
    next_agent: int | None = None
    next_reason: str = ""
    # USD and tokens of what models were asked beside the turns.
    inner_cost: float = 0.0
    inner_usage: Usage = field(default_factory=Usage)
    # How often each was asked so far: what for, and for which seat.
    inner_calls: dict[tuple[InnerPurpose, int], int] = field(default_factory=dict)
    # Rounds that are over, and how often each seat has spoken in the one that is not.
    rounds: int = 0
    # The label of the round that is told of, and its number; 0 where rounds are not told of.
    round: int = 0
    round_label: str = ""
    # What waits for the operator's permission.
    asking: Asking = field(default_factory=Asking)
    # What agents have asked for by themselves.
    requests: Requests = field(default_factory=Requests)
    # Councils that are not over, by the seat that they serve.
    councils: dict[int, OpenCouncil] = field(default_factory=dict)
    spoke: dict[int, int] = field(default_factory=dict)
    # Seconds in which it ran, without the stretch that is running now (since `running_since`).
    ran: float = 0.0
    running_since: float | None = None
    # The steps of the ladder that were taken.
    remedies: list[Remedied] = field(default_factory=list)
    # Counts changes to turns that were already over, for whoever keeps something derived from them.
    revision: int = 0

    @property
    def cost(self) -> float:
        """USD spent so far, as far as prices are known."""
        return sum(agent.cost for agent in self.agents.values()) + self.inner_cost

    @property
    def usage(self) -> Usage:
        """Tokens of all agents together, and of what was asked beside the turns."""
        return sum((agent.usage for agent in self.agents.values()), self.inner_usage)


def apply(state: SessionState, event: AnyEvent) -> SessionState:
    """`state` after `event`. The same object comes back, changed in place: a copy a delta would cost too much."""
    state.seq = event.seq
    state.last = event.at
    _apply(event, state)
    return state


@singledispatch
def _apply(event: AnyEvent, state: SessionState) -> None:
    """An event that a newer version wrote changes nothing here."""


@_apply.register
def _(event: SessionOpened, state: SessionState) -> None:
    state.session = event.session
    state.setup = event.setup
    state.parent = event.parent
    state.parent_turn = event.parent_turn
    state.serves = event.serves
    state.started = event.at
    state.status = "paused"
    state.agents = {agent.seat: taking_part.seated(agent) for agent in event.setup.agents}


@_apply.register
def _(event: RoundBegan, state: SessionState) -> None:
    state.round, state.round_label = event.round, event.label
    state.entries.append(RoundEntry(event.round, event.label, event.text, event.at))


_apply.register(CouncilOpened, councils.opened)
_apply.register(CouncilEnded, councils.ended)
_apply.register(PermissionAsked, permissions.asked)
_apply.register(PermissionDecided, permissions.decided)
_apply.register(PermissionsChanged, permissions.changed)
_apply.register(RequestMade, requests.made)
_apply.register(RequestUndone, requests.undone)
_apply.register(VoteClosed, requests.closed)
_apply.register(ToolsGiven, permissions.tools_given)


@_apply.register
def _(event: SpeakerChosen, state: SessionState) -> None:
    state.next_agent = event.agent
    state.next_reason = event.reason


@_apply.register
def _(event: TurnStarted, state: SessionState) -> None:
    if event.attempt == 1:
        state.attempts = []
    state.in_flight = TurnInFlight(
        event.turn, event.agent, event.name, event.attempt, event.model, event.at, params=event.params
    )
    agent = state.agents[event.agent]
    agent.phase = "thinking"
    agent.trouble = None


@_apply.register
def _(event: Delta, state: SessionState) -> None:
    flight = state.in_flight
    if flight is None or flight.turn != event.turn:
        return
    (flight.text if event.channel == "text" else flight.reasoning).append(event.text)
    state.agents[event.agent].phase = "speaking" if event.channel == "text" else "thinking"


@_apply.register
def _(event: TurnEnded, state: SessionState) -> None:
    entry = TurnEntry(
        event.turn,
        event.agent,
        event.name,
        event.text,
        event.reasoning,
        event.stop_reason,
        event.usage,
        event.cost,
        event.timings,
        event.model,
        event.at,
        tuple(state.attempts),
        raw=event.raw,
        cut=event.cut,
        marks=event.marks,
        stall=event.stall,
        stall_parts=event.stall_parts,
        exchanges=event.exchanges,
        requests=event.requests,
        heard_as=event.heard,
        called=event.called,
    )
    state.attempts = []
    state.in_flight = None
    permissions.over(state)
    state.turn = event.turn
    state.turns[event.turn] = entry
    state.entries.append(entry)
    agent = state.agents[event.agent]
    agent.phase = "waiting"
    agent.turns += 1
    agent.last_usage = event.usage
    agent.usage = agent.usage + event.usage
    agent.cost += event.cost or 0.0
    agent.unpriced_turns += event.cost is None
    rounds.spoke(state, event.agent)


@_apply.register
def _(event: TurnFailed, state: SessionState) -> None:
    state.attempts.append(FailedAttempt(event.attempt, event.text, event.reasoning, event.trouble))
    state.in_flight = None
    permissions.broken_off(state, event.agent)
    # The turn stays with the agent that had it.
    state.next_agent = event.agent
    agent = state.agents[event.agent]
    agent.phase = "failed" if event.retry_in is None else "waiting"
    agent.trouble = event.trouble
    agent.usage = agent.usage + event.usage
    agent.cost += event.cost or 0.0
    text = f"{event.name}: {event.trouble.message}{trying_again(event.retry_in)}"
    _notice(state, event.at, "warning", text, event.agent)


@_apply.register
def _(event: TurnRetracted, state: SessionState) -> None:
    entry = state.turns.pop(event.turn, None)
    if entry is not None:
        entry.retracted = True
        old = FailedAttempt(len(entry.attempts) + 1, entry.text, entry.reasoning, None)
        state.attempts = [*entry.attempts, old]
        state.turn = event.turn - 1
        state.revision += 1
        state.agents[event.agent].turns -= 1
        state.next_agent = event.agent
        rounds.took_back(state, event.agent)
        requests.turn_taken_back(state, event.turn)
        permissions.over(state)
    state.in_flight = None
    state.agents[event.agent].phase = "waiting"
    _notice(state, event.at, "info", f"turn {event.turn} is spoken again", event.agent)


@_apply.register
def _(event: TurnEdited, state: SessionState) -> None:
    entry = state.turns.get(event.turn)
    if entry is not None:
        entry.original = entry.text if entry.original is None else entry.original
        entry.text = event.text
        requests.edited(entry)
        state.revision += 1


_apply.register(WordQueued, words.queued)
_apply.register(Interjected, words.interjected)
_apply.register(Whispered, words.whispered)
_apply.register(Reminded, words.reminded)


@_apply.register
def _(event: SeatChanged, state: SessionState) -> None:
    agent = state.agents[event.agent]
    agent.model, agent.params, agent.window = event.model, event.params, event.window
    agent.trouble = None
    agent.phase = "waiting"
    _notice(state, event.at, "info", f"{agent.name} goes on with {event.model}", event.agent)


_apply.register(AgentJoined, taking_part.joined)
_apply.register(AgentLeft, taking_part.left)
_apply.register(AgentReturned, taking_part.returned)
_apply.register(AgentMuted, taking_part.muted)
_apply.register(AgentChanged, taking_part.agent_changed)
_apply.register(RulesChanged, taking_part.rules_changed)


@_apply.register
def _(event: Remembered, state: SessionState) -> None:
    agent = state.agents[event.agent]
    agent.memory = event.text
    if not event.by_operator:
        agent.remembered = len(state.entries)
    whose = "was changed by the operator" if event.by_operator else "was brought up to date"
    _notice(state, event.at, "info", f"what {agent.name} remembers {whose}", event.agent)


@_apply.register
def _(event: InnerCalled, state: SessionState) -> None:
    state.inner_cost += event.cost or 0.0
    state.inner_usage = state.inner_usage + event.usage
    asked = (event.purpose, event.agent)
    state.inner_calls[asked] = state.inner_calls.get(asked, 0) + 1


@_apply.register
def _(event: Remedied, state: SessionState) -> None:
    state.remedies.append(event)
    _notice(state, event.at, "warning", f"step {event.step} against stalling: {event.detail}", event.agent)


@_apply.register
def _(event: ParameterOmitted, state: SessionState) -> None:
    text = f"{state.agents[event.agent].name}: {event.name} left out, {event.why}"
    _notice(state, event.at, "info", text, event.agent)


@_apply.register
def _(event: WindowMoved, state: SessionState) -> None:
    agent = state.agents[event.agent]
    agent.first_entry, agent.hidden_turns = event.first_entry, event.turns
    why = "begins afresh" if event.afresh else "'s context is nearly full"
    text = f"{agent.name}{' ' if event.afresh else ''}{why}: it no longer sees the first {event.turns} turns"
    _notice(state, event.at, "info", text, event.agent)


@_apply.register
def _(event: Noticed, state: SessionState) -> None:
    _notice(state, event.at, event.level, event.text, event.agent)


@_apply.register
def _(event: Resumed, state: SessionState) -> None:
    state.status, state.reason, state.trouble = "running", "", None
    state.ended = None
    state.running_since = event.at


@_apply.register
def _(event: Paused, state: SessionState) -> None:
    state.status, state.reason, state.trouble = "paused", event.reason, event.trouble
    _stood_still(state, event.at)


@_apply.register
def _(event: Ended, state: SessionState) -> None:
    state.status, state.reason, state.ended = "ended", event.detail, event
    permissions.over(state)
    _stood_still(state, event.at)


def _stood_still(state: SessionState, at: float) -> None:
    if state.running_since is not None:
        state.ran += max(0.0, at - state.running_since)
        state.running_since = None


def _notice(
    state: SessionState, at: float, level: Literal["info", "warning"], text: str, agent: int | None = None
) -> None:
    state.entries.append(NoticeEntry(text, at, level, agent))
