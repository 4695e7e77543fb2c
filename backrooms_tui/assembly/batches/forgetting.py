"""Forgetting a batch, with the sessions of its runs or without."""

from dataclasses import dataclass

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many `sessions` of the batch there were, how many of them are in the trash now, and why others are not."""

    sessions: int
    put_away: int = 0
    problems: tuple[OperatorError, ...] = ()


def forget_batch(store: Store, id: str, *, with_sessions: bool) -> Forgotten:
    """Forget the batch; `with_sessions` its runs go into the trash. Raises OperatorError while somebody runs it."""
    runs = store.batches.standing(id).runs
    store.batches.delete(id)
    there = [run.session for run in runs if run.session and not run.gone]
    put_away, problems = 0, []
    for session in there if with_sessions else ():
        try:
            store.put_away(session)
            put_away += 1
        except OperatorError as error:  # somebody goes on with it
            problems.append(error)
    return Forgotten(len(there), put_away, tuple(problems))
