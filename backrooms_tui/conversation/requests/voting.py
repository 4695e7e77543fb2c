"""When a vote is over: all have voted, or each had a turn in which it could."""

from collections import Counter

from backrooms_tui.session.requests import Vote
from backrooms_tui.session.state import SessionState

# Where it is left to chance or choice who speaks, a vote waits for this many turns for each who could vote.
_PATIENCE = 3


def over(vote: Vote, state: SessionState) -> bool:
    """Whether nobody is waited for any more: who has left or only listens cannot vote."""
    waited = [seat for seat in vote.waited if state.agents[seat].speaks and seat not in vote.cast]
    since = range(vote.turn + 1, state.turn + 1)
    if not waited or len(since) >= _PATIENCE * len(vote.waited):
        return True
    spoke = {state.turns[turn].agent for turn in since if turn in state.turns}
    return spoke.issuperset(waited)


def result(vote: Vote) -> tuple[dict[str, int], int]:
    """How many were for each option, and how many of those it waited for did not vote."""
    counted = Counter(vote.cast.values())
    return {option: counted[option] for option in vote.options}, len(set(vote.waited) - set(vote.cast))
