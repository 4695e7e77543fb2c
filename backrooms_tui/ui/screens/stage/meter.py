"""The stall meter on the line on top: how much the last turns went in circles."""

from dataclasses import dataclass

from textual.content import Content

from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.widgets.drawing import STALLS

TURNS = 8  # measured turns that the meter shows
_LOOKED_AT = 64  # turns in which they are looked for
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Meter:
    """What was measured of the last turns, each from 0 to 1, the latest last, and the limit from which it is high."""

    stalls: tuple[float, ...]
    limit: float

    @property
    def high(self) -> bool:
        """Whether the last turn is at the limit or above."""
        return self.stalls[-1] >= self.limit

    def drawn(self, *, bars: bool) -> Content:
        """`stall ▁▂▃▅ 0.42`, or without its bars; where it is high it says so by a sign, too."""
        curve = "".join(_BARS[max(0, min(len(_BARS) - 1, int(stall * len(_BARS))))] for stall in self.stalls)
        parts = ["stall", curve if bars else "", f"{self.stalls[-1]:.2f}", STALLS if self.high else ""]
        return Content.styled(" ".join(filter(None, parts)), "bold $text-warning" if self.high else "$text-muted")


def meter_of(state: SessionState) -> Meter | None:
    """The meter as of the last turn that stands; None where no turn near it was measured."""
    if state.setup is None:
        return None
    found: list[float] = []
    for turn in range(state.turn, max(0, state.turn - _LOOKED_AT), -1):
        entry = state.turns.get(turn)
        if entry is not None and entry.stall is not None:
            found.append(entry.stall)
            if len(found) == TURNS:
                break
    return Meter(tuple(reversed(found)), state.setup.rules.stall_at) if found else None
