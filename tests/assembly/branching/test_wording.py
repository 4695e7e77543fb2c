"""What two texts have in common and what not."""

from time import monotonic

import pytest

from backrooms_tui.assembly.branching.wording import compare_wording

CALM = "The lamp is lit and the sea is calm tonight, my friend."
ROUGH = "The lamp is lit and the sea is rough tonight, old friend."


def marked(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[first:last] for first, last in spans]


def test_words_that_only_one_has_are_marked() -> None:
    wording = compare_wording(CALM, ROUGH)
    # One word in common between two differences is read with them.
    assert marked(CALM, wording.first) == ["calm tonight, my"]
    assert marked(ROUGH, wording.second) == ["rough tonight, old"]
    assert not wording.same
    assert wording.alike > 0.7


def test_both_texts_can_be_read_from_what_is_merged() -> None:
    for first, second in ((CALM, ROUGH), (CALM, f"Well. {CALM}"), (f"{CALM} Or not?", CALM)):
        merged = compare_wording(first, second).merged
        assert "".join(text for whose, text in merged if whose != "second") == first
        assert "".join(text for whose, text in merged if whose != "first") == second


def test_an_addition_marks_nothing_in_the_other() -> None:
    longer = CALM.replace("my friend", "my very dear friend")
    wording = compare_wording(CALM, longer)
    assert (marked(CALM, wording.first), marked(longer, wording.second)) == ([], ["very dear"])


def test_texts_that_have_little_in_common_are_not_speckled() -> None:
    wording = compare_wording(CALM, "Copper tastes of thunder; the plumber said so on Tuesday.")
    assert (wording.first, wording.second, wording.merged) == ((), (), ())


def test_the_same_is_the_same() -> None:
    assert compare_wording(CALM, CALM).same
    assert compare_wording("", "").same
    assert not compare_wording("...", "!!!").same


@pytest.mark.parametrize(
    ("first", "second"), [("a " * 200_000, "b " * 200_000), ("x" * 500_000, "y"), ("é́" * 9_000, "e")]
)
def test_texts_of_any_length_are_compared_soon(first: str, second: str) -> None:
    begun = monotonic()
    compare_wording(first, second)
    assert monotonic() - begun < 10
