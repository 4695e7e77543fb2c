"""The family of a session as a tree."""

from backrooms_tui.assembly.branching.family import drawn_branch, family
from backrooms_tui.store.summaries import SessionSummary


def told(id: str, parent: str | None = None, turn: int | None = None, *, started: float = 1.0) -> SessionSummary:
    return SessionSummary(id, id, "duo", (), 9, 0.0, 0, 0, 0, 0, started, 2.0, parent, turn, "open", "", None, 9)


def drawn(sessions: list[SessionSummary], of: str, gone: tuple[SessionSummary, ...] = ()) -> list[str]:
    return [
        f"{drawn_branch(kin.last)}{kin.session.id}{'' if kin.parts_at is None else f' {kin.parts_at}'}"
        for kin in family(sessions, of, gone)
    ]


ROOT, ONE, TWO, THREE = told("root"), told("one", "root", 6), told("two", "one", 4), told("three", "root", 2)
STRANGER = told("stranger", started=5.0)


def test_everybody_stands_under_the_one_it_comes_from_whoever_is_asked() -> None:
    for of in ("root", "two", "three"):
        assert drawn([TWO, STRANGER, ONE, ROOT, THREE], of) == ["root", "├─ three 2", "└─ one 6", "   └─ two 4"]
    assert drawn([TWO, STRANGER, ONE, ROOT], "stranger") == ["stranger"]
    assert drawn([ROOT], "nobody") == []


def test_branches_of_one_that_lies_in_the_trash_stand_under_its_own_parent() -> None:
    assert drawn([ROOT, TWO, THREE], "root", (ONE,)) == ["root", "├─ three 2", "└─ two 4"]
    late = told("late", "one", 9)
    assert drawn([ROOT, late], "late", (ONE,)) == ["root", "└─ late 6"]


def test_where_nothing_tells_it_is_the_first_that_began_at_the_same_moment() -> None:
    assert drawn([ROOT, TWO, STRANGER], "two") == ["root", "└─ two"]
    assert drawn([TWO, THREE, STRANGER], "two") == ["three", "└─ two"]


def test_two_that_say_they_come_from_each_other_are_still_shown_once_each() -> None:
    one, other = told("one", "other", 1), told("other", "one", 1)
    assert drawn([one, other], "one") == ["other", "└─ one 1"]


def test_a_long_line_of_branches_of_branches() -> None:
    line = [told("s0"), *(told(f"s{number}", f"s{number - 1}", 1) for number in range(1, 1500))]
    assert len(family(line, "s1499")) == 1500
