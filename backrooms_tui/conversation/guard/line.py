"""The line that is being read: its two ends, and the marks of a chat template in it, found as the text arrives."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from backrooms_tui.conversation.guard.debris import LONGEST, OPENING, PIECE, debris, mentioned
from backrooms_tui.conversation.guard.quotation import MARKS, Quotation

# So much is kept of a line's beginning and of its end; nothing is decided by its middle but the marks.
HEAD = 280
TAIL = 160
LOOKAHEAD = 2
TOKEN = re.compile(f"(?P<piece>{PIECE.pattern})|(?P<ticks>`+)|(?P<mark>[{MARKS}])")
ENCLOSING = "'‘([{"
# Enough after a mark that opens a turn to know whose turn it is.
WHOSE = re.compile(r"\s{0,2}(?:\w{1,40}\W|\w{40}|[^\w\s]|\s)")
AFTER = 48


@dataclass(frozen=True, slots=True)
class Piece:
    """A template's mark at `start` (characters from 0 in the whole text), and up to 48 characters after it."""

    text: str
    start: int
    after: str


class Line:
    """One line of a reply, fed in pieces. `start` is where it begins in the whole text."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.length = 0
        self.head = ""
        self.tail = ""
        self._unread = ""
        self._next = 0
        self._limit = 0
        self._before = ""
        self._in_ticks = False
        self._struck = False
        self._excused_to = -1

    @property
    def read_to(self) -> int:
        """How far the marks have been looked for, in characters of the whole text."""
        return self.start + self.length - len(self._unread) + self._next

    def grow(self, text: str) -> None:
        """More of the line arrived."""
        self.length += len(text)
        if len(self.head) < HEAD:
            self.head += text[: HEAD - len(self.head)]
        self.tail = text[-TAIL:] if len(text) >= TAIL else (self.tail + text)[-TAIL:]
        self._before = (self._before + self._unread[max(0, self._next - 2) : self._next])[-2:]
        self._unread = self._unread[self._next :] + text
        self._next = 0
        self._limit = -1

    def next_piece(
        self, whole: bool, quotation: Quotation, protected: Callable[[str], bool], fenced: bool
    ) -> Piece | None:
        """Read on to the next mark that is really one, or to where more text is needed. `whole`: the line is.

        Quotations and inline code are followed on the way, so that a mark which is only named is passed over.
        """
        unread = self._unread
        if whole:
            self._limit = len(unread)
        elif self._limit < 0:
            self._limit = self._certain(unread)
        origin = self.start + self.length - len(unread)
        for match in TOKEN.finditer(unread, self._next):
            if match.start() >= self._limit:
                break
            before = (self._before + unread[max(0, match.start() - 2) : match.start()])[-2:]
            self._next = match.end()
            if match["ticks"]:
                # A run that goes on over the end of a piece is one run.
                fence = len(match[0]) >= 3 and not self.head[: origin + match.start() - self.start].strip()
                if not fence and not before.endswith("`"):
                    self._in_ticks = not self._in_ticks
            elif match["mark"]:
                if not fenced:
                    quotation.meet(match[0], before[-1:])
            elif match[0] == "<s>":
                self._struck = True
            elif debris(match):
                start, after = origin + match.start(), unread[match.end() : match.end() + AFTER]
                if not self._named(match[0], start, before, after[:LOOKAHEAD], quotation) and not protected(self.head):
                    return Piece(match[0], start, after)
                self._excused_to = start + len(match[0])
        self._next = max(self._next, self._limit)
        return None

    def skip(self, characters: int) -> None:
        """Leave out so many characters of what follows the last mark."""
        self._next += characters
        self._limit = max(self._limit, self._next)

    def _named(self, text: str, start: int, before: str, after: str, quotation: Quotation) -> bool:
        if self._in_ticks or start == self._excused_to or mentioned(before, after):
            return True
        last = before[-1:]
        if last and (last in ENCLOSING or (last in MARKS and quotation.is_open)):
            return True
        return text == "</s>" and self._struck

    def _certain(self, unread: str) -> int:
        """Up to where the marks in `unread` are whole, with enough after them to tell what they are."""
        limit = len(unread) - LOOKAHEAD
        for at in range(max(0, limit - LONGEST - AFTER), limit):
            if unread[at] in "<[":
                match = PIECE.match(unread, at)
                if match is None:
                    if at > limit - LONGEST:
                        return at
                elif match.end() > limit or (
                    match[0].casefold() in (*OPENING, "<|channel|>") and not WHOSE.match(unread, match.end())
                ):
                    return at
        return max(0, limit)
