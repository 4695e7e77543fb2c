"""Trying again: which trouble may pass, and how long to wait for it."""

from dataclasses import dataclass, replace
from random import Random

from backrooms_tui.session.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a turn is tried again after trouble that may pass, and how long between tries, in seconds.

    Waits double from `first` up to `longest`. A provider that asks for a longer wait than `longest_asked` is not waited
    for: the conversation pauses and says so.
    """

    retries: int = 4
    first: float = 1.0
    longest: float = 30.0
    longest_asked: float = 120.0

    def wait(self, trouble: Trouble, attempt: int, rng: Random) -> float | None:
        """Seconds to wait after the failed `attempt` (from 1), None where it is not tried again.

        Up to a quarter is added at random, so that several agents refused at once do not all come back at once.
        """
        if not trouble.may_pass or attempt > self.retries:
            return None
        if trouble.retry_after is not None:
            return trouble.retry_after if trouble.retry_after <= self.longest_asked else None
        backoff = min(self.first * 2.0 ** (attempt - 1), self.longest)
        return float(round(backoff * (1 + rng.random() / 4), 3))

    def told(self, trouble: Trouble) -> Trouble:
        """`trouble` as it ends the trying: with the wait that was asked for, where that is why."""
        asked = trouble.retry_after
        if not trouble.may_pass or asked is None or asked <= self.longest_asked:
            return trouble
        wait = f"{asked / 60:.0f} minutes" if asked < 2 * 3600 else f"{asked / 3600:.0f} hours"
        return replace(
            trouble, cure=f"the provider asks to wait {wait}; run the conversation then, or change the model"
        )
