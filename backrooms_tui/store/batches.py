"""Batches of runs: the plan of each, and how far each of its runs is.

A run's session is named by its id alone: it is recorded a moment after the run knows it, and may be deleted later.
Whoever runs a batch claims it, as a recorder claims a session (see `living`), so that nobody else does meanwhile.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, delete, insert, select, update

from backrooms_tui.session.batch import Batch, Figures, Judging, Run
from backrooms_tui.session.codec import judgement_from_json, setup_from_json, setup_to_json
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store import living
from backrooms_tui.store.connection import Database
from backrooms_tui.store.living import Claim, Keeper, LiveError
from backrooms_tui.store.schema import batches, judgements, runs, sessions
from backrooms_tui.store.storable import scrubbed, storable

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # as in the ids of sessions
_ID_LENGTH = 8
_SHOWN = 5
_ALL = "`backrooms repeat --list` shows all"
_RUNS = (
    select(
        runs,
        sessions.c.id.label("there"),
        sessions.c.turns,
        sessions.c.cost,
        sessions.c.trashed,
        judgements.c.id.label("judged"),
    )
    .outerjoin(sessions, sessions.c.id == runs.c.session)
    .outerjoin(judgements, judgements.c.id == runs.c.judgement)
    .order_by(runs.c.batch, runs.c.number)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands: its runs, and who runs it at this moment (None: nobody)."""

    batch: Batch
    runs: tuple[Run, ...]
    keeper: Keeper | None = None

    def count(self, state: str) -> int:
        """How many runs are in `state`."""
        return sum(run.state == state for run in self.runs)

    @property
    def unjudged(self) -> int:
        """Runs that are over and wait for a judge."""
        return sum(to_judge(self.batch, run) for run in self.runs)

    @property
    def whole(self) -> bool:
        """Whether nothing is left to do."""
        return self.count("done") == len(self.runs) and not self.unjudged

    @property
    def cost(self) -> float:
        """USD so far, judges included, as far as prices are known."""
        return sum(run.cost + run.judging_cost for run in self.runs)


def to_judge(batch: Batch, run: Run) -> bool:
    """Whether `run` is over and was not judged, although it shall be."""
    return batch.judging is not None and run.state == "done" and not run.judgement and not run.gone


class Batches:
    """The batches in a database. Every method may be called from any thread and raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_id(self) -> str:
        """An id that no batch here has."""
        with self._database.reading() as connection:
            while True:
                id = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
                if connection.execute(select(batches.c.id).where(batches.c.id == id)).first() is None:
                    return id

    def keep(self, batch: Batch) -> None:
        """Keep a new batch, none of whose runs has begun."""
        clean: Batch = scrubbed(batch)
        row = {
            "id": clean.id,
            "at": clean.at,
            "title": clean.title,
            "template": clean.template,
            "seed": str(clean.seed),
            "jobs": clean.jobs,
            "budget": clean.budget,
            "setup": setup_to_json(clean.setup),
            "notices": _notices().dump_json(clean.notices).decode(),
            "judging": None if clean.judging is None else _judging().dump_json(clean.judging).decode(),
        }
        planned = [
            {"batch": clean.id, "number": number, "state": "waiting", **_BLANK} for number in range(1, clean.runs + 1)
        ]
        with self._database.writing() as connection:
            connection.execute(insert(batches), row)
            connection.execute(insert(runs), planned)

    def listed(self) -> list[Standing]:
        """All batches, the one that was made last first, with how they stand."""
        with self._database.reading() as connection:
            rows = connection.execute(select(batches).order_by(batches.c.at.desc(), batches.c.id)).all()
            of_each: dict[str, list[Run]] = {row.id: [] for row in rows}
            for run in connection.execute(_RUNS):
                of_each[run.batch].append(_run(run))
        return [Standing(_batch(row, len(of_each[row.id])), tuple(of_each[row.id]), self._keeper(row)) for row in rows]

    def standing(self, id: str) -> Standing:
        """How the batch with this very id stands. Raises OperatorError where it is not there."""
        with self._database.reading() as connection:
            row = connection.execute(select(batches).where(batches.c.id == id)).first()
            its = [_run(run) for run in connection.execute(_RUNS.where(runs.c.batch == id))]
        if row is None:
            raise OperatorError(f"there is no batch {id!r}", _ALL)
        return Standing(_batch(row, len(its)), tuple(its), self._keeper(row))

    def find(self, name: str) -> str:
        """The id of the batch that the person means: an id or the beginning of one, a title or the beginning of one, or
        "last". Raises OperatorError where that is none, or several."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(batches.c.id, batches.c.title).order_by(batches.c.at.desc(), batches.c.id)
            ).all()
        if not rows:
            raise OperatorError("there are no batches yet", "make one: backrooms repeat TEMPLATE -n 20")
        wanted = name.strip()
        meant = _meant(rows, wanted)
        if len(meant) == 1:
            return str(meant[0].id)
        if meant:
            raise OperatorError(f"{name!r} means {len(meant)} batches", f"write one of {_named(meant)}")
        known = {row.id: row for row in rows} | {row.title.casefold(): row for row in reversed(rows)}
        near = [known[one] for one in get_close_matches(wanted.casefold(), known, n=3, cutoff=0.5)]
        raise OperatorError(f"there is no batch {name!r}", f"did you mean {_named(near)}?" if near else _ALL)

    def to_resume(self, name: str) -> str:
        """The id of the batch that the person means, as `find` understands it; "last" is the newest with something left
        to do that nobody does. Raises OperatorError."""
        if name.strip() == "last":
            for one in self.listed():
                if not one.whole and one.keeper is None:
                    return one.batch.id
        return self.find(name)

    def judgements(self, id: str) -> dict[str, Judgement]:
        """What judges said of the batch's runs, by the judgement's id."""
        statement = select(judgements.c.id, judgements.c.body).join(runs, runs.c.judgement == judgements.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(statement.where(runs.c.batch == id)).all()
        return {row.id: judgement_from_json(row.body) for row in rows}

    def begin(self, id: str, number: int, session: str) -> None:
        """A run goes on, in this session."""
        self._change(id, number, state="begun", session=session, why="")

    def fail(self, id: str, number: int, why: str) -> None:
        """A run could not go on, and waits to be tried again."""
        self._change(id, number, state="failed", why=storable(why))

    def finish(self, id: str, number: int, figures: Figures) -> None:
        """A run is over, and came to this."""
        self._change(id, number, state="done", why="", figures=_figures().dump_json(scrubbed(figures)).decode())

    def judged(self, id: str, number: int, judgement: str, cost: float, unjudged: str = "") -> None:
        """A run was judged, which cost so many USD; or was not, for the reason in `unjudged`."""
        values: dict[str, object] = {"judgement": judgement, "unjudged": storable(unjudged)}
        with self._database.writing() as connection:
            mine = (runs.c.batch == id) & (runs.c.number == number)
            connection.execute(update(runs).where(mine).values(judging_cost=runs.c.judging_cost + cost, **values))

    def change(self, id: str, *, jobs: int, budget: float | None) -> None:
        """Go on with so many runs at the same time, for so many USD in all."""
        with self._database.writing() as connection:
            connection.execute(update(batches).where(batches.c.id == id).values(jobs=jobs, budget=budget))

    def delete(self, id: str) -> None:
        """Forget the batch. The sessions of its runs stay. Raises OperatorError while somebody runs it."""
        mine = self.claim(id)
        try:
            with self._database.writing() as connection:
                connection.execute(delete(batches).where(batches.c.id == id))
        finally:
            mine.release()

    def claim(self, id: str) -> Claim:
        """The right to run the batch. Raises OperatorError while somebody else does."""
        try:
            return living.claim(self._database, _mark(id))
        except LiveError as error:
            raise OperatorError(
                f"batch {id} is being run by {error.keeper.spoken}", f"watch it: backrooms repeat --show {id}"
            ) from None

    def _keeper(self, row: Row[*tuple[Any, ...]]) -> Keeper | None:
        return living.keeper_of(self._database, _mark(row.id))

    def _change(self, id: str, number: int, **values: object) -> None:
        mine = (runs.c.batch == id) & (runs.c.number == number)
        with self._database.writing() as connection:
            connection.execute(update(runs).where(mine).values(**values))


_BLANK = {"session": "", "why": "", "judgement": "", "judging_cost": 0.0, "unjudged": ""}


def _mark(id: str) -> str:
    """What a batch is claimed by; no session has such an id."""
    return f"batch-{id}"


def _batch(row: Row[*tuple[Any, ...]], count: int) -> Batch:
    return Batch(
        row.id,
        row.title,
        row.at,
        row.template,
        setup_from_json(row.setup),
        int(row.seed),
        count,
        row.jobs,
        row.budget,
        None if row.judging is None else _judging().validate_json(row.judging),
        _notices().validate_json(row.notices),
    )


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(
        row.number,
        row.state,
        row.session,
        row.why,
        None if row.figures is None else _figures().validate_json(row.figures),
        row.judged or "",  # somebody may have deleted it since
        row.judging_cost,
        row.unjudged,
        row.turns or 0,
        row.cost or 0.0,
        bool(row.session) and (row.there is None or row.trashed is not None),
    )


def _meant(rows: Sequence[Row[*tuple[Any, ...]]], wanted: str) -> list[Row[*tuple[Any, ...]]]:
    if wanted == "last":
        return list(rows[:1])
    folded = wanted.casefold()
    by_meaning = (
        [row for row in rows if row.id == wanted],
        [row for row in rows if row.title.casefold() == folded],
        [row for row in rows if folded and row.id.startswith(folded)],
        [row for row in rows if folded and row.title.casefold().startswith(folded)],
    )
    return next((some for some in by_meaning if some), [])


def _named(rows: Sequence[Row[*tuple[Any, ...]]]) -> str:
    named = ", ".join(f"{row.id} ({harmless_line(row.title)})" for row in rows[:_SHOWN])
    more = len(rows) - _SHOWN
    return named + (f" and {more} more" if more > 0 else "")


@cache
def _judging() -> TypeAdapter[Judging]:
    return TypeAdapter(Judging)


@cache
def _figures() -> TypeAdapter[Figures]:
    return TypeAdapter(Figures)


@cache
def _notices() -> TypeAdapter[tuple[str, ...]]:
    return TypeAdapter(tuple[str, ...])
