"""Who takes part, in what manner and by which rules: what the events of coming, going and changing do to a session."""

from dataclasses import replace
from typing import TYPE_CHECKING

from backrooms_tui.session import permissions, requests, rounds
from backrooms_tui.session.agent import AgentState
from backrooms_tui.session.changing import agent_told, rules_told
from backrooms_tui.session.entries import NoticeEntry
from backrooms_tui.session.events import (
    AgentChanged,
    AgentJoined,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    Event,
    RulesChanged,
)
from backrooms_tui.session.world import WORLD

if TYPE_CHECKING:
    from backrooms_tui.session.setup import AgentSetup
    from backrooms_tui.session.state import SessionState


def seated(setup: "AgentSetup") -> AgentState:
    """Who sits there as the session opens."""
    return AgentState(
        setup.seat,
        setup.name,
        setup.model,
        setup.params,
        setup.window,
        absent=setup.absent,
        permissions=setup.world.permissions if setup.world is not None else {},
        is_world=setup.kind == WORLD,
    )


def joined(event: AgentJoined, state: "SessionState") -> None:
    """Somebody new hears what is said from now on."""
    new = event.setup
    agent = seated(new)
    agent.absent = False
    agent.missed.append((0, len(state.entries)))
    state.agents[new.seat] = agent
    if state.setup is not None:
        state.setup = replace(state.setup, agents=(*state.setup.agents, new))
    _tell(state, event, f"{new.name} joins", new.seat)


def left(event: AgentLeft, state: "SessionState") -> None:
    """An agent is away, and misses what is said."""
    agent = state.agents[event.agent]
    if not agent.absent:
        why = f", {event.reason}" if event.reason else ""
        _tell(state, event, f"{agent.name} leaves{why}", event.agent)
        agent.absent, agent.away_since = True, len(state.entries)
        rounds.settle(state)


def returned(event: AgentReturned, state: "SessionState") -> None:
    """An agent is back."""
    agent = state.agents[event.agent]
    if agent.absent:
        agent.missed.append((agent.away_since, len(state.entries)))
        agent.absent = False
        _tell(state, event, f"{agent.name} is here", event.agent)


def muted(event: AgentMuted, state: "SessionState") -> None:
    """An agent only listens, or speaks again."""
    agent = state.agents[event.agent]
    agent.muted = event.muted
    requests.muted(state, event.agent, event.seq)
    rounds.settle(state)
    _tell(state, event, f"{agent.name} {'only listens' if event.muted else 'speaks again'}", event.agent)


def agent_changed(event: AgentChanged, state: "SessionState") -> None:
    """An agent has other manners."""
    if state.setup is None:
        return
    old = state.setup.agent(event.agent)
    new = replace(
        old,
        description=event.description,
        talkativeness=event.talkativeness,
        reminder=event.reminder,
        memory=event.memory,
        guard=event.guard,
        system=old.system if event.system is None else event.system,
    )
    agents = tuple(new if agent.seat == event.agent else agent for agent in state.setup.agents)
    state.setup = replace(state.setup, agents=agents)
    _tell(state, event, f"{old.name}: {agent_told(old, new)}", event.agent)


def rules_changed(event: RulesChanged, state: "SessionState") -> None:
    """Other rules hold."""
    if state.setup is None:
        return
    told = rules_told(state.setup.rules, event.rules)
    before, state.setup = state.setup.rules, replace(state.setup, rules=event.rules)
    state.requests.once.update(requests.allowed(before))
    permissions.ruled(before.requests, event.rules.requests, state)
    _tell(state, event, f"the rules are changed: {told}")


def _tell(state: "SessionState", event: Event, text: str, agent: int | None = None) -> None:
    state.entries.append(NoticeEntry(text, event.at, "info", agent))
