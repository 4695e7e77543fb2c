"""What it takes to ask a model something: a way to it, what that costs, and the patience to try again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from backrooms_tui.conversation.clock import Clock
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.providers.base import Provider
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

SpeakerFor = Callable[[str], tuple[Provider, str]]
Price = Callable[[str, Usage], float | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """`speaker_for` gives the provider of a model reference and the provider's own name for the model; `price` gives
    what a usage of a reference costs in USD, None where nobody knows. `rng` varies the waits between tries."""

    speaker_for: SpeakerFor
    price: Price
    patience: Patience
    clock: Clock
    rng: Random

    def wait(self, trouble: Trouble, tries: int) -> float | None:
        """Seconds before it is tried again after so many tries; None where that would be of no use."""
        return self.patience.wait(trouble, tries, self.rng)


@contextmanager
def troubles() -> Iterator[None]:
    """Whatever goes wrong with a request leaves as ProviderTrouble: it never takes the application down."""
    try:
        yield
    except ProviderTrouble:
        raise
    except OperatorError as error:
        raise ProviderTrouble(Trouble("bad_request", error.what, error.cure)) from error
    except Exception as error:
        message = f"{type(error).__name__}: {error}"[:300]
        raise ProviderTrouble(Trouble("unknown", message, "try again, or choose another model")) from error
