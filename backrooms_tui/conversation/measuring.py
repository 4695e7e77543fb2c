"""The stall meter beside the turns: told of every turn that stands, and brought up to date where the past changed."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.session.events import Noticed
from backrooms_tui.session.state import SessionState, TurnEntry


class Meter(Protocol):
    """Says how much a conversation stalls. It remembers the turns that it was told, in order."""

    def __call__(self, seat: int, text: str) -> tuple[float, Mapping[str, float]]:
        """The next turn: how much the conversation stalls with it, from 0 to 1, and what that is made of."""
        ...

    def rebuild(self, turns: Sequence[tuple[int, str]]) -> None:
        """Forget everything, and remember these turns (seat and text, in order) as if they had been told one by one."""
        ...


class Measuring:
    """Hands turns to `meter`, after a past that it has not seen: of a resumed session or a branch, a turn that was
    taken back or edited. Without a meter nothing is measured."""

    def __init__(self, publisher: Publisher, meter: Meter | None) -> None:
        self._publisher = publisher
        self._meter = meter
        # What the meter has been told: up to which turn, and which past (`SessionState.revision`).
        self._told: tuple[int, int] = (0, 0)

    def measure(self, seat: int, text: str) -> tuple[float | None, Mapping[str, float]]:
        """How much the conversation stalls with the turn that is about to end; None where nobody measures."""
        if self._meter is None or not text.strip():
            return None, {}
        state = self._publisher.state
        try:
            if self._told != (self._last(state), state.revision):
                self._meter.rebuild(
                    [(turn.agent, turn.heard) for _, turn in sorted(state.turns.items()) if _counts(state, turn)]
                )
            stall, parts = self._meter(seat, text)
        except Exception as error:  # a figure is never worth a conversation
            self._meter = None
            why = f"{type(error).__name__}: {error}"[:300]
            self._publisher.emit(Noticed, level="warning", text=f"how much it stalls is not measured any more: {why}")
            return None, {}
        self._told = (state.turn + 1, state.revision)
        return stall, parts

    @staticmethod
    def _last(state: SessionState) -> int:
        """The last turn that the meter has to know of."""
        turn = state.turn
        while turn and not _counts(state, state.turns[turn]):
            turn -= 1
        return turn


def _counts(state: SessionState, turn: TurnEntry) -> bool:
    """Whether a turn is measured: not a world's, nor one in which an agent has only asked for something."""
    return not state.agents[turn.agent].is_world and bool(turn.heard.strip())
