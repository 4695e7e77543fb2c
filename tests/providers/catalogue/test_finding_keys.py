"""Where keys come from, and that they stay where they are."""

import copy
import logging
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from backrooms_tui.providers.servers.endpoints import PRESETS
from backrooms_tui.providers.servers.keys import Key, Keys, variable_for

SECRET = "sk-test-do-not-show-0123456789"


class MemoryRing(KeyringBackend):
    """A keyring that forgets."""

    priority = 1

    def __init__(self, broken: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.broken = broken
        self.asked: list[tuple[str, str]] = []
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append((service, username))
        if self.broken:
            raise RuntimeError("the bus has gone away")
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.passwords[service, username]


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    before = keyring.get_keyring()
    mine = MemoryRing()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def test_the_environment_comes_before_the_file_and_the_file_before_the_keyring(
    tmp_path: Path, ring: MemoryRing
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("A=from-file\nB=from-file\nD=\n", encoding="utf-8")
    for name in "ABCD":
        ring.set_password("backrooms", name, "from-ring")
    keys = Keys({"A": "from-environment", "C": "  "}, dotenv)
    found = {name: keys.find(name) for name in "ABCDE"}
    assert {name: (key.reveal(), key.where) for name, key in found.items() if key is not None} == {
        "A": ("from-environment", "environment"),
        "B": ("from-file", ".env"),
        "C": ("from-ring", "keyring"),
        "D": ("from-ring", "keyring"),
    }
    assert found["E"] is None


def test_the_keyring_is_asked_only_when_nothing_else_has_the_key(tmp_path: Path, ring: MemoryRing) -> None:
    keys = Keys({"A": "x"}, tmp_path / "missing")
    keys.find("A")
    assert ring.asked == []
    assert Keys({}, None, use_keyring=False).find("B") is None
    assert ring.asked == []
    keys.find("B")
    keys.find("B")
    assert ring.asked == [("backrooms", "B")]


def test_a_keyring_that_fails_has_no_keys_and_is_left_alone(ring: MemoryRing) -> None:
    ring.broken = True
    keys = Keys({}, None)
    assert keys.find("A") is None
    assert keys.find("B") is None
    assert len(ring.asked) == 1


def test_the_file_is_never_exported(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(f"BACKROOMS_TEST_KEY={SECRET}\n", encoding="utf-8")
    assert Keys(None, dotenv, use_keyring=False).find("BACKROOMS_TEST_KEY") is not None
    assert "BACKROOMS_TEST_KEY" not in os.environ


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00garbage",
        b"no equals sign\n===\nGOOD=yes\n",
        b"'unclosed = \"\nGOOD=yes\n",
        b"\xef\xbb\xbfGOOD=yes\r\nOTHER=1\r\n",
        b"export GOOD='yes'\n# a comment\n",
        b"",
        b"\x00" * 1000,
    ],
)
def test_an_odd_file_is_no_error_and_says_nothing(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(content)
    with caplog.at_level(logging.DEBUG):
        key = Keys({}, dotenv, use_keyring=False).find("GOOD")
    assert (key is not None and key.reveal() == "yes") == (b"GOOD=yes" in content or b"GOOD='yes'" in content)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert capfd.readouterr().err == ""


def test_a_folder_in_the_files_place_is_no_error(tmp_path: Path) -> None:
    assert Keys({}, tmp_path, use_keyring=False).find("A") is None


def test_a_key_does_not_give_itself_away() -> None:
    key = Key("ANTHROPIC_API_KEY", SECRET, "environment")
    for shown in (repr(key), str(key), f"{key}", f"{key!r}", f"{[key]}", repr({"key": key})):
        assert SECRET not in shown
        assert "ANTHROPIC_API_KEY" in shown
    assert key.reveal() == SECRET
    assert not hasattr(key, "__dict__")
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            write(key)
        assert SECRET not in str(caught.value)


def test_a_key_that_no_client_could_send_is_told_apart() -> None:
    assert Key("K", SECRET, "environment").well_formed
    for broken in ("two words", "line\nbreak", "gänsefüße", "“quoted”", "\x1b[31m"):
        assert not Key("K", broken, "environment").well_formed


def test_which_key_a_provider_needs() -> None:
    assert variable_for("anthropic", PRESETS) == "ANTHROPIC_API_KEY"
    assert variable_for("openai", PRESETS) == "OPENAI_API_KEY"
    assert variable_for("google", PRESETS) == "GEMINI_API_KEY"
    for free in ("local", "scripted", "ollama", "vllm", "lmstudio", "llamacpp"):
        assert variable_for(free, PRESETS) is None
