"""The tables of the notebooks that sessions share, as migration 10 makes them; never changed afterwards.

They belong to no session: deleting one leaves its notes.
"""

NOTEBOOK_TABLES = (
    """
    CREATE TABLE notebooks (
        name TEXT NOT NULL PRIMARY KEY,
        made TEXT NOT NULL,
        revision INTEGER NOT NULL,
        last INTEGER NOT NULL,
        at DOUBLE PRECISION NOT NULL
    )
    """,
    """
    CREATE TABLE notes (
        notebook TEXT NOT NULL REFERENCES notebooks (name) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        written_by TEXT NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        revision INTEGER NOT NULL,
        gone INTEGER NOT NULL,
        PRIMARY KEY (notebook, number)
    )
    """,
    "CREATE INDEX notes_revision ON notes (notebook, revision)",
)
