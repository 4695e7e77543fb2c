"""Student's t against the tables that are printed everywhere (NIST/SEMATECH e-Handbook, 1.3.6.7.2)."""

import pytest

from backrooms_tui.experiments.students_t import quantile, within

# Degrees of freedom, and t for a two-sided 95% and 99%.
TABLE = [
    (1, 12.706, 63.657),
    (2, 4.303, 9.925),
    (3, 3.182, 5.841),
    (4, 2.776, 4.604),
    (5, 2.571, 4.032),
    (9, 2.262, 3.250),
    (10, 2.228, 3.169),
    (19, 2.093, 2.861),
    (29, 2.045, 2.756),
    (30, 2.042, 2.750),
    (60, 2.000, 2.660),
    (100, 1.984, 2.626),
    (1_000_000, 1.960, 2.576),
]


@pytest.mark.parametrize(("freedom", "most", "nearly_all"), TABLE)
def test_the_quantiles_are_those_of_the_tables(freedom: int, most: float, nearly_all: float) -> None:
    assert quantile(freedom) == pytest.approx(most, abs=0.0006)
    assert quantile(freedom, 0.99) == pytest.approx(nearly_all, abs=0.0006)


@pytest.mark.parametrize("freedom", [1, 2, 7, 19, 4000])
def test_the_quantile_is_where_the_probability_is_reached(freedom: int) -> None:
    assert within(quantile(freedom, 0.9), freedom) == pytest.approx(0.9, abs=1e-9)


def test_one_value_alone_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no such quantile"):
        quantile(0)
