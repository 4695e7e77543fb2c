"""Words wrapped as they stream in, at the width of the terminal."""

import unicodedata
from collections.abc import Callable

from backrooms_tui.session.harmless import harmless_line

# Longer lines are hard to read, however wide the terminal is.
WIDEST = 100


# No line begins with one of these.
_CLOSING = "、。，．：；！？）］｝〉》」』】〕ー～…"

_JOINER = "\u200d"  # makes one picture of two emoji


def cells(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def hanging(text: str, mark: str = "") -> list[str]:
    """The lines of `text`, harmless to a terminal: the first with a `mark` before it, the others indented below."""
    first, *others = text.split("\n")
    return [harmless_line(f"{mark}{first}"), *(harmless_line(f"  {line}") for line in others)]


class Wrapper:
    """Writes streamed text word by word, breaking lines at spaces. `width` 0 writes it as it comes.

    Wide characters (Chinese, Japanese, Korean) are words of their own, as those languages put no spaces between words.
    Blanks at the beginning of a line stay: it may be code or a drawing.
    """

    def __init__(self, write: Callable[[str], None], width: int) -> None:
        self._write = write
        self._width = width
        self._column = 0
        self._word = ""
        self._blank = ""

    def feed(self, text: str) -> None:
        """Take in the next piece."""
        if not self._width:
            self._write(text)
            return
        for character in text:
            if character == "\n":
                self._put_word()
                self._write("\n")
                self._column, self._blank = 0, ""
            elif character in " \t":
                self._put_word()
                self._blank += character if character == " " else "    "
            elif cells(character) == 2 and character not in _CLOSING and not self._word.endswith(_JOINER):
                self._put_word()
                self._word = character
            else:
                if self._word and cells(self._word + character) > self._width:
                    self._put_word()
                self._word += character

    def finish(self) -> None:
        """Write the last word."""
        if self._width:
            self._put_word()
            self._column, self._blank = 0, ""

    def _put_word(self) -> None:
        if not self._word:
            return
        wide = cells(self._word)
        if self._column and self._column + len(self._blank) + wide > self._width:
            self._write("\n")
            self._column, self._blank = 0, ""
        self._write(self._blank + self._word)
        self._column += len(self._blank) + wide
        self._word = self._blank = ""
