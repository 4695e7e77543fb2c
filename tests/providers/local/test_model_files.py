"""Model files are found by name or path, and one that cannot be used is explained before llama.cpp sees it."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backrooms_tui.providers.local.gguf import check_gguf, find_gguf, list_gguf
from backrooms_tui.providers.local.gguf_header import NotGGUF, read_header
from backrooms_tui.session.trouble import OperatorError
from tests.providers.local.gguf_writing import gguf_bytes, write_gguf

HEAD = {
    "general.architecture": "llama",
    "general.name": "Small Talker",
    "llama.context_length": 4096,
    "llama.block_count": 2,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": [f"word{number}" for number in range(500)],
    "tokenizer.chat_template": "{{ messages }}",
}


def test_the_head_says_what_the_model_is(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes(HEAD))
    header = check_gguf(path)

    assert (header.architecture, header.name, header.window) == ("llama", "Small Talker", 4096)
    assert header.has_chat_template
    assert header.cache_bytes_per_token == 2 * 2 * (16 + 16) * 2
    assert header.least_size <= path.stat().st_size


def test_the_starter_s_own_head(starter_model: Path) -> None:
    header = check_gguf(starter_model)

    assert header.window == 8192
    assert header.has_chat_template
    assert header.cache_bytes_per_token == 23040
    assert header.least_size == starter_model.stat().st_size


def test_a_model_is_found_by_name_in_any_folder_below_and_by_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    deep = write_gguf(models / "someone" / "repo" / "Deep-Q4.gguf")
    outside = write_gguf(tmp_path / "home" / "mine.gguf")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))

    assert find_gguf("Deep-Q4.gguf", models) == deep
    assert find_gguf("deep-q4", models) == deep
    assert find_gguf("someone/repo/Deep-Q4.gguf", models) == deep
    assert find_gguf(str(outside), models) == outside
    assert find_gguf("~/mine.gguf", models) == outside
    assert find_gguf(str(tmp_path / "home"), models) == outside


def test_an_unknown_name_gets_the_nearest_ones_and_how_to_pull(tmp_path: Path) -> None:
    write_gguf(tmp_path / "Llama-3-8B.gguf")
    with pytest.raises(OperatorError) as near:
        find_gguf("Lama-3-8B.gguf", tmp_path)
    with pytest.raises(OperatorError) as far:
        find_gguf("something else entirely", tmp_path)

    assert near.value.cure == "did you mean Llama-3-8B.gguf?"
    assert "models pull OWNER/REPO/FILE.gguf" in far.value.cure


@pytest.mark.parametrize("name", ["", " ", "a\0b", "x" * 5000, "~nobody-of-that-name/x.gguf", "../" * 200])
def test_no_name_whatever_ends_in_anything_but_an_operator_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorError):
        find_gguf(name, tmp_path)


def test_a_list_of_models_leaves_out_later_parts_and_hidden_files(tmp_path: Path) -> None:
    for name in ("b.gguf", "A.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf", ".fetching-x/half.gguf"):
        write_gguf(tmp_path / name)

    assert [path.name for path in list_gguf(tmp_path)] == ["A.gguf", "b.gguf", "big-00001-of-00002.gguf"]
    assert list_gguf(tmp_path / "missing") == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "Git LFS pointer"),
        (b"\n<!DOCTYPE html><html></html>", "web page"),
        (b"", "empty"),
        (b"PK\x03\x04rest of an archive", "zip archive"),
        (b"hello, this is some text", "not a GGUF file"),
        (b"GGUF\x01\x00\x00\x00", "version 1"),
        (gguf_bytes(HEAD)[:300], "cut off"),
        (gguf_bytes(HEAD)[:-40], "cut off"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_explained(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(OperatorError) as caught:
        check_gguf(path)

    assert str(path) in caught.value.what
    assert said in caught.value.what
    assert "\n" not in caught.value.what


def test_a_split_model_needs_all_its_parts_and_is_named_by_its_first(tmp_path: Path) -> None:
    first, second = (tmp_path / f"big-0000{number}-of-00002.gguf" for number in (1, 2))
    write_gguf(first, split_count=2)
    with pytest.raises(OperatorError, match=r"1 of its 2 parts are missing.*big-00002-of-00002"):
        check_gguf(first)
    write_gguf(second, split_count=2)

    assert check_gguf(first).parts == 2
    with pytest.raises(OperatorError, match="name the first one, big-00001-of-00002"):
        check_gguf(second)
    with pytest.raises(OperatorError, match="renamed"):
        check_gguf(first.rename(tmp_path / "renamed.gguf"))


WHOLE = gguf_bytes(HEAD, (("a", (8, 8)), ("b", (3,))))


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_hostile_head_is_refused_and_nothing_worse(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for _ in range(data.draw(st.integers(0, 6))):
        if content:
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + 8] = data.draw(st.binary(min_size=8, max_size=8))
    path = tmp_path / "hostile.gguf"
    path.write_bytes(bytes(content))
    try:
        header = read_header(path)
    except NotGGUF:
        return
    assert header.window is None or header.window > 0
    assert header.parts >= 1
    assert header.cache_bytes_per_token is None or header.cache_bytes_per_token > 0


def test_random_bytes_behind_the_magic_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + random.Random(1).randbytes(5_000_000))
    with pytest.raises(NotGGUF):
        read_header(path)
