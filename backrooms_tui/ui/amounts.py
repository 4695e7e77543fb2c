"""Limits and amounts as people type them: what they mean, and what is wrong with them."""

import math

from backrooms_tui.session.trouble import OperatorError


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
    """An amount of USD; 0 is no limit, None where nothing is typed. Raises OperatorError."""
    if not text.strip():
        return None
    try:
        amount = float(text.strip().removeprefix("$").replace(",", "."))
    except ValueError:
        amount = math.nan
    if not (math.isfinite(amount) and amount >= 0):
        raise OperatorError("the budget is an amount of US dollars from 0 on", "such as 0.50; 0 is no limit")
    return amount
