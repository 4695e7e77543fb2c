"""A session as an asciinema recording (version 2): the stage as a terminal would have shown it.

https://docs.asciinema.org/manual/asciicast/v2/: a line of JSON about the recording, then one for each piece that was
drawn, `[seconds, "o", text]`. Time is the session's own, so that the same session gives the same recording however long
the making takes; pauses of the operator's are cut short, as in a replay.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, TextIO

from backrooms_tui.formats.outgoing.pace import Pace
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.recording.stage import drawn

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

RATE = 10  # pictures a second, as the application paints
_STAYS = 2.0  # seconds for which the last picture is to be seen

# A clean screen without a cursor at the beginning, and a cursor in the last row for whoever plays it in a terminal.
_BEGIN, _END = "\x1b[2J\x1b[H\x1b[?25l", "\x1b[0m\x1b[{rows};1H\x1b[?25h"


def write_cast(
    workspace: "Workspace",
    record: Record,
    out: TextIO,
    *,
    size: tuple[int, int],
    speed: float,
    drawing: Callable[[float], object] = lambda at: None,
) -> None:
    """Write the recording of a screen of `size` (columns, rows) that plays `speed` times as fast as it was. `drawing`
    is called with how many seconds of the recording there are so far.

    It runs an application of its own in this process: call it where no other one runs, outside of an event loop.
    Raises OperatorError for a session that is not there.
    """
    asyncio.run(_write(workspace, record, out, size, speed, drawing))


async def _write(
    workspace: "Workspace",
    record: Record,
    out: TextIO,
    size: tuple[int, int],
    speed: float,
    drawing: Callable[[float], object],
) -> None:
    columns, rows = size
    opened = next(iter(record.events(deltas=False)))
    head = {
        "version": 2,
        "width": columns,
        "height": rows,
        "timestamp": int(opened.at),
        "title": harmless_line(record.title),
        "env": {"TERM": "xterm-256color"},
    }
    out.write(json.dumps(head, ensure_ascii=False) + "\n")
    _draw(out, 0.0, _BEGIN)
    at = 0.0
    async with aclosing(drawn(workspace, record.id, size, frames(record, speed))) as pictures:
        async for at, picture in pictures:
            _draw(out, at, picture)
            drawing(at)
    _draw(out, at + _STAYS, _END.format(rows=rows))


def frames(record: Record, speed: float) -> Iterator[tuple[float, float]]:
    """When something changes: seconds in the recording, and the moment in the session (Unix seconds) that is shown
    there. At most `RATE` a second; the last one shows the end."""
    pace = Pace()
    shown: tuple[float, float] | None = None
    for event in record.events():
        pace.note(event)
        # The picture that comes next shows everything up to when it comes.
        place = -(-pace.now * RATE // (1000 * speed)) / RATE
        if shown is not None and place > shown[0]:
            yield shown
        shown = place, event.at
    if shown is not None:
        yield shown


def _draw(out: TextIO, at: float, text: str) -> None:
    out.write(json.dumps([round(at, 3), "o", text], ensure_ascii=False) + "\n")
