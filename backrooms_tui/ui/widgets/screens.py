"""Screens: what a world has answered, as rows. They stand as they came, without Markdown, like on a terminal."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.state import SessionState, TurnEntry
from backrooms_tui.session.world import Exchange, Outcome
from backrooms_tui.ui.widgets.flow import Flow, Row
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.prose import Look, Tone

if TYPE_CHECKING:
    from backrooms_tui.ui.widgets.drawing import Manner

# How a command went, in words; of one that was done the screen says enough.
WENT: Mapping[Outcome, str] = {"denied": "denied", "failed": "failed", "timed_out": "timed out"}
ECHO = "Command: "
_HEADS = (ECHO.strip(), "Time:", "exOS")
_LOOKED_AT = 2000  # letters of a screen in which its first words are looked for
OPERATOR = "the operator"


@dataclass(frozen=True, slots=True)
class Seated:
    """Who sits on a seat: its name, and whether it is a world."""

    name: str
    is_world: bool


Seats = Mapping[int, Seated]


def seats_of(state: SessionState) -> Seats:
    """Everybody in `state`, by seat."""
    return {seat: Seated(agent.name, agent.is_world) for seat, agent in state.agents.items()}


def is_screen(sign: str, seats: Seats) -> bool:
    """Whether what is said under the mark `sign` is a screen."""
    return any(one.is_world and mark(seat) == sign for seat, one in seats.items())


def screen_flow(manner: "Manner", exchanges: Collection[Exchange] | None = None) -> Flow:
    """Lays out a screen. Its command lines are marked: those of `exchanges`, or all that look so while it is coming."""
    return Flow(manner.width, looks=_looks(exchanges, manner.seats), wanted=manner.wanted)


def screen_rows(entry: TurnEntry, manner: "Manner") -> list[Row]:
    """A world's turn, and under it what became of commands that did not run or went wrong."""
    flow = screen_flow(manner, entry.exchanges)
    flow.feed(entry.text)
    rows = flow.rows or [Row((("", "screen"),), "screen")]
    for one in entry.exchanges:
        if one.outcome in WENT:
            told = Flow(manner.width, plain="warning", wanted=manner.wanted)
            told.feed(f"— {WENT[one.outcome]}: {harmless_line(one.command or one.name)}")
            rows += told.rows
    return rows


def answers_told(entry: TurnEntry, seats: Seats) -> str:
    """Whom a world's turn answers: `answers ① Ada, the operator`; "" where nobody had said anything."""
    whom = dict.fromkeys(_called(one.by, seats) for one in entry.exchanges if one.command or one.name)
    return f"answers {', '.join(whom)}" if whom else ""


def exchanges_told(entry: TurnEntry) -> str:
    """A world's turn on one line: what was commanded, what became of it, and the first words of the answer."""
    return " · ".join(_told(one) for one in entry.exchanges)


def answer_words(screen: str) -> str:
    """The first line of a screen that says anything: what stands over every screen does not count."""
    lines = [line.strip() for line in screen[:_LOOKED_AT].splitlines()]
    said = [line for line in lines if line and not line.startswith(_HEADS) and line.strip("─═-=_ ")]
    return harmless_line(next(iter(said or [line for line in lines if line]), ""))


def _told(one: Exchange) -> str:
    if not one.command:
        return answer_words(one.screen)
    command = harmless_line(_first_line(one.command))
    if one.outcome in WENT:
        return f"✗ {WENT[one.outcome]} $ {command}"
    sign = "?" if one.outcome == "unknown" else "$"
    return f"{sign} {command} → {answer_words(one.screen)}"


def _called(by: int, seats: Seats) -> str:
    if not by:
        return OPERATOR
    return f"{mark(by)} {harmless_line(seats[by].name)}" if by in seats else mark(by)


def _looks(exchanges: Collection[Exchange] | None, seats: Seats) -> Callable[[str], Look]:
    commands = {harmless(_first_line(one.command)) for one in exchanges or () if one.command}
    heads: set[str] = set()
    if len({one.by for one in exchanges or ()}) > 1:
        heads = {f"[{seats[one.by].name if one.by in seats else 'Operator'}]" for one in exchanges or ()}

    def look(line: str) -> Look:
        bare = line.strip()
        tone: Tone = "screen"
        if bare in heads:
            tone = "command"
        elif exchanges is None:
            tone = "command" if bare.startswith(ECHO) else tone
        elif bare.removeprefix(ECHO).strip() in commands:
            tone = "command"
        return Look(((0, len(line), tone),), "screen")

    return look


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
