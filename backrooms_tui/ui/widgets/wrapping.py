"""Breaking a line of text into rows of a given width, counted in terminal cells."""

import re

from rich.cells import cell_len, split_graphemes

# Characters that fill exactly one cell, whatever stands beside them: such lines are broken by counting characters.
_ONE_CELL_EACH = re.compile(
    "[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2500-\u25fc\u2800-\u28ff]*"
)

Span = tuple[int, int]


def cells(text: str) -> int:
    """How many terminal cells `text` fills."""
    return len(text) if _ONE_CELL_EACH.fullmatch(text) else cell_len(text)


def wrapped(text: str, width: int, indent: int = 0, *, by_words: bool = True) -> list[Span]:
    """Where the rows of `text` (one line, no tabs) begin and end, so that none is wider than `width` cells.

    Rows after the first have `indent` cells less. With `by_words` rows end at spaces, which then stand on no row, and
    a word is broken only where it is wider than a row; between wide characters (Chinese, Japanese) a row may end
    anywhere. Without it rows are filled to the last cell, and every character stands on one. A character wider than
    the row has a row to itself.
    """
    width = max(1, width)
    rest = max(1, width - indent)
    if not text:
        return [(0, 0)]
    if _ONE_CELL_EACH.fullmatch(text):
        return _counted(text, width, rest) if by_words else _cut(len(text), width, rest)
    return _measured(text, width, rest, by_words)


def _cut(length: int, width: int, rest: int) -> list[Span]:
    first = min(width, length)
    return [(0, first), *((start, min(start + rest, length)) for start in range(first, length, rest))]


def _counted(text: str, width: int, rest: int) -> list[Span]:
    rows: list[Span] = []
    start, length = 0, len(text)
    while length - start > width:
        end = start + width
        space = text.rfind(" ", start, end + 1)
        # Spaces at the beginning of a row are an indentation, not an opportunity.
        if space > start and not text[start:space].isspace():
            end = space
            row_end = start + len(text[start:end].rstrip(" "))
            while end < length and text[end] == " ":
                end += 1
        else:
            row_end = end
        rows.append((start, row_end))
        start, width = end, rest
    if start < length or not rows:
        rows.append((start, length))
    return rows


def _measured(text: str, width: int, rest: int, by_words: bool) -> list[Span]:
    letters, _ = split_graphemes(text)  # begin, end, cells; combining characters stand with what they combine with
    rows: list[Span] = []
    first, room = 0, width
    while first < len(letters):
        end, following = _row(text, letters, first, room, by_words)
        rows.append((letters[first][0], letters[end - 1][1]))
        first, room = following, rest
    return rows


def _row(text: str, letters: list[tuple[int, int, int]], first: int, room: int, by_words: bool) -> tuple[int, int]:
    """The letter before which the row that begins with `first` ends, and the one with which the next begins."""
    filled, end, following = 0, 0, 0
    at, count, said = first, len(letters), False
    while at < count:
        begin, after, size = letters[at]
        if by_words and said and text[begin:after] == " ":
            end = at
            while at < count and text[slice(*letters[at][:2])] == " ":
                at += 1
            filled += at - end
            following = at
            continue
        if by_words and said and size > 1 and filled <= room:
            end = following = at
        if filled + size > room and at > first:
            return (end, following) if following else (at, at)
        filled += size
        said = said or text[begin:after] != " "
        at += 1
        if by_words and size > 1:
            end = following = at
    return (end if filled > room and following else count), count
