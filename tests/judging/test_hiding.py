"""Names hidden within what was said, with care for words that only look like them."""

import pytest

from backrooms_tui.judging.hiding import Hidden, letter
from tests.hostile import HOSTILE

HIDDEN = Hidden(
    {1: "Agent A", 2: "Agent B", 3: "Agent C"},
    {1: ["Ada"], 2: ["Halden Institute", "The Old Institute"], 3: ["Nova Institute", "C++"]},
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Ada, ADA and ada's", "Agent A, Agent A and Agent A's"),
        ("adaptation, Nevada, Ada_1, Ada1", "adaptation, Nevada, Ada_1, Ada1"),
        ("**Ada**: (Ada) «Ada»", "**Agent A**: (Agent A) «Agent A»"),
        ("the Halden\n Institute", "the Agent B"),
        ("Halden said so, and Nova too", "Agent B said so, and Agent C too"),
        ("a nova in the halden valley", "a nova in the halden valley"),
        ("the Institute, the Old one", "the Institute, the Old one"),
        ("C++ or C", "Agent C or C"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_names_give_way_to_labels(said: str, shown: str) -> None:
    assert HIDDEN.hide(said) == shown


def test_a_name_that_is_a_label_of_another_is_not_taken_twice() -> None:
    hidden = Hidden({1: "Agent B", 2: "Agent A"}, {1: ["Agent A"], 2: ["Agent B"]})
    assert hidden.hide("Agent A and agent b.") == "Agent B and Agent A."


def test_an_accent_may_be_written_as_a_sign_of_its_own() -> None:
    hidden = Hidden({1: "Agent A", 2: "Agent B"}, {1: ["Zoë Müller"], 2: ["Ada"]})
    assert hidden.hide("Zoë Müller, Zoe\u0308 Mu\u0308ller, Mu\u0308ller") == "Agent A, Agent A, Agent A"
    assert hidden.hide("Ada\u0301, Ada") == "Ada\u0301, Agent B"


def test_scripts_without_spaces() -> None:
    hidden = Hidden({1: "Agent A", 2: "Agent B"}, {1: ["田中"], 2: ["Иван"]})
    assert hidden.hide("私は田中です。Ивана нет, Иван!") == "私はAgent Aです。Ивана нет, Agent B!"


def test_a_name_of_one_letter_is_no_name_in_a_sentence() -> None:
    assert Hidden({1: "Agent A"}, {1: ["I"]}).hide("I am I.") == "I am I."


@pytest.mark.parametrize("name", [*HOSTILE, "(.*)+$", "\\", "ﬁ", "İ", "ß", " "])
def test_whatever_a_name_is(name: str) -> None:
    hidden = Hidden({1: "Agent A"}, {1: [name]})
    assert hidden.hide("nothing of the kind") == "nothing of the kind" or "nothing" in name or "the" in name
    hidden.hide(f"{name} {name.upper()} {name.lower()} {name.casefold()}")


def test_letters_go_on_after_z() -> None:
    assert [letter(place) for place in (0, 1, 25, 26, 27, 52, 701, 702)] == [
        "A",
        "B",
        "Z",
        "AA",
        "AB",
        "BA",
        "ZZ",
        "AAA",
    ]
