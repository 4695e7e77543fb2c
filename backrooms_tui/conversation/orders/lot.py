"""Drawn by lot, the talkative more often."""

from collections.abc import Sequence
from random import Random

from backrooms_tui.conversation.orders.choice import Ask, Choice, Hold, candidates, rules_of, setup_of
from backrooms_tui.session.state import AgentState, SessionState


class Lot:
    """Random order. Nobody speaks twice in a row unless the rules let them, or nobody else may speak."""

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """One of the candidates, each with the weight of its talkativeness."""
        return drawn(state, candidates(state, repeat=rules_of(state).repeat), rng)


def drawn(state: SessionState, among: Sequence[AgentState], rng: Random) -> Choice:
    """One of `among`, each as likely as it is talkative; where nobody is, all are equally likely."""
    weights = [max(0.0, setup_of(state, agent.seat).talkativeness) for agent in among]
    if not sum(weights):
        weights = [1.0] * len(among)
    place = rng.choices(range(len(among)), weights)[0]
    if len(among) == 1:
        return Choice(among[0].seat, "nobody else may speak")
    return Choice(among[place].seat, f"drawn by lot, with a chance of {weights[place] / sum(weights):.0%}")
