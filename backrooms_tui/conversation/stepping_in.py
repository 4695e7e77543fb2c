"""What the operator does while somebody speaks: it waits until that turn is over, and then happens in its order."""

from collections.abc import Callable

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.session.events import Interjected, Whispered, WordQueued


class SteppingIn:
    """Words and changes that come between turns. `busy` says whether somebody speaks."""

    def __init__(self, publisher: Publisher, busy: Callable[[], bool]) -> None:
        self._publisher = publisher
        self._busy = busy
        self._waiting: list[Callable[[], None]] = []

    def do(self, change: Callable[[], None]) -> None:
        """Make `change` now, or when the turn that is being spoken is over."""
        if self._busy():
            self._waiting.append(change)
        else:
            change()

    def say(self, text: str, to: int) -> None:
        """Say `text` to all (`to` 0) or to one seat, now or when the turn that is being spoken is over."""
        text = scrubbed(text)
        if not text.strip():
            return
        if self._busy():
            self._publisher.emit(WordQueued, text=text, to=to)
            self._waiting.append(lambda: self._say_queued(text, to))
        else:
            self._deliver(text, to, queued=False)

    def settle(self) -> None:
        """Nobody speaks any more: what waited happens. Words may have waited since before the session was reopened."""
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            change()
        for word in list(self._publisher.state.queued):
            self._deliver(word.text, word.to, queued=True)

    def _say_queued(self, text: str, to: int) -> None:
        if any((word.text, word.to) == (text, to) for word in self._publisher.state.queued):
            self._deliver(text, to, queued=True)

    def _deliver(self, text: str, to: int, *, queued: bool) -> None:
        if to == 0:
            self._publisher.emit(Interjected, text=text, queued=queued)
        else:
            self._publisher.emit(Whispered, to=to, text=text, queued=queued)
