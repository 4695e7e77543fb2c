"""Where the database is: a file's path, or a PostgreSQL URL, with a name for it that shows no password."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from backrooms_tui.store.failures import StoreError


@dataclass(frozen=True, slots=True)
class Place:
    """Either `file` (SQLite) or `url` (PostgreSQL) is set. `shown` is safe to show: no password."""

    shown: str
    file: Path | None = None
    url: URL | None = None


def place_of(url_or_path: str | Path) -> Place:
    """The place that a setting or an option names. Raises StoreError for a kind of database that is not known."""
    text = str(url_or_path)
    if isinstance(url_or_path, Path) or "://" not in text:
        return _file(Path(text).expanduser())
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise StoreError("the database's URL cannot be read", "write postgresql://user@host/database") from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite" and url.database:
        return _file(Path(url.database))
    if kind in ("postgresql", "postgres"):
        return Place(_shown(url), url=url.set(drivername="postgresql+psycopg"))
    raise StoreError(
        f"{kind} is not a kind of database that sessions can be kept in",
        "give the path of a SQLite file, or postgresql://user@host/database",
    )


def _file(path: Path) -> Place:
    path = path.absolute()
    return Place(str(path), file=path)


def _shown(url: URL) -> str:
    # Put together from what is known to be harmless: libpq takes a password as an option of the URL, too.
    host = url.host or url.query.get("host", "localhost")
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{host}{port}/{url.database or ''}"
