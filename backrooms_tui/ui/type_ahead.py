"""Keys that come faster than they are dealt with: each waits until all that the one before it brought about is done.

Textual gives a key to the widget that has the focus when the key arrives. From there it wanders through the queues of
the widgets around until it is found to be bound to an action, and what that does (to move the focus, to open a dialog)
takes a few steps more. Keys that came in the meantime, as they do from a fast typist, over a slow line, or from a
terminal that was busy, went to where the focus was before: they were lost, or did something else than was meant.
"""

from asyncio import get_running_loop
from collections import deque
from collections.abc import Iterator
from typing import Any

from textual.app import App, ReturnType
from textual.dom import DOMNode
from textual.events import Event, Key, Paste

# How often what a key brought about may be told on from widget to widget: Enter in the operator's line, the line that
# says so, the screen that speaks to the agents and takes the focus back.
_ROUNDS = 3
_PATIENCE = 2.0  # seconds after which the next key waits no longer, whatever holds up the one before


class OneKeyAtATime(App[ReturnType]):
    """An application that takes keys, and text that is pasted, one after another.

    Behind a key goes a messenger, through the same queues, so that it arrives where the key has been dealt with; it
    goes round again for what came of that, and then waits for the screen that is there now to be composed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Event] = deque()  # and not yet taken
        self._messenger: _Messenger | None = None

    async def on_event(self, event: Event) -> None:
        """Anything that happens to the application."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._messenger is None:
            await self._take_key(None)

    async def _take_key(self, back: "_Messenger | None") -> None:
        """Deal with the next key, if there is one, now that the messenger of the one before is `back`."""
        if back is not self._messenger:
            return
        if back is not None:
            back.patience.cancel()
        self._messenger = None
        if not self._typed:
            return
        self._messenger = behind = _Messenger(self, self.focused or self.screen)
        await super().on_event(self._typed.popleft())
        behind.go_on()


class _Messenger:
    """Goes the way of a key that was given to `where`, behind it, and back to `app`."""

    def __init__(self, app: OneKeyAtATime[Any], where: DOMNode) -> None:
        self._app = app
        self._way = self._stops(where)
        self.patience = get_running_loop().call_later(_PATIENCE, self._back)

    def go_on(self) -> None:
        """To the next queue; from the last one, back."""
        if not any(stop.call_later(self.go_on) for stop in self._way):
            self._back()

    def _back(self) -> None:
        self._app.call_later(self._app._take_key, self)

    def _stops(self, where: DOMNode) -> Iterator[DOMNode]:
        around = where.ancestors_with_self
        for _ in range(_ROUNDS):
            yield from around
        # A screen that has just come answers when it is composed and has its focus.
        seen = None
        while self._app.screen_stack and self._app.screen is not seen:
            seen = self._app.screen
            yield seen
        # Widgets take the focus by asking the application for it.
        yield self._app
