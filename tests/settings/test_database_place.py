"""Which database is used, and how it is spoken of."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Configuration
from backrooms_tui.settings.database import database_place, safe_url


def test_the_variable_comes_before_the_file_and_the_file_before_the_data_folder(tmp_path: Path) -> None:
    here = {"BACKROOMS_DATA_DIR": str(tmp_path)}
    named = Configuration(database=SecretStr(str(tmp_path / "named.db")))
    assert database_place(Configuration(), here) == tmp_path / "sessions.db"
    assert database_place(named, here) == tmp_path / "named.db"
    url = {"BACKROOMS_DATABASE_URL": "postgresql://me@host/rooms"}
    assert database_place(named, here | url) == "postgresql+psycopg://me@host/rooms"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("sqlite:////srv/rooms.db", Path("/srv/rooms.db")),
        ("sqlite:////srv/rooms.db?timeout=5", Path("/srv/rooms.db")),
        ("/srv/with space.db", Path("/srv/with space.db")),
        ("postgres://me@host/rooms", "postgresql+psycopg://me@host/rooms"),
        ("postgresql+psycopg://me@host/rooms?sslmode=require", "postgresql+psycopg://me@host/rooms?sslmode=require"),
    ],
)
def test_paths_and_urls(given: str, place: Path | str) -> None:
    assert database_place(Configuration(), {"BACKROOMS_DATABASE_URL": given}) == place


@pytest.mark.parametrize("given", ["mysql://me:hunter2@host/rooms", "sqlite://", "sqlite:///:memory:"])
def test_what_cannot_keep_sessions_is_told_without_its_password(given: str) -> None:
    with pytest.raises(OperatorError, match="BACKROOMS_DATABASE_URL") as caught:
        database_place(Configuration(), {"BACKROOMS_DATABASE_URL": given})
    assert "hunter2" not in caught.value.what + caught.value.cure


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:hunter2@host:5432/rooms",
        "postgresql://me:hun@ter2@host/rooms",
        "postgresql://me:/hunter2#?@host/rooms",
        "postgresql://host/rooms?user=me&password=hunter2",
        "postgresql://me:hunter2@host/rooms?PASSWORD=hunter2&sslmode=require",
        "postgresql://:hunter2@[::1/rooms",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    shown = safe_url(url)
    assert "ter2" not in shown
    assert "***" in shown
    assert shown.startswith("postgresql")
    assert "rooms" in shown


def test_what_has_no_password_is_shown_as_it_is() -> None:
    for url in ("postgresql://me@host/rooms", "postgresql://host/rooms?sslmode=require"):
        assert safe_url(url) == url
    assert safe_url(Path("/srv/rooms.db")) == "/srv/rooms.db"
