"""The operator picks each speaker."""

from random import Random

from backrooms_tui.conversation.orders.choice import Ask, Choice, Hold
from backrooms_tui.session.state import SessionState

WAITING = "choose who speaks next"


class Manual:
    """Nobody speaks until the operator has said who; the picks themselves are taken before any order is asked."""

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """Wait for the operator."""
        return Hold(WAITING)
