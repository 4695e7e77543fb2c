"""Student's t: how wide an interval about a mean is, when the spread is only known from the values themselves.

The distribution is the finite series for whole degrees of freedom in Abramowitz and Stegun, Handbook of Mathematical
Functions (1964), 26.7.3 and 26.7.4; it is exact but for rounding.
"""

import math
from functools import cache

# Beyond this the series is long and the normal distribution the same in the first four digits.
_MANY = 10_000
_STEPS = 200  # halvings; the numbers of the machine are exhausted after some sixty


def within(t: float, freedom: int) -> float:
    """The probability that a variable with `freedom` degrees of freedom (from 1) lies between -t and t."""
    if freedom > _MANY:
        return math.erf(t / math.sqrt(2))
    angle = math.atan2(t, math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    odd = freedom % 2 == 1
    term = total = cosine if odd else 1.0
    for number in range(3 if odd else 2, freedom - 1, 2):
        term *= cosine * cosine * ((number - 1) / number)
        total += term
    if not odd:
        return sine * total
    return 2 / math.pi * (angle + (sine * total if freedom > 1 else 0.0))


@cache
def quantile(freedom: int, within_t: float = 0.95) -> float:
    """The t for which `within` is `within_t`, a probability between 0 and 1: 2.093 for 19 degrees and 0.95. Raises
    ValueError for less than one degree of freedom."""
    if freedom < 1 or not 0 < within_t < 1:
        raise ValueError("there is no such quantile")
    low, high = 0.0, 1.0
    while within(high, freedom) < within_t:
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if within(middle, freedom) < within_t:
            low = middle
        else:
            high = middle
    return high
