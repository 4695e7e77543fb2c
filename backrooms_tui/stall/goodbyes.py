"""Farewells. One is good manners; when they do not end, the talk has ended without anybody leaving."""

from backrooms_tui.stall.manners import share_of
from backrooms_tui.stall.phrases import GOODBYE
from backrooms_tui.stall.ramp import ramp
from backrooms_tui.stall.words import Spoken

SHARE = (0.3, 0.9)


def goodbyes(turn: Spoken) -> float:
    """Evidence, 0 to 1, that `turn` is nothing but leave-taking."""
    return ramp(share_of(turn, GOODBYE), *SHARE)
