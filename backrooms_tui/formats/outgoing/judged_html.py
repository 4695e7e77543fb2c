"""What judges have said, as HTML that stands by itself: everything in it is text, escaped once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import escape

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
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.setup import Setup

Cite = Callable[[int], str]
_NUMBERS = frozenset({"mean", "spread", "verdicts", "missing"})


def text(words: str) -> str:
    """What somebody said, harmless inside of an element; lines stay lines."""
    return escape(harmless(words).strip("\n"))


def line(words: str) -> str:
    """A name or a title, harmless inside of an element, in one line."""
    return escape(harmless_line(words).strip())


def plain(turn: int) -> str:
    """A turn by its number alone."""
    return str(turn)


def judgement_section(judgements: Sequence[Judgement], setup: Setup) -> Iterator[str]:
    """What stands at the end of a session that was judged; nothing where it was not."""
    if not judgements:
        return
    yield '<section id="judged">\n<h2>Judgements</h2>\n'
    for judgement in judgements:
        yield f"<h3>{line(judgement.rubric.title or judgement.rubric.name)}</h3>\n"
        yield from whole_judgement(judgement, setup)
        for round in rounds_of(judgement):
            yield f"<h4>Round {round}</h4>\n"
            yield from of_round(judgement, setup, round)
    yield "</section>\n"


def whole_judgement(judgement: Judgement, setup: Setup, cite: Cite = plain) -> Iterator[str]:
    """What was said of all of the session: the summary, the table, the reasons, and how it was judged."""
    yield from _summaries(summaries_of(judgement, setup))
    yield from _scores(lines_of(judgement, setup), cite)
    yield f'<p class="how">{line(" · ".join(how_judged(judgement)))}</p>\n'


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
        rows = "".join(f"<li>{line(in_a_line(one))}</li>\n" for one in judgements)
        yield f'<div class="older"><p>Other judgements:</p>\n<ul>\n{rows}</ul></div>\n'


def _summaries(summaries: list[Summary]) -> Iterator[str]:
    if not summaries:
        return
    first, *others = summaries
    yield _summary(first)
    if others:
        said = "What the other verdicts say" if len(others) > 1 else "What the other verdict says"
        yield f'<details class="others"><summary>{said}</summary>\n'
        for one in others:
            yield f"<h4>{line(one.who)}</h4>\n{_summary(one)}"
        yield "</details>\n"


def _summary(summary: Summary) -> str:
    key = f'<p class="how">{line(summary.key)}</p>\n' if summary.key else ""
    return f'<p class="summary">{text(summary.text)}</p>\n{key}'


def _scores(lines: list[Line], cite: Cite) -> Iterator[str]:
    if not lines:
        return
    titles = "".join(f'<th scope="col"{_side(column)}>{column}</th>' for column in COLUMNS)
    yield f'<div class="wide"><table class="scores">\n<thead><tr>{titles}</tr></thead>\n<tbody>\n'
    for one in lines:
        yield _row(one, cite)
    yield "</tbody>\n</table></div>\n"
    if any(one.reasons for one in lines):
        yield '<details class="reasons"><summary>Reasons</summary>\n<ul>\n'
        for one in lines:
            for who, why in one.reasons:
                head = f"<strong>{line(one.measure)}</strong> · {line(one.of)} · {line(who)}"
                yield f"<li>{head}: {text(why)}</li>\n"
        yield "</ul></details>\n"


def _row(one: Line, cite: Cite) -> str:
    turns = ", ".join(cite(turn) for turn in one.turns) or NOTHING
    ends = f'<br><span class="ends">{line(one.ends)}</span>' if one.ends else ""
    # Beside the figure, which says the same: how far up the scale it is.
    bar = (
        f'<meter min="{one.low}" max="{one.high}" value="{one.value}" aria-hidden="true"></meter>'
        if one.value is not None and one.low < one.high
        else ""
    )
    cells = (
        f'<th scope="row">{line(one.measure)}</th>',
        f"<td>{line(one.of)}</td>",
        f'<td class="number"><strong>{line(one.mean)}</strong>{bar}</td>',
        f'<td class="number">{line(one.spread)}</td>',
        f'<td class="number">{one.count}</td>',
        f'<td class="number">{one.missing}</td>',
        f"<td>{line(one.scale)}{ends}</td>",
        f"<td>{turns}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>\n"


def _side(column: str) -> str:
    return ' class="number"' if column in _NUMBERS else ""
