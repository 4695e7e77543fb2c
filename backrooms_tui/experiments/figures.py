"""Figures of one run that need no judge."""

from collections.abc import Mapping
from statistics import fmean

from backrooms_tui.session.batch import Figures
from backrooms_tui.session.state import SessionState

# What each is called, in the order in which they are shown.
NAMES: Mapping[str, str] = {
    "turns": "turns",
    "rounds": "rounds",
    "words_a_turn": "words a turn",
    "stall": "stall (mean)",
    "cost": "cost (USD)",
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "seconds": "seconds",
}


def figures_of(state: SessionState) -> Figures:
    """The figures of a session that is over. What nobody measured, and a cost of which a part is not known, is None.

    `words_a_turn` counts what stands between spaces, edits included, and not what worlds show; `stall` is the mean of
    the meter, from 0 to 1; `seconds` is how long it ran. Councils count in cost and tokens, which are their host's.
    """
    turns = list(state.turns.values())
    spoken = [turn for turn in turns if not state.agents[turn.agent].is_world]
    stalls = [turn.stall for turn in turns if turn.stall is not None]
    known = not any(agent.unpriced_turns for agent in state.agents.values())
    values = {
        "turns": float(len(turns)),
        "rounds": float(state.rounds),
        "words_a_turn": fmean(len(turn.text.split()) for turn in spoken) if spoken else None,
        "stall": fmean(stalls) if stalls else None,
        "cost": state.cost if known else None,
        "input_tokens": float(state.usage.input_tokens),
        "output_tokens": float(state.usage.output_tokens),
        "seconds": state.ran,
    }
    ended = state.ended.reason if state.ended is not None else "paused"
    return Figures(ended, state.reason, values)
