"""A report of a session as one web page that needs nothing else, no script either: what judges say and their scores
first, then each round, folded.

What was said is escaped, and the page's policy lets no script and no other style run and nothing be fetched.
"""

from collections.abc import Iterator
from typing import TextIO

from backrooms_tui.formats.outgoing.html import asset, sum_of
from backrooms_tui.formats.outgoing.judged import others, told_by_round, told_first
from backrooms_tui.formats.outgoing.judged_html import line, of_round, older, text, whole_judgement
from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of, timeline
from backrooms_tui.formats.outgoing.report_parts import Part, Spoken, in_parts, pieces
from backrooms_tui.formats.outgoing.report_words import facts_of, heading_of, said_in, still_open
from backrooms_tui.formats.outgoing.spoken import council_of, mark, speaker_of
from backrooms_tui.session.entries import CouncilEntry, Entry, NoticeEntry, RoundEntry, TurnEntry, WordEntry
from backrooms_tui.session.mark import NOTE, Mark

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Backrooms">
<title>{title}</title>
<style>{style}</style>
</head>
<body class="report">
"""
_SEATS = 8  # that have a colour of their own


def write_report_html(record: Record, out: TextIO) -> None:
    """Write the page. Of the session no more than a turn is in memory at a time; of several judgements the first is
    told, and the others are named."""
    gist, parts = in_parts(record)
    for piece in _page(record, gist, parts.parts(by_round=told_by_round(record.judgements) is not None)):
        out.write(piece)
    for piece in _end(record, gist, still_open(parts.open, record)):
        out.write(piece)


def _page(record: Record, gist: Gist, parts: tuple[Part, ...]) -> Iterator[str]:
    style = asset("page.css") + asset("judged.css") + asset("report.css")
    policy = f"default-src 'none'; style-src '{sum_of(style)}'; base-uri 'none'; form-action 'none'"
    yield _PAGE.format(policy=policy, style=style, title=line(facts_of(record, gist).title))
    yield from _front(record, gist)
    yield "<main>\n"
    first, judgement = told_first(record.judgements), told_by_round(record.judgements)
    ends = first is not None and judgement is not None and first.rubric != judgement.rubric
    inside = False
    for piece in pieces(record, gist, parts):
        if not isinstance(piece, Part):
            yield from _piece(piece, record, gist)
            continue
        if inside:
            yield "</details>\n</section>\n"
        inside = True
        yield f'<section class="part">\n<h2>{line(piece.title)}</h2>\n'
        if judgement is not None and piece.round is not None:
            yield from of_round(judgement, gist.setup, piece.round, _link, ends=ends)
        yield f'<details class="said">\n<summary>{line(said_in(piece))}</summary>\n'
    if inside:
        yield "</details>\n</section>\n"


def _end(record: Record, gist: Gist, open: Iterator[CouncilEntry]) -> Iterator[str]:
    """What was not over when it was written, and the end of the page."""
    for council in open:
        yield from _council(council, gist, record)
    if (unfinished := gist.unfinished) is not None:
        heading = f"{unfinished.turn} · {mark(unfinished.agent)} {unfinished.name} · cut short"
        yield _said(f"turn {_seat(unfinished.agent)}", heading, "".join(unfinished.text))
    yield "</main>\n</body>\n</html>\n"


def _front(record: Record, gist: Gist) -> Iterator[str]:
    facts = facts_of(record, gist)
    yield f'<header>\n<h1>{line(facts.title)}</h1>\n<ul id="cast">\n'
    for agent in facts.cast:
        name, model = f"<strong>{line(agent.name)}</strong>", f'<span class="model">{line(agent.model)}</span>'
        yield f'<li class="{_seat(agent.seat)}">{agent.sign} {name} {model}</li>\n'
    yield f'</ul>\n<p id="facts">{"<br>".join(line(one) for one in facts.lines)}</p>\n'
    yield f"{_note(record.mark_of(0))}</header>\n"
    if (first := told_first(record.judgements)) is not None:
        yield f'<section id="judged">\n<h2>{line(first.rubric.title or first.rubric.name)}</h2>\n'
        yield from whole_judgement(first, gist.setup, _link)
        yield from older(others(record.judgements))
        yield "</section>\n"


def _piece(piece: Spoken | WordEntry | NoticeEntry | CouncilEntry, record: Record, gist: Gist) -> Iterator[str]:
    if not isinstance(piece, Spoken):
        yield from _entry(piece, record, gist)
        return
    for council in piece.councils:
        yield from _council(council, gist, record)
    turn, kept = piece.turn, record.mark_of(piece.turn.turn)
    anchor = f'turn {_seat(turn.agent)}" id="turn-{turn.turn}'
    yield _said(anchor, heading_of(turn, kept), turn.text, _note(kept))


def _council(council: CouncilEntry, gist: Gist, record: Record) -> Iterator[str]:
    """Folded; councils within it again so."""
    about = f'<span class="when">{line(council.detail)}</span>' if council.detail else ""
    summary = f"{line(council_of(council, gist.setup))}{about}"
    yield f'<details class="council {_seat(council.agent)}">\n<summary>{summary}</summary>\n'
    inner = record.council(council.council)
    if inner is None:
        yield f'<p class="notice">{text(council.text)}</p>\n'
    else:
        heard = gist_of(inner)
        for _, entries in timeline(inner, heard):
            for entry in entries:
                yield from _entry(entry, inner, heard)
    yield "</details>\n"


def _entry(entry: Entry, record: Record, gist: Gist) -> Iterator[str]:
    match entry:
        case TurnEntry():
            if not entry.retracted:
                yield _said(f"turn {_seat(entry.agent)}", heading_of(entry, Mark()), entry.text)
        case CouncilEntry():
            yield from _council(entry, gist, record)
        case NoticeEntry():
            yield f'<p class="notice">{text(entry.text)}</p>\n'
        case RoundEntry():
            yield f'<p class="round">{line(entry.label)}</p>\n'
        case WordEntry():
            yield _said("word", speaker_of(entry, gist.setup), entry.text)


def _said(kind: str, heading: str, words: str, note: str = "") -> str:
    """`kind` and `note` are ours; the others are from outside."""
    head = f'<h3><span class="name">{line(heading)}</span></h3>'
    return f'<article class="{kind}">\n{head}\n<div class="text">{text(words)}</div>\n{note}</article>\n'


def _note(kept: Mark) -> str:
    return f'<p class="note">{text(f"{NOTE} {kept.note}")}</p>\n' if kept.note else ""


def _seat(seat: int) -> str:
    return f"seat-{seat % _SEATS}"


def _link(turn: int) -> str:
    return f'<a href="#turn-{turn}">{turn}</a>'
