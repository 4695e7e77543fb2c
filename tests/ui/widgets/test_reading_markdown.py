"""What models write looks like what they mean, and every character of it stays."""

import re

from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.ui.widgets.flow import Flow, Row
from backrooms_tui.ui.widgets.prose import Tone


def rows(text: str, width: int = 60, *, wanted: str | None = None) -> list[Row]:
    flow = Flow(width, wanted=None if wanted is None else re.compile(re.escape(wanted), re.IGNORECASE))
    flow.feed(text)
    return flow.rows


def looks(text: str, tone: Tone, *, wanted: str | None = None) -> list[str]:
    """The stretches of text that look so."""
    return [piece for row in rows(text, wanted=wanted) for piece, look in row.pieces if look == tone]


def test_headings_quotes_and_rules() -> None:
    assert looks("## The corridor", "heading") == ["## The corridor"]
    assert looks("> it waits", "quote") == ["it waits"]
    assert looks("---", "faint") == ["---"]


def test_strong_emphasised_and_code_with_faint_signs() -> None:
    text = "a **strong** and *slanted* and `code` word"
    assert looks(text, "strong") == ["strong"]
    assert looks(text, "emphasis") == ["slanted"]
    assert looks(text, "code") == ["code"]
    assert looks(text, "faint") == ["**", "**", "*", "*", "`", "`"]


def test_what_only_resembles_it_stays_text() -> None:
    for text in ("2 * 3 * 4", "snake_case_name and __init__x", "*.txt and *.md", "a ** b", "C:\\* `"):
        assert {tone for row in rows(text) for _, tone in row.pieces} == {"text"}, text


def test_a_code_block_is_filled_to_the_end_of_its_rows_and_not_read() -> None:
    block = rows("```python\n**kwargs  # not a heading\n```\nafter **it**")
    assert [row.fill for row in block] == ["block", "block", "block", "text"]
    assert block[1].pieces == (("**kwargs  # not a heading", "block"),)
    assert looks("```\ncode\n```\nafter **it**", "strong") == ["it"]


def test_a_code_block_is_closed_by_its_own_kind_of_fence() -> None:
    assert [row.fill for row in rows("~~~~\n```\n~~~\n~~~~\nout")] == ["block"] * 4 + ["text"]


def test_an_item_hangs_under_its_bullet() -> None:
    wrapped = rows("- a thing that goes on for more than one row", 24)
    assert wrapped[0].pieces[0] == ("- ", "bullet")
    assert wrapped[1].pieces[0] == ("  ", "text")


def test_found_words_are_shown_in_any_look_and_capitals() -> None:
    assert looks("The **corridor** and a Corridor", "hit", wanted="corridor") == ["corridor", "Corridor"]


@given(st.text(alphabet="ab*_`#~->1. \n中", max_size=200))
def test_no_character_but_spaces_is_lost(text: str) -> None:
    said = "".join(piece for row in rows(text, 20) for piece, _ in row.pieces)
    assert said.replace(" ", "") == text.replace(" ", "").replace("\n", "")
