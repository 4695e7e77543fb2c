"""A session as Markdown, to be read, printed or put into a note: title, cast, when and what it cost, then the turns."""

from collections.abc import Iterator
from typing import TextIO

from backrooms_tui.formats.outgoing.markdown_text import literal, prose
from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of, timeline
from backrooms_tui.formats.outgoing.spoken import cost_of, lasting, mark, model_names, moment, name_of, speaker_of
from backrooms_tui.session.entries import CouncilEntry, Entry, NoticeEntry, RoundEntry, TurnEntry
from backrooms_tui.session.mark import Mark


def write_markdown(record: Record, out: TextIO) -> None:
    """Write the session. Headings of the second level are the turns and the words between them, and nothing else is."""
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
        yield prose(entry.text) or "*(nothing)*"
        yield from _note(kept)
    elif isinstance(entry, RoundEntry):
        yield f"# {literal(entry.label)}"
    elif isinstance(entry, CouncilEntry):
        yield f"<details><summary>Council of {mark(entry.agent)} {literal(name_of(gist.setup, entry.agent))}</summary>"
        yield prose(entry.text) or "*(nothing)*"
        yield "</details>"
    else:
        yield f"## {literal(speaker_of(entry, gist.setup))}"
        yield prose(entry.text)
