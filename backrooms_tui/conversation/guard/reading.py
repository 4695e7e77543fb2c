"""Reading a reply as it arrives, up to where it stops being the speaker's own.

What is decided rests on what stands before, on 48 characters after a label, and where these are few on the line after
it. So a decision can be made while the reply is still being written, and nothing that follows can change it.
"""

import re
from dataclasses import dataclass

from backrooms_tui.conversation.guard.cast import Cast
from backrooms_tui.conversation.guard.debris import OPENING, OTHERS_TURN, OWN_ROLES
from backrooms_tui.conversation.guard.finding import Found
from backrooms_tui.conversation.guard.label import Label, labels_of
from backrooms_tui.conversation.guard.line import HEAD, Line, Piece
from backrooms_tui.conversation.guard.speech import VALUE
from backrooms_tui.conversation.guard.surroundings import Surroundings
from backrooms_tui.conversation.guard.verdict import judged, needs_following, reason

LINE_END = re.compile("[\n\u2028\u2029]")
ROLE = re.compile(r"\s{0,2}(\w{1,40})")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A label that is judged when the line after it is known."""

    label: Label
    value: str
    start: int
    after_field: bool


class Reader:
    """Reads one reply. `found` is where it must be cut, None as long as that is not certain; `lead` is how many
    characters at the start are a chat template's header of the speaker's own turn."""

    def __init__(self, cast: Cast, play: bool) -> None:
        self.cast = cast
        self.play = play
        self._labels = labels_of(cast)
        self._around = Surroundings(cast.names)
        self._line = Line(0)
        self._leading = True
        self._waiting: _Waiting | None = None
        self._doubt: int | None = None
        # Of the line: whether its label has been judged, at what length it was last tried, whether it opens the reply.
        self._label: Label | None = None
        self._judged = False
        self._tried = 0
        self._opens = True
        self.found: Found | None = None
        self.lead = 0

    def feed(self, text: str) -> Found | None:
        """More of the reply arrived."""
        at = 0
        while self.found is None and at < len(text):
            end = LINE_END.search(text, at)
            self._read(text[at : end.start() if end else len(text)], whole=end is not None)
            if end is None:
                break
            self._next_line()
            at = end.end()
        return self.found

    def end(self) -> Found | None:
        """The reply is over."""
        if self.found is None:
            self._read("", whole=True)
        if self.found is None:
            self._settle("")
        return self.found

    def _read(self, text: str, whole: bool) -> None:
        line = self._line
        line.grow(text)
        while self.found is None:
            begin = line.read_to
            piece = line.next_piece(whole, self._around.quotation, self._around.protects, self._around.fenced)
            if self._leading and self._anything(begin, piece.start if piece else line.read_to):
                self._leading = False
            if piece is None:
                break
            if not self._is_lead(piece):
                self._meet(piece)
        if self.found is None:
            # A mark that has only half arrived is no part of what is judged.
            head = line.head[: line.read_to - line.start]
            if whole or len(head) > self._tried:
                self._tried = len(head)
                self._try(head, whole or len(head) >= HEAD)

    def _anything(self, begin: int, end: int) -> bool:
        """Whether anything but spaces stands there, in the line."""
        start = self._line.start
        begin = max(begin, self.lead)
        return end > start + HEAD or (begin < end and bool(self._line.head[begin - start : end - start].strip()))

    def _is_lead(self, piece: Piece) -> bool:
        """Whether the mark belongs to the header of the speaker's own turn, which some models write out."""
        mark = piece.text.casefold()
        if not self._leading or mark in OTHERS_TURN:
            return False
        end = piece.start + len(piece.text)
        if mark in OPENING or mark == "<|channel|>":
            role = ROLE.match(piece.after)
            if role and mark != "<|channel|>":
                who = self.cast.who(role[1])
                if role[1].casefold() not in OWN_ROLES and (who is None or who.kind != "own"):
                    return False
            if role:
                self._line.skip(role.end())
                end += role.end()
        self.lead = end
        return True

    def _meet(self, piece: Piece) -> None:
        """A template's mark: nothing after it counts, so the text before it is judged as if it ended here."""
        self._try(self._line.head[: piece.start - self._line.start], whole=True)
        self._settle("")
        if self.found is None:
            at = piece.start if self._doubt is None else self._doubt
            self.found = Found(at, f"it wrote a mark of its chat template ({piece.text})")

    def _try(self, head: str, whole: bool) -> None:
        """Judge what can be judged of the line by now: first the label that waits for it, then its own."""
        if not self._follow(head, whole) or self._judged:
            return
        label = self._labels.read(head)
        if label is None:
            self._judged = whole
            if whole and head.strip():
                self._doubt = None
            return
        value = head[label.end :].lstrip()[:VALUE]
        if not whole and len(value) < VALUE:
            return
        self._judged, self._label = True, label
        self._judge(label, value, head)

    def _follow(self, head: str, whole: bool) -> bool:
        """Give the waiting label the line after it. False as long as too little of that has arrived."""
        if self._waiting is None:
            return True
        following = head[: 2 * VALUE]
        if not whole and len(following) < 2 * VALUE:
            return False
        if following.strip() or self._waiting.value:
            self._settle(following)
        return True

    def _settle(self, following: str) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and self.found is None:
            self._conclude(waiting, following)

    def _judge(self, label: Label, value: str, head: str) -> None:
        kind = label.who.kind
        own = kind == "own" or (self._opens and (kind == "assistant" or label.spelling.casefold() == "response"))
        allowed = self.play and kind == "other"
        # Asked first and always: a talk that is recounted may begin with the speaker's own words.
        excused = self._around.excuses(head)
        if self.found is not None or own or allowed or excused:
            self._doubt = None
            return
        waiting = _Waiting(label, value, self._line.start, self._around.after_field)
        if needs_following(label, value):
            self._waiting = waiting
        else:
            self._conclude(waiting, "")

    def _conclude(self, waiting: _Waiting, following: str) -> None:
        verdict = judged(waiting.label, waiting.value, following, waiting.after_field)
        if verdict == "cut":
            # What was only doubtful before, such as "User: Hi there", belongs to the same lapse.
            at = waiting.start if self._doubt is None else self._doubt
            self.found = Found(at, reason(waiting.label.who))
        elif verdict == "keep":
            self._doubt = None
        elif self._doubt is None:
            self._doubt = waiting.start

    def _next_line(self) -> None:
        line = self._line
        if self.found is None:
            self._around.pass_line(line.head.rstrip("\r"), line.tail.rstrip("\r"), self._label is not None)
        self._line = Line(line.start + line.length + 1)
        self._label, self._judged, self._tried = None, False, 0
        self._opens = self._leading
