"""Long files take time and not memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backrooms_tui.formats.incoming.source import TEXT_LIMIT
from backrooms_tui.session.trouble import OperatorError
from tests.formats.incoming.conftest import events_of, read

MEGABYTES = 20
REPLY = "Nobody has been here since the fog, and the fog was here before the house. " * 26

# Imports one file, and prints how much memory that took at the most, in megabytes, and how many turns it has.
PROGRAM = """
import re, sys
from pathlib import Path
from backrooms_tui.assembly.files.importing import bring_in
from backrooms_tui.assembly.workspace import Workspace
workspace = Workspace()
(brought,) = bring_in(workspace, Path(sys.argv[1]), templates=Path("."))
workspace.close()
# Not what getrusage says: that begins with the memory of whoever started this program.
most = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(int(most[1]) / 1024, brought.turns)
"""


def _universal_backrooms() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"\n### Claude {2 - number % 2} ###\n{number} {REPLY}\n"


def _older() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"\nClaude {2 - number % 2}:\n{number} {REPLY}\n"


def _llm_conversation() -> Iterator[str]:
    yield '{"agents": [{"name": "A", "model": "m"}], "conversation": [{"agent": "A", "content": ""}'
    while True:
        yield f', {{"agent": "A", "content": "{REPLY}"}}'


def _liminal() -> Iterator[str]:
    yield "<!DOCTYPE html><html><body>"
    while True:
        yield f'<div class="message assistant"><div class="header"><span class="ai-name">AI-1</span></div>\
<div class="content">{REPLY}</div></div>\n'


def _infinite() -> Iterator[str]:
    yield "actors: a, b\nmodels: m, n\n\n"
    while True:
        yield f"<a-m>\n{REPLY}\n\n<b-n>\n{REPLY}\n\n"


ENDS = {_llm_conversation: "]}", _liminal: "</body></html>"}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says it there")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", [_universal_backrooms, _older, _llm_conversation, _liminal, _infinite])
def test_memory_does_not_grow_with_the_file(kind, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path, length = tmp_path / "long.txt", 0
    with path.open("w", encoding="utf-8") as file:
        for piece in kind():
            length += file.write(piece)
            if length > MEGABYTES * 1_000_000:
                break
        file.write(ENDS.get(kind, ""))
    environ = {
        "BACKROOMS_DATA_DIR": str(tmp_path / "data"),
        "BACKROOMS_CONFIG_DIR": str(tmp_path / "config"),
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, env=os.environ | environ, timeout=300
    )
    assert done.returncode == 0, done.stderr.decode()
    megabytes, turns = done.stdout.split()
    assert int(turns) > MEGABYTES * 1_000_000 / (len(REPLY) + 200) - 1
    assert float(megabytes) < 120


@pytest.mark.parametrize(
    "content",
    [
        "\n### Claude 1 ###\n" + "word " * (TEXT_LIMIT // 5) + "\n" * 10 + "word",
        "\n### Claude 1 ###\n" + "word\n" * (TEXT_LIMIT // 4),
        '{"conversation": [{"agent": "A", "content": "' + "x" * (TEXT_LIMIT + 10) + '"}]}',
        '<html><div class="message assistant"><div class="content">' + "x " * (TEXT_LIMIT // 2 + 10) + "</div></div>",
        '<html><div class="message assistant"><img src="' + "x" * (TEXT_LIMIT + 1_000_000),
        "actors: a\nmodels: m\n<a-m>\n" + "word\n" * (TEXT_LIMIT // 4),
        '{"seq":1,"at":1,"kind":"session_opened","session":"' + "x" * (TEXT_LIMIT + 200_000),
    ],
    ids=["a line", "a turn", "a value", "a message", "a tag", "a section", "an event"],
)
def test_what_nobody_said_at_once_is_refused_with_its_place(content: str, tmp_path: Path) -> None:
    path = tmp_path / "huge"
    path.write_text(content, "utf-8")
    with pytest.raises(OperatorError, match=r"huge:\d+: .*(longer than|does not end)") as wrong:
        events_of(read(path))
    assert wrong.value.cure


@pytest.mark.parametrize(
    "piece",
    ["<a", "<!--", "</", "<![CDATA[", "&#", "<a href='", "<", "<?", "<script>", "<div ", "<!", "\n\n### ", "\n\nA 1:"],
)
def test_hostile_repetitions_do_not_keep_it_busy(piece: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile"
    for beginning in ('<html><div class="message assistant"><div class="content">', "\n### A 1 ###\n"):
        path.write_text(beginning + piece * (400_000 // len(piece)), "utf-8")
        began = time.process_time()
        try:
            events_of(read(path))
        except OperatorError as error:
            assert error.cure  # noqa: PT017 - whether it is refused does not matter here
        assert time.process_time() - began < 10
