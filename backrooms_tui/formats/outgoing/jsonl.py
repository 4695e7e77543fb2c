"""JSON Lines of a session's events: all that happened, from which the same session can be read again.

One event a line, the first being `session_opened`, as `backrooms replay --format jsonl` prints them. The councils that
were held for it follow, each beginning with its own `session_opened`, and after each the councils within it.
"""

from typing import TextIO

from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.codec import event_to_json
from backrooms_tui.session.events import CouncilOpened


def write_jsonl(record: Record, out: TextIO) -> None:
    """Write every event as one line of JSON."""
    councils: dict[str, None] = {}
    for event in record.events():
        if isinstance(event, CouncilOpened):
            councils[event.council] = None
        out.write(event_to_json(event) + "\n")
    for council in councils:
        held = record.council(council)
        if held is not None:  # what is left of a branch's past may be no more than its agent was told
            write_jsonl(held, out)
