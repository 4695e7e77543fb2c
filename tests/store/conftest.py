"""Every test of the store runs on both kinds of database."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from backrooms_tui.store.database import Store, open_store
from tests.store import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A running server: a URL with a gap for the database's name."""
    try:
        with postgres_server.running() as url:
            yield url
    except postgres_server.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def new_postgres(postgres: str) -> Iterator[Callable[[], str]]:
    """Makes an empty database on the server and gives its URL."""
    engine = create_engine(
        postgres.format("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    made = []

    def make() -> str:
        name = f"t{uuid.uuid4().hex[:12]}"
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        made.append(name)
        return postgres.format(name)

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is: a path that does not exist yet, or the URL of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "data" / "sessions.db")
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open, empty store."""
    with open_store(database) as opened:
        yield opened
