"""Room for the next request: what leaves an agent's window, and what it keeps of it before it does."""

from collections.abc import Callable

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.sending.memory import Memories
from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.conversation.sending.window import (
    CHARACTERS_A_TOKEN,
    Move,
    estimated_tokens,
    move_after_refusal,
    move_if_full,
)
from backrooms_tui.session.events import WindowMoved
from backrooms_tui.session.world_tool import letters_of


class Room:
    """Knows how long requests are, in tokens, and keeps them within the agents' windows."""

    def __init__(self, publisher: Publisher, perspective: Callable[[int], Perspective], memories: Memories) -> None:
        self._publisher = publisher
        self._perspective = perspective
        self._memories = memories
        # Characters and tokens of each seat's last request, to estimate the next one's length.
        self._measured: dict[int, tuple[int, int]] = {}

    def counted(self, seat: int, tokens: int) -> None:
        """The provider counted what `seat` has just been sent; 0 where it did not say."""
        if tokens:
            self._measured[seat] = (self._characters(seat), tokens)

    def tokens(self, seat: int) -> int:
        """Tokens of what `seat` is sent now, by estimate."""
        return estimated_tokens(self._characters(seat), self._measured.get(seat))

    async def make(self, seat: int) -> None:
        """Before a turn: move the window where it is nearly full, and bring the agent's memory up to date."""
        agent = self._publisher.state.agents[seat]
        await self.take(
            seat, move_if_full(self._publisher.state, agent, self._characters(seat), self._measured.get(seat))
        )

    def after_refusal(self, seat: int) -> Move | None:
        """The move after a provider said that the request is too long; None where nothing can be left out."""
        state = self._publisher.state
        return move_after_refusal(state, state.agents[seat], self._characters(seat))

    async def take(self, seat: int, move: Move | None) -> None:
        """Make `move`, after the agent's memory has taken in what it is about to lose."""
        await self._memories.keep(seat, move, self._characters_a_token(seat))
        if move is not None:
            self._publisher.emit(WindowMoved, agent=seat, first_entry=move.first_entry, turns=move.turns)

    def _characters(self, seat: int) -> int:
        """Length of all that `seat` is sent, its tools included."""
        return self._perspective(seat).characters + letters_of(self._publisher.state.agents[seat].tools)

    def _characters_a_token(self, seat: int) -> float:
        characters, tokens = self._measured.get(seat, (0, 0))
        return characters / tokens if characters and tokens else CHARACTERS_A_TOKEN
