"""A report of a session as Markdown: what judges say and their scores first, then each round, folded."""

from collections.abc import Iterator
from typing import TextIO

from backrooms_tui.formats.outgoing.judged import others, told_by_round, told_first
from backrooms_tui.formats.outgoing.judged_markdown import folded, of_round, older, whole_judgement
from backrooms_tui.formats.outgoing.markdown import council_blocks
from backrooms_tui.formats.outgoing.markdown_text import literal, prose
from backrooms_tui.formats.outgoing.record import Gist, Record
from backrooms_tui.formats.outgoing.report_parts import Part, Spoken, in_parts, pieces
from backrooms_tui.formats.outgoing.report_words import Facts, facts_of, heading_of, said_in, still_open
from backrooms_tui.formats.outgoing.spoken import mark, speaker_of
from backrooms_tui.session.entries import CouncilEntry, NoticeEntry, WordEntry
from backrooms_tui.session.mark import Mark


def write_report_markdown(record: Record, out: TextIO) -> None:
    """Write the report. Of the session no more than a turn and its councils is in memory at a time; of several
    judgements the first is told, and the others are named."""
    gist, parts = in_parts(record)
    for block in _front(record, gist):
        _write(out, block)
    inside = False
    first, judgement = told_first(record.judgements), told_by_round(record.judgements)
    ends = first is not None and judgement is not None and first.rubric != judgement.rubric
    for piece in pieces(record, gist, parts.parts(by_round=judgement is not None)):
        if isinstance(piece, Part):
            if inside:
                _write(out, "</details>")
            inside = True
            _write(out, f"## {literal(piece.title)}")
            if judgement is not None and piece.round is not None:
                for block in of_round(judgement, gist.setup, piece.round, _link, ends=ends):
                    _write(out, block)
            for block in list(folded(said_in(piece), iter(())))[:-1]:
                _write(out, block)
        else:
            for block in _piece(piece, record, gist):
                _write(out, block)
    for block in _end(record, gist, still_open(parts.open, record)):
        _write(out, block)
    if inside:
        _write(out, "</details>")


def _write(out: TextIO, block: str) -> None:
    out.write(block.rstrip("\n") + "\n\n")


def _link(turn: int) -> str:
    return f"[{turn}](#turn-{turn})"


def _front(record: Record, gist: Gist) -> Iterator[str]:
    facts = facts_of(record, gist)
    yield f"# {literal(facts.title)}"
    yield "\n".join(_facts(facts))
    if record.mark_of(0).note:
        yield _note(record.mark_of(0))
    if (first := told_first(record.judgements)) is not None:
        yield f"## {literal(first.rubric.title or first.rubric.name)}"
        yield from whole_judgement(first, gist.setup, _link)
        yield from older(others(record.judgements))


def _facts(facts: Facts) -> Iterator[str]:
    for agent in facts.cast:
        yield f"- {agent.sign} **{literal(agent.name)}** · {literal(agent.model)}"
    for line in facts.lines:
        yield f"- {literal(line)}"


def _piece(piece: Spoken | WordEntry | NoticeEntry | CouncilEntry, record: Record, gist: Gist) -> Iterator[str]:
    match piece:
        case Spoken(turn, councils):
            for council in councils:
                yield from council_blocks(council, gist, record)
            kept = record.mark_of(turn.turn)
            yield f'<a id="turn-{turn.turn}"></a>\n\n### {literal(heading_of(turn, kept))}'
            yield prose(turn.text) or "*(nothing)*"
            if kept.note:
                yield _note(kept)
        case CouncilEntry():
            yield from council_blocks(piece, gist, record)
        case NoticeEntry(text):
            yield f"<sub>{literal(text)}</sub>"
        case WordEntry():
            yield f"### {literal(speaker_of(piece, gist.setup))}"
            yield prose(piece.text)


def _end(record: Record, gist: Gist, open: Iterator[CouncilEntry]) -> Iterator[str]:
    """What was not over when it was written."""
    for council in open:
        yield from council_blocks(council, gist, record)
    if (unfinished := gist.unfinished) is not None:
        yield f"### {unfinished.turn} · {mark(unfinished.agent)} {literal(unfinished.name)}"
        if text := "".join(unfinished.text).strip("\n"):
            yield prose(text)
        yield "*(cut short)*"


def _note(kept: Mark) -> str:
    return "\n".join(f"> {line}".rstrip() for line in ("**Note**", "", *prose(kept.note).split("\n")))
