"""Heights of a long list agree with counting them one by one."""

from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.ui.widgets.heights import Heights

LEARNT = st.dictionaries(st.integers(0, 1199), st.integers(0, 20), max_size=40)


@given(LEARNT, st.integers(0, 1199), st.integers(0, 8000))
def test_it_agrees_with_counting(learnt: dict[int, int], index: int, row: int) -> None:
    heights, plain = Heights(1200, 6), [6] * 1200
    for entry, rows in learnt.items():
        heights.learn(entry, rows)
        plain[entry] = rows
    assert heights.total == sum(plain)
    assert heights.before(index) == sum(plain[:index])
    entry, rest = heights.at(row)
    if row < sum(plain):
        assert sum(plain[:entry]) + rest == row
        assert rest < plain[entry]
