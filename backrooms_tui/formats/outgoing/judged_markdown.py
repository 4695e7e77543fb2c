"""What judges have said, as Markdown: a summary, a table of scores, the reasons folded below."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from backrooms_tui.formats.outgoing.judged import (
    COLUMNS,
    NOTHING,
    Line,
    Summary,
    how_judged,
    in_a_line,
    lines_of,
    rounds_of,
    summaries_of,
)
from backrooms_tui.formats.outgoing.markdown_text import literal, prose
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.setup import Setup

# How a turn is named where a score rests on it.
Cite = Callable[[int], str]
_SIDES = ("---", "---", "--:", "--:", "--:", "--:", "---", "---")


def plain(turn: int) -> str:
    """A turn by its number alone."""
    return str(turn)


def judgement_section(judgements: Sequence[Judgement], setup: Setup) -> Iterator[str]:
    """What stands at the end of a session that was judged; nothing where it was not. Its headings are no turn's."""
    if judgements:
        yield "# Judgements"
    for judgement in judgements:
        yield f"### {literal(judgement.rubric.title or judgement.rubric.name)}"
        yield from whole_judgement(judgement, setup)
        for round in rounds_of(judgement):
            yield f"#### Round {round}"
            yield from of_round(judgement, setup, round)


def whole_judgement(judgement: Judgement, setup: Setup, cite: Cite = plain) -> Iterator[str]:
    """What was said of all of the session: how it was judged, the summary, the table, the reasons."""
    yield from _summaries(summaries_of(judgement, setup))
    yield from _scores(lines_of(judgement, setup), cite)
    yield literal(" · ".join(how_judged(judgement)))


def of_round(
    judgement: Judgement, setup: Setup, round: int, cite: Cite = plain, *, ends: bool = False
) -> Iterator[str]:
    """What was said of one round, where anything was. What the ends of the scales mean is told with the scores of all
    of it; with `ends` here, too."""
    lines = lines_of(judgement, setup, round)
    yield from _summaries(summaries_of(judgement, setup, round))
    yield from _scores(lines if ends else [replace(one, ends="") for one in lines], cite)


def older(judgements: Sequence[Judgement]) -> Iterator[str]:
    """Others, named in a line each."""
    if judgements:
        yield "\n".join(["Other judgements:", "", *(f"- {literal(in_a_line(one))}" for one in judgements)])


def folded(summary: str, blocks: Iterator[str]) -> Iterator[str]:
    """What opens when it is asked for. `summary` may be from outside: it stands in HTML, not in Markdown."""
    # The empty line is what makes Markdown of what is inside.
    yield f"<details>\n<summary>{html.escape(harmless_line(summary))}</summary>"
    yield from blocks
    yield "</details>"


def _summaries(summaries: list[Summary]) -> Iterator[str]:
    if not summaries:
        return
    first, *others = summaries
    yield from _summary(first)
    if others:
        blocks = (block for one in others for block in (f"**{literal(one.who)}**", *_summary(one)))
        yield from folded("What the other verdicts say" if len(others) > 1 else "What the other verdict says", blocks)


def _summary(summary: Summary) -> Iterator[str]:
    yield prose(summary.text)
    if summary.key:
        yield f"<sub>{literal(summary.key)}</sub>"


def _scores(lines: list[Line], cite: Cite) -> Iterator[str]:
    if not lines:
        return
    rows = [COLUMNS, _SIDES, *(_row(line, cite) for line in lines)]
    yield "\n".join("| " + " | ".join(row) + " |" for row in rows)
    reasons = [
        f"- **{literal(line.measure)}** · {literal(line.of)} · {literal(who)}: {literal(why)}"
        for line in lines
        for who, why in line.reasons
    ]
    if reasons:
        yield from folded("Reasons", iter(["\n".join(reasons)]))


def _row(line: Line, cite: Cite) -> tuple[str, ...]:
    scale = literal(f"{line.scale} ({line.ends})" if line.ends else line.scale)
    turns = ", ".join(cite(turn) for turn in line.turns) or NOTHING
    figures = (f"**{line.mean}**", line.spread, str(line.count), str(line.missing))
    return (literal(line.measure), literal(line.of), *figures, scale, turns)
