"""The plot of one measure: a point for each run, the mean as a line, its interval as two dotted ones."""

from collections.abc import Sequence

from textual.color import Color
from textual_plotext import PlotextPlot

from backrooms_tui.experiments.results import Quantity
from backrooms_tui.experiments.telling import told

_TICKS = 10  # at most, under the runs
_STEPS = 6  # of a scale, at its side: there are as many lines at 80 columns by 24
_POINT, _MEAN, _EDGE = "●", "─", "┄"


class MeasurePlot(PlotextPlot):
    """Shows what `show` is given. Nothing from outside is written in it: names stand beside it."""

    DEFAULT_CSS = """
    MeasurePlot { background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._quantity: Quantity | None = None
        self._numbers: Sequence[int] = ()
        self._total = 0

    def show(self, quantity: Quantity | None, numbers: Sequence[int], total: int) -> None:
        """Plot `quantity`, whose values are those of the runs `numbers`, of `total`."""
        if (quantity, tuple(numbers), total) == (self._quantity, self._numbers, self._total):
            return
        self._quantity, self._numbers, self._total = quantity, tuple(numbers), total
        self._draw()

    def notify_style_update(self) -> None:
        """Another theme, other colours."""
        super().notify_style_update()
        if self._quantity is not None:
            self._draw()

    def _draw(self) -> None:
        plt = self.plt
        plt.clear_data()
        plt.clear_figure()
        quantity = self._quantity
        points = (
            [(run, value) for run, value in zip(self._numbers, quantity.values, strict=True) if value is not None]
            if quantity is not None
            else []
        )
        if quantity is not None and points:
            summary = quantity.summary
            ends = (0.5, self._total + 0.5)
            for height, marker, colour in (
                (summary.low, _EDGE, "secondary"),
                (summary.high, _EDGE, "secondary"),
                (summary.mean, _MEAN, "accent"),
            ):
                if height is not None:
                    plt.plot(ends, (height, height), marker=marker, color=self._colour(colour))
            plt.scatter(*zip(*points, strict=True), marker=_POINT, color=self._colour("primary"))
            plt.xlim(*ends)
            plt.xticks(_ticks(self._total))
            low, high = _heights(quantity)
            plt.ylim(low, high)
            marks = _marks(quantity, low, high)
            plt.yticks(marks, [told(mark) for mark in marks])
        self.refresh()

    def _colour(self, name: str) -> tuple[int, int, int]:
        return Color.parse(self.app.theme_variables.get(name, "white")).rgb


def _ticks(total: int) -> list[float]:
    step = max(1, -(-total // _TICKS))
    return [float(run) for run in ([1, *range(step, total + 1, step)] if step > 1 else range(1, total + 1))]


def _marks(quantity: Quantity, low: float, high: float) -> list[float]:
    """What is written at the side: the steps of a short scale, else the ends and the middle."""
    if quantity.scale is not None and (low, high) == quantity.scale and high - low in range(1, _STEPS):
        return [low + step for step in range(int(high - low) + 1)]
    return [low, (low + high) / 2, high]


def _heights(quantity: Quantity) -> tuple[float, float]:
    """From where to where: a score's whole scale, else what there is, with a little room."""
    summary = quantity.summary
    there = [value for value in quantity.values if value is not None]
    there += [edge for edge in (summary.low, summary.high) if edge is not None]
    low, high = min(there), max(there)
    if quantity.scale is not None:
        return min(low, quantity.scale[0]), max(high, quantity.scale[1])
    room = (high - low) * 0.1 or max(abs(high) * 0.1, 0.5)
    return low - room, high + room
