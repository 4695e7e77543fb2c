"""How judgements and their scores stand in lists: wide, narrow, and without a need for colour."""

from datetime import datetime

from textual.content import Content

from backrooms_tui.formats.outgoing.judged import NOTHING, Line, spent
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.ui.screens.home.listing import when
from backrooms_tui.ui.showing import shown
from backrooms_tui.ui.widgets.columns import Column, heading, line

_DIM = "$foreground-muted"
_BAR = 10  # cells
_JUDGEMENTS = (
    Column("rubric"),
    Column("judges", least=60),
    Column("verdicts", 9, side="right"),
    Column("cost", 9, least=70, side="right"),
    Column("when", 10, side="right", style=_DIM),
)
_SCORES = (
    Column("measure"),
    Column("of", 20, least=60),
    Column("mean", 14),
    Column("n", 3, side="right"),
    Column("missing", 7, side="right"),
    Column("scale", 10, least=74),
    Column("", _BAR, least=96),
    Column("turns", 18, least=120, style=_DIM),
)


def judgement_line(judgement: Judgement, width: int, now: datetime) -> Content:
    """One judgement: rubric, judges, how many verdicts, cost, when."""
    judges = dict.fromkeys(verdict.judge for verdict in judgement.verdicts)
    number = f"{len(judgement.verdicts)}"
    texts = {
        "rubric": judgement.rubric.title or judgement.rubric.name,
        "judges": ", ".join(judges) or "nobody answered",
        # A sign beside the number: it was stopped.
        "verdicts": number if judgement.whole else f"‖ {number} of {judgement.wanted}",
        "cost": spent(judgement),
        "when": when(judgement.at, now),
    }
    chosen = _fitting(_JUDGEMENTS, width)
    return line(chosen, [texts[column.title] for column in chosen], width)


def judgement_heading(width: int) -> Content:
    """The columns' titles."""
    return heading(_fitting(_JUDGEMENTS, width), width)


def score_line(one: Line, round: int | None, width: int) -> Content:
    """One line of the table: mean ± spread, how many gave a score, how many none, the scale, how far up it."""
    chosen = _fitting(_SCORES, width)
    # Where there is no room for the name, its sign says who.
    sign = "" if one.seat is None or any(column.title == "of" for column in chosen) else f"{one.of.partition(' ')[0]} "
    texts = {
        "measure": f"{f'round {round} · ' if round is not None else ''}{sign}{one.measure}",
        "of": one.of,
        "mean": one.mean if one.spread == NOTHING else f"{one.mean} {one.spread.replace('±', '± ')}",
        "n": str(one.count),
        "missing": str(one.missing) if one.missing else NOTHING,
        "scale": one.scale,
        "": _bar(one),
        "turns": ", ".join(map(str, one.turns)) or NOTHING,
    }
    return line(chosen, [texts[column.title] for column in chosen], width)


def score_heading(width: int) -> Content:
    """The columns' titles."""
    return heading(_fitting(_SCORES, width), width)


def score_in_full(one: Line) -> Content:
    """What stands below the list of the marked score: the ends of the scale, its turns, and why."""
    turns = f"turns {', '.join(map(str, one.turns))}" if len(one.turns) > 1 else ""
    turns = turns or (f"turn {one.turns[0]}" if one.turns else "rests on no turn")
    head = " · ".join(filter(None, (one.ends or one.scale, turns)))
    reasons = "\n".join(f"{harmless_line(who)}: {harmless_line(why)}" for who, why in one.reasons)
    return (
        Content.assemble((harmless_line(head), _DIM), "\n", shown(reasons)) if reasons else Content(harmless_line(head))
    )


def _bar(one: Line) -> str:
    if one.value is None or one.low >= one.high:
        return ""
    filled = round(_BAR * min(1.0, max(0.0, (one.value - one.low) / (one.high - one.low))))
    return "━" * filled + "╌" * (_BAR - filled)


def _fitting(columns: tuple[Column, ...], width: int) -> tuple[Column, ...]:
    return tuple(column for column in columns if width >= column.least)
