"""Quotation marks, read along: whether a quotation is open."""

import re

CLOSING = {"“": "”", "«": "»", "»": "«", "「": "」", "『": "』", "„": "“”", '"': '"'}
MARKS = '"“”„«»「」『』'
MARK_OR_BREAK = re.compile(f"[{MARKS}]|\\n[ \\t\\r]{{0,40}}\\n")


class Quotation:
    """Follows the quotation marks of a text. An apostrophe is none, and so no single mark counts."""

    def __init__(self) -> None:
        self._closing = ""
        self._block = False

    @property
    def is_open(self) -> bool:
        """Whether the text so far ends inside a quotation."""
        return bool(self._closing)

    def meet(self, mark: str, before: str) -> None:
        """A quotation mark, and the character `before` it ("" at the start of a line)."""
        if self._closing:
            if mark in self._closing:
                self._closing = ""
            return
        # Five inches (5") and a mark that ends what was never begun open nothing.
        ends_a_word = before != "" and (before.isalnum() or before in ".?!,…")
        if mark in CLOSING and not (mark in '"»' and ends_a_word):
            self._closing = CLOSING[mark]
            self._block = False

    def end_line(self, last: str) -> None:
        """The line is over; `last` is its last character but spaces. A mark that opens there opens a block."""
        if self._closing and CLOSING.get(last) == self._closing:
            self._block = True

    def end_paragraph(self) -> None:
        """A blank line. A mark that somebody forgot to close must not switch the guard off for good; only one that
        ended its line, and so opened a block, stays open."""
        if not self._block:
            self._closing = ""


def quotations(text: str) -> list[tuple[int, int]]:
    """Where `text` quotes, as pairs of start and end (characters from 0), in order. One that is never closed ends
    with its paragraph."""
    spans: list[tuple[int, int]] = []
    quotation, start = Quotation(), 0
    for match in MARK_OR_BREAK.finditer(text):
        was_open = quotation.is_open
        if match[0] in MARKS:
            quotation.meet(match[0], text[match.start() - 1 : match.start()])
        else:
            quotation.end_paragraph()
        if quotation.is_open and not was_open:
            start = match.start()
        elif was_open and not quotation.is_open:
            spans.append((start, match.end()))
    if quotation.is_open:
        spans.append((start, len(text)))
    return spans
