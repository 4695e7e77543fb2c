"""Whoever was addressed by name speaks; where nobody was, the talkative do."""

from collections.abc import Iterator
from random import Random

from backrooms_tui.conversation.orders.addressing import addressed
from backrooms_tui.conversation.orders.choice import Ask, Choice, Hold, candidates
from backrooms_tui.conversation.orders.lot import drawn
from backrooms_tui.session.state import SessionState, TurnEntry, WordEntry


class Mention:
    """The last one that was addressed in the last turn, or in what all have heard since."""

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """Who was addressed and may speak; else one drawn by talkativeness."""
        names = {seat: agent.name for seat, agent in state.agents.items()}
        for text, who, by in _last_words(state):
            for seat in reversed(addressed(text, names)):
                if seat != who and state.agents[seat].speaks:
                    return Choice(seat, f"addressed by {by}")
        choice = drawn(state, candidates(state), rng)
        return Choice(choice.seat, f"nobody was addressed: {choice.reason}")


def _last_words(state: SessionState) -> Iterator[tuple[str, int, str]]:
    """What all have heard since the last turn, the latest first, then that turn: the words, whose seat, who said it."""
    for entry in reversed(state.entries):
        if isinstance(entry, TurnEntry) and not entry.retracted:
            yield entry.heard, entry.agent, entry.name
            return
        if isinstance(entry, WordEntry) and entry.to == 0 and entry.source not in ("agent", "request"):
            yield entry.text, 0, "the operator" if entry.source == "operator" else f"a {entry.source}"
