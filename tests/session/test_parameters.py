"""A parameter is a number where it should be one, and a mistake names the nearest right word."""

import pytest

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.trouble import OperatorError


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [("temperature", "0.7", 0.7), ("max_tokens", "300", 300), ("thinking", "yes", True), ("effort", "low", "low")],
)
def test_values_from_the_command_line_become_what_they_mean(name: str, given: str, taken: object) -> None:
    assert checked(name, given) == taken


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("temprature", 1, "temperature"),
        ("temperature", 3, "from 0 to 2"),
        ("max_tokens", 0, "at least 1"),
        ("max_tokens", "many", "longest reply"),
        ("max_tokens", 2.5, "longest reply"),
        ("temperature", float("nan"), "lively"),
        ("repeat_penalty", float("inf"), "repeated words"),
        ("effort", "huge", "minimal"),
        ("thinking", "perhaps", "true or false"),
        ("temperature", True, "lively"),
        ("temperature", 10**400, "lively"),
    ],
)
def test_a_mistake_says_what_would_be_right(name: str, given: object, says: str) -> None:
    with pytest.raises(OperatorError) as caught:
        checked(name, given)
    assert says in caught.value.cure
