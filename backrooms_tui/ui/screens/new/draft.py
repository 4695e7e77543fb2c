"""What stands in the form, as typed, and what it means."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.conversation.casting import Choices
    from backrooms_tui.session.setup import ParamValue


@dataclass(frozen=True, slots=True)
class Draft:
    """The form's fields as they were typed. `models` and `params` are by seat, from the first."""

    variables: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    max_turns: str = ""
    max_rounds: str = ""
    max_tokens: str = ""
    max_seconds: str = ""
    budget: str = ""
    seed: str = ""
    title: str = ""
    order: str = ""
    manager: str = ""
    ladder: bool | None = None

    def choices(self) -> "Choices":
        """What a conversation is cast with. Raises OperatorError for the first field that is wrong."""
        from backrooms_tui.conversation.casting import Choices

        return Choices(
            models=tuple(model.strip() for model in self.models),
            variables=dict(self.variables),
            seat_params={seat: params_of(text) for seat, text in enumerate(self.params, 1) if text.strip()},
            max_turns=limit(self.max_turns, "the turn limit"),
            max_rounds=limit(self.max_rounds, "the round limit"),
            max_tokens=limit(self.max_tokens, "the token limit"),
            max_seconds=seconds(self.max_seconds),
            budget=dollars(self.budget),
            seed=whole_number(self.seed, "the seed"),
            title=" ".join(self.title.split()) or None,
            order=self.order or None,
            # A manager that is out of sight picks nobody.
            manager=(self.manager.strip() or None) if self.order == "manager" else None,
            ladder=self.ladder,
        )


def params_of(text: str) -> "dict[str, ParamValue]":
    """`temperature=0.7 max_tokens=300` as parameters by name. Raises OperatorError for the first that cannot be."""
    found: dict[str, ParamValue] = {}
    for word in text.replace(",", " ").split():
        name, equals, value = word.partition("=")
        if not name or not equals or not value:
            raise OperatorError(f"{word!r} is no parameter", "write name=value, such as temperature=0.7")
        found[name] = checked(name, value)
    return found


def params_text(params: "Mapping[str, ParamValue]") -> str:
    """Parameters as they are typed."""
    return " ".join(f"{name}={str(value).lower()}" for name, value in params.items())


def limit(text: str, what: str) -> int | None:
    """A number of turns, say; 0 is no limit, None where nothing is typed. Raises OperatorError."""
    return whole_number(text, what, "0 is no limit")


def whole_number(text: str, what: str, cure: str = "leave it empty for none") -> int | None:
    """A number from 0 on, None where nothing is typed. Raises OperatorError."""
    if not text.strip():
        return None
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise OperatorError(f"{what} is a whole number from 0 on", cure)
    return number


def seconds(text: str) -> float | None:
    """A time in seconds, 0 is no limit, None where nothing is typed. Raises OperatorError."""
    if not text.strip():
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise OperatorError("the time limit is a number of seconds from 0 on", "such as 600; 0 is no limit")
    return number


def dollars(text: str) -> float | None:
    """An amount of USD above 0, None where nothing is typed. Raises OperatorError."""
    if not text.strip():
        return None
    try:
        amount = float(text.strip().removeprefix("$").replace(",", "."))
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount > 0):
        raise OperatorError("the budget is an amount of US dollars above 0", "such as 0.50; leave it empty for none")
    return amount
