"""What agents asked for, in the files that a session is written to."""

import asyncio

from backrooms_tui.formats.outgoing.jsonl import write_jsonl
from backrooms_tui.formats.outgoing.markdown import write_markdown
from backrooms_tui.formats.outgoing.universal_backrooms import write_universal_backrooms
from tests.conversation.requests.asking import Table
from tests.formats.outgoing.evenings import record_of, written


def test_a_whisper_stands_under_its_name_and_what_was_taken_back_is_left_out() -> None:
    async def talk() -> Table:
        table = Table('Hi.\n!whisper Bo "psst"', 'Hm.\n!whisper Cy "hush"', 'So.\n!whisper Ada "shh"', "Well.")
        await table.run(3)
        table.conversation.retry()
        table.conversation.undo_request("2.1")
        return await table.run(1)

    record = record_of(asyncio.run(talk()).events)
    for write in (write_universal_backrooms, write_markdown):
        text = written(write, record)
        assert "Ada (only to Bo)" in text
        assert text.count("psst") == 2
        assert text.count("hush") - text.count("undone") == 1
    assert '"kind":"request_undone"' in written(write_jsonl, record).replace(" ", "")
