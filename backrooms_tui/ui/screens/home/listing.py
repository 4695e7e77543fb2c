"""How a session looks in the list: its columns, and its numbers in few letters."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.session.mark import STAR
from backrooms_tui.ui.branch_titles import apart
from backrooms_tui.ui.widgets.columns import Column, line

if TYPE_CHECKING:
    from backrooms_tui.store.summaries import SessionSummary

_DIM = "$foreground-muted"
LIVE = "◉ live"
_NARROW = (
    Column("title"),
    Column("template", 8, least=70, style=_DIM),
    Column("agents", 16, least=56),
    Column("turns", 6, side="right"),
    Column("cost", 7, side="right"),
    Column("when", 10, side="right", style=_DIM),
)
_WIDE = (
    Column("title"),
    Column("template", 14, style=_DIM),
    Column("agents", 26),
    Column("models", 34, least=150, style=_DIM),
    Column("turns", 7, side="right"),
    Column("cost", 8, side="right"),
    Column("when", 12, side="right", style=_DIM),
)


def columns(width: int) -> tuple[Column, ...]:
    """Those that `width` cells have room for."""
    return tuple(column for column in (_WIDE if width >= 110 else _NARROW) if width >= column.least)


def session_line(session: "SessionSummary", width: int, now: datetime, *, live: bool = False) -> Content:
    """`session` on one line of `width` cells; `live` where another program records it."""
    texts = {
        "title": marked_title(session),
        "template": session.template,
        "agents": " ↔ ".join(agent.name for agent in session.agents),
        "models": " ↔ ".join(dict.fromkeys(short_model(agent.model) for agent in session.agents)),
        "turns": f"{session.turns:,}",
        "cost": cost(session),
        "when": LIVE if live else when(session.last, now),
    }
    chosen = columns(width)
    return line(chosen, [texts[column.title] for column in chosen], width)


def marked_title(session: "SessionSummary") -> str:
    """The title with what it is marked with: ★, or ☆ where only turns of it have a star, and its tags behind it."""
    star = f"{STAR} " if session.mark.starred is not None else "☆ " if session.starred_turns else ""
    tags = "".join(f" #{tag}" for tag in session.mark.tags)
    title = f"↳ {apart(session.title)}" if session.parent else session.title or "(untitled)"
    return f"{star}{title}{' ' if tags else ''}{tags}"


def short_model(reference: str) -> str:
    """A model's own name, without its provider and a file's ending."""
    return reference.rpartition("/")[2].removesuffix(".gguf").removesuffix(".txt")


def cost(session: "SessionSummary") -> str:
    """What it cost so far, in USD; a + where some turns have no known price."""
    more = "+" if session.unpriced else ""
    if session.cost == 0:
        return "?" if session.unpriced else "free"
    return f"${session.cost:.2f}{more}" if session.cost >= 0.01 else f"<$0.01{more}"


def when(at: float, now: datetime) -> str:
    """Unix seconds in the person's own time, in at most ten letters."""
    then = datetime.fromtimestamp(at, now.tzinfo)
    days = (now.date() - then.date()).days
    if days <= 1:
        return f"{then:%H:%M}" if days == 0 else "yesterday"
    return f"{then.day} {then:%b}" if then.year == now.year else f"{then:%Y-%m-%d}"
