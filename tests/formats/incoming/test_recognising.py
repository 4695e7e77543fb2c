"""What a file is shows from what it holds, and never from its name."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backrooms_tui.formats.incoming import recognising
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.source import Source
from backrooms_tui.session.trouble import OperatorError
from tests.formats.incoming.conftest import KINDS, SAMPLES, events_of, folded, read, said

Write = Callable[..., Path]


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_is_recognised_under_any_name(name: str, kind: str, tmp_path: Path) -> None:
    copied = tmp_path / "unnamed.bin"
    shutil.copy(SAMPLES / name, copied)
    assert recognising.recognised(Source(copied, now=time.time())).name == kind


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_no_other_kind_claims_it(name: str, kind: str) -> None:
    source = Source(SAMPLES / name, now=time.time())
    assert [one.name for one in recognising.formats() if one.fits(Glance(source))] == [kind]


@pytest.mark.parametrize("name", [name for name in KINDS if "fork" not in name])
@pytest.mark.parametrize("how", ["mark", "windows", "blank lines first"])
def test_saved_on_another_system_it_is_the_same(name: str, how: str, written: Write) -> None:
    content = (SAMPLES / name).read_bytes()
    if how == "mark":
        content = b"\xef\xbb\xbf" + content
    elif how == "windows":
        content = content.replace(b"\n", b"\r\n")
    else:
        content = b"\n\n" + content
    path = written(name, content)
    before, after = read(SAMPLES / name), read(path)
    assert after.format == before.format
    assert after.templates == before.templates
    if before.events is not None:
        assert after.events is not None
        assert said(folded(events_of(after))) == said(folded(events_of(before)))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_utf_16_is_named(encoding: str, written: Write) -> None:
    text = "\ufeff" + (SAMPLES / "arena.json").read_text("utf-8")
    path = written("arena.json", text.encode(encoding if encoding.endswith("be") else f"{encoding}-le"))
    with pytest.raises(OperatorError, match=r"is saved as UTF-(16|32)") as wrong:
        read(path)
    assert "UTF-8" in wrong.value.cure


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"SQLite format 3\0" + bytes(4000),
        "Dear all:\n\nthe meeting is at nine.\n",
        "# A heading\n\nand a text\n",
        '{"weather": "fog"}',
        "[1, 2, 3]",
        "print('hello')\n",
        "<html><body><p>nothing</p></body></html>",
        "\n\n   \n",
        "null",
    ],
)
def test_what_is_none_of_them_is_told_what_was_looked_for(content: str | bytes, written: Write) -> None:
    with pytest.raises(OperatorError, match="none of the files that can be imported") as wrong:
        read(written("thing", content))
    assert "log of UniversalBackrooms" in wrong.value.cure
    assert "session_opened" in wrong.value.cure


def test_an_empty_file_is_called_empty(written: Write) -> None:
    with pytest.raises(OperatorError, match="is empty"):
        read(written("nothing.txt", ""))


def test_a_folder_a_pipe_and_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(OperatorError, match="there is no file"):
        read(tmp_path / "nowhere.txt")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OperatorError, match="not an ordinary file"):
        read(tmp_path / "pipe")


def test_text_that_breaks_off_within_a_character_has_its_place(written: Write) -> None:
    path = written("a_b_c_20250101_000000.txt", "\n### Claude 1 ###\none\n\n### Claude 2 ###\n…".encode()[:-1])
    with pytest.raises(OperatorError, match=r":6: byte 41 is not UTF-8 text"):
        read(path)
