"""The turns of a conversation: models speak, worlds answer."""

from backrooms_tui.conversation.orders.choice import Hold
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.conversation.turns.answering import Answering
from backrooms_tui.conversation.turns.speaking import Speaking
from backrooms_tui.session.trouble import Trouble


class Turns:
    """Gives each seat its turn in its own way."""

    def __init__(self, publisher: Publisher, speaking: Speaking, answering: Answering) -> None:
        self._publisher = publisher
        self._speaking = speaking
        self.worlds = answering

    @property
    def waiting(self) -> bool:
        """Whether a failed turn is waiting to be tried again."""
        return self._speaking.waiting

    async def turn(self, seat: int) -> Trouble | Hold | None:
        """The turn of `seat`: None when it is whole, else the trouble, or why nobody speaks. See `Speaking.turn` and
        `Answering.turn`."""
        if self._publisher.state.agents[seat].is_world:
            return await self.worlds.turn(seat)
        return await self._speaking.turn(seat)

    def perspective(self, seat: int) -> Perspective:
        """What `seat` would be sent if it spoke now."""
        return self._speaking.perspective(seat)
