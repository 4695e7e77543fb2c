"""The two kinds of trouble, which look different: the operator's mistake and the provider's failure."""

from dataclasses import dataclass
from typing import Literal

TroubleKind = Literal[
    "authentication",
    "permission",
    "rate_limit",
    "overloaded",
    "connection",
    "timeout",
    "context_too_long",
    "bad_request",
    "refused",
    "spending_limit",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a model did not answer, as data that can be recorded and shown.

    `message` says what happened, `cure` what the person can do; neither ever contains a key.
    `may_pass` is true where the same request may succeed later. `retry_after` is the wait in seconds
    that the provider asked for, `status` the HTTP status, where there was one.
    """

    kind: TroubleKind
    message: str
    cure: str = ""
    may_pass: bool = False
    retry_after: float | None = None
    status: int | None = None


class ProviderTrouble(Exception):
    """A provider did not deliver. Raised by providers only; the conversation records `trouble`."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


class OperatorError(Exception):
    """Something the person at the keyboard gave is wrong: a template, a name, a key, a file.

    `what` is one line saying what is wrong and where, `cure` one line saying what to do.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


def trying_again(wait: float | None) -> str:
    """What follows the words about trouble: that it is tried again, and after how many seconds; nothing for None."""
    if wait is None:
        return ""
    return f" · trying again in {wait:.1f} s" if wait else " · trying again"
