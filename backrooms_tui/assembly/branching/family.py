"""The family of a session: the one it all began with, its branches, their branches, as a tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backrooms_tui.store.summaries import SessionSummary


@dataclass(frozen=True, slots=True)
class Kin:
    """One session of a family. `depth` is 0 for the first; `last` says of each level down to its own whether nothing
    follows there; `parts_at` is the last turn in common with the session above it, None where nobody knows."""

    session: SessionSummary
    depth: int
    last: tuple[bool, ...]
    parts_at: int | None


def family(sessions: Iterable[SessionSummary], session: str, gone: Iterable[SessionSummary] = ()) -> list[Kin]:
    """Everybody related to `session` among `sessions`, each after the one it comes from; nothing where it is not there.

    Where a parent is not left, its branches stand under the nearest of its own kin that is; `gone` may tell who came
    from whom. Where nothing tells, it is the first one of those that began at the same moment: a branch has the past
    of its parent, and so its beginning.
    """
    here = {one.id: one for one in sessions}
    if session not in here:
        return []
    known = {**{one.id: one for one in gone}, **here}
    above = {one.id: _above(one, here, known) for one in here.values()}
    root, passed = session, {session}
    # A file that was imported may say that two come from each other.
    while (parent := above[root][0]) is not None and parent not in passed:
        passed.add(parent)
        root = parent
    below: dict[str, list[SessionSummary]] = {}
    for one in here.values():
        parent = above[one.id][0]
        if parent is not None and one.id != root:
            below.setdefault(parent, []).append(one)
    made: list[Kin] = []
    # Not by calls: a chain of branches may be longer than Python calls deep.
    waiting: list[tuple[str, tuple[bool, ...]]] = [(root, ())]
    while waiting:
        id, last = waiting.pop()
        made.append(Kin(here[id], len(last), last, above[id][1] if last else None))
        children = sorted(below.get(id, ()), key=lambda one: (above[one.id][1] or 0, one.last, one.id))
        waiting += [(one.id, (*last, number == 0)) for number, one in enumerate(reversed(children))]
    return made


def _above(
    one: SessionSummary, here: Mapping[str, SessionSummary], known: Mapping[str, SessionSummary]
) -> tuple[str | None, int | None]:
    """The nearest that is left of those it comes from, and the last turn they have in common."""
    parent, turn = one.parent, one.parent_turn
    seen = {one.id}
    while parent is not None and parent not in here and parent in known and parent not in seen:
        seen.add(parent)
        before = known[parent]
        turns = [number for number in (turn, before.parent_turn) if number is not None]
        parent, turn = before.parent, min(turns, default=None)
    if parent is None:
        return None, None
    if parent in here:
        return parent, turn
    return _by_beginning(one, here), None


def _by_beginning(one: SessionSummary, here: Mapping[str, SessionSummary]) -> str | None:
    """The first of those that began when `one` did."""
    alike = [
        other
        for other in here.values()
        if other.started == one.started
        and other.template == one.template
        and (other.parent is None or other.parent not in here)
    ]
    first = min(alike, key=_first, default=None)
    return None if first is None or first.id == one.id else first.id


def _first(one: SessionSummary) -> tuple[bool, int, str]:
    return one.parent is not None, one.parent_turn or 0, one.id


def drawn_branch(last: Sequence[bool]) -> str:
    """What leads to a title in the tree: `│  └─ `."""
    if not last:
        return ""
    return "".join("   " if over else "│  " for over in last[:-1]) + ("└─ " if last[-1] else "├─ ")
