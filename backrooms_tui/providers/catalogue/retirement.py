"""Models that are gone or will be, and what their names mean then (retired.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Retirement:
    """`now` is the alias or reference that the name means from the day `last` on; None is a day in the past."""

    last: date | None
    now: str

    def is_over(self, today: date) -> bool:
        """Whether the model is gone on the day `today`."""
        return self.last is None or self.last <= today


def retirement(reference: str) -> Retirement | None:
    """What is known about the end of the model that `reference` (`provider/model`) names."""
    whole, beginnings = _table()
    name = reference.lower()
    if name in whole:
        return whole[name]
    fitting = [beginning for beginning in beginnings if name.startswith(beginning)]
    return beginnings[max(fitting, key=len)] if fitting else None


def spoken(day: date) -> str:
    """A date as one says it: 14 January 2027."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@cache
def _table() -> tuple[Mapping[str, Retirement], Mapping[str, Retirement]]:
    whole: dict[str, Retirement] = {}
    beginnings: dict[str, Retirement] = {}
    document: dict[str, Any] = tomllib.loads(files(__package__).joinpath("retired.toml").read_text("utf-8"))
    for entry in document["retired"]:
        for name in entry["names"]:
            table = beginnings if name.endswith("*") else whole
            table[name.removesuffix("*")] = Retirement(entry.get("date"), entry["now"])
    return whole, beginnings
