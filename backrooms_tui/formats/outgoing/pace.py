"""When each piece of a session came, in a replay's own time: pauses of the operator's are not sat through."""

from backrooms_tui.session.events import AnyEvent, Delta, TurnEnded, TurnFailed, TurnRetracted, TurnStarted
from backrooms_tui.session.harmless import harmless

# Waits longer than this are cut to it, in seconds: where nobody was speaking, and within a turn.
IDLE, SILENCE = 2.0, 30.0


class Pace:
    """Hears a session's events in order. `now` and `began` (of the turn that is being spoken, or was last) are in
    milliseconds from the session's beginning; `chunks` is a list of milliseconds and lengths in turn, a pair for each
    piece of `streamed` that came: so long after the piece before, so many UTF-16 units, as a browser counts."""

    def __init__(self) -> None:
        self.began = 0
        self.chunks: list[int] = []
        self._pieces: list[str] = []
        self._at: float | None = None
        self._speaking = False
        self._now = 0.0
        self._last = 0

    @property
    def now(self) -> int:
        """Milliseconds to the event that was heard last."""
        return round(self._now * 1000)

    @property
    def streamed(self) -> str:
        """The text as it came, made harmless."""
        return "".join(self._pieces)

    def note(self, event: AnyEvent) -> None:
        """Hear the next event."""
        if self._at is not None:
            self._now += min(max(0.0, event.at - self._at), SILENCE if self._speaking else IDLE)
        self._at = event.at
        match event:
            case TurnStarted():
                self._speaking = True
                self.began = self._last = self.now
                self.chunks, self._pieces = [], []
            case Delta(channel="text"):
                piece = harmless(event.text)
                self.chunks += (self.now - self._last, len(piece.encode("utf-16-le", "replace")) // 2)
                self._pieces.append(piece)
                self._last = self.now
            case TurnEnded() | TurnFailed() | TurnRetracted():
                self._speaking = False
