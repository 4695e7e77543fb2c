"""Titles of branches where there is little room: what sets a branch apart stands at the end, and is cut first."""

import re

_PARTED = " · "
_FROM = re.compile(r"from turn \d+[ ,]+")


def apart(title: str) -> str:
    """What sets a branch apart first: `from turn 5 with opus · A night` for `A night · from turn 5 with opus`."""
    head, parted, rest = title.rpartition(f"{_PARTED}from turn ")
    return f"from turn {rest}{_PARTED}{head}" if parted else title


def told_apart(first: str, second: str) -> tuple[str, str]:
    """Two titles of one family, without what they have in common at their beginnings."""
    one, other = first.split(_PARTED), second.split(_PARTED)
    while len(one) > 1 and len(other) > 1 and one[0] == other[0]:
        del one[0], other[0]
    # The family itself beside one of its branches.
    if len(one) != len(other) and one[0] == other[0]:
        del max(one, other, key=len)[0]
    mine, its = apart(_PARTED.join(one)), apart(_PARTED.join(other))
    turn, its_turn = _FROM.match(mine), _FROM.match(its)
    if turn is not None and its_turn is not None and turn[0] == its_turn[0]:
        return mine[turn.end() :], its[its_turn.end() :]
    return mine, its
