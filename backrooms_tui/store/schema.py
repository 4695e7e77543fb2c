"""The tables, as the queries know them. What creates and changes them stands in `migrations`.

- A **session** row carries the totals, so that listing and opening read no turn. Where `trashed` is set, the session
  lies in the trash: nothing but what is about the trash may find it.
- **events** holds everything that happened but the deltas. Three texts are cut out of an event's body, because they
  are columns elsewhere: a setup (sessions.setup), and the text and reasoning of a turn's end (turns).
- A **turn** row is one attempt at a turn, known by the `seq` of the event that began it. `text` and `reasoning` are
  what its end says; `streamed_text` and `streamed_reasoning` are what was streamed, where that differs; `edited` is
  what the operator made of it; `chunks` says how the streamed text fell into deltas (see `chunks`).
- **marks** and their **tags** are what a person adds later; see `marking`.
- **checkpoints** are what was saved of a turn in flight. The end of the turn puts them into its row and removes them.
- A council is a session that **serves** a turn of another one. It goes where that goes: nothing lists it by itself.
- **judgements** are what judges have said of a session.
- A **batch** has **runs**, each of which is a session, once it has begun.
- A **notebook** is shared by sessions and belongs to none. Each of its **notes** says in which of the notebook's
  revisions it last changed; one that is `gone` stays as a number without text.
- **origins** tell of sessions that were imported from another program's file which file that was.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
_COUNT = BigInteger().with_variant(Integer, "sqlite")


def _session() -> Column[str]:
    return Column("session", Text, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False)


sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("status", Text, nullable=False),  # open | ended
    Column("end_reason", Text, nullable=False),
    Column("started", Double, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("parent", Text),
    Column("parent_turn", Integer),
    Column("seed", Text),  # a whole number of any size
    Column("setup", Text, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("cost", Double, nullable=False),
    Column("unpriced", Integer, nullable=False),
    Column("input_tokens", _COUNT, nullable=False),
    Column("output_tokens", _COUNT, nullable=False),
    Column("cached_tokens", _COUNT, nullable=False),
    Column("last_seq", _COUNT, nullable=False),
    # A council: the session that it serves, whose turn, and of which agent there.
    # No foreign key: two recorders write the two sessions, either may be first.
    Column("serves", Text),
    Column("serves_turn", Integer),
    Column("serves_agent", Integer),
    Column("trashed", Double),  # Unix seconds at which it went into the trash; null: it is not there
)

agents = Table(
    "agents",
    metadata,
    _session(),
    Column("seat", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("kind", Text, nullable=False),
    PrimaryKeyConstraint("session", "seat"),
)

events = Table(
    "events",
    metadata,
    _session(),
    Column("seq", _COUNT, nullable=False),
    Column("at", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("session", "seq"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", _COUNT, primary_key=True),
    _session(),
    Column("seq", _COUNT, nullable=False),
    Column("ended_seq", _COUNT),
    Column("turn", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("agent", Integer, nullable=False),
    Column("state", Text, nullable=False),  # in_flight | ended | failed | retracted
    Column("started", Double, nullable=False),
    Column("ended", Double),
    Column("text", Text, nullable=False),
    Column("reasoning", Text, nullable=False),
    Column("edited", Text),
    Column("streamed_text", Text),
    Column("streamed_reasoning", Text),
    Column("chunks", LargeBinary),
    UniqueConstraint("session", "seq"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    _session(),
    Column("turn_seq", _COUNT, nullable=False),
    Column("seq", _COUNT, nullable=False),
    Column("text", Text, nullable=False),
    Column("reasoning", Text, nullable=False),
    Column("chunks", LargeBinary, nullable=False),
    PrimaryKeyConstraint("session", "turn_seq", "seq"),
)

origins = Table(
    "origins",
    metadata,
    _session(),
    Column("digest", Text, nullable=False),
    Column("format", Text, nullable=False),
    PrimaryKeyConstraint("session"),
)

marks = Table(
    "marks",
    metadata,
    _session(),
    Column("turn", Integer, nullable=False),  # 0: the session itself
    Column("starred", Double),  # Unix seconds; null: no star
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("session", "turn"),
)

tags = Table(
    "tags",
    metadata,
    _session(),
    Column("turn", Integer, nullable=False),
    Column("folded", Text, nullable=False),  # by which it is found
    Column("tag", Text, nullable=False),  # as it was typed
    Column("place", Integer, nullable=False),  # among the others
    PrimaryKeyConstraint("session", "turn", "folded"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("id", Text, primary_key=True),
    _session(),
    Column("at", Double, nullable=False),
    Column("rubric", Text, nullable=False),
    Column("body", Text, nullable=False),  # the judgement as JSON
)

batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Double, nullable=False),
    Column("title", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("seed", Text, nullable=False),  # a whole number of any size
    Column("jobs", Integer, nullable=False),
    Column("budget", Double),
    Column("setup", Text, nullable=False),
    Column("notices", Text, nullable=False),  # JSON, as are the two that follow
    Column("judging", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("batch", Text, ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),  # waiting | begun | failed | done
    Column("session", Text, nullable=False),  # "" before it has begun
    Column("why", Text, nullable=False),
    Column("figures", Text),  # JSON; null until it is over
    Column("judgement", Text, nullable=False),  # "" while there is none
    Column("judging_cost", Double, nullable=False),
    Column("unjudged", Text, nullable=False),
    PrimaryKeyConstraint("batch", "number"),
)

notebooks = Table(
    "notebooks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("made", Text, nullable=False),  # what tells it from one of its name that was there before
    Column("revision", Integer, nullable=False),
    Column("last", Integer, nullable=False),  # the highest number that was ever used
    Column("at", Double, nullable=False),  # Unix seconds of the last change
)

notes = Table(
    "notes",
    metadata,
    Column("notebook", Text, ForeignKey("notebooks.name", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("gone", Integer, nullable=False),  # 1 for one that was removed
    PrimaryKeyConstraint("notebook", "number"),
)
