"""What was said, kept for searching: a narrow row for each turn that stands and for each word between the turns (the
table `said`), and beside it what they say, word for word: FTS5 in SQLite, tsvector in PostgreSQL (`turn_search`).

A row with a higher `id` came later. `turn` is a turn's number, or that of the turn before a word. Who looks for a word
is led to the turn that follows it, as only there it can be seen. What is asked of all sessions together stands in
`finding`.
"""

from sqlalchemy import Connection, text

from backrooms_tui.session.events import WordSource
from backrooms_tui.store.words import fts5, phrases, tsquery, tsvector


def turns_saying(connection: Connection, query: str, session: str) -> list[int]:
    """The numbers of all turns of `session` that say all of `query`, in order; for words between the turns, of the turn
    that follows. Reads no turn: what each of a hundred thousand says would take seconds."""
    wanted = phrases(query)
    stretch = connection.execute(_STRETCH, {"session": session}).one()
    if not wanted or stretch.first is None:
        return []
    asked = fts5(wanted) if connection.dialect.name == "sqlite" else tsquery(wanted)
    values = {"query": asked, "session": session, "first": stretch.first, "last": stretch.last}
    rows = connection.execute(_TURNS[connection.dialect.name], values)
    return list(dict.fromkeys(leads_to(row.turn, row.source, row.turns) for row in rows))


def leads_to(turn: int, source: str | None, turns: int) -> int:
    """The turn to go to, in a session of so many `turns`, to see what a row of `said` stands for."""
    return turn if source is None else max(1, min(turn + 1, turns))


def index_turn(connection: Connection, session: str, seq: int, said: str, stall: float | None) -> None:
    """Let the turn that began at `seq` be found by what it says, which is `said`, and by how much it stalls."""
    connection.execute(_ADD_TURN, {"session": session, "seq": seq, "stall": stall})
    _add_words(connection, session, seq, said)


def index_word(connection: Connection, session: str, seq: int, at: float, source: WordSource, said: str) -> None:
    """Let a word between the turns be found, which event `seq` brought."""
    values = {"session": session, "seq": seq, "at": at, "source": source, "text": said}
    connection.execute(_ADD_WORD, values)
    _add_words(connection, session, seq, said)


def before_rewording(connection: Connection, session: str, seq: int) -> None:
    """Forget what the turn says. To be called while its row still says it."""
    sqlite = connection.dialect.name == "sqlite"
    connection.execute(_FORGET_SQLITE if sqlite else _FORGET_POSTGRES, {"session": session, "seq": seq})


def after_rewording(connection: Connection, session: str, seq: int, said: str) -> None:
    """Let the turn be found by what it says now."""
    _add_words(connection, session, seq, said)


def forget_turn(connection: Connection, session: str, seq: int) -> None:
    """Let the turn no longer be found. To be called while its row still says what was indexed."""
    before_rewording(connection, session, seq)
    connection.execute(_REMOVE, {"session": session, "seq": seq})


def forget_session(connection: Connection, session: str) -> None:
    """Let nothing of the session be found. To be called while its rows still stand."""
    if connection.dialect.name == "sqlite":  # in PostgreSQL the foreign key sees to it
        connection.execute(_FORGET_SESSION_SQLITE, {"session": session})


def _add_words(connection: Connection, session: str, seq: int, said: str) -> None:
    values: dict[str, object] = {"session": session, "seq": seq}
    if connection.dialect.name == "sqlite":
        connection.execute(_ADD_SQLITE, values)
    else:
        connection.execute(_ADD_POSTGRES, {**values, "words": tsvector(said)})


_ADD_TURN = text(
    "INSERT INTO said (session, seq, turn, seat, at, stall)"
    " SELECT session, seq, turn, agent, ended, :stall FROM turns WHERE session = :session AND seq = :seq"
)
_ADD_WORD = text(
    "INSERT INTO said (session, seq, turn, seat, at, source, text) VALUES (:session, :seq, coalesce((SELECT turn"
    " FROM turns WHERE session = :session AND seq < :seq ORDER BY seq DESC LIMIT 1), 0), 0, :at, :source, :text)"
)
_REMOVE = text("DELETE FROM said WHERE session = :session AND seq = :seq")
_ONE = "(SELECT id FROM said WHERE session = :session AND seq = :seq)"
_ADD_SQLITE = text(f"INSERT INTO turn_search (rowid, text) SELECT id, text FROM spoken WHERE id = {_ONE}")  # noqa: S608
_ADD_POSTGRES = text(
    "INSERT INTO turn_search (id, words) SELECT id, CAST(:words AS tsvector) FROM said"
    " WHERE session = :session AND seq = :seq"
)
_FORGET_SQLITE = text(
    f"INSERT INTO turn_search (turn_search, rowid, text) SELECT 'delete', id, text FROM spoken WHERE id = {_ONE}"  # noqa: S608
)
_FORGET_POSTGRES = text(f"DELETE FROM turn_search WHERE id = {_ONE}")  # noqa: S608
_FORGET_SESSION_SQLITE = text(
    "INSERT INTO turn_search (turn_search, rowid, text) SELECT 'delete', id, text FROM spoken"
    " WHERE id IN (SELECT id FROM said WHERE session = :session)"
)
# A session's rows come one after another, if not without others between: what lies elsewhere need not be looked at.
_STRETCH = text(
    "SELECT (SELECT id FROM said WHERE session = :session ORDER BY seq LIMIT 1) AS first,"
    " (SELECT id FROM said WHERE session = :session ORDER BY seq DESC LIMIT 1) AS last"
)
_IN_STRETCH = """
    WITH found AS ({matching} AND {id} BETWEEN :first AND :last)
    SELECT said.turn, said.source, (SELECT turns FROM sessions WHERE id = :session) AS turns
    FROM found JOIN said ON said.id = found.id
    WHERE said.session = :session ORDER BY said.seq
"""
_TURNS = {
    "sqlite": text(
        _IN_STRETCH.format(
            matching="SELECT rowid AS id FROM turn_search WHERE turn_search MATCH :query",
            id="rowid",
        )
    ),
    "postgresql": text(
        _IN_STRETCH.format(
            matching="SELECT id FROM turn_search WHERE words @@ CAST(:query AS tsquery)",
            id="id",
        )
    ),
}
