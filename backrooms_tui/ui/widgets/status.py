"""One row of a pane: what its agent does, and what it has used."""

import time
from collections import deque
from dataclasses import dataclass
from types import MappingProxyType

from textual.content import Content
from textual.widget import Widget

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.ui.widgets.answered import Answered
from backrooms_tui.ui.widgets.council_tail import Held, heard_deep
from backrooms_tui.ui.widgets.councils import COUNCIL
from backrooms_tui.ui.widgets.presence import presence
from backrooms_tui.ui.widgets.wrapping import cells

_GLANCE = 0.5  # seconds between figures: faster than this nobody reads them
_SPAN = 3.0  # seconds over which the speed is measured
_LETTERS = 4  # letters to a token, roughly, as long as nobody has counted


@dataclass(frozen=True)
class Row:
    """What the agent does, in the style of a theme variable, and what it has used, the most telling figure first."""

    doing: str = ""
    style: str = ""
    figures: tuple[str, ...] = ()

    def fitted(self, width: int) -> Content:
        """As many of the figures as `width` cells have room for."""
        room = width - cells(self.doing)
        rest = ""
        for figure in self.figures:
            room -= cells(figure) + 3
            if room < 0:
                break
            rest += f" · {figure}"
        return (Content.styled(self.doing, self.style) if self.style else Content(self.doing)) + Content(rest)


class StatusLine(Widget):
    """A row that is drawn again only where it has changed, or has another width."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._row = Row()

    def say(self, row: Row) -> None:
        """Show this."""
        if row != self._row:
            self._row = row
            self.refresh()

    def render(self) -> Content:
        """What it shows."""
        return self._row.fitted(self.content_size.width)


class Speed:
    """Tokens a second, measured from letters as they come in."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, letters: int) -> None:
        """So many letters have come in altogether."""
        now = time.monotonic()
        if self._seen and letters < self._seen[-1][1]:
            self._seen.clear()
        self._seen.append((now, letters))
        while len(self._seen) > 2 and now - self._seen[0][0] > _SPAN:
            self._seen.popleft()

    @property
    def tokens(self) -> float:
        """About so many tokens a second; 0 before anything can be said."""
        if len(self._seen) < 2:
            return 0.0
        (began, first), (now, last) = self._seen[0], self._seen[-1]
        return (last - first) / _LETTERS / (now - began) if now - began > _GLANCE else 0.0

    def clear(self) -> None:
        """Somebody else speaks, or nobody."""
        self._seen.clear()


class AgentStatus:
    """Words for what an agent does. Its figures change at most twice a second."""

    def __init__(self, seat: int) -> None:
        self._seat = seat
        self._speed = Speed()
        self._doing = ""
        self._since = self._next = 0.0
        self._last: tuple[object, ...] = ()
        self._row: Row | None = None
        self._answered = Answered(seat)

    def row(self, state: SessionState, letters: int, held: Held = MappingProxyType({})) -> Row:
        """What to show; `letters` have been said of the turn that is being spoken, and of the councils `held` its own
        may be one."""
        agent = state.agents[self._seat]
        now = time.monotonic()
        council = state.councils.get(self._seat)
        within = heard_deep(council, held) if council is not None else ""
        if agent.phase != self._doing:
            self._doing, self._since, self._next = agent.phase, now, 0.0
            self._speed.clear()
        if agent.phase == "speaking":
            self._speed.note(letters)
        there = (agent.absent, agent.muted, agent.away_since, within)
        fixed = (
            state.status,
            state.next_agent,
            agent.phase,
            agent.trouble,
            agent.turns,
            agent.cost,
            agent.usage,
            there,
            state.revision,
        )
        if self._row is not None and fixed == self._last and (now < self._next or agent.phase == "waiting"):
            return self._row
        self._last, self._next = fixed, now + _GLANCE
        if agent.is_world:
            figures = self._answered.told(state)
        else:
            figures = _figures(agent, self._speed.tokens if agent.phase == "speaking" else 0.0)
        doing = (_in_council(within), "$text-accent") if within else self._state(state, agent, now)
        self._row = Row(*doing, figures)
        return self._row

    def _state(self, state: SessionState, agent: AgentState, now: float) -> tuple[str, str]:
        why = harmless_line(agent.trouble.message) if agent.trouble is not None else ""
        match agent.phase:
            case "speaking":
                return "▶ answering" if agent.is_world else "▶ speaking", "$text-success"
            case "thinking":
                seconds = int(now - self._since)
                does = "… working" if agent.is_world else "… thinking"
                return (does if seconds < 2 else f"{does}, {seconds} s"), "$text-accent"
            case "failed":
                return f"✗ failed: {why}", "$text-error"
            case "waiting":
                if why:
                    return f"↻ trying again: {why}", "$text-warning"
                absence = presence(state, agent)
                if absence:
                    return f"{'∅' if agent.absent else '×'} {absence}", "$text-accent"
                if state.status == "ended":
                    return "ended", ""
                return "waiting", ""


def _in_council(within: str) -> str:
    # Where councils are held within, who speaks there is more telling than the word.
    return f"{COUNCIL} {'' if COUNCIL in within else 'in council · '}{within}"


def _figures(agent: AgentState, speed: float) -> tuple[str, ...]:
    figures = [f"≈{speed:.0f} tok/s"] if speed else []
    used = agent.usage.input_tokens + agent.usage.output_tokens
    if used:
        figures.append(f"{short(used)} tokens")
    if agent.cost:
        figures.append(f"${agent.cost:.2f}" if agent.cost >= 1 else f"${agent.cost:.4f}")
    if agent.last_usage.cache_read_tokens:
        figures.append(f"cache {agent.last_usage.cached_share:.0%}")
    return tuple(figures)


def short(count: int) -> str:
    """A count as short as it can be read: 1,204 as 1.2k."""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}{sign}" if count < 100 * size else f"{count // size}{sign}"
    return str(count)
