"""A session as text that is a pleasure to read while it streams. The same for a live run and for a replay."""

import os
import sys
from functools import singledispatchmethod
from shutil import get_terminal_size
from typing import TextIO

import click

from backrooms_tui.cli.council_text import CouncilText, Kept
from backrooms_tui.cli.prose import WIDEST, Wrapper, cells, hanging
from backrooms_tui.cli.world_text import EDGE, Edged, tools_used
from backrooms_tui.session.events import (
    AgentChanged,
    AgentJoined,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    AnyEvent,
    CouncilEnded,
    CouncilOpened,
    Delta,
    Ended,
    Interjected,
    Noticed,
    ParameterOmitted,
    Paused,
    PermissionAsked,
    PermissionDecided,
    PermissionsChanged,
    Remedied,
    Remembered,
    Reminded,
    RequestMade,
    RequestUndone,
    RoundBegan,
    RulesChanged,
    SeatChanged,
    SessionOpened,
    ToolsGiven,
    TurnEdited,
    TurnEnded,
    TurnFailed,
    TurnRetracted,
    TurnStarted,
    Whispered,
    WindowMoved,
    WordSource,
)
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.state import NoticeEntry, SessionState, apply
from backrooms_tui.session.trouble import trying_again

MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red", "bright_cyan", "bright_magenta")
_HELD = 200  # entries of the session that are kept at hand, at least
_SPOKEN_BY: dict[WordSource, str] = {
    "operator": "Operator",
    "cue": "Cue",
    "remedy": "Remedy",
    "reminder": "Reminder",
    "agent": "By request",
    "request": "By request",
}


def mark(seat: int) -> str:
    """The seat's number in a circle: identity is never colour alone."""
    return MARKS[seat - 1] if 1 <= seat <= len(MARKS) else f"({seat})"


class LiveText:
    """A listener that prints what it hears.

    In a terminal text is made harmless, wrapped and coloured; anywhere else it is written as it is.
    `show_reasoning` prints the models' reasoning as well. `kept` gives what happened in a council that was not heard
    of while it talked; see `CouncilText`. Where the person is `asked_here` for permissions, that is not told as well.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        *,
        show_reasoning: bool = False,
        kept: Kept | None = None,
        asked_here: bool = False,
    ) -> None:
        self._out = out or sys.stdout
        self._terminal = self._out.isatty()
        self._colour = self._terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._width = min(get_terminal_size().columns, WIDEST) if self._terminal else 0
        self._show_reasoning = show_reasoning
        self._asked_here = asked_here
        self._state = SessionState()
        self._said = Wrapper(self._write, self._width)
        self._thought = Wrapper(self._write_dim, self._width)
        self._councils = CouncilText(self._write_dim, self._width, self._clean, kept)
        self._edged = Edged(self._write)
        self._shown = Wrapper(self._edged, self._width - len(EDGE) if self._width else 0)
        self._on_screen = False  # whether a world is answering, in a terminal
        self._in_reasoning = False
        self._printed = ""

    def hear(self, event: AnyEvent) -> None:
        """Print what `event` shows. Raises BrokenPipeError when nobody reads any more."""
        apply(self._state, event)
        if len(self._state.entries) > 2 * _HELD:  # what was printed long ago is not looked at again
            del self._state.entries[:-_HELD]
            for turn in [turn for turn in self._state.turns if turn < self._state.turn - _HELD]:
                del self._state.turns[turn]
        self._show(event)
        self._out.flush()

    def hear_within(self, state: SessionState, event: AnyEvent) -> None:
        """Print what `event` shows, which happened in a council. Raises BrokenPipeError when nobody reads any more."""
        self._councils.hear(self._state, state, event)
        self._out.flush()

    async def settled(self) -> None:
        """Everything is printed as it is heard."""

    def finish(self) -> None:
        """There are no more events: end the words of a turn that never ended, and say so. What was said in councils
        that are not over is printed, too."""
        for open in self._state.councils.values():
            self._councils.over(self._state, open.council)
        if self._state.in_flight is not None:
            self._end_of_words()
            self._note("this turn is not over: it is still being spoken, or the program was stopped")
            self._out.flush()

    @singledispatchmethod
    def _show(self, event: AnyEvent) -> None:
        """Most events show nothing of their own."""

    @_show.register
    def _(self, event: SessionOpened) -> None:
        names = " ↔ ".join(f"{agent.name} ({agent.model})" for agent in event.setup.agents)
        self._line(harmless_line(event.setup.title), bold=True)
        self._line(f"{harmless_line(names)} · session {event.session}", dim=True)

    @_show.register
    def _(self, event: RoundBegan) -> None:
        self._write("\n")
        self._line(f"── {harmless_line(event.text)}", bold=True)

    @_show.register
    def _(self, event: CouncilOpened) -> None:
        self._write("\n")
        self._line(f"◇ the council of {harmless_line(self._state.agents[event.agent].name)} begins", dim=True)

    @_show.register
    def _(self, event: CouncilEnded) -> None:
        self._councils.over(self._state, event.council, event.text)
        name = harmless_line(self._state.agents[event.agent].name)
        cost = "cost unknown" if event.cost is None else f"${event.cost:.4f}"
        turns = f"{event.turns} turn{'' if event.turns == 1 else 's'}"
        self._write("\n")
        self._line(f"◇ the council of {name} is over · {turns} · {cost}", dim=True)

    @_show.register
    def _(self, event: TurnStarted) -> None:
        again = f" · attempt {event.attempt}" if event.attempt > 1 else ""
        self._heading(f"{mark(event.agent)} {harmless_line(event.name)}", f"turn {event.turn}{again}", event.agent)
        self._on_screen = bool(self._width) and self._state.agents[event.agent].is_world
        self._edged.restart()
        self._in_reasoning = False
        self._printed = ""

    @_show.register
    def _(self, event: Delta) -> None:
        if event.channel == "reasoning":
            if self._show_reasoning:
                self._in_reasoning = True
                self._thought.feed(self._clean(event.text))
            return
        if self._in_reasoning:
            self._thought.finish()
            self._write("\n\n")
            self._in_reasoning = False
        self._printed += event.text
        (self._shown if self._on_screen else self._said).feed(self._clean(event.text))

    @_show.register
    def _(self, event: TurnEnded) -> None:
        self._end_of_words()
        if event.stop_reason == "max_tokens":
            self._note("cut at max_tokens")
        elif event.stop_reason == "stopped":
            self._note("stopped by the operator")
        elif event.stop_reason == "refusal":
            self._note("the model declined")
        if event.cut:
            self._note(f"cut: {event.cut}")
        for mark in event.marks:
            self._note(mark)
        if not self._state.agents[event.agent].is_world:
            for told, warning in tools_used(event.exchanges):
                self._note(told, warning=warning)

    @_show.register
    def _(self, event: TurnFailed) -> None:
        self._end_of_words()
        again = trying_again(event.retry_in)
        self._note(f"{event.trouble.message}{again}", warning=True)

    @_show.register
    def _(self, event: Interjected) -> None:
        self._word(_SPOKEN_BY[event.source], event.text)

    @_show.register
    def _(self, event: Whispered) -> None:
        by = event.name or _SPOKEN_BY[event.source]
        self._word(f"{by} to {self._state.agents[event.to].name} only", event.text)

    @_show.register
    def _(self, event: Reminded) -> None:
        self._word(f"{_SPOKEN_BY['reminder']} to {self._state.agents[event.agent].name}", event.text)

    @_show.register(Noticed)
    @_show.register(AgentJoined)
    @_show.register(AgentLeft)
    @_show.register(AgentReturned)
    @_show.register(AgentMuted)
    @_show.register(AgentChanged)
    @_show.register(RulesChanged)
    @_show.register(Remembered)
    @_show.register(Remedied)
    @_show.register(ParameterOmitted)
    @_show.register(SeatChanged)
    @_show.register(WindowMoved)
    @_show.register(TurnRetracted)
    @_show.register(PermissionAsked)
    @_show.register(PermissionDecided)
    @_show.register(PermissionsChanged)
    @_show.register(RequestUndone)
    @_show.register(ToolsGiven)
    def _(self, event: AnyEvent) -> None:
        entry = self._state.entries[-1]
        if isinstance(event, PermissionAsked) and self._asked_here:
            return
        if isinstance(entry, NoticeEntry):
            self._note(entry.text, warning=entry.level == "warning")

    @_show.register
    def _(self, event: RequestMade) -> None:
        if not event.effects:  # what only the operator is told; the rest tells itself
            self._note(self._state.entries[-1].text)

    @_show.register
    def _(self, event: TurnEdited) -> None:
        self._note(f"turn {event.turn} was edited by the operator; it now reads:")
        self._body(event.text)

    @_show.register
    def _(self, event: Paused) -> None:
        if self._state.asking.asked is not None:  # what is asked for stands above
            return
        self._write("\n")
        # Why a turn failed stands above already.
        self._line("Paused." if event.trouble else f"Paused: {harmless_line(event.reason)}", bold=True)

    @_show.register
    def _(self, event: Ended) -> None:
        self._write("\n")
        self._line(harmless_line(event.detail), bold=True)
        self._line(self._totals(), dim=True)

    def _totals(self) -> str:
        state = self._state
        usage = state.usage
        seconds = round(state.last - state.started)
        unpriced = any(agent.unpriced_turns for agent in state.agents.values())
        parts = [
            f"{state.turn} turn{'' if state.turn == 1 else 's'}",
            f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out",
            f"{usage.cached_share:.0%} from cache",
            f"${state.cost:.4f}" + (" and what has no known price" if unpriced else ""),
            f"{seconds // 60:02d}:{seconds % 60:02d}",
        ]
        return " · ".join(parts)

    def _heading(self, left: str, right: str, seat: int) -> None:
        self._write("\n")
        if not self._width:
            self._write(f"{left} · {right}\n")
            return
        rule = "─" * max(self._width - cells(left) - cells(right) - 2, 2)
        colour = COLOURS[(seat - 1) % len(COLOURS)]
        self._write(f"{self._styled(left, bold=True, fg=colour)} {self._styled(f'{rule} {right}', dim=True)}\n")

    def _word(self, who: str, text: str) -> None:
        self._write("\n")
        self._line(f"▸ {harmless_line(who)}", bold=True)
        self._body(text)

    def _body(self, text: str) -> None:
        self._said.feed(self._clean(text))
        self._said.finish()
        self._write("\n")

    def _note(self, text: str, *, warning: bool = False) -> None:
        for line in hanging(text, "✗ " if warning else "· "):
            self._line(line, dim=not warning, fg="red" if warning else None)

    def _end_of_words(self) -> None:
        if self._in_reasoning:
            self._thought.finish()
            self._in_reasoning = False
        self._said.finish()
        self._shown.finish()
        if not self._printed.endswith("\n"):
            self._write("\n")

    def _line(self, text: str, *, bold: bool = False, dim: bool = False, fg: str | None = None) -> None:
        wrapper = Wrapper(lambda piece: self._write(self._styled(piece, bold=bold, dim=dim, fg=fg)), self._width)
        wrapper.feed(text)
        wrapper.finish()
        self._write("\n")

    def _styled(self, text: str, *, bold: bool = False, dim: bool = False, fg: str | None = None) -> str:
        if not self._colour or not text.strip():
            return text
        return click.style(text, bold=bold or None, dim=dim or None, fg=fg)

    def _clean(self, text: str) -> str:
        return harmless(text) if self._terminal else text

    def _write(self, text: str) -> None:
        self._out.write(text)

    def _write_dim(self, text: str) -> None:
        self._write(self._styled(text, dim=True))
