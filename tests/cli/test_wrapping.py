"""Words in a terminal: no line is wider than it, whatever the language."""

import pytest

from backrooms_tui.cli.prose import Wrapper, cells


def wrapped(text: str, width: int) -> list[str]:
    pieces: list[str] = []
    wrapper = Wrapper(pieces.append, width)
    for character in text:
        wrapper.feed(character)
    wrapper.finish()
    return "".join(pieces).split("\n")


@pytest.mark.parametrize("width", [9, 10, 79, 80])
@pytest.mark.parametrize(
    "text",
    [
        "a 世界很大，" * 40,
        "word " * 40,
        "x" * 333,
        "short " + "y" * 200 + " end",
        "日本語とEnglishが混ざった文章です。" * 10,
        "👩‍💻🎉" * 50,
    ],
)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert max(cells(line) for line in lines) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_wide_text_streams_before_its_line_is_full() -> None:
    pieces: list[str] = []
    wrapper = Wrapper(pieces.append, 80)
    wrapper.feed("今日はいい天気")
    assert "".join(pieces) == "今日はいい天"


def test_no_line_begins_with_a_wide_full_stop() -> None:
    assert wrapped("一二三四。五", 8) == ["一二三", "四。五"]


def test_two_emoji_that_make_one_picture_stay_together() -> None:
    assert wrapped("一二👩‍💻", 7) == ["一二", "👩‍💻"]
