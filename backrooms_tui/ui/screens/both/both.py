"""Both ways: a session goes on from one of its turns without the ladder and with it, before the reader's eyes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.timer import Timer

from backrooms_tui.assembly.branching.both_ways import BothWays, open_both_ways
from backrooms_tui.assembly.branching.ways_compared import told
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.setup import Remedy
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.leaving import Leaving
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.both.side import Head, Side
from backrooms_tui.ui.screens.stage.header import Heading, StageHeader
from backrooms_tui.ui.screens.stage.performance import PATIENCE
from backrooms_tui.ui.screens.stage.scene import SIDE_BY_SIDE
from backrooms_tui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

TICK = 0.1  # seconds between looks at what has changed, while something may change


class BothScreen(Screen[None]):
    """Shows `session` going on for `turns` turns from the end of `turn`, both ways; see `open_both_ways` for `ladder`.

    It begins when `after` is over: whoever still speaks on the screen before is heard out.
    """

    PLACE: ClassVar[Place] = "both"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("both")]
    CSS_PATH = "both.tcss"
    AUTO_FOCUS = None

    def __init__(
        self,
        session: str,
        turn: int,
        *,
        turns: int,
        ladder: Sequence[Remedy] | None = None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self.turn, self.turns = turn, turns
        self.ways: BothWays | None = None
        self.chosen = 0  # the side that the keys are for
        self.left = False
        self._ladder, self._after = ladder, after
        self._spent_before = (0.0, 0)
        self._title = ""
        self._wrong = ""
        self._again = False
        self._over = asyncio.Event()
        self._over.set()
        self._task: asyncio.Task[object] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._leaving_first = Leaving(self, self._leave)
        self._ticking: Timer | None = None
        self._changed = True

    def compose(self) -> ComposeResult:
        """From top to bottom. The sides come when the branches are there."""
        yield StageHeader(id="both-header")
        yield Container(id="both-sides")
        yield KeyLine()

    def on_mount(self) -> None:
        """Open the branches beside the screen."""
        self._ticking = self.set_interval(TICK, self._tick)
        self.run_worker(self._open(), group="opening", exit_on_error=False)

    async def on_unmount(self) -> None:
        """However the screen is left: what was said is kept."""
        await self._leave()

    @property
    def backrooms(self) -> "BackroomsApp":
        """The application."""
        return cast("BackroomsApp", self.app)

    @property
    def narrow(self) -> bool:
        """Whether only one of them can be read at a time."""
        return self.app.size.width < SIDE_BY_SIDE

    @property
    def sides(self) -> list[Side]:
        """Without the ladder, and with it; none before they are there."""
        return list(self.query(Side))

    @property
    def running(self) -> bool:
        """Whether somebody speaks, or is about to."""
        return not self._over.is_set()

    async def _open(self) -> None:
        workspace = self.backrooms.workspace
        try:
            if self._after is not None:
                await self._after()
            store = workspace.store
            self._title = (await asyncio.to_thread(store.summary, self.session)).title
            ways = await open_both_ways(workspace, self.session, self.turn, turns=self.turns, ladder=self._ladder)
        except OperatorError as error:
            self._wrong = f"{error.what}; {error.cure}"
            self._look()
            return
        self.ways = ways
        self._spent_before = _spent(ways)
        await self.query_one("#both-sides").mount_all(Side(ways, way, id=f"side-{way.name}") for way in ways.ways)
        for way in ways.ways:
            way.conversation.listen(self)
        self._arrange()
        if ways.warnings:
            self.app.notify("\n".join(ways.warnings), severity="warning", timeout=15)
        self._start()

    # Listening: both conversations call `hear` for all that happens ---------------------------------------------------

    def hear(self, event: AnyEvent) -> None:
        """Something has happened: look at it with the next tick."""
        self._changed = True
        if self._ticking is not None:
            self._ticking.resume()

    async def settled(self) -> None:
        """A screen keeps nothing."""

    def _look(self) -> None:
        """Show it at once."""
        self._changed = True
        if self._ticking is not None:
            self._ticking.resume()
        self.call_next(self._tick)

    def _tick(self) -> None:
        """Show what has changed. While nothing can change, there are no ticks."""
        if not is_there(self) or self.left:
            return
        changed, self._changed = self._changed, False
        if changed or self.running:
            for place, side in enumerate(self.sides):
                side.update(chosen=place == self.chosen)
        self.query_one(StageHeader).show(self._heading())
        if not self.running and not self._changed and self._ticking is not None:
            self._ticking.pause()

    def _heading(self) -> Heading:
        ways = self.ways
        if self._wrong:
            return Heading("Both ways", f"from turn {self.turn}", "! not there", (), self._wrong, True)
        if ways is None:
            why = "it begins when the turn that is being spoken is over" if self._after is not None else ""
            return Heading("Both ways", f"from turn {self.turn}", "… opening", (), why)
        spoken = min(way.spoken for way in ways.ways if way.goes_on() or not ways.goes_on())
        figures = (f"{spoken} of {_turns(self.turns)}", self._cost(ways))
        state, why, trouble = self._standing(ways)
        return Heading(f"Both ways from turn {self.turn}", self._title, state, figures, why, trouble)

    def _cost(self, ways: BothWays) -> str:
        """USD that both together have cost since they began. A turn without a known price is not a free one."""
        cost, unpriced = (now - before for now, before in zip(_spent(ways), self._spent_before, strict=True))
        if unpriced and not cost:
            return "price unknown"
        return (f"${cost:.4f}" if 0 < cost < 0.01 else f"${cost:.2f}") + (" + ?" if unpriced else "")

    def _standing(self, ways: BothWays) -> tuple[str, str, bool]:
        if self.running:
            return ("◌ pausing" if ways.pausing and not self._again else "▶ running"), "", False
        troubles = [
            f"{way.name}: {way.trouble.message} – {way.trouble.cure}" for way in ways.ways if way.trouble is not None
        ]
        if troubles:
            return "! paused", f"{'; '.join(troubles)} · space tries again", True
        if ways.goes_on():
            return "‖ paused", "", False
        return "✓ done", told(*ways.outcomes()), False

    # Running --------------------------------------------------------------

    def action_run(self) -> None:
        """Let both go on, stand still after the turns that are being spoken, or take that back."""
        ways = self.ways
        if ways is None or self.left:
            return
        if not self.running:
            if ways.goes_on():
                self._start()
        elif ways.pausing:
            self._again = not self._again
        else:
            ways.pause()
        self._look()

    def _start(self) -> None:
        if self.ways is not None and not self.left:
            self._over.clear()
            self._again = False
            self.run_worker(self._run(self.ways), group="conversation", exit_on_error=False)

    async def _run(self, ways: BothWays) -> None:
        self._task = asyncio.current_task()
        try:
            while True:
                await ways.run()
                if not self._again or self.left:
                    break
                self._again = False
        except OperatorError as error:
            self._not_kept(error)
        finally:
            self._over.set()
            self._task = None
            self._look()

    # Looking --------------------------------------------------------------

    def action_other(self) -> None:
        """The other side."""
        self._choose(1 - self.chosen)

    def on_head_chosen(self, message: Head.Chosen) -> None:
        """A click on the line over a side."""
        side = message._sender
        for place, one in enumerate(self.sides):
            if side is not None and side in one.walk_children():
                self._choose(place)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A click into a side chooses it."""
        for place, side in enumerate(self.sides):
            if event.widget is side.transcript and place != self.chosen:
                self._choose(place)

    def on_resize(self) -> None:
        """Another width may be another arrangement."""
        self._arrange()

    def _choose(self, place: int) -> None:
        self.chosen = place
        self._arrange()
        self._look()

    def _arrange(self) -> None:
        """Where there is no room for two, the one that is not chosen keeps its first line."""
        for place, side in enumerate(self.sides):
            side.set_class(self.narrow and place != self.chosen, "-folded")
            if place == self.chosen:
                side.transcript.focus(scroll_visible=False)

    def action_xray(self) -> None:
        """What was sent for the chosen turn of this side, and what came back."""
        if self.ways is None or self.left:
            return
        from backrooms_tui.ui.screens.xray.turns import LiveTurns

        side = self.sides[self.chosen]
        turns = LiveTurns(side.way.conversation, self.backrooms.workspace.store)
        self.backrooms.show_xray(turns, side.turn_looked_at)

    # Leaving --------------------------------------------------------------

    def action_open(self) -> None:
        """Leave, and go on with the chosen side on the stage."""
        if self.ways is not None and not self.left and not self._leaving_first.under_way:
            session = self.ways.ways[self.chosen].state.session
            there = lambda: self.run_worker(self._to_stage(session), group="opening", exit_on_error=False)  # noqa: E731
            self._leaving_first.then(there)

    async def _to_stage(self, session: str) -> None:
        try:
            opened = await resume(self.backrooms.workspace, session)
        except OperatorError as error:
            self._not_kept(error)
            return
        if not self.is_active:  # the person has gone elsewhere meanwhile
            await opened.aclose()
            return
        self.app.pop_screen()
        self.backrooms.show_stage(opened)

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether something has to be kept first; `go` is called when it is."""
        if self.ways is None or (self.left and not self._leaving_first.under_way):
            return False
        return self._leaving_first.then(go)

    async def _leave(self) -> None:
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._end())
        await asyncio.shield(self._leaving)

    async def _end(self) -> None:
        """Cut short who speaks, keep what was said, and say where it is."""
        ways, self.left = self.ways, True
        if ways is None:
            return
        if self.running:
            ways.stop()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._over.wait()
            except TimeoutError:
                if self._task is not None:
                    self._task.cancel()
                    await asyncio.wait([self._task])
        try:
            await ways.aclose()
        except OperatorError as error:
            self._not_kept(error)
            return
        without, with_ladder = (way.state.session for way in ways.ways)
        self.app.notify(f"Both ways are kept: {without} without the ladder, {with_ladder} with it", timeout=8)

    def _not_kept(self, error: OperatorError) -> None:
        self.app.notify(f"{error.what}; {error.cure}", severity="error", timeout=20)
        self._look()


def _spent(ways: BothWays) -> tuple[float, int]:
    """USD of both together, and how many turns' prices nobody knows."""
    states = [way.state for way in ways.ways]
    unpriced = sum(agent.unpriced_turns for state in states for agent in state.agents.values())
    return sum(state.cost for state in states), unpriced


def _turns(number: int) -> str:
    return "1 turn" if number == 1 else f"{number} turns"
