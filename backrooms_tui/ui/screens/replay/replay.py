"""A stored session again: the stage with a transport. From any turn of it a live conversation can go on."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from re import Pattern
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Key
from textual.timer import Timer
from textual.worker import Worker

from backrooms_tui.conversation.clock import SystemClock
from backrooms_tui.session.state import SessionState, TurnEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.words import pattern
from backrooms_tui.ui.actions import Place, actions_of, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.replay.doing import spoken_doing, spoken_state
from backrooms_tui.ui.screens.replay.leading import LeadingScreen
from backrooms_tui.ui.screens.replay.playback import Playback
from backrooms_tui.ui.screens.replay.serving import serving
from backrooms_tui.ui.screens.replay.sources import OfSeat, PastAndPresent
from backrooms_tui.ui.screens.replay.transport import SeekBar, Transport
from backrooms_tui.ui.screens.stage.elapsed import spoken_time
from backrooms_tui.ui.screens.stage.header import Heading, StageHeader, cast_of, cost_of
from backrooms_tui.ui.screens.stage.meter import meter_of
from backrooms_tui.ui.screens.stage.scene import TIMELINE, Scene
from backrooms_tui.ui.screens.stage.searching import Search
from backrooms_tui.ui.widgets.entries import EntrySource, LiveEntries
from backrooms_tui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from backrooms_tui.ui.screens.xray.turns import Turns

TICK = 0.1  # seconds between looks at what has changed, while it plays


class ReplayScreen(LeadingScreen):
    """Plays `session` (an id) from its beginning, or stands at the end of `turn`, with `words` looked for.

    One that is being recorded is followed as it grows; with `follow` also where that begins only later.
    """

    PLACE: ClassVar[Place] = "replay"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("replay")]
    CSS_PATH = "replay.tcss"

    def __init__(self, session: str, turn: int | None = None, *, words: str = "", follow: bool = False) -> None:
        super().__init__()
        self._follow = follow
        self._words = words
        self.session = session
        self._first = turn
        self.playback: Playback | None = None
        self._ticking: Timer | None = None
        self._sources: dict[int, EntrySource] = {}
        self._branching = False
        self._going: Worker[None] | None = None  # to a turn that was asked for
        self._opening = True
        self._early: list[str] = []
        self._serving = ""  # whose council it is

    def compose(self) -> ComposeResult:
        """From top to bottom. The scene comes when it is known who plays in it."""
        yield StageHeader(id="replay-header")
        yield Transport(id="replay-transport")
        yield KeyLine()

    def on_mount(self) -> None:
        """Open the session beside the screen."""
        self._ticking = self.set_interval(TICK, self._tick, pause=True)
        self.run_worker(self._open(), group="opening", exit_on_error=False)

    async def on_unmount(self) -> None:
        """Stop reading."""
        if self.playback is not None:
            await self.playback.aclose()

    async def _open(self) -> None:
        workspace = self.backrooms.workspace
        try:
            store = await asyncio.to_thread(lambda: workspace.store)
            playback = Playback(store, self.session, SystemClock(), jumped=self._jumped, moved=self._moved)
            await playback.open(self._first, follow=self._follow)
            if playback.summary is not None:
                self._serving = await asyncio.to_thread(serving, store, playback.summary)
            if not self.is_attached:  # the person has left
                await playback.aclose()
                return
        except OperatorError as error:
            wrong = f"{error.what}; {error.cure}"
            self.query_one(StageHeader).show(Heading("Replay", "", "! not there", (), wrong, True))
            self._early.clear()
            return
        self.playback = playback
        self._take_sources(playback)
        scene = Scene(sorted(playback.state.agents), self._source_of, id="replay-scene")
        await self.mount(scene, before="#replay-transport")
        self.query_one(SeekBar).focus()
        self._opening = False
        self.refresh_bindings()
        self._moved()
        self._tick()
        if self._first is None and not playback.following:
            playback.play()
        if self._words:
            self._find(self._words)
        if self.is_current:
            for key in self._early:
                self.app.simulate_key(key)

    def on_key(self, event: Key) -> None:
        """What is pressed before the session is there is done when it is."""
        keys = {key for action in actions_of("replay") for key in self.backrooms.keys_of(action).split(",")}
        if self._opening and event.key in keys:
            event.stop()
            self._early.append(event.key)

    @property
    def watched(self) -> str:
        """The session that is replayed."""
        return self.session

    @property
    def seen_state(self) -> SessionState | None:
        """The session as far as it was played."""
        return self.playback.state if self.playback is not None else None

    @property
    def last_turn(self) -> int:
        """All turns of the session."""
        return self.playback.turns if self.playback is not None else 0

    # What has changed --------------------------------------------------------------

    def _moved(self) -> None:
        if self._ticking is not None:
            self._ticking.resume()

    def on_resize(self) -> None:
        """Another width has room for more words, or for fewer."""
        self._moved()

    def _jumped(self) -> None:
        playback = self.playback
        if playback is not None:
            self._take_sources(playback)
            if self._has_scene:
                self.scene.show_sources(self._source_of)

    @property
    def _has_scene(self) -> bool:
        """Whether there is a scene: not before the session is read, and not while the application ends."""
        return not self._opening and is_there(self)

    def _take_sources(self, playback: Playback) -> None:
        past, state = playback.past, playback.state
        self._sources = {TIMELINE: PastAndPresent(past, LiveEntries(state))}

    def _source_of(self, place: int) -> EntrySource:
        """The entries of a seat, or of all. Others may join while it plays."""
        if place not in self._sources and self.playback is not None:
            past, state = self.playback.past, self.playback.state
            self._sources[place] = PastAndPresent(OfSeat(past, place), LiveEntries(state, place))
        return self._sources[place]

    def _tick(self) -> None:
        playback = self.playback
        if playback is None or not self._has_scene:
            return
        if (trouble := playback.trouble) is not None:
            playback.trouble = None
            self.say(f"{trouble.what}; {trouble.cure}", wrong=True)
        state = playback.state
        self.scene.update(state, playback.held.states)
        self.query_one(StageHeader).show(self._heading(playback))
        doing = spoken_doing(playback)
        turns = max(playback.turns, playback.turn)
        place, longest = (
            f"turn {turn} of {turns} · {spoken_time(seconds)}"
            + (f" of {spoken_time(playback.length)}" if self.size.width >= 100 else "")
            for turn, seconds in ((playback.turn, playback.seconds), (turns, playback.length))
        )
        at = state.turn + (0.5 if state.in_flight is not None else 0.0)
        self.query_one(Transport).show(doing, place, at, turns, room=len(longest))
        if not playback.playing and self._ticking is not None:
            self._ticking.pause()

    def _heading(self, playback: Playback) -> Heading:
        summary = playback.summary
        assert summary is not None
        began = datetime.fromtimestamp(summary.started).astimezone()
        return Heading(
            self._serving or summary.title,
            cast_of(playback.state),
            spoken_state(playback),
            (cost_of(playback.state, playback.held.cost) if playback.counted else "", f"{began:%Y-%m-%d %H:%M}"),
            meter=meter_of(playback.state),
        )

    # The transport --------------------------------------------------------------

    async def action_play(self) -> None:
        """Play, or stand still."""
        if self.playback is not None:
            if self.playback.playing or self.playback.following:
                self.playback.pause()
            else:
                self.playback.play()

    async def action_next_turn(self) -> None:
        """One turn forward."""
        if self.playback is not None:
            await self._go(self.playback.next_turn())

    async def action_previous_turn(self) -> None:
        """One turn back."""
        if self.playback is not None:
            await self._go(self.playback.previous_turn())

    async def action_forward(self) -> None:
        """One second forward."""
        if self.playback is not None:
            await self._go(self.playback.shift(1.0))

    async def action_back_second(self) -> None:
        """One second back."""
        if self.playback is not None:
            await self._go(self.playback.shift(-1.0))

    def action_faster(self) -> None:
        """Twice as fast."""
        if self.playback is not None:
            self.playback.faster()

    def action_slower(self) -> None:
        """Half as fast."""
        if self.playback is not None:
            self.playback.slower()

    async def action_at_once(self) -> None:
        """All of it, at its end."""
        if self.playback is not None:
            await self._go(self.playback.to_end())

    def action_follow(self) -> None:
        """The newest words, in all panes; of a session that is being recorded, those that come."""
        super().action_follow()
        if self.playback is not None and (self.playback.live or self.playback.followed):
            self.run_worker(self._go(self.playback.follow()), group="seeking", exit_on_error=False)

    async def action_restart(self) -> None:
        """The beginning."""
        if self.playback is not None:
            await self._go(self.playback.to_turn(0))

    async def on_seek_bar_sought(self, message: SeekBar.Sought) -> None:
        """A click on the bar."""
        if self.playback is not None:
            await self._go(self.playback.to_turn(message.turn))

    def go_to_turn(self, turn: int) -> None:
        """Play from the end of this turn on."""
        if self.playback is not None:
            there = self._go(self.playback.to_turn(turn))
            self._going = self.run_worker(there, group="seeking", exit_on_error=False)

    async def _go(self, there: Awaitable[None]) -> None:
        # Painted once: what is read on the way takes less time than a frame.
        with self.app.batch_update():
            try:
                await there
            except OperatorError as error:
                self.say(f"{error.what}; {error.cure}", wrong=True)
            self._tick()

    # Going on --------------------------------------------------------------

    def action_continue_here(self) -> None:
        """Open a live branch from the last whole turn."""
        playback = self.playback
        if playback is None or self._branching:
            return
        playback.pause()
        if not playback.state.turn:
            self.say("A branch goes on from a turn: n goes to the first one")
            return
        self._branching = True
        self.run_worker(self._branch(playback.state.turn), group="branching", exit_on_error=False)

    async def _branch(self, turn: int) -> None:
        # Only to look at a session needs none of this.
        from backrooms_tui.assembly.continuing import branch

        try:
            opened = await branch(self.backrooms.workspace, self.session, turn)
        except OperatorError as error:
            self.say(f"{error.what}; {error.cure}", wrong=True)
        else:
            self.backrooms.show_stage(opened)
        finally:
            self._branching = False

    async def action_vary(self) -> None:
        """Ask what is to be different in branches from the last whole turn."""
        from backrooms_tui.ui.screens.branching.branching import ask_to_branch

        playback = self.playback
        if playback is None:
            return
        playback.pause()
        if not playback.state.turn:
            self.say("A branch goes on from a turn: n goes to the first one")
            return
        try:
            await ask_to_branch(self.backrooms, self.session, playback.state.turn, playback.pause)
        except OperatorError as error:
            self.say(f"{error.what}; {error.cure}", wrong=True)

    def action_both(self) -> None:
        """Go on from the chosen turn without the ladder and with it, side by side."""
        from backrooms_tui.ui.screens.both.asking import ask_both_ways

        if self.playback is not None:
            ask_both_ways(self, self.playback.state, self.playback.pause)

    # Looking through --------------------------------------------------------------

    def see_through(self) -> "tuple[Turns, SessionState] | None":
        """All of the session, also what is not played yet."""
        from backrooms_tui.ui.screens.xray.turns import StoredTurns

        playback = self.playback
        return (StoredTurns(playback.store, self.session), playback.state) if playback is not None else None

    # Finding --------------------------------------------------------------

    FIND_HINT = "whole words; * goes to the next place"

    def wanted(self, text: str) -> str | Pattern[str]:
        """The words as the store finds them."""
        return pattern(text) or ""

    async def places_of(self, search: Search) -> list[int]:
        """Turns of all the session, also of what is not played yet."""
        if self._going is not None:  # what is looked for from there on is not looked for from here on
            await self._going.wait()
            self._going = None
        if search.hits is not None:
            return search.hits
        store = self.backrooms.workspace.store
        return await asyncio.to_thread(store.turns_saying, self.session, search.text)

    def place_looked_at(self) -> int:
        """The chosen turn, or the last one that was played."""
        selected, source = self.scene.transcript(TIMELINE).selected, self.scene.source_for(TIMELINE)
        entry = source.entry(selected) if selected is not None and selected < len(source) else None
        played = self.playback.state.turn if self.playback is not None else 0
        return entry.turn if isinstance(entry, TurnEntry) else played

    async def show_place(self, place: int) -> str:
        """Bring the turn into sight; one that is not played yet is gone to."""
        playback = self.playback
        if playback is None:
            return ""
        ahead = place > playback.state.turn
        if ahead:
            await self._go(playback.to_turn(place))
        super().go_to_turn(place)
        return f" · now at turn {place}" if ahead else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but leaving can be done before the session is there."""
        if action == "next_hit" and not self.search.text:
            return None
        return None if self._opening and action in _OF_REPLAY else True


_OF_REPLAY = {action.name for action in actions_of("replay")}
