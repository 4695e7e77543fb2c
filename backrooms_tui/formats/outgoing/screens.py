"""Turns of worlds as pages show them: each command with what became of it, and its screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from backrooms_tui.formats.outgoing.spoken import name_of
from backrooms_tui.session.entries import TurnEntry
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.world import Exchange, Outcome

_LONGEST = 200  # characters of a command above its screen, which has all of it
BECAME: dict[Outcome, str] = {
    "denied": "denied",
    "failed": "failed",
    "timed_out": "took too long",
    "unknown": "not understood",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands above a screen, in one line without control characters, and the screen itself, raw. `by` is who is
    answered, "" where that is clear; `became` says so of a command that was not simply done."""

    command: str
    became: str
    by: str
    text: str

    @property
    def heading(self) -> str:
        """`Ada · $ notes list · denied`; "" where there is nothing to say."""
        command = f"$ {self.command}" if self.command else ""
        return " · ".join(filter(None, (self.by, command, self.became)))


def is_screen(entry: TurnEntry, setup: Setup) -> bool:
    """Whether a world has answered in this turn."""
    return any(agent.seat == entry.agent and agent.kind == "world" for agent in setup.agents)


def screens_of(entry: TurnEntry, setup: Setup) -> Sequence[Screen]:
    """The screens of a world's turn; one without a command where nothing is known of those, or where the operator has
    changed what stood there."""
    if entry.original is not None or not entry.exchanges:
        return (Screen("", "", "", entry.text),)
    several = len({one.by for one in entry.exchanges}) > 1
    return tuple(
        Screen(_command(one), BECAME.get(one.outcome, ""), _by(one, setup) if several else "", one.screen)
        for one in entry.exchanges
    )


def tools_used(entry: TurnEntry) -> Sequence[str]:
    """What a model has had done for it in its turn, a line each."""
    return tuple(
        " · ".join(filter(None, (f"used {_command(one) or harmless_line(one.name)}", BECAME.get(one.outcome, ""))))
        for one in entry.exchanges
    )


def _command(one: Exchange) -> str:
    text = " ".join(harmless_line(one.command).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _by(one: Exchange, setup: Setup) -> str:
    return harmless_line(name_of(setup, one.by)) if one.by else "Operator"
