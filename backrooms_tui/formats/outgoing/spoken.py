"""Words that several formats share: who spoke, when, at what cost."""

from collections.abc import Mapping
from datetime import UTC, datetime

from backrooms_tui.formats.outgoing.record import Gist
from backrooms_tui.session.entries import CouncilEntry, WordEntry
from backrooms_tui.session.events import WordSource
from backrooms_tui.session.setup import Setup

_CIRCLED = 0x2460  # ① to ⑳
_SOURCES: Mapping[WordSource, str] = {
    "operator": "Operator",
    "cue": "Cue",
    "remedy": "Against stalling",
    "reminder": "Reminder",
    "agent": "By request",
    "request": "By request",
}


def mark(seat: int) -> str:
    """The sign of a seat: ①, ② and so on."""
    return chr(_CIRCLED + seat - 1) if 1 <= seat <= 20 else f"({seat})"


def name_of(setup: Setup, seat: int) -> str:
    """Who sits there."""
    for agent in setup.agents:
        if agent.seat == seat:
            return agent.name
    return f"seat {seat}"


def speaker_of(word: WordEntry, setup: Setup) -> str:
    """Who said a word between the turns, and to whom where not to all."""
    who = word.name or _SOURCES[word.source]
    return f"{who} (only to {name_of(setup, word.to)})" if word.to else who


def cost_of(gist: Gist) -> str:
    """`$0.4200`, `$0.4200 + ?` where some turns had no known price, `free`."""
    if gist.unpriced:
        return f"${gist.cost:.4f} + ?" if gist.cost else "?"
    return f"${gist.cost:.4f}" if gist.cost else "free"


def council_of(council: CouncilEntry, setup: Setup) -> str:
    """A council in one line: `Council of ① Ada · 6 turns · $0.0100`."""
    turns = "1 turn" if council.turns == 1 else f"{council.turns:,} turns"
    cost = "" if not council.cost else f" · ${council.cost:.4f}"
    return f"Council of {mark(council.agent)} {name_of(setup, council.agent)} · {turns}{cost}"


def moment(at: float) -> str:
    """`2026-11-21 17:13 UTC`: the same wherever it is read."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def lasting(seconds: float) -> str:
    """`2:31`, `1:02:31`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def model_names(gist: Gist, seat: int) -> str:
    """The models that a seat has had, in order."""
    return " → ".join(gist.models.get(seat, []))
