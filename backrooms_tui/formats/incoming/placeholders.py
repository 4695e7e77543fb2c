"""Placeholders of other tools in a text, turned into the blanks of a template."""

import re
from collections.abc import Callable

from backrooms_tui.formats.incoming.saying import Blank, Remarks, Text
from backrooms_tui.formats.incoming.source import short_line


def filling(
    placeholder: re.Pattern[str],
    blank: Callable[[re.Match[str]], Blank | str | None],
    unplaced: Remarks,
    line: int | None = None,
) -> Callable[[str], Text]:
    """Turns a text with placeholders into one with blanks. A placeholder that means nothing stays as it stands."""

    def fill(text: str) -> Text:
        parts: list[str | Blank] = []
        at = 0
        for match in placeholder.finditer(text):
            meant = blank(match)
            if meant is None:
                unplaced.add(f"{short_line(match[0])} means nobody here, and stays as it is", line)
                continue
            parts += [text[at : match.start()], meant]
            at = match.end()
        return tuple(part for part in (*parts, text[at:]) if part != "")

    return fill
