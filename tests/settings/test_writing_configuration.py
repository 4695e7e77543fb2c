"""Changing config.toml from the program: what the person wrote stays as it was."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.loading import load_configuration
from backrooms_tui.settings.writing import change_configuration

MINE = """\
# my settings, since 2026
[defaults]   # for everything
model = "local"   # small, but mine
# the end of the defaults

# Endpoints
[endpoints.lab]   # down the hall
base_url = "http://10.0.0.5:8000/v1"

[keys]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "config" / "config.toml"
    path.parent.mkdir()
    return path


def test_comments_and_order_stay(file):
    file.write_text(MINE, "utf-8")
    settings = change_configuration(
        {
            ("defaults", "model"): "opus",
            ("defaults", "budget"): 2.0,
            ("endpoints", "den"): {"base_url": "http://127.0.0.1:9/v1", "models": ["a"]},
            ("keys", "stage.run"): "r",
            ("ui", "theme"): "paper",
        },
        file,
    )
    assert file.read_text("utf-8") == (
        """\
# my settings, since 2026
[defaults]   # for everything
model = "opus"   # small, but mine
budget = 2.0
# the end of the defaults

# Endpoints
[endpoints.lab]   # down the hall
base_url = "http://10.0.0.5:8000/v1"

[endpoints.den]
base_url = "http://127.0.0.1:9/v1"
models = ["a"]

[keys]
"stage.run" = "r"

[ui]
theme = "paper"
"""
    )
    assert settings == load_configuration(file)
    assert settings.endpoints["den"].models == ["a"]


def test_a_first_file_is_made_for_its_owner_only(tmp_path):
    path = tmp_path / "config" / "config.toml"
    assert change_configuration({("defaults", "params"): {"temperature": 0.5}}, path).defaults.params == {
        "temperature": 0.5
    }
    assert path.read_text("utf-8") == "[defaults]\nparams = {temperature = 0.5}\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("before", "key", "value", "after"),
    [
        ('[ui]\ntheme = "x"\n', ("ui", "theme"), None, "[ui]\n"),
        ("", ("ui", "theme"), None, ""),
        ("[ui]\n# here\n", ("ui", "theme"), "a", '[ui]\n# here\ntheme = "a"\n'),
        ('[ui]\ntheme = "x" # y', ("ui", "theme"), "a", '[ui]\ntheme = "a" # y\n'),
        ('ui = { theme = "x" } # y\n', ("ui", "theme"), "a", 'ui = { theme = "a" } # y\n'),
        (
            "endpoints = {}\n",
            ("endpoints", "b"),
            {"base_url": "http://b"},
            'endpoints = {b = {base_url = "http://b"}}\n',
        ),
        (
            "[defaults]\nparams = { seed = 1, top_p = 0.5 } # why\n",
            ("defaults", "params"),
            {"seed": 2, "top_p": 0.5},
            "[defaults]\nparams = { seed = 2, top_p = 0.5 } # why\n",
        ),
        (
            "[defaults.params]\nseed = 1 # one\ntop_p = 0.5 # half\n",
            ("defaults", "params"),
            {"seed": 1, "top_k": 3},
            "[defaults.params]\nseed = 1 # one\ntop_k = 3\n",
        ),
        (
            '[ui]\r\ntheme = "x" # y\r\n\r\n[keys]\r\n',
            ("ui", "theme"),
            "a",
            '[ui]\r\ntheme = "a" # y\r\n\r\n[keys]\r\n',
        ),
        (
            "[aliases]\nm = 'x'\n# said last",
            ("endpoints", "b"),
            {"base_url": "http://b"},
            "[aliases]\nm = 'x'\n# said last\n\n[endpoints.b]\nbase_url = \"http://b\"\n",
        ),
    ],
)
def test_only_what_was_meant_changes(file, before, key, value, after):
    file.write_bytes(before.encode())
    change_configuration({key: value}, file)
    assert file.read_bytes().decode() == after


def test_what_may_not_stand_there_is_not_written(file):
    file.write_text(MINE, "utf-8")
    with pytest.raises(OperatorError) as caught:
        change_configuration({("defaults", "max_turns"): -3}, file)
    assert str(file) in caught.value.what
    assert "defaults.max_turns" in caught.value.what
    assert file.read_text("utf-8") == MINE
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_a_key_is_refused(file):
    secret = "sk-" + "a1b2c3d4" * 4
    with pytest.raises(OperatorError) as caught:
        change_configuration({("endpoints", "x"): {"base_url": "http://x/v1", "api_key_env": secret}}, file)
    assert secret not in caught.value.what + caught.value.cure
    assert not file.exists()


def test_a_broken_file_is_left_alone_and_named(file):
    file.write_text("[ui]\ntheme = \n", "utf-8")
    with pytest.raises(OperatorError, match="line 2"):
        change_configuration({("ui", "theme"): "paper"}, file)
    assert file.read_text("utf-8") == "[ui]\ntheme = \n"


def test_what_the_person_wrote_meanwhile_stays(file):
    change_configuration({("ui", "theme"): "paper"}, file)
    file.write_text(file.read_text("utf-8") + "\n[aliases]\nmuse = 'local'\n", "utf-8")
    settings = change_configuration({("ui", "theme"): "midnight"}, file)
    assert settings.aliases == {"muse": "local"}
    assert settings.ui == {"theme": "midnight"}


@pytest.mark.skipif(os.name != "posix", reason="links need no permission here")
def test_a_link_stays_a_link(tmp_path, file):
    elsewhere = tmp_path / "dotfiles" / "backrooms.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text("[ui]\n", "utf-8")
    file.symlink_to(elsewhere)
    change_configuration({("ui", "theme"): "paper"}, file)
    assert file.is_symlink()
    assert elsewhere.read_text("utf-8") == '[ui]\ntheme = "paper"\n'


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that refuses")
def test_a_folder_that_cannot_be_written_to(file):
    file.parent.chmod(0o500)
    try:
        with pytest.raises(OperatorError):
            change_configuration({("ui", "theme"): "paper"}, file)
    finally:
        file.parent.chmod(0o700)


@given(
    st.dictionaries(
        st.sampled_from(
            [("ui", "theme"), ("ui", "other"), ("keys", "stage.run"), ("keys", "home new"), ("aliases", "m")]
        ),
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
            lambda text: text.isprintable() and text.strip()
        ),
        min_size=1,
    )
)
def test_every_text_comes_back_as_it_was(tmp_path_factory, changes):
    path: Path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(MINE, "utf-8")
    try:
        change_configuration(changes, path)
    except OperatorError:
        assert path.read_text("utf-8") == MINE  # what begins as a key does
        return
    read = tomllib.loads(path.read_text("utf-8"))
    for (table, name), value in changes.items():
        assert read[table][name] == value
    assert "# down the hall" in path.read_text("utf-8")
