"""How long a conversation has been running, without the time in which it stood still."""

from backrooms_tui.session.events import AnyEvent, Ended, Paused, Resumed
from backrooms_tui.session.state import SessionState, TurnEntry


class Elapsed:
    """Counts the seconds in which the conversation ran. Of a past that it did not hear it knows the turns' own time."""

    def __init__(self, state: SessionState) -> None:
        self._spent = sum(entry.timings.total for entry in state.entries if isinstance(entry, TurnEntry))
        self._since: float | None = None

    def hear(self, event: AnyEvent) -> None:
        """Take note of what starts and stops the conversation."""
        if isinstance(event, Resumed):
            self._since = event.at
        elif isinstance(event, Paused | Ended) and self._since is not None:
            self._spent += max(0.0, event.at - self._since)
            self._since = None

    def seconds(self, now: float) -> float:
        """Seconds so far; `now` is in Unix seconds."""
        return self._spent + (max(0.0, now - self._since) if self._since is not None else 0.0)


def spoken_time(seconds: float) -> str:
    """`02:31`, `1:02:31`, `3 d 01:02:31`."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    clock = f"{minutes:02}:{left:02}"
    if hours or days:
        clock = f"{hours:02}:{clock}" if days else f"{hours}:{clock}"
    return f"{days} d {clock}" if days else clock
