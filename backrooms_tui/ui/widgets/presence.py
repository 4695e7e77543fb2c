"""Words for whether an agent is there."""

from backrooms_tui.session.state import AgentState, SessionState, TurnEntry


def presence(state: SessionState, agent: AgentState) -> str:
    """`away since turn 12`, `only listens`; "" where it takes part as the others do."""
    if agent.absent:
        if agent.away_since == 0 and not agent.turns and not agent.missed and _came_later(state, agent.seat):
            return "not here yet"
        turn = _turn_before(state, agent.away_since)
        return f"away since turn {turn}" if turn else "away"
    return "only listens" if agent.muted else ""


def _came_later(state: SessionState, seat: int) -> bool:
    # Where a replay begins in the middle, nobody knows whether it was there before.
    whole = state.turn == 0 or 1 in state.turns
    return whole and state.setup is not None and state.setup.agent(seat).absent


def _turn_before(state: SessionState, place: int) -> int:
    for entry in reversed(state.entries[:place]):
        if isinstance(entry, TurnEntry) and not entry.retracted:
            return entry.turn
    return 0
