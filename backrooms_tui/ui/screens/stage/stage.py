"""The stage: a live conversation. It is watched, started and paused here, and here the operator steps in."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from backrooms_tui.assembly.opening import Opened
from backrooms_tui.conversation.stopping import Ending, ending
from backrooms_tui.session.events import AnyEvent, Paused, TurnEnded
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.leaving import Leaving
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.agents import Agents
from backrooms_tui.ui.screens.stage.asking import Ask, Choose
from backrooms_tui.ui.screens.stage.change_seat import ChangeSeat, SeatChange
from backrooms_tui.ui.screens.stage.edit_turn import EditTurn
from backrooms_tui.ui.screens.stage.elapsed import Elapsed, spoken_time
from backrooms_tui.ui.screens.stage.header import Heading, StageHeader, cast_of, cost_of
from backrooms_tui.ui.screens.stage.meter import meter_of
from backrooms_tui.ui.screens.stage.operator_line import OperatorLine
from backrooms_tui.ui.screens.stage.performance import Performance
from backrooms_tui.ui.screens.stage.permission_bar import PermissionBar
from backrooms_tui.ui.screens.stage.permitting import PermittingScreen
from backrooms_tui.ui.screens.stage.ruling import Ruling
from backrooms_tui.ui.screens.stage.scene import TIMELINE, Scene
from backrooms_tui.ui.screens.stage.searching import Search
from backrooms_tui.ui.screens.stage.seats import agents_of, place_of, seats_told
from backrooms_tui.ui.screens.stage.speaking_up import SpeakingUp, councils_held
from backrooms_tui.ui.screens.stage.standing import calls, standing, waits_for_choice
from backrooms_tui.ui.widgets.entries import EntrySource, LiveEntries
from backrooms_tui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from backrooms_tui.ui.screens.xray.turns import Turns

TICK = 0.1  # seconds between looks at what has changed, while something may change
MORE_TURNS = 10  # what is offered after a limit


class StageScreen(PermittingScreen):
    """Shows `opened`, with `run` from the first moment on, and lets go of it when it is left."""

    PLACE: ClassVar[Place] = "stage"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("stage")]
    CSS_PATH = "stage.tcss"

    def __init__(self, opened: Opened, run: bool = False) -> None:
        super().__init__()
        self.conversation = opened.conversation
        self.performance = Performance(
            opened,
            lambda coroutine: self.run_worker(coroutine, group="conversation", exit_on_error=False),
            self._not_kept,
        )
        self._ruling = Ruling(self)
        self._speaking_up = SpeakingUp(self)
        self._run_at_once = run
        self._elapsed = Elapsed(self.state)
        self._sources: dict[int, EntrySource] = {}
        self._was_cut = any(entry.raw for entry in self.state.turns.values())
        self._ticking: Timer | None = None
        self._changed = True
        self._possible: tuple[bool, ...] = ()
        self._leaving = Leaving(self, self._leave)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield StageHeader(id="stage-header")
        yield Scene(sorted(self.state.agents), self._source_of, id="stage-scene")
        yield PermissionBar(id="stage-permission")
        yield OperatorLine(id="stage-operator")
        yield KeyLine()

    def on_mount(self) -> None:
        """Listen, and begin where that was asked for."""
        self.conversation.listen(self)
        self.conversation.listen_within(self._hear_within)
        self._ticking = self.set_interval(TICK, self._tick)
        if self._run_at_once:
            self.performance.run()

    async def on_unmount(self) -> None:
        """However the screen is left: what was said is kept."""
        await self._leave()

    @property
    def state(self) -> SessionState:
        """The session as it stands."""
        return self.conversation.state

    def _source_of(self, place: int) -> EntrySource:
        """The entries of a seat, or of all. Others may join while it runs."""
        if place not in self._sources:
            self._sources[place] = LiveEntries(self.state, None if place == TIMELINE else place)
        return self._sources[place]

    @property
    def last_turn(self) -> int:
        """The turns that stand."""
        return self.state.turn

    # Listening: the conversation calls `hear` for all that happens --------------------------------------------------

    def hear(self, event: AnyEvent) -> None:
        """Something has happened: look at it with the next tick."""
        self._elapsed.hear(event)
        self._wake()
        if isinstance(event, TurnEnded):
            self._was_cut = self._was_cut or bool(event.raw)
        elif isinstance(event, Paused) and calls(self.state) and self._may_ring:
            self.app.bell()

    def _hear_within(self, state: SessionState, event: AnyEvent) -> None:
        """Something has happened in a council."""
        self._wake()

    def _wake(self) -> None:
        self._changed = True
        if self._ticking is not None:
            self._ticking.resume()

    @property
    def seen_state(self) -> SessionState:
        """The session as it stands."""
        return self.state

    @property
    def _may_ring(self) -> bool:
        return self.backrooms.workspace.configuration.ui.get("bell") is not False

    async def settled(self) -> None:
        """A screen keeps nothing."""

    def _tick(self) -> None:
        """Show what has changed. While nothing can change, there are no ticks."""
        if not is_there(self) or self.performance.left:
            return
        changed, self._changed = self._changed, False
        running = self.performance.running
        if changed or running:
            held = {one.id: one.conversation.state for one in councils_held(self.conversation)}
            self.scene.update(self.state, held)
            self.query_one(OperatorLine).show_queued(self.state.queued, self._speaking_up.queued)
            if self.ask_permission() and self._may_ring:
                self.app.bell()
            if isinstance(self.app.screen, Agents):
                self.app.screen.refresh_agents()
        self.query_one(StageHeader).show(self._heading())
        possible = tuple(self._can(action) for action in _CONDITIONAL)
        if possible != self._possible:
            self._possible = possible
            self.refresh_bindings()
        if not running and not self._changed and self._ticking is not None:
            self._ticking.pause()

    def look(self) -> None:
        """The person has done something: show it at once."""
        self._wake()
        self.call_next(self._tick)

    def _heading(self) -> Heading:
        state, performance = self.state, self.performance
        stands = standing(
            state,
            running=performance.running,
            pausing=performance.pausing,
            picked=self.conversation.picked,
            choosing=self.conversation.choosing,
            asks=self.question is not None,
        )
        return Heading(
            state.setup.title if state.setup is not None else "",
            cast_of(state),
            stands.word,
            (
                f"turn {state.turn + (state.in_flight is not None)}",
                cost_of(state, self.conversation.spent_within().cost),
                spoken_time(self._elapsed.seconds(time.time())),
            ),
            stands.why,
            stands.trouble,
            meter_of(state),
        )

    # Running --------------------------------------------------------------

    def action_run(self) -> None:
        """Let them talk, pause after this turn, or take that back."""
        performance = self.performance
        if self.answer_first():
            return
        if performance.pausing:
            performance.go_on()
        elif performance.running:
            performance.pause()
        else:
            self._run_on(ending(self.state))
        self.look()

    def _run_on(self, over: Ending | None) -> None:
        if over is None:
            self.performance.run()
        elif over.reason == "stop":
            # The agents have said goodbye; the operator has seen it. The turn limit still counts.
            limit = self.state.setup.rules.max_turns if self.state.setup is not None else 0
            left = limit - self.state.turn
            self.performance.run(left if limit and left > 0 else None, past_limits=True)
        else:
            question = f"{over.detail} How many more turns?"
            self.ask(Ask(question, value=str(MORE_TURNS), check=_not_a_number_of_turns), self._run_more)

    def _run_more(self, turns: str) -> None:
        self.performance.run(int(turns), past_limits=True)
        self.look()

    def action_step(self) -> None:
        """Let one agent speak one turn."""
        if self.answer_first():
            return
        self.performance.run(1, past_limits=True)
        self.look()

    def action_stop_speaking(self) -> None:
        """Cut short the one who speaks."""
        self.conversation.stop_speaking()

    def action_retry(self) -> None:
        """Have the last turn spoken again, or the one that is being spoken."""
        self.conversation.retry()
        if not self.performance.running:
            self.performance.run(1, past_limits=True)
        self.look()

    # Stepping in --------------------------------------------------------------

    def action_interject(self) -> None:
        """Speak to all."""
        self._speaking_up.to_all()

    def action_whisper(self) -> None:
        """Speak to one agent, or to one member of a council; ask to which where there are several."""
        self._speaking_up.to_one()

    def action_into_council(self) -> None:
        """Speak into a council that is being held."""
        self._speaking_up.into_council()

    def on_operator_line_spoken(self, message: OperatorLine.Spoken) -> None:
        """The operator has said something."""
        self._speaking_up.said(message)
        self.look()

    def action_edit(self) -> None:
        """Change what the chosen turn says."""
        entry = self.chosen_turn()
        if entry is None or entry.turn not in self.state.turns or entry.retracted:
            self.say("Choose a turn that stands: click on it, or shift+up and shift+down")
            return
        turn = entry.turn

        def edited(text: str | None) -> None:
            if text is not None and turn in self.state.turns and not self.performance.left:
                self.conversation.edit(turn, text)

        self.app.push_screen(EditTurn(entry), edited)

    def action_agents(self) -> None:
        """Who takes part, and who speaks next."""
        active = self.scene.active

        def picked() -> None:
            # Where everything waits for this, it goes on with it.
            if waits and not self.performance.running:
                self._run_on(ending(self.state))
            self.look()

        waits = self.conversation.picked is None and waits_for_choice(self.state)
        agents = Agents(self.backrooms.workspace, self.conversation, chosen=active, picked=picked, changed=self.look)
        self.app.push_screen(agents)

    def action_rules(self) -> None:
        """Change the rules."""
        self._ruling.open()

    def action_seat(self) -> None:
        """Give an agent another model or other parameters."""
        agents = agents_of(self.state)

        def change(place: int) -> None:
            if agents[place].is_world:
                self.say(f"{agents[place].name} is a world, and no model can sit there; P says what it may do")
                return
            self.app.push_screen(ChangeSeat(self.backrooms.workspace, agents[place]), self._change_seat)

        if len(agents) == 1:
            change(0)
        else:
            place = place_of(self.state, self.scene.active)
            self.choose(Choose("Change which seat?", seats_told(self.state), chosen=place), change)

    def _change_seat(self, change: SeatChange | None) -> None:
        if change is None or self.performance.left:
            return
        self.conversation.change_seat(
            change.seat, model=change.model, asked=change.asked, window=change.window, params=change.params
        )
        for notice in change.notices:
            self.say(notice)

    # Looking through --------------------------------------------------------------

    def see_through(self) -> "tuple[Turns, SessionState]":
        """All of the conversation, live."""
        from backrooms_tui.ui.screens.xray.turns import LiveTurns

        return LiveTurns(self.conversation, self.backrooms.workspace.store), self.state

    # Finding --------------------------------------------------------------

    async def places_of(self, search: Search) -> list[int]:
        """Entries of the timeline, whoever spoke. Asked again each time: more may have been said since."""
        return self.scene.transcript(TIMELINE).search(search.text)

    def place_looked_at(self) -> int:
        """The chosen entry."""
        return self.scene.transcript(TIMELINE).selected or 0

    async def show_place(self, place: int) -> str:
        """Bring the entry into sight."""
        self.scene.show_entry(place)
        return ""

    def zoom_changed(self) -> None:
        """While a pane has all the room, the operator's line is away, too."""
        self.query_one(OperatorLine).display = not self.scene.zoomed

    # When what applies --------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What cannot be done now is dim in the footer, which stays as it is otherwise."""
        return True if self._can(action) else None

    def _can(self, action: str) -> bool:
        state, held = self.state, councils_held(self.conversation)
        match action:
            case "stop_speaking":
                return any(one.speaking for one in (self.conversation, *(at.conversation for at in held)))
            case "retry":
                return self.conversation.speaking or state.turn > 0
            case "step":
                return not self.performance.running
            case "edit" | "goto" | "copy" | "copy_code" | "fork" | "vary" | "both":
                return state.turn > 0
            case "original":
                return state.revision > 0 or self._was_cut
            case "search":
                return bool(state.entries)
            case "next_hit":
                return bool(self.search.text)
        return True

    # Leaving --------------------------------------------------------------

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether something has to be kept first; `go` is called when it is."""
        if self.performance.left and not self._leaving.under_way:
            return False
        return self._leaving.then(go)

    async def _leave(self) -> None:
        try:
            await self.performance.leave()
        except OperatorError as error:
            self._not_kept(error)

    def _not_kept(self, error: OperatorError) -> None:
        self.app.notify(f"{error.what}; {error.cure}", severity="error", timeout=20, markup=False)
        self.look()


_CONDITIONAL = ("stop_speaking", "retry", "step", "edit", "goto", "copy", "copy_code", "original", "search", "next_hit")


def _not_a_number_of_turns(text: str) -> str:
    fits = text.strip().isdecimal() and 1 <= int(text) <= 100_000
    return "" if fits else "a number of turns, from 1"
