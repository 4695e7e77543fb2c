"""What is asked of the operator where nobody is there who could answer: it is denied, and the conversation goes on."""

from collections.abc import Callable

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.turns.answering import NOBODY as NOBODY
from backrooms_tui.session.events import PermissionAsked


def asked_in(conversation: Conversation) -> Conversation | None:
    """The conversation in which something waits for a permission: this one, or a council in it; None where nothing
    does."""
    if conversation.asked is not None:
        return conversation
    return next((found for one in conversation.councils.values() if (found := asked_in(one)) is not None), None)


class Unattended:
    """Lets a conversation run on by itself. `denied` are the questions that nobody answered, one of each name."""

    def __init__(self) -> None:
        self._denied: dict[str, PermissionAsked] = {}

    @property
    def denied(self) -> tuple[PermissionAsked, ...]:
        """One for each name, in the order in which they came."""
        return tuple(self._denied.values())

    def deny(self, asking: Conversation) -> PermissionAsked | None:
        """Deny what waits in `asking`. Gives it back where the first of its name was denied."""
        asked = asking.asked
        if asked is None:
            return None
        asking.decide("deny", NOBODY)
        first = asked.name not in self._denied
        self._denied.setdefault(asked.name, asked)
        return asked if first else None

    async def go_on(self, conversation: Conversation, wanted: Callable[[], bool]) -> None:
        """After `conversation` has come to stand still: as long as that is for a permission and it is `wanted` to go
        on, deny it and go on."""
        while wanted() and conversation.state.status == "paused":
            asking = asked_in(conversation)
            if asking is None:
                return
            self.deny(asking)
            await conversation.go_on()


def how_to_allow(asked: PermissionAsked) -> str:
    """What to type so that it need not be asked for."""
    if asked.by == asked.agent:  # an agent's own request
        return f"--requests {asked.name}"
    return f"--allow {asked.name.partition('.')[0]}"
