"""What a person does while watching, live or replayed: look elsewhere, look closer, find, copy."""

import asyncio
from collections.abc import Callable
from re import Pattern
from typing import TYPE_CHECKING, ClassVar, cast

from textual.screen import Screen

from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.state import SessionState, TurnEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place
from backrooms_tui.ui.screens.marking.turn_marks import TurnMarks
from backrooms_tui.ui.screens.stage.asking import Ask, Choose
from backrooms_tui.ui.screens.stage.code_blocks import code_blocks
from backrooms_tui.ui.screens.stage.scene import SPOKEN, TIMELINE, Scene
from backrooms_tui.ui.screens.stage.searching import Search
from backrooms_tui.ui.screens.stage.tab_strip import TabStrip
from backrooms_tui.ui.screens.stage.unfolding import Unfolding

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp
    from backrooms_tui.ui.screens.xray.turns import Turns


class WatchingScreen(Screen[None]):
    """A screen with a `Scene`, and the actions that only look."""

    PLACE: ClassVar[Place]
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self.search = Search()
        self._finding = asyncio.Lock()
        self._marks = TurnMarks(self)
        self._councils = Unfolding(self)

    @property
    def backrooms(self) -> "BackroomsApp":
        """The application."""
        return cast("BackroomsApp", self.app)

    @property
    def scene(self) -> Scene:
        """Panes and timeline."""
        return self.query_one(Scene)

    @property
    def last_turn(self) -> int:
        """The highest number of a turn that there is to go to."""
        raise NotImplementedError

    @property
    def watched(self) -> str:
        """The id of the session that is watched."""
        raise NotImplementedError

    def chosen_turn(self) -> TurnEntry | None:
        """The turn that is chosen in the active pane, or the last one: of that pane where the reader chose it, or of
        all."""
        source = self.scene.source_for(self.scene.active)
        selected = self.scene.transcript(self.scene.active).selected
        if selected is not None and selected < len(source):
            entry = source.entry(selected)
            return entry if isinstance(entry, TurnEntry) else None
        anyone = self.scene.follows_speaker and not self.scene.zoomed
        source = self.scene.source_for(TIMELINE) if anyone else source
        for index in range(len(source) - 1, -1, -1):
            entry = source.entry(index)
            if isinstance(entry, TurnEntry) and not entry.retracted and (anyone or self._shows(entry)):
                return entry
        return None

    def _shows(self, entry: TurnEntry) -> bool:
        return self.scene.active in (TIMELINE, entry.agent)

    # Looking --------------------------------------------------------------

    def action_reasoning(self) -> None:
        """Show or fold the models' reasoning."""
        shown = not next(self.scene.transcripts).show_reasoning
        for transcript in self.scene.transcripts:
            transcript.show_reasoning = shown
        self.say("Reasoning is shown" if shown else "Reasoning is folded")

    def action_zoom(self) -> None:
        """Give one pane the whole screen, or no longer."""
        self.scene.zoom()
        self.zoom_changed()

    def zoom_changed(self) -> None:
        """A pane has all the room now, or no longer."""

    def action_layout(self) -> None:
        """The next layout."""
        self.say(SPOKEN[self.scene.change_layout()])
        self.zoom_changed()

    def action_next_pane(self) -> None:
        """The next pane."""
        self.scene.next()

    def action_follow(self) -> None:
        """The newest words, in all panes."""
        self.scene.follow()

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """A click on a tab."""
        self.scene.choose(message.seat)

    def action_original(self) -> None:
        """What the chosen turn said before it was edited or cut, or no longer."""
        entry = self.chosen_turn()
        if entry is None or (entry.original is None and not entry.raw):
            self.say("Choose a turn that was edited or cut: click on it, or shift+up and shift+down")
            return
        for transcript in self.scene.transcripts:
            transcript.toggle_original(entry.turn)

    def action_goto(self) -> None:
        """Ask for a turn's number, and go there."""
        last = self.last_turn
        if not last:
            self.say("There is no turn yet")
            return

        def wrong(text: str) -> str:
            fits = text.strip().isdecimal() and 1 <= int(text) <= last
            return "" if fits else f"a turn is a number from 1 to {last}"

        self.ask(Ask(f"Go to turn (1 to {last})", check=wrong), lambda text: self.go_to_turn(int(text)))

    def go_to_turn(self, turn: int) -> None:
        """Bring the turn into sight."""
        index = self.scene.source_for(TIMELINE).index_of_turn(turn)
        if index is not None:
            self.scene.show_entry(index)

    # Looking through --------------------------------------------------------------

    def action_xray(self) -> None:
        """What was sent for the chosen turn, or for the one that is being spoken, and what came back."""
        through = self.see_through()
        turn = self._turn_looked_at(through[1]) if through is not None else None
        if through is None or turn is None:
            self.say("There is no turn to look through yet")
            return
        self.backrooms.show_xray(through[0], turn)

    def see_through(self) -> "tuple[Turns, SessionState] | None":
        """The turns that there are, and the session as it is watched; None before there is one."""
        raise NotImplementedError

    def _turn_looked_at(self, state: SessionState) -> int | None:
        """The chosen turn, the one that is being spoken, or that has failed and waits; otherwise the last one."""
        scene, entry = self.scene, self.chosen_turn()
        now = state.in_flight
        if scene.transcript(scene.active).selected is None:
            if now is not None and (scene.follows_speaker or scene.active in (TIMELINE, now.agent)):
                return now.turn
            if now is None and state.trouble is not None and state.attempts:
                return state.turn + 1
        if entry is not None:
            return entry.turn
        return now.turn if now is not None else None

    # Councils --------------------------------------------------------------

    @property
    def seen_state(self) -> SessionState | None:
        """The session as it is watched; None before there is one."""
        raise NotImplementedError

    def action_unfold(self) -> None:
        """Unfold the chosen council, one level more each time."""
        self._councils.deeper()

    def action_unfold_all(self) -> None:
        """The same for all of them."""
        self._councils.all_deeper()

    def action_council(self) -> None:
        """Go into the chosen council."""
        self._councils.open()

    # Marking --------------------------------------------------------------

    def action_star(self) -> None:
        """Give the chosen turn a star, or take it away."""
        self._marks.star()

    def action_note(self) -> None:
        """Star, tags and note of the chosen turn."""
        self._marks.write()

    async def recorded(self) -> None:
        """Wait until all that is shown is kept. Raises OperatorError."""

    def on_scene_arrived(self, _: Scene.Arrived) -> None:
        """From now on there is something to show marks in."""
        self._marks.read()

    def on_screen_resume(self) -> None:
        """What is marked may have been changed on another screen."""
        self._marks.read()

    # Finding --------------------------------------------------------------

    FIND_HINT: ClassVar[str] = "* goes to the next place"

    def action_search(self) -> None:
        """Ask for words, show all places where they stand, and go to the first one from here on."""

        def answered(text: str | None) -> None:
            if text is not None:
                self._find(text if text.strip() else "")

        self.app.push_screen(Ask("Find in this session", value=self.search.text, hint=self.FIND_HINT), answered)

    def action_next_hit(self) -> None:
        """The next place where the words stand."""
        self._go_to_hit(first=False)

    def _find(self, text: str) -> None:
        self.search = Search(text)
        for transcript in self.scene.transcripts:
            transcript.highlight = self.wanted(text)
        self.refresh_bindings()
        self._go_to_hit(first=True)

    def _go_to_hit(self, *, first: bool) -> None:
        if self.search.text:
            self.run_worker(self._show_hit(self.search, first), group="finding", exit_on_error=False)

    async def _show_hit(self, search: Search, first: bool) -> None:
        async with self._finding:  # one key after another
            if search is not self.search:
                return
            try:
                search.hits = await self.places_of(search)
                hit = search.next(self.place_looked_at() if first else None)
                moved = await self.show_place(hit) if hit is not None else ""
            except OperatorError as error:
                self.say(f"{error.what}; {error.cure}", wrong=True)
            else:
                self.say(f"{search.spoken()}{moved}")

    def wanted(self, text: str) -> str | Pattern[str]:
        """What is to be shown as found where `text` is looked for."""
        return text

    async def places_of(self, search: Search) -> list[int]:
        """Where the words stand, as numbers that `show_place` knows, in order. Raises OperatorError."""
        raise NotImplementedError

    def place_looked_at(self) -> int:
        """The place from which on the first hit is wanted."""
        raise NotImplementedError

    async def show_place(self, place: int) -> str:
        """Bring a place into sight; what else has happened with that, for a person."""
        raise NotImplementedError

    # Copying --------------------------------------------------------------

    def action_copy(self) -> None:
        """Copy the chosen turn."""
        entry = self.chosen_turn()
        if entry is None:
            self.say("There is no turn to copy yet")
            return
        self._copy(entry.text, f"Turn {entry.turn}")

    def action_copy_code(self) -> None:
        """Copy a code block of the chosen turn; where it has several, ask which."""
        entry = self.chosen_turn()
        blocks = code_blocks(entry.text) if entry is not None else []
        if entry is None or not blocks:
            self.say("There is no code block in this turn" if entry is not None else "There is no turn to copy yet")
            return
        if len(blocks) == 1:
            self._copy(blocks[0], f"The code of turn {entry.turn}")
            return
        lines = [f"{block.strip().splitlines()[0]} ({block.count(chr(10)) + 1} lines)" for block in blocks]
        chosen = entry
        self.choose(
            Choose("Copy which block?", lines),
            lambda place: self._copy(blocks[place], f"Block {place + 1} of turn {chosen.turn}"),
        )

    def _copy(self, text: str, what: str) -> None:
        # Into a program that may be a terminal: without control characters.
        self.app.copy_to_clipboard(harmless(text))
        self.say(f"{what} is copied ({len(text):,} characters)")

    # Telling and asking --------------------------------------------------------------

    def say(self, text: str, *, wrong: bool = False) -> None:
        """A line for the person, gone after a while, or when there is another one: they would cover what is read."""
        for told in list(self.app._notifications):
            if told.severity == "information":
                self.app._unnotify(told, refresh=False)
        severity = "error" if wrong else "information"
        self.notify(text, severity=severity, timeout=8 if wrong else 3, markup=False)  # type: ignore[arg-type]

    def ask(self, dialog: Ask, answered: Callable[[str], object]) -> None:
        """Show `dialog`, and do something with an answer."""

        def done(text: str | None) -> None:
            if text is not None and text.strip():
                answered(text)

        self.app.push_screen(dialog, done)

    def choose(self, dialog: Choose, chosen: Callable[[int], object]) -> None:
        """Show `dialog`, and do something with a choice."""

        def done(place: int | None) -> None:
            if place is not None:
                chosen(place)

        self.app.push_screen(dialog, done)
