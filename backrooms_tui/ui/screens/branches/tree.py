"""How a family looks in the list: a row for each session, indented under the one it comes from."""

from collections.abc import Mapping
from datetime import datetime

from textual.content import Content

from backrooms_tui.assembly.branching.family import Kin, drawn_branch
from backrooms_tui.ui.screens.home.listing import cost, short_model, when
from backrooms_tui.ui.widgets.columns import Column, line

_DIM = "$foreground-muted"
# How many sessions deep the tree is drawn; what lies deeper is drawn there.
_DEEPEST = 8
_COLUMNS = (
    Column("title"),
    Column("models", 16, least=72, style=_DIM),
    Column("from", 6, side="right"),
    Column("turns", 5, side="right"),
    Column("stall", 5, least=56, side="right"),
    Column("cost", 7, side="right"),
    Column("when", 10, least=64, side="right", style=_DIM),
)
_WIDE = (
    Column("title"),
    Column("models", 34, style=_DIM),
    Column("from", 9, side="right"),
    Column("turns", 7, side="right"),
    Column("stall", 7, side="right"),
    Column("cost", 8, side="right"),
    Column("when", 12, side="right", style=_DIM),
)


def columns(width: int) -> tuple[Column, ...]:
    """Those that `width` cells have room for."""
    return tuple(column for column in (_WIDE if width >= 110 else _COLUMNS) if width >= column.least)


def kin_line(kin: Kin, width: int, now: datetime, *, mark: str, called: str, share: float | None) -> Content:
    """One session of the family on `width` cells. `mark` stands before its title, `called` is the title of the first
    one, which need not be said again, and `share` is that of its turns that stalled."""
    session = kin.session
    texts: Mapping[str, str] = {
        "title": f"{drawn_branch(kin.last[-_DEEPEST:])}{mark}{_apart(kin, called) or '(untitled)'}",
        "models": " ↔ ".join(dict.fromkeys(short_model(agent.model) for agent in session.agents)),
        "from": "" if not kin.depth else f"turn {kin.parts_at}" if width >= 110 and kin.parts_at else _turn(kin),
        "turns": f"{session.turns:,}",
        "stall": "–" if share is None else f"{share:.0%}",
        "cost": cost(session),
        "when": when(session.last, now),
    }
    chosen = columns(width)
    return line(chosen, [texts[column.title] for column in chosen], width)


def _apart(kin: Kin, called: str) -> str:
    """The title, or what of it sets a branch apart: "with opus" of "A night · from turn 4 with opus"."""
    title = kin.session.title
    if not kin.depth or not called:
        return title
    rest = title.removeprefix(f"{called} · ")
    return rest.removeprefix(f"from turn {kin.parts_at} ") if rest != title else title


def _turn(kin: Kin) -> str:
    return "?" if kin.parts_at is None else f"t. {kin.parts_at}" if kin.parts_at < 1000 else f"{kin.parts_at}"
