"""Templates by name and by path, from whatever there is on the disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.loading import find_template, list_templates, load_template
from backrooms_tui.templates.reading import read_text
from backrooms_tui.templates.scaffold import starting_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "nightshift.toml").write_text(starting_file("Night shift"), encoding="utf-8")
    return own


def test_a_name_is_looked_for_in_the_persons_folder_and_then_among_the_built_in(folder: Path) -> None:
    assert find_template("cli", folder).origin == "built-in"
    assert find_template("nightshift", folder).origin == "personal"
    (folder / "cli.toml").write_text(starting_file("My own"), encoding="utf-8")
    source = find_template("cli", folder)
    assert (source.origin, load_template(source).title) == ("personal", "My own")


def test_a_path_is_taken_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "nightshift.toml"
    source = find_template(str(path), None)
    assert (source.name, source.path, source.origin) == ("nightshift", path, "file")
    monkeypatch.chdir(folder)
    assert load_template(find_template("nightshift.toml", None)).title == "Night shift"
    monkeypatch.setenv("HOME", str(folder))
    assert load_template(find_template("~/nightshift.toml", None)).title == "Night shift"


def test_an_unknown_name_gets_the_nearest_ones(folder: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        find_template("galery", folder)
    assert "galery" in caught.value.what
    assert caught.value.cure == "did you mean gallery?"
    with pytest.raises(OperatorError) as caught:
        find_template("night-shift", folder)
    assert caught.value.cure == "did you mean nightshift?"
    with pytest.raises(OperatorError) as caught:
        find_template("zzz", folder)
    assert "cli" in caught.value.cure
    assert "nightshift" in caught.value.cure


def test_a_path_that_is_not_there_gets_a_cure(folder: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        find_template(str(folder / "nightshit.toml"), None)
    assert caught.value.cure == "did you mean nightshift.toml?"
    with pytest.raises(OperatorError) as caught:
        find_template("cli.toml", folder)
    assert "called cli" in caught.value.cure
    for name in ("nowhere/at/all", "~nobody-of-that-name/x", "a/\0b", "x/" + "y" * 5000, "..\\x"):
        with pytest.raises(OperatorError, match="there is no file"):
            find_template(name, folder)


@pytest.mark.parametrize("name", ["", ".", "..", "\0", "é", "CLI ", "-"])
def test_odd_names_are_only_unknown(name: str, folder: Path) -> None:
    with pytest.raises(OperatorError):
        find_template(name, folder)


def test_the_list_has_both_and_says_where_from(folder: Path) -> None:
    (folder / "cli.toml").write_text(starting_file("My own"), encoding="utf-8")
    (folder / ".hidden.toml").write_text("x", encoding="utf-8")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    summaries = list_templates(folder)
    assert [(summary.source.name, summary.source.origin) for summary in summaries[:3]] == [
        ("cli", "personal"),
        ("nightshift", "personal"),
        ("cli", "built-in"),
    ]
    assert len(summaries) == 20
    assert [summary.source.name for summary in summaries if summary.hidden] == ["cli"]
    assert (summaries[1].title, summaries[1].seats) == ("Night shift", 2)
    assert summaries[1].description


def test_a_broken_file_is_listed_with_its_reason(folder: Path) -> None:
    (folder / "broken.toml").write_text('[template]\ntitle = "x"\n[[agents]]\nnmae = "A"\n', encoding="utf-8")
    (folder / "folder.toml").mkdir()
    (folder / "dangling.toml").symlink_to(folder / "gone")
    problems = {summary.source.name: summary.problem for summary in list_templates(folder)}
    assert problems["broken"].endswith("broken.toml:3: agents[0].name: is missing (and 1 more)")
    assert "is a folder" in problems["folder"]
    assert "there is no file" in problems["dangling"]
    assert problems["nightshift"] == problems["cli"] == ""


def test_no_folder_is_no_trouble_and_a_file_in_its_place_is_told(folder: Path, tmp_path: Path) -> None:
    assert len(list_templates(None)) == len(list_templates(tmp_path / "gone")) == 18
    with pytest.raises(OperatorError, match="templates folder"):
        list_templates(folder / "nightshift.toml")


def test_loading_a_broken_template_says_what_and_what_to_do(folder: Path) -> None:
    path = folder / "broken.toml"
    path.write_text(starting_file("x").replace("{{ topic }}", "{{ topik }}"), encoding="utf-8")
    with pytest.raises(OperatorError) as caught:
        load_template(find_template("broken", folder))
    assert str(path) in caught.value.what
    assert "nothing is called 'topik'" in caught.value.what
    assert caught.value.cure == "did you mean topic?"


def test_a_byte_order_mark_and_other_line_ends_are_fine(folder: Path) -> None:
    content = starting_file("Ünï").encode().replace(b"\n", b"\r\n")
    (folder / "windows.toml").write_bytes(b"\xef\xbb\xbf" + content)
    assert load_template(find_template("windows", folder)).title == "Ünï"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xff\xfea\x00", "UTF-16"),
        (b'[template]\ntitle = "caf\xe9"', ":2: is not UTF-8"),
        (b"#" * 10_000_000, "10.0 MB"),
    ],
)
def test_what_is_not_a_text_of_a_sensible_size_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(OperatorError) as caught:
        read_text(path)
    assert what in caught.value.what
    assert caught.value.cure


def test_folders_pipes_and_devices_are_told_and_waited_for_by_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path, what in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe.toml", "not an ordinary file"),
        (Path("/dev/zero"), "not an ordinary file"),
        (tmp_path / "gone.toml", "there is no file"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ):
        with pytest.raises(OperatorError, match=what):
            read_text(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(folder: Path) -> None:
    path = folder / "nightshift.toml"
    path.chmod(0)
    with pytest.raises(OperatorError, match="may not be read"):
        read_text(path)
    assert "may not be read" in list_templates(folder)[0].problem


def test_importing_the_package_is_light() -> None:
    code = "import sys, backrooms_tui.templates; print({'pydantic', 'jinja2'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "set()"
