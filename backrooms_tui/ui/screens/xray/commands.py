"""The x-ray of a world's turn: the commands that it took, from whom, how each went, and what each changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from backrooms_tui.conversation.sending.xray import XRay
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.world import WORLD, Change, Exchange, Outcome
from backrooms_tui.ui.screens.xray.pieces import Piece, text_pieces
from backrooms_tui.ui.widgets.marks import mark

_WENT: Mapping[Outcome, str] = {
    "done": "done",
    "denied": "denied",
    "failed": "failed",
    "timed_out": "took too long",
    "unknown": "no command was understood",
}


def of_world(seen: XRay) -> bool:
    """Whether it is a world's turn."""
    return seen.model.startswith(f"{WORLD}/")


def given(seen: XRay) -> Iterator[Piece]:
    """What the world was given: the commands that it took from what was said."""
    exchanges = seen.reply.exchanges if seen.reply is not None else ()
    yield Piece("part", "Given")
    yield Piece("figure", seen.model, "world")
    yield Piece("figure", f"{datetime.fromtimestamp(seen.at).astimezone():%Y-%m-%d %H:%M:%S}", "at")
    yield Piece("figure", f"{len(exchanges):,}", "commands")
    for number, one in enumerate(exchanges, 1):
        yield Piece("gap")
        yield Piece("message", f"{number} · {_from(one)}")
        yield from text_pieces(one.command) if one.command else [Piece("origin", "(nothing that it took as a command)")]


def answered(seen: XRay) -> Iterator[Piece]:
    """What it answered."""
    reply = seen.reply
    yield Piece("gap")
    yield Piece("part", "Answered")
    if reply is None:
        yield Piece("origin", "nothing yet")
        return
    if reply.trouble is not None:
        yield Piece("figure", _trouble(reply.trouble), "failed")
    if reply.timings is not None:
        yield Piece("figure", f"{reply.timings.total:.3f} s", "took")
    for number, one in enumerate(reply.exchanges, 1):
        yield Piece("gap")
        yield Piece("message", f"{number} · {_WENT[one.outcome]}{f' · {one.name}' if one.name else ''}")
        for change in one.changes:
            yield Piece("figure", _change(change), one.environment or "changed")
        yield from text_pieces(one.screen)
    if not reply.exchanges:
        yield from text_pieces(reply.text) if reply.text else [Piece("origin", "(nothing was said)")]
    for attempt in seen.attempts:
        yield Piece("gap")
        how = "taken back by the operator" if attempt.trouble is None else f"failed: {_trouble(attempt.trouble)}"
        yield Piece("message", f"earlier attempt {attempt.attempt}, {how}")
        yield from text_pieces(attempt.text) if attempt.text else [Piece("origin", "(nothing was said)")]


def _from(one: Exchange) -> str:
    if not one.by:
        return "from the operator" if one.command else "nobody had said anything"
    return f"from {mark(one.by)}" + (f", turn {one.turn:,}" if one.turn else "")


def _change(change: Change) -> str:
    return " · ".join(f"{name} {value}" for name, value in change.items())


def _trouble(trouble: Trouble) -> str:
    return f"{trouble.message}{f' – {trouble.cure}' if trouble.cure else ''}"
