"""The tables of batches and their runs, as migration 9 makes them; never changed afterwards."""

BATCH_TABLES = (
    """
    CREATE TABLE batches (
        id TEXT NOT NULL PRIMARY KEY,
        at DOUBLE PRECISION NOT NULL,
        title TEXT NOT NULL,
        template TEXT NOT NULL,
        seed TEXT NOT NULL,
        jobs INTEGER NOT NULL,
        budget DOUBLE PRECISION,
        setup TEXT NOT NULL,
        notices TEXT NOT NULL,
        judging TEXT
    )
    """,
    """
    CREATE TABLE runs (
        batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        session TEXT NOT NULL,
        why TEXT NOT NULL,
        figures TEXT,
        judgement TEXT NOT NULL,
        judging_cost DOUBLE PRECISION NOT NULL,
        unjudged TEXT NOT NULL,
        PRIMARY KEY (batch, number)
    )
    """,
)
