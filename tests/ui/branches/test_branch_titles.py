"""What is read of a branch's title where there is little room."""

from backrooms_tui.ui.branch_titles import apart, told_apart


def test_what_sets_a_branch_apart_comes_first() -> None:
    assert apart("A night · from turn 5 with opus") == "from turn 5 with opus · A night"
    assert apart("A night · Ada ↔ Bo · from turn 5, 1 of 2") == "from turn 5, 1 of 2 · A night · Ada ↔ Bo"
    assert apart("A night") == "A night"


def test_two_of_a_family_are_told_apart() -> None:
    night = "A night · Ada ↔ Bo"
    assert told_apart(f"{night} · from turn 5 with opus", f"{night} · from turn 5 with gpt") == (
        "with opus",
        "with gpt",
    )
    assert told_apart(f"{night} · from turn 5, 1 of 2", f"{night} · from turn 5, 2 of 2") == ("1 of 2", "2 of 2")
    assert told_apart(night, f"{night} · from turn 5") == ("Ada ↔ Bo", "from turn 5")
    assert told_apart("One", "Two") == ("One", "Two")
