"""Whose council a session is, in words: for the line over its replay."""

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.summaries import SessionSummary
from backrooms_tui.ui.widgets.councils import COUNCIL
from backrooms_tui.ui.widgets.marks import mark

_DEEPEST = 16


def serving(store: Store, council: SessionSummary) -> str:
    """`◇ council of ① Ada · Forecast · before turn 3`, and for one within another `◇ council of ② Mara in the council
    of ① Ada · Forecast · before turn 3`; "" for a session that is nobody's council."""
    told: list[str] = []
    turn: int | None = None
    summary = council
    while summary.serves is not None and len(told) < _DEEPEST:
        seat, turn = summary.serves_agent or 1, summary.serves_turn
        try:
            summary = store.summary(summary.serves)
        except OperatorError:  # what it served is gone
            told.append("a council")
            break
        name = next((agent.name for agent in summary.agents if agent.seat == seat), "")
        told.append(f"council of {mark(seat)} {name}".rstrip())
    if not told:
        return ""
    of_session = f" · {summary.title}" if summary is not council and summary.title else ""
    before = f" · before turn {turn}" if turn else ""
    return f"{COUNCIL} {' in the '.join(told)}{of_session}{before}"
