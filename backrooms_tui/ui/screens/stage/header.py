"""The line on top: what is played, by whom, how far it is, what it has cost; and, where it stands still, why."""

from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.screens.stage.meter import Meter
from backrooms_tui.ui.showing import shown_line

_GAP = "   "
_ROWS = 3
_LEAST = 12  # columns that the title keeps
_BARS_FROM = 100  # columns from which the meter is drawn and not only told


@dataclass(frozen=True, slots=True)
class Heading:
    """What the line says. `state` is a sign and a word, `figures` are turn, cost and the like, `why` a sentence for the
    line below, `trouble` whether it is one to worry about, `meter` how much the talk stalls."""

    title: str
    cast: str
    state: str
    figures: tuple[str, ...]
    why: str = ""
    trouble: bool = False
    meter: Meter | None = None


class StageHeader(Widget):
    """Draws a `Heading`: one line, and more of them where there is something to say."""

    DEFAULT_CSS = """
    StageHeader {
        height: auto;
        width: 1fr;
        padding: 0 1;
        background: $panel;
        color: $foreground;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._heading: Heading | None = None

    @property
    def heading(self) -> Heading | None:
        """What it says now."""
        return self._heading

    def show(self, heading: Heading) -> None:
        """Say this from now on. Draws only what reads differently."""
        before = self._heading
        if before == heading:
            return
        self._heading = heading
        self.refresh(layout=before is None or before.why != heading.why)

    def render(self) -> Content:
        """As much as there is room for: the state before the figures, the figures before the title."""
        heading = self._heading
        if heading is None:
            return Content("")
        line = _line(heading, self.content_size.width)
        if not heading.why:
            return line
        # As many rows as it takes, but not so many that they take the stage away.
        why = shown_line(heading.why).truncate(_ROWS * self.content_size.width, ellipsis=True)
        return Content("\n").join([line, why.stylize("$text-error" if heading.trouble else "$text-muted")])


def _line(heading: Heading, width: int) -> Content:
    state = Content.styled(heading.state, "bold $text-error" if heading.trouble else "bold")
    title = shown_line(heading.title).stylize("bold")
    whole = Content.assemble(title, shown_line(f" · {heading.cast}").stylize("$text-muted"))
    said = [state, *(Content.styled(figure, "$text-muted") for figure in heading.figures if figure)]
    right = Content(_GAP).join(said)
    if heading.meter is not None:
        with_meter = Content(_GAP).join([*said, heading.meter.drawn(bars=width >= _BARS_FROM)])
        if width - with_meter.cell_length - len(_GAP) >= _LEAST:
            right = with_meter
        elif heading.meter.high:
            # Where it is too narrow for all, this is the more telling.
            right = Content(_GAP).join([state, said[1] if len(said) > 1 else "", heading.meter.drawn(bars=False)])
    room = width - right.cell_length - len(_GAP)
    if room < _LEAST:
        return right.truncate(width, ellipsis=True)
    brand = "backrooms  "
    if room >= whole.cell_length + len(brand):
        whole = Content.assemble((brand, "$text-muted"), whole)
    left = whole.truncate(room, ellipsis=True)
    return Content.assemble(left, " " * (width - left.cell_length - right.cell_length), right)


def cast_of(state: SessionState) -> str:
    """Who talks: `Opus ↔ GPT`, or so many agents."""
    names = [agent.name for agent in state.agents.values()]
    if len(names) <= 3:
        return " ↔ ".join(names)
    return f"{names[0]} and {len(names) - 1} others"


def cost_of(state: SessionState, within: float = 0.0) -> str:
    """USD so far, with what councils that are not over have taken (`within`). `+ ?` where it leaves out turns whose
    price nobody knows."""
    unpriced = sum(agent.unpriced_turns for agent in state.agents.values())
    cost = state.cost + within
    digits = 4 if 0 < cost < 0.01 else 2
    if unpriced and not cost:
        return "price unknown"
    return f"${cost:.{digits}f}" + (" + ?" if unpriced else "")
