"""JSON Lines of a session's events: all that happened, from which the same session can be read again.

One event a line, the first being `session_opened`, as `backrooms replay --format jsonl` prints them; nothing else.
"""

from typing import TextIO

from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.codec import event_to_json


def write_jsonl(record: Record, out: TextIO) -> None:
    """Write every event as one line of JSON."""
    for event in record.events():
        out.write(event_to_json(event) + "\n")
