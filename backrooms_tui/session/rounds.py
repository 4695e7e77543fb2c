"""Counting rounds: one is over when every agent that may speak has spoken in it."""

from typing import TYPE_CHECKING

from backrooms_tui.session.entries import RoundEntry

if TYPE_CHECKING:
    from backrooms_tui.session.state import SessionState


def spoke(state: "SessionState", seat: int) -> None:
    """A turn of `seat` has ended."""
    state.spoke[seat] = state.spoke.get(seat, 0) + 1
    settle(state)


def settle(state: "SessionState") -> None:
    """Begin the next round where nobody is missing from this one: somebody spoke, left, or only listens now."""
    speakers = _counted(state)
    if speakers and state.spoke and all(seat in state.spoke for seat in speakers):
        state.rounds += 1
        state.spoke = {}


def took_back(state: "SessionState", seat: int) -> None:
    """The last turn, of `seat`, was taken back; where it had completed a round, that one goes on."""
    if not state.spoke and state.rounds:
        state.rounds -= 1
        state.spoke = dict.fromkeys(_counted(state), 1)
        if state.round > state.rounds + 1:
            _take_back_beginning(state)
    left = state.spoke.get(seat, 0) - 1
    if left > 0:
        state.spoke[seat] = left
    else:
        state.spoke.pop(seat, None)


def _counted(state: "SessionState") -> list[int]:
    """The seats that make up a round: worlds, too, where everybody has a turn in it."""
    in_order = state.setup is not None and state.setup.rules.order in ("round-robin", "manual")
    return [seat for seat, agent in state.agents.items() if agent.speaks and (in_order or not agent.is_world)]


def _take_back_beginning(state: "SessionState") -> None:
    """The round that had begun begins later: nobody is told of it until then."""
    begun = [entry for entry in state.entries if isinstance(entry, RoundEntry) and not entry.taken_back]
    begun[-1].taken_back = True
    state.round = state.rounds + 1
    state.round_label = begun[-2].label if len(begun) > 1 else ""
