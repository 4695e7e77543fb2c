"""A session as JSON Lines: whoever reads them has the same session."""

import json

from backrooms_tui.formats.outgoing.jsonl import write_jsonl
from backrooms_tui.session.codec import event_from_json
from tests.formats.outgoing.evenings import full_evening, hostile_evening, record_of, written


def test_every_event_is_a_line_and_reads_as_itself() -> None:
    for script in (full_evening(), hostile_evening()):
        lines = written(write_jsonl, record_of(script.events)).split("\n")
        assert lines.pop() == ""
        assert [event_from_json(line) for line in lines] == script.events
        assert json.loads(lines[0])["kind"] == "session_opened"
        assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
