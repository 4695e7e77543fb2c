"""A session as one web page that needs nothing else: it reads well, prints, and replays with its original timing.

What was said is harmless twice. It stands in the page as JSON in which no tag can begin, and a script of ours shows it
as text; and the page's policy lets no other script or style run and nothing be fetched, from anywhere.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, TextIO

from backrooms_tui.formats.outgoing.judged_html import judgement_section
from backrooms_tui.formats.outgoing.pace import Pace
from backrooms_tui.formats.outgoing.record import Gist, Record, gist_of, timeline
from backrooms_tui.formats.outgoing.screens import is_screen, screens_of, tools_used
from backrooms_tui.formats.outgoing.spoken import cost_of, council_of, lasting, mark, model_names, moment, speaker_of
from backrooms_tui.session.entries import CouncilEntry, Entry, NoticeEntry, RoundEntry, TurnEntry
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.mark import NOTE, Mark

# In JSON these stand only within texts, where they may be written so.
# What only a replay needs: councils are shown folded, and whole.
_OF_REPLAYS = ("from", "to", "chunks", "streamed")
_NO_TAG = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def write_html(record: Record, out: TextIO) -> None:
    """Write the page. Of the session no more than a turn is in memory at a time."""
    gist = gist_of(record)
    style, script = asset("page.css"), asset("page.js")
    if record.judgements:
        style += asset("judged.css")
    filled = {
        "policy": lambda: iter((_policy(style, script),)),
        "style": lambda: iter((style,)),
        "head": lambda: iter((_json(_head(record, gist)),)),
        "said": lambda: _joined(_said(record, gist)),
        "judged": lambda: judgement_section(record.judgements, gist.setup),
        "script": lambda: iter((script,)),
    }
    for place, part in enumerate(asset("page.html").replace("{{ ", "}}{{ ").split("}}")):
        if place and part.startswith("{{ "):
            for piece in filled[part.removeprefix("{{ ").strip()]():
                out.write(piece)
        else:
            out.write(part)


@cache
def asset(name: str) -> str:
    """A file that goes into pages."""
    return files("backrooms_tui.formats.outgoing").joinpath("page", name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing but these two, known by their sums; no request, no frame, no form, no other base."""
    return (
        f"default-src 'none'; script-src '{sum_of(script)}'; style-src '{sum_of(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def sum_of(text: str) -> str:
    """How a page's policy knows a script or a style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_NO_TAG)


def _joined(lines: Iterator[str]) -> Iterator[str]:
    between = ""
    for line in lines:
        yield between + line
        between = ",\n"


def _head(record: Record, gist: Gist) -> dict[str, Any]:
    turns = f"{gist.turns:,} turn" if gist.turns == 1 else f"{gist.turns:,} turns"
    facts = [moment(gist.started), lasting(gist.last - gist.started), turns, cost_of(gist)]
    if gist.setup.template:
        facts.append(f"template {gist.setup.template}")
    if gist.parent:
        facts.append(f"a branch of {gist.parent} from turn {gist.parent_turn}")
    kept = record.mark_of(0)
    if kept.signs:
        facts.append(kept.signs)
    return {
        "note": _note(kept),
        "title": harmless_line(record.title) or "Untitled",
        "cast": [
            {
                "seat": agent.seat,
                "mark": mark(agent.seat),
                "name": harmless_line(agent.name),
                "model": harmless_line(model_names(gist, agent.seat)),
            }
            for agent in gist.setup.agents
        ],
        "facts": harmless_line(" · ".join(facts)),
    }


def _said(record: Record, gist: Gist) -> Iterator[str]:
    """Everything on the timeline, and when it comes, as lines of JSON; at the end, how long it all takes."""
    pace = Pace()
    for event, entries in timeline(record, gist, deltas=True):
        pace.note(event)
        for entry in entries:
            if piece := _piece(entry, gist, pace, record):
                yield _json(piece)
    unfinished = gist.unfinished
    if unfinished is not None:
        text = harmless("".join(unfinished.text))
        about = _about(unfinished.turn, unfinished.started, "cut short")
        yield _json(_turn(unfinished.agent, unfinished.name, about, text, pace))
    yield _json({"k": "end", "from": pace.now})


def _piece(entry: Entry, gist: Gist, pace: Pace, record: Record) -> dict[str, Any] | None:
    if isinstance(entry, NoticeEntry):
        return {"k": "notice", "text": harmless(entry.text), "from": pace.now}
    if isinstance(entry, RoundEntry):
        return {"k": "round", "text": harmless_line(entry.label), "from": pace.now}
    if isinstance(entry, CouncilEntry):
        return {**_council(entry, gist, record), "from": pace.now}
    if not isinstance(entry, TurnEntry):
        name = harmless_line(speaker_of(entry, gist.setup))
        return {"k": "word", "name": name, "about": "", "text": harmless(entry.text), "from": pace.now}
    if entry.retracted:
        return None
    edited = "edited by the operator" if entry.original is not None else ""
    kept = record.mark_of(entry.turn)
    screen = is_screen(entry, gist.setup)
    done = [one.heading for one in screens_of(entry, gist.setup)] if screen else tools_used(entry)
    about = _about(entry.turn, entry.at, *done, edited, kept.signs)
    turn = _turn(entry.agent, entry.name, about, harmless(entry.text), pace)
    if screen:
        turn["screen"] = True
    return {**turn, "note": _note(kept)} if kept.note else turn


def _council(entry: CouncilEntry, gist: Gist, record: Record) -> dict[str, Any]:
    """A council with what was said in it, councils within it again so. It was over before the turn that it served."""
    inner = record.council(entry.council)
    said = list(_inside(inner)) if inner is not None else [{"k": "notice", "text": harmless(entry.text)}]
    name, about = harmless_line(council_of(entry, gist.setup)), harmless_line(entry.detail)
    return {"k": "council", "seat": entry.agent, "name": name, "about": about, "said": said}


def _inside(record: Record) -> Iterator[dict[str, Any]]:
    gist, pace = gist_of(record), Pace()
    for _, entries in timeline(record, gist):
        for entry in entries:
            piece = _piece(entry, gist, pace, record)
            if piece is not None:
                yield {key: value for key, value in piece.items() if key not in _OF_REPLAYS}


def _turn(seat: int, name: str, about: str, text: str, pace: Pace) -> dict[str, Any]:
    turn = {
        "k": "turn",
        "seat": seat,
        "name": f"{mark(seat)} {harmless_line(name)}",
        "about": about,
        "text": text,
        "from": pace.began,
        "to": pace.now,
        "chunks": pace.chunks,
    }
    # What was on the screen while it was said, where it says something else now.
    return turn if pace.streamed == text else {**turn, "streamed": pace.streamed}


def _note(kept: Mark) -> str:
    return f"{NOTE} {harmless(kept.note)}" if kept.note else ""


def _about(turn: int, at: float, *more: str) -> str:
    spoken = datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S UTC")
    return " · ".join(filter(None, (str(turn), spoken, *more)))
