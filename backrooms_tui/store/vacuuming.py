"""Giving back the room that deleted sessions took."""

from dataclasses import dataclass
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import open_store
from backrooms_tui.store.place import place_of
from backrooms_tui.store.sole_use import put_log_back, sole_use


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """The file's size before and after, in bytes, and how many sessions in the trash still take room."""

    before: int
    after: int
    trashed: int


def vacuum(url_or_path: str | Path) -> Vacuumed:
    """Write the database, and what the search knows, afresh and without gaps. While it does, it takes that room twice.

    Raises StoreError where another program has it open: who records would have to wait for too long. Killed in the
    middle, everything is as it was. Raises OperatorError where the sessions are on a server.
    """
    place = place_of(url_or_path)
    if place.file is None:
        raise OperatorError(
            f"the sessions are kept on a server, {place.shown}",
            "it clears up by itself; `VACUUM FULL` in psql gives the room back to the system",
        )
    with open_store(place.file) as store:
        trashed = len(store.in_trash())
    with sole_use(place.file) as connection:
        put_log_back(connection)
        before = place.file.stat().st_size
        # The words of the search lie in many small pieces, some of them only there to say that others are gone.
        for command in ("rebuild", "optimize"):
            connection.execute("INSERT INTO turn_search (turn_search) VALUES (?)", (command,))
        connection.execute("VACUUM")
        put_log_back(connection)
    return Vacuumed(before, place.file.stat().st_size, trashed)
