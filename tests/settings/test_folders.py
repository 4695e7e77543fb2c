"""Where things belong, and that nobody else can look into it."""

import os
import stat
import sys
from pathlib import Path

import pytest

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders

posix = pytest.mark.skipif(os.name != "posix", reason="permissions work differently here")


def test_the_variables_decide_where_everything_is(tmp_path: Path) -> None:
    environ = {"BACKROOMS_CONFIG_DIR": str(tmp_path / "c"), "BACKROOMS_DATA_DIR": str(tmp_path / "d")}
    assert folders.config_file(environ) == tmp_path / "c" / "config.toml"
    assert folders.templates_dir(environ) == tmp_path / "c" / "templates"
    assert folders.themes_dir(environ) == tmp_path / "c" / "themes"
    assert folders.models_dir(environ) == tmp_path / "d" / "models"
    assert folders.database_file(environ) == tmp_path / "d" / "sessions.db"


def test_without_them_the_systems_own_folders_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for empty in ({}, {"BACKROOMS_CONFIG_DIR": "", "BACKROOMS_DATA_DIR": "  "}):
        for folder in (folders.config_dir(empty), folders.data_dir(empty)):
            assert folder.is_absolute()
            assert folder.name == "backrooms"


def test_a_relative_path_and_a_home_are_made_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folders.data_dir({"BACKROOMS_DATA_DIR": "here"}) == tmp_path / "here"
    assert folders.data_dir({"BACKROOMS_DATA_DIR": "~/there"}) == tmp_path / "there"
    with pytest.raises(OperatorError, match="BACKROOMS_DATA_DIR"):
        folders.data_dir({"BACKROOMS_DATA_DIR": "~nobody-of-that-name/x"})


@posix
def test_a_new_folder_and_its_new_parents_are_the_owners_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = folders.ensure_private(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    for folder in (made, made.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folders.is_private(folder)
    assert folders.ensure_private(made) == made


@posix
def test_a_folder_that_the_person_shares_keeps_its_permissions(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    folders.ensure_private(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert not folders.is_private(shared)


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(OperatorError, match="is a file"):
        folders.ensure_private(tmp_path / "taken")
    with pytest.raises(OperatorError, match="cannot make the folder"):
        folders.ensure_private(tmp_path / "taken" / "below")
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a place where nothing can be made")
def test_a_place_where_nothing_can_be_made_is_told() -> None:
    with pytest.raises(OperatorError, match="cannot make the folder") as caught:
        folders.ensure_private(Path("/proc/backrooms"))
    assert "BACKROOMS_DATA_DIR" in caught.value.cure


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(OperatorError, match="cannot be written to"):
        folders.ensure_private(closed)
