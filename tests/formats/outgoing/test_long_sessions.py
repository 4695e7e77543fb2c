"""A session may be longer than there is memory: what is written is let go of."""

import tracemalloc
from collections.abc import Callable, Iterator
from io import TextIOBase
from typing import TextIO, cast

import pytest

from backrooms_tui.formats.outgoing.html import write_html
from backrooms_tui.formats.outgoing.jsonl import write_jsonl
from backrooms_tui.formats.outgoing.markdown import write_markdown
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.formats.outgoing.universal_backrooms import write_universal_backrooms
from backrooms_tui.session.events import AnyEvent, Delta
from tests.store.scripts import Script

TURNS = 1_000
WORDS = "a good many words that are said at some length, " * 100  # 5 KB


class Sink(TextIOBase):
    """Counts what it is given."""

    length = 0

    def write(self, text: str) -> int:
        self.length += len(text)
        return len(text)


def long_session(*, from_seq: int = 0, deltas: bool = True) -> Iterator[AnyEvent]:
    """Turn after turn, made when it is asked for."""
    script = Script("abcdefgh").open()
    seq = 0
    for _ in range(TURNS + 1):
        for event in script.events[seq:]:
            if event.seq >= from_seq and (deltas or not isinstance(event, Delta)):
                yield event
        seq = len(script.events)
        script.events[:] = [None] * seq  # type: ignore[list-item] # only how many there were
        script.start()
        script.say([WORDS])
        script.end(WORDS)


@pytest.mark.parametrize("write", [write_html, write_jsonl, write_markdown, write_universal_backrooms])
def test_of_a_long_session_little_is_held_at_a_time(write: Callable[[Record, TextIO], None]) -> None:
    out = Sink()
    record = Record("abcdefgh", "Long", long_session)
    write(record, cast("TextIO", Sink()))  # whatever is made once for all
    tracemalloc.start()
    try:
        write(record, cast("TextIO", out))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert out.length > TURNS * len(WORDS)
    assert peak < out.length / 4
