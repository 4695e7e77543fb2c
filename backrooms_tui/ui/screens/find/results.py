"""What was found, as lines of a list: the sessions, and under each its places with the words in context."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.ui.screens.home.listing import when
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.finding import Hit

_DIM = "$foreground-muted"
FOUND = "bold underline"
_NAME = 12  # cells of a name
_BEFORE = 16  # letters that are left of the words where there is not room for all
_WORD = "──"  # what stands before words between the turns, in place of a seat's mark


@dataclass(frozen=True, slots=True)
class Group:
    """A session with what was found in it."""

    session: str
    title: str
    at: float
    count: int


def lines_of(hits: "Sequence[Hit]") -> "list[Group | Hit]":
    """The sessions, the one with the newest place first, each with its places in the order in which they were said."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.session, []).append(hit)
    lines: list[Group | Hit] = []
    for session, found in groups.items():
        lines.append(Group(session, found[0].title, found[0].at, len(found)))
        lines += reversed(found)
    return lines


def group_line(group: Group, width: int, now: datetime) -> Content:
    """A session on one line of `width` cells."""
    places = f"{group.count} place{'' if group.count == 1 else 's'} · {when(group.at, now)}"
    title = shown_line(group.title or "(untitled)").truncate(max(1, width - len(places) - 2), ellipsis=True)
    gap = " " * max(2, width - title.cell_length - len(places))
    return Content.assemble(title.stylize("bold $text-primary"), gap, (places, _DIM))


def hit_line(hit: "Hit", width: int) -> Content:
    """A place on one line of `width` cells: turn, who, and the words in context."""
    who = f"{_WORD if hit.agent == 0 else mark(hit.agent)} "
    name = shown_line(hit.name).truncate(_NAME, ellipsis=True)
    head = Content.assemble((f"{hit.turn:>6} ", _DIM), who, name, " " * (_NAME - name.cell_length + 1))
    room = max(1, width - head.cell_length)
    begin = 0
    if hit.marks and hit.marks[0][1] > room - _BEFORE:
        begin = max(0, hit.marks[0][0] - _BEFORE)
    return Content.assemble(head, in_context(hit, begin).truncate(room, ellipsis=True))


def in_context(hit: "Hit", begin: int = 0) -> Content:
    """The piece of what was said, from letter `begin` on, with what was sought standing out."""
    parts: list[Content] = [Content("…")] if begin else []
    place = begin
    for start, end in hit.marks:
        if start >= place:
            parts += [shown_line(hit.snippet[place:start]), shown_line(hit.snippet[start:end]).stylize(FOUND)]
            place = end
    return Content.assemble(*parts, shown_line(hit.snippet[place:]))


class Places(Rows):
    """The list of what was found. What is marked is always a place, never a session's own line."""

    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[Group | Hit] = []

    def show_lines(self, lines: "list[Group | Hit]", now: datetime) -> None:
        """Show other lines, the first place marked."""
        self.lines = lines

        def drawn(index: int, width: int) -> Content:
            line = self.lines[index]
            return group_line(line, width, now) if isinstance(line, Group) else hit_line(line, width)

        self.scroll_to(y=0, animate=False)
        self.show(len(lines), drawn, marked=0)

    @property
    def place(self) -> "Hit | None":
        """The marked one."""
        line = self.lines[self.marked] if self.marked < len(self.lines) else None
        return None if isinstance(line, Group) else line

    def validate_marked(self, marked: int) -> int:
        """A place: the next one, coming from above, or the one before, coming from below."""
        marked = super().validate_marked(marked)
        if marked < len(self.lines) and isinstance(self.lines[marked], Group):
            # A session's line is never the last one.
            marked += -1 if 0 < marked < self.marked else 1
        return marked

    def watch_marked(self, marked: int) -> None:
        """Keep it in sight, with the session's line above the first of its places."""
        super().watch_marked(marked)
        if marked and self.scroll_offset.y == marked and isinstance(self.lines[marked - 1], Group):
            self.scroll_to(y=marked - 1, animate=False)
