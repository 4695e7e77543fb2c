"""Which database keeps the sessions, and how to speak of it without giving its password away."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Configuration
from backrooms_tui.settings.folders import database_file

DATABASE_VARIABLE = "BACKROOMS_DATABASE_URL"
_POSTGRES = ("postgresql", "postgres")
_HIDDEN = "***"
_PASSWORD = re.compile(r"(?<=password=)[^&#]*", re.IGNORECASE)


def database_place(configuration: Configuration, environ: Mapping[str, str] | None = None) -> Path | str:
    """A path for SQLite, or a PostgreSQL URL as SQLAlchemy takes it (with the psycopg driver).

    `BACKROOMS_DATABASE_URL` comes first, then the configuration's `database`, then sessions.db in the data folder.
    Raises OperatorError for a kind of database that this program does not use.
    """
    given = (os.environ if environ is None else environ).get(DATABASE_VARIABLE, "").strip()
    source = DATABASE_VARIABLE
    if not given and configuration.database is not None:
        given, source = configuration.database.get_secret_value().strip(), "database in config.toml"
    if not given:
        return database_file(environ)
    scheme, separator, rest = given.partition("://")
    if not separator:
        return Path(given).expanduser().absolute()
    kind, _, driver = scheme.lower().partition("+")
    if kind == "sqlite":
        file = rest.partition("?")[0].removeprefix("/")
        if not file or file == ":memory:":
            raise OperatorError(f"{source} names no file", "give the path of a file: nothing is kept otherwise")
        return Path(file).expanduser().absolute()
    if kind in _POSTGRES:
        return f"postgresql+{driver or 'psycopg'}://{rest}"
    raise OperatorError(
        f"{source} names {kind!r}, a kind of database that Backrooms does not use",
        "give a path for SQLite, or postgresql://USER@HOST/NAME",
    )


def safe_url(place: Path | str) -> str:
    """`place` as it may be shown: a password becomes ***, wherever in the URL it stands."""
    if isinstance(place, Path) or "://" not in place:
        return str(place)
    scheme, _, rest = place.partition("://")
    # From the last @ on is the host: a password may hold any character, also where it should have been escaped.
    login, at, tail = rest.rpartition("@")
    if ":" in login:
        login = login.partition(":")[0] + ":" + _HIDDEN
    return f"{scheme}://{login}{at}{_PASSWORD.sub(_HIDDEN, tail)}"
