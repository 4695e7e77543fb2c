"""A session as Markdown, to be read, printed or put into a note: title, cast, when and what it cost, then the turns."""

import html
from collections.abc import Iterator
from typing import TextIO

from backrooms_tui.formats.outgoing.judged_markdown import judgement_section
from backrooms_tui.formats.outgoing.markdown_text import literal, prose, verbatim
from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of, timeline
from backrooms_tui.formats.outgoing.screens import is_screen, screens_of, tools_used
from backrooms_tui.formats.outgoing.spoken import cost_of, council_of, lasting, mark, model_names, moment, speaker_of
from backrooms_tui.session.entries import CouncilEntry, Entry, NoticeEntry, RoundEntry, TurnEntry
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.mark import Mark


def write_markdown(record: Record, out: TextIO) -> None:
    """Write the session. Headings of the second level are the turns and the words between them, and nothing else is.
    Councils are folded, and what was said in them has headings of the third level."""
    gist = gist_of(record)
    for block in _blocks(record, gist):
        out.write(block.rstrip("\n") + "\n\n")


def _blocks(record: Record, gist: Gist) -> Iterator[str]:
    yield f"# {literal(record.title) or 'Untitled'}"
    yield "\n".join(_facts(record, gist))
    yield from _note(record.mark_of(0))
    for _, entries in timeline(record, gist):
        for entry in entries:
            yield from _entry(entry, gist, record)
    unfinished = gist.unfinished
    if unfinished is not None:
        yield f"## {unfinished.turn} · {mark(unfinished.agent)} {literal(unfinished.name)}"
        if text := "".join(unfinished.text).strip("\n"):
            yield prose(text)
        yield "*(cut short)*"
    yield from judgement_section(record.judgements, gist.setup)


def _signs(kept: Mark) -> str:
    return f" · {literal(kept.signs)}" if kept.signs else ""


def _note(kept: Mark) -> Iterator[str]:
    """What the person has noted, set off from what was said."""
    if kept.note:
        yield "\n".join(f"> {line}".rstrip() for line in ("**Note**", "", *prose(kept.note).split("\n")))


def _facts(record: Record, gist: Gist) -> Iterator[str]:
    for agent in gist.setup.agents:
        yield f"- {mark(agent.seat)} **{literal(agent.name)}** · {literal(model_names(gist, agent.seat))}"
    turns = f"{gist.turns:,} turn" if gist.turns == 1 else f"{gist.turns:,} turns"
    yield f"- {moment(gist.started)} · {lasting(gist.last - gist.started)} · {turns} · {literal(cost_of(gist))}"
    template = f"template {literal(gist.setup.template)} · " if gist.setup.template else ""
    branch = f" · a branch of {literal(gist.parent)} from turn {gist.parent_turn}" if gist.parent else ""
    yield f"- {template}session {literal(record.id)}{branch}{_signs(record.mark_of(0))}"


def _entry(entry: Entry, gist: Gist, record: Record) -> Iterator[str]:
    if isinstance(entry, NoticeEntry):
        # Small, and in one line: it may quote what a server said.
        yield f"<sub>{literal(entry.text)}</sub>"
    elif isinstance(entry, TurnEntry):
        if entry.retracted:
            return
        edited = " · edited by the operator" if entry.original is not None else ""
        kept = record.mark_of(entry.turn)
        yield f"## {entry.turn} · {mark(entry.agent)} {literal(entry.name)}{edited}{_signs(kept)}"
        if is_screen(entry, gist.setup):
            for screen in screens_of(entry, gist.setup):
                if screen.heading:
                    yield f"**{literal(screen.heading)}**"
                yield verbatim(screen.text)
        else:
            yield prose(entry.text) or "*(nothing)*"
            yield from (f"<sub>{literal(used)}</sub>" for used in tools_used(entry))
        yield from _note(kept)
    elif isinstance(entry, RoundEntry):
        yield f"# {literal(entry.label)}"
    elif isinstance(entry, CouncilEntry):
        yield from council_blocks(entry, gist, record)
    else:
        yield f"## {literal(speaker_of(entry, gist.setup))}"
        yield prose(entry.text)


def council_blocks(entry: CouncilEntry, gist: Gist, record: Record) -> Iterator[str]:
    """A council of `record`, folded: all that was said in it, councils within it folded again, and why it ended."""
    # An entity in a name would be one in HTML, too.
    yield f"<details><summary>{html.escape(harmless_line(council_of(entry, gist.setup)))}</summary>"
    inner = record.council(entry.council)
    if inner is None:
        yield prose(entry.text) or "*(nothing)*"
    else:
        yield from _inside(inner)
    if entry.detail:
        yield f"<sub>{literal(entry.detail)}</sub>"
    yield "</details>"


def _inside(record: Record) -> Iterator[str]:
    gist = gist_of(record)
    for _, entries in timeline(record, gist):
        for entry in entries:
            for block in _entry(entry, gist, record):
                # One level below: the turns of a council are not those of the session.
                yield f"#{block}" if block.startswith("## ") else block
