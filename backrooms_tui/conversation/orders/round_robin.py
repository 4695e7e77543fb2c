"""Every agent in seat order, then the first again."""

from random import Random

from backrooms_tui.conversation.orders.choice import Ask, Choice, Hold, speakers
from backrooms_tui.session.state import SessionState


class RoundRobin:
    """In seat order, without those who are away or only listen."""

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """The seat after the one that spoke last; the first seat where nobody has spoken."""
        return next_in_order(state)


def next_in_order(state: SessionState) -> Choice:
    """Who may speak and sits next after the one that spoke last."""
    seats = [agent.seat for agent in speakers(state)]
    last = state.turns.get(state.turn)
    if last is None:
        return Choice(seats[0], "first in order")
    seat = next((seat for seat in seats if seat > last.agent), seats[0])
    return Choice(seat, f"next in order after {last.name}")
