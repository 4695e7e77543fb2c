"""Pure agreement, praise, thanks and apology: a turn that gives way to the other and brings nothing itself."""

from backrooms_tui.stall.manners import share_of
from backrooms_tui.stall.phrases import AGREEMENT
from backrooms_tui.stall.ramp import ramp
from backrooms_tui.stall.words import Spoken

# "I agree, but ..." and a "Correct!" before the next question are below; "I agree! It is a fair plan." is above.
SHARE = (0.3, 0.9)


def agreement(turn: Spoken) -> float:
    """Evidence, 0 to 1, that `turn` is nothing but assent."""
    return ramp(share_of(turn, AGREEMENT), *SHARE)
