"""What a world has answered so far, counted."""

from collections import Counter

from backrooms_tui.session.state import SessionState, TurnEntry
from backrooms_tui.ui.widgets.screens import WENT


class Answered:
    """Counts the commands that the world on `seat` has answered, and what became of them. What was counted once is not
    looked at again, unless something in the past has changed."""

    def __init__(self, seat: int) -> None:
        self._seat = seat
        self._state: SessionState | None = None
        self._revision = self._turn = self._turns = 0
        self._outcomes: Counter[str] = Counter()

    def told(self, state: SessionState) -> tuple[str, ...]:
        """`12 commands`, `1 denied`, `2 failed`. Only turns are counted where not all of them are at hand."""
        self._count(state)
        turns = state.agents[self._seat].turns
        if not turns:
            return ()
        if self._turns != turns:
            return (_so_many(turns, "turn"),)
        commands = sum(self._outcomes.values())
        figures = [_so_many(commands, "command")]
        figures += [f"{self._outcomes[outcome]} {word}" for outcome, word in WENT.items() if self._outcomes[outcome]]
        return tuple(figures)

    def _count(self, state: SessionState) -> None:
        if state is not self._state or state.revision != self._revision or state.turn < self._turn:
            self._state, self._revision, self._turn, self._turns = state, state.revision, 0, 0
            self._outcomes.clear()
            for entry in state.turns.values():
                self._take(entry)
        else:
            for turn in range(self._turn + 1, state.turn + 1):
                if turn in state.turns:
                    self._take(state.turns[turn])
        self._turn = state.turn

    def _take(self, entry: TurnEntry) -> None:
        if entry.agent == self._seat:
            self._turns += 1
            self._outcomes.update(one.outcome for one in entry.exchanges if one.command or one.name)


def _so_many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
