"""Rows of text: none is too wide, nothing is lost, and words stay whole where they can."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from backrooms_tui.ui.widgets.flow import Flow
from backrooms_tui.ui.widgets.wrapping import wrapped

LETTERS = st.text(alphabet="ab cd.,  中文字あ👩\u200de\u0301ß–", max_size=120)
WIDTHS = st.integers(4, 40)


def rows(text: str, width: int, indent: int = 0, *, by_words: bool = True) -> list[str]:
    return [text[begin:end] for begin, end in wrapped(text, width, indent, by_words=by_words)]


@given(LETTERS, WIDTHS, st.integers(0, 2))
def test_no_row_is_wider_than_it_may_be(text: str, width: int, indent: int) -> None:
    for number, row in enumerate(rows(text, width, indent)):
        assert cell_len(row) <= width - (indent if number else 0)


@given(LETTERS, WIDTHS, st.integers(0, 2))
def test_only_spaces_are_lost_and_only_between_rows(text: str, width: int, indent: int) -> None:
    spans = wrapped(text, width, indent)
    after = 0
    for begin, end in spans:
        assert begin >= after
        assert not text[after:begin].strip(" ")
        after = end
    assert not text[after:].strip(" ")


@given(LETTERS, WIDTHS)
def test_code_loses_nothing(text: str, width: int) -> None:
    assert "".join(rows(text, width, by_words=False)) == text
    assert all(cell_len(row) <= width for row in rows(text, width, by_words=False))


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=8), min_size=1, max_size=30), st.integers(8, 30))
def test_words_that_fit_stay_whole(words: list[str], width: int) -> None:
    assert " ".join(rows(" ".join(words), width)) == " ".join(words)


def test_a_word_longer_than_a_row_is_broken() -> None:
    assert rows("see abcdefghijkl now", 6) == ["see", "abcdef", "ghijkl", "now"]


def test_wide_letters_take_two_cells_and_break_anywhere() -> None:
    assert rows("see 中文字符", 8) == ["see 中文", "字符"]


def test_an_accent_stays_with_its_letter() -> None:
    assert rows("e\u0301" * 10, 5) == ["e\u0301" * 5] * 2


def test_an_indentation_is_kept() -> None:
    assert rows("    return", 20) == ["    return"]


TEXTS = st.text(alphabet="ab *_`#->1.\n\t 中e\u0301\x1b", max_size=200)


@given(st.lists(TEXTS, max_size=6), st.integers(8, 30))
def test_text_looks_the_same_however_it_arrives(pieces: list[str], width: int) -> None:
    growing, whole = Flow(width), Flow(width)
    for piece in pieces:
        growing.feed(piece)
    whole.feed("".join(pieces))
    assert [(row.pieces, row.fill) for row in growing.rows] == [(row.pieces, row.fill) for row in whole.rows]


@given(st.lists(TEXTS, max_size=6), st.integers(8, 30))
def test_rows_before_the_change_stay_the_same_objects(pieces: list[str], width: int) -> None:
    flow = Flow(width)
    for piece in pieces:
        before = list(flow.rows)
        changed = flow.feed(piece)
        assert all(old is new for old, new in zip(before[:changed], flow.rows, strict=False))


def test_a_line_without_end_is_laid_out_as_it_comes() -> None:
    flow = Flow(40)
    text = "word " * 20_000
    for start in range(0, len(text), 1000):
        flow.feed(text[start : start + 1000])
    said = " ".join(piece for row in flow.rows for piece, _ in row.pieces).split()
    assert said == text.split()
