"""What the screen of judgements says in words."""

from textual.content import Content

from backrooms_tui.formats.outgoing.judged import how_judged, rounds_of, summaries_of
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.setup import Setup
from backrooms_tui.ui.judgings import Judging
from backrooms_tui.ui.showing import shown, shown_line

_DIM = "$foreground-muted"


def told(judgement: Judgement, setup: Setup) -> Content:
    """What the judges say in words, and how it was judged."""
    parts: list[Content] = []
    keys: dict[str, None] = {}
    for round in (None, *rounds_of(judgement)):
        summaries = summaries_of(judgement, setup, round)
        for one in summaries:
            of, who = f"Round {round}" if round is not None else "", one.who if len(summaries) > 1 else ""
            head = ", ".join(filter(None, (of, who)))
            parts.append(shown(f"{head}: {one.text.strip()}" if head else one.text.strip()))
            keys |= {one.key: None} if one.key else {}
    dim = [*keys, " · ".join(how_judged(judgement))]
    return Content("\n").join([*parts, *(Content.assemble((harmless_line(text), _DIM)) for text in dim)])


def named(judgement: Judgement) -> Content:
    """Which judgement it is."""
    return Content.assemble(
        "“", shown_line(judgement.rubric.title or judgement.rubric.name).truncate(30, ellipsis=True), "”"
    )


def progress(judging: Judging) -> Content:
    """How far it is."""
    number = f"{judging.done} of {judging.total}" if judging.total else "beginning"
    doing = "stopping" if judging.stopped else "judging"
    return Content(harmless_line(" · ".join(filter(None, (f"◌ {doing} by “{judging.by}”", number, judging.text)))))


def outcome(judging: Judging) -> tuple[str, bool]:
    """What came of it, and whether something went wrong."""
    if judging.problem is not None:
        return " · ".join(filter(None, (judging.problem.what, judging.problem.cure))), True
    if judging.stopped:
        return "Judging was stopped; verdicts that were there are kept", False
    judgement = judging.judgement
    silent = sum(bool(verdict.trouble) for verdict in judgement.verdicts) if judgement is not None else 0
    if silent:
        return f"Judged by “{judging.by}”; {silent} gave no verdict", True
    scores = [score for verdict in judgement.verdicts for score in verdict.scores] if judgement is not None else []
    missing = sum(score.value is None for score in scores)
    if missing:
        return f"Judged by “{judging.by}”; {missing} of {len(scores)} scores are missing", missing == len(scores)
    return f"Judged by “{judging.by}”", False
