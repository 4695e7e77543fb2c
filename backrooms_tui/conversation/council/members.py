"""Who sits in councils, at any depth."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Setup


def councils_of(setup: Setup) -> Iterator[CouncilSetup]:
    """All councils that a session with `setup` may hold, those within councils included."""
    return _councils(setup.agents)


def members_of(setup: Setup) -> Iterator[AgentSetup]:
    """Everybody who sits in one of them."""
    return (member for council in councils_of(setup) for member in council.agents)


def changed(agents: Iterable[AgentSetup], change: Callable[[AgentSetup], AgentSetup]) -> tuple[AgentSetup, ...]:
    """What `change` makes of each of `agents`, and of everybody in their councils."""
    return tuple(_changed(agent, change) for agent in agents)


def _councils(agents: Iterable[AgentSetup]) -> Iterator[CouncilSetup]:
    for agent in agents:
        if agent.council is not None:
            yield agent.council
            yield from _councils(agent.council.agents)


def _changed(agent: AgentSetup, change: Callable[[AgentSetup], AgentSetup]) -> AgentSetup:
    new, council = change(agent), agent.council
    if council is None:
        return new
    return replace(new, council=replace(council, agents=changed(council.agents, change)))
