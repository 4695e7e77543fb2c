"""Where files come to stand, and under which names."""

import os
import stat
import threading
from pathlib import Path
from typing import TextIO

import pytest

from backrooms_tui.formats.outgoing.file_names import safe, session_name
from backrooms_tui.formats.outgoing.landing import land
from backrooms_tui.session.trouble import OperatorError
from tests.hostile import HOSTILE


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    places = [land(lambda out, n=n: out.write(str(n)), tmp_path / "night.html") for n in range(3)]  # type: ignore[misc]
    assert [place.name for place in places] == ["night.html", "night-2.html", "night-3.html"]
    assert [place.read_text() for place in places] == ["0", "1", "2"]
    (tmp_path / "night-4.html").symlink_to(tmp_path / "nowhere")
    assert land(lambda out: out.write("x"), tmp_path / "night.html").name == "night-5.html"
    assert land(lambda out: out.write("x"), tmp_path).name == f"{tmp_path.name}-2"


def test_it_is_whole_or_not_there(tmp_path: Path) -> None:
    def breaks(out: TextIO) -> None:
        out.write("half")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        land(breaks, tmp_path / "night.html")
    assert list(tmp_path.iterdir()) == []


def test_who_may_read_it_is_what_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        place = land(lambda out: out.write("x"), tmp_path / "new" / "deep" / "night.html")
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OperatorError, match="cannot be written") as error:
        land(lambda out: out.write("x"), tmp_path / "file" / "night.html")
    assert "--output" in error.value.cure


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    assert land(lambda out: out.write("through"), pipe) == pipe
    reader.join(10)
    assert read == ["through"]


@pytest.mark.parametrize("title", [*HOSTILE, "../../etc/passwd", "CON", ".hidden", "-rf", "a" * 500, "日本" * 100, ""])
def test_names_are_safe_whatever_a_session_is_called(title: str, tmp_path: Path) -> None:
    name = session_name("abcdefgh", title, 1_795_000_000.0)
    assert name.startswith("2026-11-1")
    assert name.endswith("_abcdefgh")
    assert not set(name) & set('/\\:*?"<>|\0\n\r\t ')
    assert name.isprintable()
    place = land(lambda out: out.write("x"), tmp_path / f"{name}-99999.jsonl")
    assert place.parent == tmp_path
    assert safe(title)[:1] not in "-." or not safe(title)


def test_names_tell_what_the_session_was() -> None:
    assert session_name("k3", "Die Nacht · größer & <schöner>", 1_795_000_000.0).endswith(
        "_Die-Nacht-größer-schöner_k3"
    )
