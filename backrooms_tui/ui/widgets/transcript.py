"""A transcript: a list of entries of any length, of which only what is in sight is laid out and drawn.

Where the reader is, is an entry and a row of it, not a distance from the beginning: nothing that is laid out, added or
changed elsewhere moves what is being read.
"""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from backrooms_tui.session.mark import Mark
from backrooms_tui.session.state import Entry, FailedAttempt, OpenCouncil
from backrooms_tui.ui.widgets.council_tail import CouncilsTail, Held
from backrooms_tui.ui.widgets.councils import ALL_FOLDED, Unfolded
from backrooms_tui.ui.widgets.drawing import Manner
from backrooms_tui.ui.widgets.entries import EntrySource
from backrooms_tui.ui.widgets.flow import Row
from backrooms_tui.ui.widgets.row_view import RowView
from backrooms_tui.ui.widgets.screens import Seats
from backrooms_tui.ui.widgets.sheets import Place, Sheets
from backrooms_tui.ui.widgets.tail import Both, Ending, Tail


class Transcript(RowView, can_focus=True):
    """Shows the entries of `source`: `compact` each as one line, with `marks` who speaks over each turn. It follows
    what is new until the reader scrolls up, and again from the end on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "choose(-1)", "Previous entry", show=False),
        Binding("shift+down", "choose(1)", "Next entry", show=False),
    ]
    DEFAULT_CSS = "Transcript { height: 1fr; }"

    highlight: reactive[str | re.Pattern[str]] = reactive("", repaint=False, init=False)  # words, or what finds them
    show_reasoning: reactive[bool] = reactive(False, repaint=False, init=False)
    stall_at: reactive[float | None] = reactive(None, repaint=False, init=False)  # from here on turns are marked
    # What the person has marked, by turn.
    kept: reactive[Mapping[int, Mark]] = reactive(dict, repaint=False, init=False)
    # Who takes part, by seat: what worlds say is drawn otherwise.
    seats: reactive[Seats] = reactive(dict, repaint=False, init=False)

    class Selected(Message):
        """The reader has chosen an entry, with the mouse or the keyboard."""

        def __init__(self, transcript: "Transcript", index: int, entry: Entry) -> None:
            super().__init__()
            self.transcript = transcript
            self.index = index
            self.entry = entry

        @property
        def control(self) -> "Transcript":
            """The transcript in which it was chosen."""
            return self.transcript

    class FollowChanged(Message):
        """It began or ceased to follow the end, or there is more below than there was."""

        def __init__(self, transcript: "Transcript", follow: bool, new_below: int) -> None:
            super().__init__()
            self.transcript = transcript
            self.follow = follow
            self.new_below = new_below

        @property
        def control(self) -> "Transcript":
            """The transcript that follows or not."""
            return self.transcript

    def __init__(
        self,
        source: EntrySource,
        *,
        compact: bool = False,
        marks: bool = True,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._compact = compact
        self._marks = marks
        self._originals: frozenset[int] = frozenset()
        self._source = source
        self._councils: Unfolded = ALL_FOLDED
        self._sheets = Sheets(source, self._manner(80))
        self._tail: Tail | None = None
        self._tail_ends = False
        self._held: CouncilsTail | None = None
        self._held_ends = False
        self._top = Place(0, 0)
        self._read = (self._top, 0)  # a place, and the letters of its entry before what was read there
        self._follow = True
        self._left_at = 0  # how many entries there were when it ceased to follow
        self._told = (True, 0)
        self._selected: int | None = None
        self._shown: list[int] = []  # the entry to which each row of the window belongs
        self._settling = False

    # What is shown ---------------------------------------------------------------------------------------------------

    @property
    def source(self) -> EntrySource:
        """Where the entries come from."""
        return self._source

    def show(self, source: EntrySource) -> None:
        """Show another source, from its end."""
        self._source = source
        self._selected = None
        self._tail = self._held = None
        self._follow = True
        self._lay_anew(keep_place=False)

    def refresh_entries(self) -> None:
        """The source has grown, or entries of it have changed. Costs next to nothing where that is not so."""
        self._later()

    def stream(
        self,
        agent_mark: str,
        name: str,
        text: str,
        reasoning: str,
        *,
        turn: int | None = None,
        attempts: Sequence[FailedAttempt] = (),
        speaking: bool = True,
    ) -> None:
        """What is being said after the last entry: all of it so far. `attempts` are those that failed before it; while
        nobody is `speaking` they stand alone."""
        self._tail_ends = False
        if self._tail is None:
            self._tail = Tail(self._sheets.manner)
        if self._tail.say(agent_mark, name, text, reasoning, turn, attempts, speaking):
            self._later()

    def end_stream(self) -> None:
        """Nobody speaks any more. What was said comes with the next `refresh_entries`, in the same place."""
        if self._tail is not None:
            self._tail_ends = True
            self._later()

    def hold(self, open: Mapping[int, OpenCouncil], held: Held) -> None:
        """The councils that are `open`, by the seat that they serve, and how they stand. They come before what is
        being said; with none what was said in them is for `refresh_entries`, too."""
        self._held_ends = not open and self._held is not None
        if self._held is None and open:
            self._held = CouncilsTail(self._sheets.manner)
        if self._held_ends or (self._held is not None and self._held.say(open, held)):
            self._later()

    def show_councils(self, unfolded: Unfolded) -> None:
        """Others are unfolded, or more is known of what was said in them."""
        self._councils = unfolded
        self._lay_anew()

    def search(self, text: str) -> list[int]:
        """The numbers of all entries in which `text` stands, whatever its capitals. Reads all of the source."""
        wanted = text.casefold()
        if not wanted:
            return []
        return [index for index in range(len(self._source)) if wanted in self._source.entry(index).text.casefold()]

    def toggle_original(self, turn: int) -> None:
        """Show what a turn said before it was edited or cut, or no longer."""
        self._originals ^= {turn}
        self._lay_anew()

    def watch_highlight(self) -> None:
        """Other words are to be shown as found."""
        self._lay_anew()

    def watch_stall_at(self) -> None:
        """Other turns are marked."""
        self._lay_anew()

    def watch_kept(self) -> None:
        """Other marks are to be shown."""
        self._lay_anew()

    def watch_seats(self) -> None:
        """Others take part."""
        self._lay_anew()

    def watch_show_reasoning(self) -> None:
        """Reasoning unfolds or folds."""
        self._lay_anew()

    # Where the reader is ---------------------------------------------------------------------------------------------

    @property
    def follow(self) -> bool:
        """Whether it stays at the end as more comes."""
        return self._follow

    @follow.setter
    def follow(self, follow: bool) -> None:
        if follow != self._follow:
            self._set_follow(follow)
            self._settle()

    @property
    def new_below(self) -> int:
        """How many entries have come since it ceased to follow, the one being spoken included."""
        return 0 if self._follow else max(0, self._count() - self._left_at)

    @property
    def selected(self) -> int | None:
        """The number of the chosen entry."""
        return self._selected

    @property
    def top(self) -> tuple[int, int]:
        """The entry at the top of what is seen, and which of its rows is the first there."""
        return self._top.entry, self._top.row

    @property
    def in_sight(self) -> range:
        """The numbers of the entries that are at least partly seen."""
        return range(self._shown[0], self._shown[-1] + 1) if self._shown else range(0)

    def select(self, index: int | None) -> None:
        """Mark an entry as chosen. It need not be in sight: `go_to` brings it there."""
        self._selected = index
        self._settle()

    def go_to(self, index: int, *, top: bool = True) -> None:
        """Bring an entry into sight: to the top, or without `top` by as little as it takes."""
        index = max(0, min(index, self._count() - 1))
        self._settle()
        if not top and self._shown.count(index) == self._sheets.height(index):
            return
        self._set_follow(False)
        place = self._sheets.head(index) if self._count() else Place(0, 0)
        if not top and (self._shown and index >= self._shown[-1]):  # its last row becomes the last one in sight
            last = Place(index, max(0, self._sheets.height(index) - 1))
            place = min(place, self._sheets.moved(last, 1 - max(1, self.size.height)))
        self._top = place
        self._settle()

    def action_choose(self, step: int) -> None:
        """Choose the entry before or after the chosen one, or the last in sight."""
        count = len(self._source)
        if not count:
            return
        if self._selected is None:
            index = min(self._shown[-1] if self._shown else count - 1, count - 1)
        else:
            index = max(0, min(count - 1, self._selected + step))
        self._choose(index)
        self.go_to(index, top=False)

    def action_scroll_up(self) -> None:
        """A row up; in a compact list, the entry before."""
        if self._compact:
            self.action_choose(-1)
        else:
            self._scroll_to(y=self.scroll_y - 1)

    def action_scroll_down(self) -> None:
        """A row down; in a compact list, the next entry."""
        if self._compact:
            self.action_choose(1)
        else:
            self._scroll_to(y=self.scroll_y + 1)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked on."""
        if 0 <= event.y < len(self._shown) and self._shown[event.y] < len(self._source):
            self._choose(self._shown[event.y])

    def _choose(self, index: int) -> None:
        self.select(index)
        self.post_message(self.Selected(self, index, self._source.entry(index)))

    def _set_follow(self, follow: bool) -> None:
        if self._follow and not follow:
            self._left_at = self._count()
        self._follow = follow

    # Scrolling: every way to scroll comes through here, and never glides ----------------------------------------------

    def scroll_home(self, **_: object) -> None:
        """To the first row."""
        self._set_follow(False)
        self._top = Place(0, 0)
        self._settle()

    def scroll_end(self, **_: object) -> None:
        """To the end, and follow it."""
        self._set_follow(True)
        self._settle()

    def _scroll_to(self, x: float | None = None, y: float | None = None, **_: object) -> bool:
        if y is None or not self.size.height:
            return False
        before = self._top
        rows = round(y) - round(self.scroll_y)
        if abs(rows) <= 2 * self.size.height:
            self._top = self._sheets.moved(self._top, rows)
        else:
            self._top = self._sheets.at(max(0, round(y)))
        self._top = min(self._top, self._sheets.last_top(self.size.height))
        self._set_follow(self._top == self._sheets.last_top(self.size.height))
        self._settle()
        return self._top != before

    # Laying out and drawing ------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Wrap anew where the width has changed; what is at the top stays there."""
        if self.text_width != self._sheets.manner.width:
            self._lay_anew()
        else:
            self._settle()

    def _manner(self, width: int) -> Manner:
        words = self.highlight
        wanted = words if isinstance(words, re.Pattern) else re.compile(re.escape(words), re.IGNORECASE)
        return Manner(
            width,
            self._compact,
            self._marks,
            self.show_reasoning,
            wanted if wanted.pattern else None,
            self._originals,
            self.stall_at,
            self.kept,
            self._councils,
            seats=self.seats,
        )

    def _count(self) -> int:
        return len(self._source) + (self._ending is not None)

    @property
    def _ending(self) -> Ending | None:
        if self._held is None or self._tail is None:
            return self._held or self._tail
        return Both(self._held, self._tail, compact=self._compact)

    def _lay_anew(self, *, keep_place: bool = True) -> None:
        manner = self._manner(self.text_width if self.is_mounted else 80)
        # Several widths one after another must not let what is read drift: the letter counts, not the row it is in.
        if self._top != self._read[0]:
            self._read = (self._top, self._sheets.letters_before(self._top))
        self._sheets = Sheets(self._source, manner)
        for tail in (self._held, self._tail):
            if tail is not None:
                tail.lay_anew(manner)
        self._sheets.tail = self._ending
        if keep_place and not self._follow and self.size.width:
            self._top = self._sheets.after_letters(self._top.entry, self._read[1])
            self._read = (self._top, self._read[1])
        self._later()

    def _later(self) -> None:
        """Settle once, however much has happened."""
        if not self._settling:
            self._settling = True
            self.call_next(self._settle)

    def _settle(self) -> None:
        """Find out what is in sight, and have drawn again what of it has changed."""
        self._settling = False
        height = self.size.height
        if not self.is_mounted or not height:
            return
        sheets = self._sheets
        tail_at = sheets.tail_at
        if self._tail_ends:
            self._tail, self._tail_ends = None, False
        if self._held_ends:
            self._held, self._held_ends = None, False
        sheets.tail = self._ending
        sheets.catch_up()
        if sheets.tail is not None and tail_at is not None and self._top.entry == tail_at:
            self._top = Place(sheets.tail_at or 0, self._top.row)  # something came in before what is being said
        last_top = sheets.last_top(height)
        self._top = last_top if self._follow else min(self._top, last_top)
        chosen = sheets.head(self._selected) if self._selected is not None and self._selected < sheets.count else None
        rows: list[Row] = []
        bars: list[bool] = []
        self._shown = []
        for place, row in sheets.rows_from(self._top, height):
            rows.append(row)
            bars.append(chosen is not None and place.entry == chosen.entry and place.row >= chosen.row)
            self._shown.append(place.entry)
        self.draw(rows, bars)
        self.tell_scrollbar(sheets.total, sheets.above(self._top))
        told = (self._follow, self.new_below)
        if told != self._told:
            self._told = told
            self.post_message(self.FollowChanged(self, *told))
