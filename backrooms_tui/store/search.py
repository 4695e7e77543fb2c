"""Full-text search over what the turns say, beside the tables: FTS5 in SQLite, tsvector in PostgreSQL.

What the person types is plain words and "quoted phrases", all of which must occur; there is no syntax to get wrong.
A word is a run of letters and digits, whatever its case and accents. Both databases are given the words that this
module finds, so that they find the same turns.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, text

# Letters and digits, and the accents that may follow a letter as characters of their own.
_ACCENT = r"[\u0300-\u036f]"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|{_ACCENT})*")
_QUERY = re.compile(r'"([^"]*)"?|([^\s"]+)')
_AROUND = 60  # characters of a snippet on either side of what was found
# PostgreSQL keeps at most 1 MB of words a row, positions up to 16,383, and 256 of them for a word.
_MOST_BYTES = 500_000
_MOST_WORDS = 16_383
_MOST_PLACES = 256
_LONGEST_WORD = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn in which the words occur. `snippet` is a piece of what it says, `marks` are the (start, end) of the words
    in it. `text` from outside: make it harmless before it is shown."""

    session: str
    title: str
    turn: int
    agent: int
    name: str
    at: float
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()


def phrases(query: str) -> list[list[str]]:
    """What was asked for: the words of each phrase; what is not quoted is a phrase of its own up to the next space."""
    found = (_WORD.findall(quoted or plain) for quoted, plain in _QUERY.findall(query))
    return [words for words in found if words]


def search(connection: Connection, query: str, limit: int) -> list[Hit]:
    """The newest `limit` turns that say all of `query`. Nothing where `query` holds no word."""
    wanted = phrases(query)
    if not wanted:
        return []
    statement = _FIND[connection.dialect.name]
    rows = connection.execute(statement, {"query": _asked(connection, wanted), "limit": limit}).all()
    sought = [[_folded(word) for word in phrase] for phrase in wanted]
    return [
        Hit(row.session, row.title, row.turn, row.agent, row.name or "", row.ended, *_snippet(row.text, sought))
        for row in rows
    ]


def turns_saying(connection: Connection, query: str, session: str) -> list[int]:
    """The numbers of all turns of `session` that say all of `query`, in order. Reads no turn: what each of a hundred
    thousand says would take seconds."""
    wanted = phrases(query)
    stretch = connection.execute(_STRETCH, {"session": session}).one()
    if not wanted or stretch.first is None:
        return []
    values = {"query": _asked(connection, wanted), "session": session, "first": stretch.first, "last": stretch.last}
    return [row.turn for row in connection.execute(_FIND_IN_SESSION[connection.dialect.name], values)]


def pattern(query: str) -> re.Pattern[str] | None:
    """What finds, in what a turn says, the words that `query` was found by; None where it holds none."""
    wanted = phrases(query)
    if not wanted:
        return None
    # Between the words of a phrase stands what belongs to no word.
    found = (r"[\W_]+".join(map(_any_accent, words)) for words in wanted)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(found)})(?![^\W_])", re.IGNORECASE)


def index_turn(connection: Connection, session: str, seq: int, said: str) -> None:
    """Let the turn that began at `seq` be found by what it says now, which is `said`."""
    values: dict[str, object] = {"session": session, "seq": seq}
    if connection.dialect.name == "sqlite":
        connection.execute(_ADD_SQLITE, values)
    else:
        connection.execute(_ADD_POSTGRES, {**values, "words": _tsvector(said)})


def forget_turn(connection: Connection, session: str, seq: int) -> None:
    """Let the turn no longer be found. To be called while its row still says what was indexed."""
    sqlite = connection.dialect.name == "sqlite"
    connection.execute(_FORGET_SQLITE if sqlite else _FORGET_POSTGRES, {"session": session, "seq": seq})


def forget_session(connection: Connection, session: str) -> None:
    """Let none of the session's turns be found. To be called while its rows still stand."""
    if connection.dialect.name == "sqlite":  # in PostgreSQL the foreign key sees to it
        connection.execute(_FORGET_SESSION_SQLITE, {"session": session})


_ADD_SQLITE = text(
    "INSERT INTO turn_search (rowid, text) SELECT id, coalesce(edited, text) FROM turns"
    " WHERE session = :session AND seq = :seq"
)
_ADD_POSTGRES = text(
    "INSERT INTO turn_search (id, words) SELECT id, CAST(:words AS tsvector) FROM turns"
    " WHERE session = :session AND seq = :seq"
)
_FORGET_SQLITE = text(
    "INSERT INTO turn_search (turn_search, rowid, text) SELECT 'delete', id, coalesce(edited, text) FROM turns"
    " WHERE session = :session AND seq = :seq"
)
_FORGET_SESSION_SQLITE = text(
    "INSERT INTO turn_search (turn_search, rowid, text) SELECT 'delete', id, coalesce(edited, text) FROM turns"
    " WHERE session = :session AND state = 'ended'"
)
_FORGET_POSTGRES = text(
    "DELETE FROM turn_search WHERE id = (SELECT id FROM turns WHERE session = :session AND seq = :seq)"
)
_MATCHING = {
    "sqlite": "SELECT rowid AS id FROM turn_search WHERE turn_search MATCH :query",
    "postgresql": "SELECT id FROM turn_search WHERE words @@ CAST(:query AS tsquery)",
}
_HITS = """
    WITH found AS ({matching} ORDER BY id DESC LIMIT :limit)
    SELECT turns.session, sessions.title, turns.turn, turns.agent, agents.name, turns.ended,
        coalesce(turns.edited, turns.text) AS text
    FROM found JOIN turns ON turns.id = found.id
    JOIN sessions ON sessions.id = turns.session
    LEFT JOIN agents ON agents.session = turns.session AND agents.seat = turns.agent
    ORDER BY turns.id DESC
"""
# A session's turns come one after another, if not without others between: what lies elsewhere need not be looked at.
_TURNS = """
    WITH found AS ({matching} AND {id} BETWEEN :first AND :last)
    SELECT turns.turn FROM found JOIN turns ON turns.id = found.id
    WHERE turns.session = :session ORDER BY turns.turn
"""
_STRETCH = text(
    "SELECT (SELECT id FROM turns WHERE session = :session ORDER BY seq LIMIT 1) AS first,"
    " (SELECT id FROM turns WHERE session = :session ORDER BY seq DESC LIMIT 1) AS last"
)
_FIND = {dialect: text(_HITS.format(matching=matching)) for dialect, matching in _MATCHING.items()}
_ID = {"sqlite": "rowid", "postgresql": "id"}
_FIND_IN_SESSION = {
    dialect: text(_TURNS.format(matching=matching, id=_ID[dialect])) for dialect, matching in _MATCHING.items()
}


def _asked(connection: Connection, wanted: Sequence[Sequence[str]]) -> str:
    return _fts5(wanted) if connection.dialect.name == "sqlite" else _tsquery(wanted)


def _folded(word: str) -> str:
    """As unicode61 with remove_diacritics folds it: small letters without accents."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))[:_LONGEST_WORD]


def _any_accent(word: str) -> str:
    """The word as a regular expression, whatever its accents."""
    letters = (f"[{re.escape(letter)}{_accented().get(letter, '')}]{_ACCENT}*" for letter in _folded(word))
    return f"(?:{''.join(letters)}|{re.escape(word)})"


@cache
def _accented() -> dict[str, str]:
    """The letters that are one character together with their accent, by what is left without it."""
    found: dict[str, str] = {}
    for code in range(0xC0, 0x2000):
        folded = _folded(chr(code))
        if folded != chr(code) and len(folded) == 1:
            found[folded] = found.get(folded, "") + chr(code)
    return found


def _fts5(wanted: Sequence[Sequence[str]]) -> str:
    return " ".join(f'"{" ".join(words)}"' for words in wanted)


def _tsquery(wanted: Sequence[Sequence[str]]) -> str:
    return " & ".join("(" + " <-> ".join(f"'{_folded(word)}'" for word in words) + ")" for words in wanted)


def _tsvector(said: str) -> str:
    places: dict[str, list[int]] = {}
    left = _MOST_BYTES
    for place, word in enumerate(_WORD.findall(said)[:_MOST_WORDS], start=1):
        folded = _folded(word)
        if folded not in places:
            left -= len(folded.encode())
            if left < 0:
                break
        places.setdefault(folded, []).append(place)
    return " ".join(f"'{word}':{','.join(map(str, where[:_MOST_PLACES]))}" for word, where in places.items())


def _snippet(said: str, sought: Sequence[Sequence[str]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    found = [(_folded(match.group()), match.start(), match.end()) for match in _WORD.finditer(said)]
    words = [word for word, _, _ in found]
    spots = sorted(
        (found[place][1], found[place + len(phrase) - 1][2])
        for phrase in sought
        for place in range(len(words) - len(phrase) + 1)
        if words[place : place + len(phrase)] == phrase
    )
    middle = spots[0][0] if spots else 0
    start, end = max(0, middle - _AROUND), min(len(said), middle + _AROUND * 2)
    before, after = "…" if start else "", "…" if end < len(said) else ""
    shift = len(before) - start
    marks = tuple((left + shift, right + shift) for left, right in spots if left >= start and right <= end)
    return before + said[start:end] + after, marks
