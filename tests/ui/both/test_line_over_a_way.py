"""The line over a way: its name, how much it stalled lately, and how often."""

import pytest

from backrooms_tui.ui.screens.both.side import Curve


@pytest.mark.parametrize("width", [40, 56, 58, 70, 100])
@pytest.mark.parametrize("last", [0.1, 0.9])
def test_the_figures_are_whole_however_many_turns_there_are(width: int, last: float) -> None:
    stalls = (*[0.9] * 30, last)
    drawn = Curve("✓", "without", stalls, 0.5).drawn(width, chosen=True).plain
    assert len(drawn) <= width
    assert f"{sum(one >= 0.5 for one in stalls)} of 31 stalled" in drawn
