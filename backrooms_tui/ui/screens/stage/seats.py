"""The seats of a session, to choose one from."""

from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.ui.widgets.marks import mark


def agents_of(state: SessionState) -> list[AgentState]:
    """The agents, in the order of their seats."""
    return [agent for _, agent in sorted(state.agents.items())]


def seats_told(state: SessionState) -> list[str]:
    """A line for each of them."""
    return [f"{mark(agent.seat)} {agent.name} · {agent.model}" for agent in agents_of(state)]


def place_of(state: SessionState, seat: int) -> int:
    """Which of them sits there; the first one where nobody does."""
    seats = sorted(state.agents)
    return seats.index(seat) if seat in seats else 0
