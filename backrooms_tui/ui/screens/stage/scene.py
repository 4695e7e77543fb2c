"""Panes and timeline, and how they share the room: the same for a live conversation and for a replay."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Container, Grid
from textual.message import Message
from textual.widget import Widget

from backrooms_tui.session.mark import Mark
from backrooms_tui.session.state import SessionState, TurnEntry
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.ui.screens.stage.tab_strip import Tab, TabStrip
from backrooms_tui.ui.widgets.council_tail import Held
from backrooms_tui.ui.widgets.councils import ALL_FOLDED, Unfolded
from backrooms_tui.ui.widgets.entries import EntrySource
from backrooms_tui.ui.widgets.pane import Pane
from backrooms_tui.ui.widgets.timeline import Timeline
from backrooms_tui.ui.widgets.transcript import Transcript

Layout = Literal["both", "panes", "timeline", "stacked"]
# What the layout key goes through, from what a screen begins with.
WIDE: tuple[Layout, ...] = ("both", "panes", "stacked", "timeline")
NARROW: tuple[Layout, ...] = ("panes", "both", "timeline", "stacked")
SPOKEN: dict[Layout, str] = {
    "both": "Panes and timeline",
    "panes": "Panes",
    "timeline": "Timeline",
    "stacked": "Panes over one another",
}
SIDE_BY_SIDE = 100  # columns from which panes stand side by side
SHOWN = 8  # agents that have a pane; of others the timeline tells
LOWEST = 5  # rows of a pane, its frame and status included, below which nothing can be read in it
TIMELINE = 0  # in place of a seat, where the timeline is meant

# Gives the entries of a seat, or of all with `TIMELINE`.
SourceFor = Callable[[int], EntrySource]


class Scene(Widget):
    """A pane for each of `seats`, and the timeline. One of them is active: the keys are for it, and on a narrow screen
    it alone is shown: until the reader chooses a pane, that of whoever speaks."""

    DEFAULT_CSS = """
    Scene {
        layout: vertical;
        height: 1fr;
        #scene-floor { layout: horizontal; height: 1fr; }
        .-wide & Timeline { width: 44; }
        #scene-floor.-over { layout: vertical; }
        #scene-panes { width: 1fr; height: 1fr; grid-gutter: 0; }
        Timeline { width: 31; height: 1fr; }
        #scene-floor.-over Timeline { width: 1fr; height: 40%; }
        #scene-floor.-alone Timeline { width: 1fr; height: 1fr; }
    }
    """

    class Arrived(Message):
        """It is there, and can be told what to show."""

    def __init__(self, seats: Sequence[int], source_for: SourceFor, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.seats = tuple(seats)[:SHOWN]
        self.source_for = source_for
        self.active = self.seats[0]
        self.zoomed = False
        self.follows_speaker = True
        self._layouts: dict[bool, Layout] = {True: NARROW[0], False: WIDE[0]}
        self._state: SessionState | None = None
        self._seen_turn = 0
        self._seen_trouble: Trouble | None = None
        self._kept: Mapping[int, Mark] = {}
        self._held: Held = {}
        # Which councils are unfolded: whoever changes that tells the transcripts.
        self.councils: Unfolded = ALL_FOLDED

    def compose(self) -> ComposeResult:
        """All panes are there all the time; what is not shown costs nothing. Who joins gets one, too."""
        yield TabStrip(id="scene-tabs")
        with Container(id="scene-floor"):
            with Grid(id="scene-panes"):
                for seat in self.seats:
                    yield Pane(seat, self.source_for(seat), id=f"pane-{seat}")
            yield Timeline(self.source_for(TIMELINE), id="scene-timeline")

    # What there is --------------------------------------------------------------

    @property
    def narrow(self) -> bool:
        """Whether there is room for one pane only."""
        return self.app.size.width < SIDE_BY_SIDE

    @property
    def arrangement(self) -> Layout:
        """The layout now."""
        return self._layouts[self.narrow]

    def pane(self, seat: int) -> Pane:
        """The pane of a seat."""
        return self.query_one(f"#pane-{seat}", Pane)

    @property
    def timeline(self) -> Timeline:
        """The timeline."""
        return self.query_one(Timeline)

    def transcript(self, place: int) -> Transcript:
        """The transcript of a seat's pane, or of the timeline."""
        holder = self.timeline if place == TIMELINE else self.pane(place)
        return holder.transcript

    @property
    def transcripts(self) -> Iterator[Transcript]:
        """All of them, the timeline's last."""
        return (self.transcript(place) for place in (*self.seats, TIMELINE))

    # What is shown --------------------------------------------------------------

    def update(self, state: SessionState, held: Held = MappingProxyType({})) -> None:
        """Show the state as it is now, where it is in sight, with the councils that are `held`."""
        self._state, self._held = state, held
        seats = tuple(sorted(state.agents))[:SHOWN]
        if seats != self.seats and seats:
            self._seat(seats)
        speaker = self._speaker(state)
        if speaker is not None and self.follows_speaker and speaker != self.active:
            self._watch(speaker)
        for seat in self.seats:
            pane = self.pane(seat)
            if pane.display:
                pane.update(state, held)
        if self.timeline.display:
            self.timeline.update(state, held)
        self._update_tabs()

    def _seat(self, seats: tuple[int, ...]) -> None:
        """Others take part than before: somebody has joined, or a replay went back to before that."""
        self.seats = seats
        panes = self.query_one("#scene-panes", Grid)
        there = {pane.seat for pane in self.query(Pane)}
        for seat in seats:
            if seat not in there:
                pane = Pane(seat, self.source_for(seat), id=f"pane-{seat}")
                pane.transcript.kept = self._kept
                pane.transcript.show_councils(self.councils)
                panes.mount(pane)
        if self.active != TIMELINE and self.active not in seats:
            self.active = seats[0]
        self._arrange()

    def _speaker(self, state: SessionState) -> int | None:
        """Who speaks, be it in a council, or has spoken or failed since this was asked last."""
        if state.in_flight is not None:
            self._seen_turn = state.in_flight.turn
            return state.in_flight.agent
        if state.councils:
            return self.active if self.active in state.councils else next(iter(state.councils))
        if state.trouble is not self._seen_trouble:
            self._seen_trouble = state.trouble
            return state.next_agent if state.trouble is not None else None
        if state.turn == self._seen_turn or state.turn not in state.turns:
            return None
        self._seen_turn = state.turn
        return state.turns[state.turn].agent

    def show_sources(self, source_for: SourceFor) -> None:
        """Show other entries in place of these, from their end."""
        self.source_for = source_for
        for pane in self.query(Pane):
            pane.transcript.show(source_for(pane.seat))
        self.transcript(TIMELINE).show(source_for(TIMELINE))

    def show_councils(self, unfolded: Unfolded) -> None:
        """Show councils as `unfolded` has them from now on."""
        self.councils = unfolded
        for transcript in self.transcripts:
            transcript.show_councils(unfolded)

    def show_marks(self, kept: Mapping[int, Mark]) -> None:
        """Show what the person has marked, by turn."""
        self._kept = kept
        for transcript in self.transcripts:
            transcript.kept = kept

    def change_layout(self) -> Layout:
        """The next layout."""
        order = NARROW if self.narrow else WIDE
        self.zoomed = False
        self._layouts[self.narrow] = order[(order.index(self.arrangement) + 1) % len(order)]
        if self.active not in self._choices() and self._choices():
            self.active = self._choices()[0]
        self._arrange(focus=True)
        return self.arrangement

    def zoom(self) -> None:
        """Give the active pane all the room, or no longer."""
        self.zoomed = not self.zoomed
        self._arrange(focus=True)

    def next(self) -> None:
        """Activate the next pane; after the last one the timeline, where it is shown."""
        choices = self._choices()
        place = choices.index(self.active) if self.active in choices else -1
        self.choose(choices[(place + 1) % len(choices)])

    def choose(self, place: int) -> None:
        """Activate a pane, or the timeline, because the reader wants it. The one who speaks is followed on."""
        flight = self._state.in_flight if self._state is not None else None
        self.follows_speaker = flight is not None and flight.agent == place
        self.activate(place)

    def activate(self, place: int) -> None:
        """The keys are for this pane now."""
        self.active = place
        self._arrange(focus=True)

    def follow(self) -> None:
        """Go to the end everywhere, and to whoever speaks."""
        self.follows_speaker = True
        for transcript in self.transcripts:
            transcript.follow = True
            transcript.select(None)  # what is out of sight is not what the next key is meant for
        if self._state is not None:
            self.update(self._state, self._held)

    def show_entry(self, index: int) -> None:
        """Bring an entry of the timeline into sight, in the timeline and in its agent's pane, and choose it."""
        source = self.source_for(TIMELINE)
        entry = source.entry(index)
        self._bring(self.transcript(TIMELINE), index)
        if not isinstance(entry, TurnEntry) or entry.agent not in self.seats:
            return
        inside = self.source_for(entry.agent).index_of_turn(entry.turn)
        if inside is None:
            return
        self.follows_speaker = False
        if self.active != TIMELINE and self.active != entry.agent:
            self.activate(entry.agent)
        self._bring(self.transcript(entry.agent), inside)

    def _bring(self, transcript: Transcript, index: int) -> None:
        transcript.select(index)
        transcript.go_to(index)

    def _watch(self, seat: int) -> None:
        """The one who speaks comes into sight, unless that would take away what is being read. Where all panes are in
        sight, the keys stay with the one that they are for: moving them costs two repaints a turn (50 ms, measured)."""
        if self.zoomed or self.active == TIMELINE or seat not in self.seats:
            return
        if self.pane(seat).display or not self.transcript(self.active).follow:
            return
        had_focus = self.transcript(self.active).has_focus
        self.active = seat
        self._arrange(focus=had_focus)

    # Sharing the room --------------------------------------------------------------

    def on_mount(self) -> None:
        """Arrange what there is."""
        self._arrange(focus=True)
        self.post_message(self.Arrived())

    def on_resize(self) -> None:
        """Another width may be another arrangement."""
        self._arrange()

    def _choices(self) -> tuple[int, ...]:
        """What the next-pane key goes through."""
        if self.arrangement == "timeline":
            return (TIMELINE,)
        return (*self.seats, TIMELINE) if self.arrangement == "both" else self.seats

    def _arrange(self, *, focus: bool = False) -> None:
        layout, narrow = self.arrangement, self.narrow
        seats: tuple[int, ...]
        if self.zoomed:
            seats = () if self.active == TIMELINE else (self.active,)
            timeline = self.active == TIMELINE
        else:
            timeline = layout in ("both", "timeline")
            one = narrow and layout != "stacked"
            shown = self.active if self.active != TIMELINE else self.seats[0]
            seats = () if layout == "timeline" else (shown,) if one else self.seats
            if layout == "stacked":
                seats = self._stack(shown)
        for pane in self.query(Pane):
            seat = pane.seat
            appears = seat in seats and not pane.display
            pane.display = seat in seats
            pane.zoomed = self.zoomed and seat == self.active
            if appears and self._state is not None:
                pane.update(self._state, self._held)
        if timeline and not self.timeline.display and self._state is not None:
            self.timeline.display = True
            self.timeline.update(self._state, self._held)
        self.timeline.display = timeline
        panes = self.query_one("#scene-panes", Grid)
        panes.display = bool(seats)
        self._share(panes, seats, stacked=layout == "stacked")
        floor = self.query_one("#scene-floor")
        floor.set_class(narrow and bool(seats), "-over")
        floor.set_class(not seats, "-alone")
        all_in_sight = not narrow if layout != "stacked" else self.zoomed or len(seats) == len(self.seats)
        self.query_one(TabStrip).display = len(self.seats) > 1 and not all_in_sight
        self._update_tabs()
        if focus:
            self.transcript(self.active).focus(scroll_visible=False)

    def _stack(self, shown: int) -> tuple[int, ...]:
        """As many panes as there is room for over one another, `shown` among them."""
        room = max(1, self.size.height // LOWEST)
        if room >= len(self.seats):
            return self.seats
        room = max(1, (self.size.height - 1) // LOWEST)  # the tabs take a row
        first = min(self.seats.index(shown) // room * room, len(self.seats) - room)
        return self.seats[first : first + room]

    def _share(self, panes: Grid, seats: tuple[int, ...], *, stacked: bool) -> None:
        """Up to three side by side, more in two rows; the last one takes what is left of its row."""
        count = max(1, len(seats))
        columns = 1 if stacked else count if count <= 3 else (count + 1) // 2
        rows = -(-count // columns)
        panes.styles.grid_size_columns = columns
        panes.styles.grid_size_rows = rows
        for place, seat in enumerate(seats, start=1):
            self.pane(seat).styles.column_span = columns * rows - count + 1 if place == count else 1

    def _update_tabs(self) -> None:
        if self._state is None or not self.query_one(TabStrip).display:
            return
        agents = self._state.agents
        there = [agents[seat] for seat in self.seats if seat in agents]
        councils = self._state.councils
        tabs = [
            Tab(agent.seat, agent.name, agent.phase, agent.absent, agent.muted, agent.seat in councils)
            for agent in there
        ]
        self.query_one(TabStrip).show(tabs, self.active)
