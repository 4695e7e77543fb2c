"""A document as it is searched and read: its lines and, where it has some, its pages."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """Its `text`, with the line (from 1) in which each of its `pages` begins, none where it has no pages; and a `note`
    where this is not all of it."""

    text: str
    pages: tuple[int, ...] = ()
    note: str = ""

    def page(self, line: int) -> int:
        """The page on which a line stands, from 1; 0 where it has none."""
        return bisect_right(self.pages, line)
