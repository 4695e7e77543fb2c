"""What judges have said of sessions: kept beside what happened, and gone with it."""

from sqlalchemy import Connection, delete, insert, select, update

from backrooms_tui.session.codec import judgement_from_json, judgement_to_json
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.store.schema import judgements, sessions
from backrooms_tui.store.storable import scrubbed


def keep(connection: Connection, judgement: Judgement) -> bool:
    """Keep a judgement, in place of the one with its id where that is there already. Whether its session is there, in
    the trash or not: what is being judged meanwhile may be deleted."""
    there = select(sessions.c.id).where(sessions.c.id == judgement.session)
    # In PostgreSQL it stays there until this is done.
    if connection.execute(there.with_for_update(read=True, key_share=True)).first() is None:
        return False
    clean = scrubbed(judgement)
    values = {"at": clean.at, "rubric": clean.rubric.name, "body": judgement_to_json(clean)}
    same = (judgements.c.id == clean.id) & (judgements.c.session == clean.session)
    if connection.execute(update(judgements).where(same).values(values)).rowcount == 0:
        connection.execute(insert(judgements), {"id": clean.id, "session": clean.session, **values})
    return True


def judgements_of(connection: Connection, session: str) -> list[Judgement]:
    """All of a session, newest first."""
    mine = select(judgements.c.body).where(judgements.c.session == session)
    newest = mine.order_by(judgements.c.at.desc(), judgements.c.id.desc())
    return [judgement_from_json(body) for body in connection.execute(newest).scalars()]


def forget(connection: Connection, id: str) -> bool:
    """Remove a judgement for good. Whether it was there."""
    return connection.execute(delete(judgements).where(judgements.c.id == id)).rowcount > 0
