"""Hostile text loses its teeth and nothing else."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.session.harmless import harmless, harmless_line


@given(st.text(st.characters(exclude_categories=())))
def test_no_control_byte_comes_through(text: str) -> None:
    for character in harmless(text):
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )


@given(st.text(), st.text())
def test_it_does_not_matter_where_a_stream_is_cut(one: str, two: str) -> None:
    assert harmless(one) + harmless(two) == harmless(one + two)


def test_ordinary_text_stays_as_it_is() -> None:
    text = "naïve “quotes”\n\t日本語 👩‍👩‍👧 שלום"
    assert harmless(text) == text


def test_a_name_is_one_line() -> None:
    assert harmless_line("a\nb\x1b[31m") == "a b␛[31m"
