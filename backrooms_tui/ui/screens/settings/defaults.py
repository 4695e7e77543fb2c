"""The fields of `[defaults]`: how each is written in a line of text, and what is wrong with what somebody wrote."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Defaults


@dataclass(frozen=True, slots=True)
class Field:
    """A key of `[defaults]`. `read` makes its value of a text that is not empty, and raises OperatorError."""

    name: str
    title: str
    help: str
    read: Callable[[str], object]

    def written(self, defaults: Defaults) -> str:
        """The value in `defaults` as a person would type it; "" for none."""
        value = getattr(defaults, self.name)
        if isinstance(value, Mapping):
            return " ".join(f"{name}={_plain(one)}" for name, one in value.items())
        return "" if value is None else _plain(value)

    def value(self, text: str) -> object:
        """What `text` means; None for an empty one, which is the program's own default. Raises OperatorError."""
        return self.read(text.strip()) if text.strip() else None


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _whole(low: int, high: int | None = None) -> Callable[[str], int]:
    wanted = f"a whole number, {low} or more" if high is None else f"a whole number from {low} to {high}"

    def read(text: str) -> int:
        try:
            number = int(text.replace(",", ""))
        except ValueError:
            raise OperatorError(f"write {wanted}") from None
        if number < low or (high is not None and number > high):
            raise OperatorError(f"write {wanted}")
        return number

    return read


def _positive(text: str) -> float:
    try:
        number = float(text.removeprefix("$"))
    except ValueError:
        raise OperatorError("write a number, such as 2.50") from None
    if not 0 < number < float("inf"):
        raise OperatorError("write a number above 0, or nothing")
    return number


def _params(text: str) -> dict[str, ParamValue]:
    try:
        pieces = shlex.split(text.replace(",", " "))
    except ValueError:
        raise OperatorError("a quotation mark is missing") from None
    found: dict[str, ParamValue] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if not equals:
            raise OperatorError(f"{piece!r} is no parameter; write NAME=VALUE")
        try:
            found[name] = checked(name, value)
        except OperatorError as error:
            raise OperatorError(f"{error.what}; {error.cure}") from None
    return found


FIELDS = (
    Field("model", "Model", "for seats where nothing else was chosen; an alias or PROVIDER/MODEL", str),
    Field("max_turns", "Turn limit", "0 is no limit", _whole(0)),
    Field("budget", "Budget in USD", "a session stops there; empty is no limit", _positive),
    Field("params", "Parameters", "such as temperature=0.9 max_tokens=400", _params),
    Field("retries", "Retries", "how often a turn is tried again after trouble that may pass", _whole(0, 100)),
    Field("stall_timeout", "Patience in s", "how long a model may be silent in the middle of a reply", _positive),
)
