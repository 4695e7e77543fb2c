"""Who speaks next. One small interface, one class per order, the reason always said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from backrooms_tui.session.state import SessionState


@dataclass(frozen=True, slots=True)
class Choice:
    """The seat that speaks next, and why."""

    seat: int
    reason: str


class Order(Protocol):
    """Chooses the next speaker from what has happened."""

    def choose(self, state: SessionState) -> Choice:
        """The next speaker of a session with at least one agent."""
        ...


class RoundRobin:
    """Every agent in seat order, then the first again."""

    def choose(self, state: SessionState) -> Choice:
        """The seat after the one that spoke last; the first seat where nobody has spoken."""
        seats = sorted(state.agents)
        last = state.turns.get(state.turn)
        if last is None or last.agent not in state.agents:
            return Choice(seats[0], "first in order")
        return Choice(seats[(seats.index(last.agent) + 1) % len(seats)], f"next in order after {last.name}")


ORDERS: Mapping[str, type[Order]] = {"round-robin": RoundRobin}
