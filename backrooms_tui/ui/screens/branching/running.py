"""Branches that talk by themselves: how far each is, with a way to stop them, and on to what came of them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from backrooms_tui.assembly.branching.running_branches import Running, RunningBranches
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.branch_titles import apart
from backrooms_tui.ui.leaving import Leaving
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.header import Heading, StageHeader
from backrooms_tui.ui.screens.stage.performance import PATIENCE
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, heading, line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.ui.app import BackroomsApp

TICK = 0.2  # seconds between looks at how far they are
_SIGNS = {"ready": "·", "whole": "✓", "over": "■", "trouble": "!", "stopped": "‖"}
_WORDS = {"ready": "waits", "whole": "done", "over": "over", "trouble": "in trouble", "stopped": "stopped"}
_NARROW = (Column("branch"), Column("", 12), Column("turns", 8, side="right"), Column("cost", 8, side="right"))
_WIDE = (
    Column("branch", 44),
    Column("", 12),
    Column("turns", 9, side="right"),
    Column("cost", 9, side="right"),
    Column("last words", style="$foreground-muted"),
)
_WIDE_FROM = 110


class RunningScreen(Screen[None]):
    """Lets each of `opened` go on for `turns` turns, shows how far they are, and closes them."""

    PLACE: ClassVar[Place] = "running"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("running")]
    CSS_PATH = "running.tcss"
    AUTO_FOCUS = "Rows"

    def __init__(self, opened: "Sequence[Opened]", turns: int, *, past_limits: bool | Sequence[bool] = True) -> None:
        super().__init__()
        self.running = RunningBranches(opened, turns, past_limits=past_limits)
        self.closed = False
        self._spent_before = [_figures(one.state) for one in self.running.branches]
        self._leaving = Leaving(self, self._leave)
        self._task: asyncio.Task[object] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._ticking: Timer | None = None
        self._wrong = ""

    def compose(self) -> ComposeResult:
        """What goes on in all, each of them, and what can be done."""
        yield StageHeader(id="running-header")
        yield Static(id="running-columns")
        yield Rows(id="running-branches")
        yield Static(id="running-said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(Rows).show(len(self.running.branches), self._line)
        self._ticking = self.set_interval(TICK, self._tick)
        self.run_worker(self._run(), group="conversation", exit_on_error=False)
        self._tick()

    async def on_unmount(self) -> None:
        """However the screen is left: what was said is kept."""
        await self._leave()

    @property
    def backrooms(self) -> "BackroomsApp":
        """The application."""
        return cast("BackroomsApp", self.app)

    async def _run(self) -> None:
        self._task = asyncio.current_task()
        try:
            await self.running.run()
        except OperatorError as error:
            self._wrong = f"{error.what}; {error.cure}"
        except Exception as error:  # a fault of ours must not leave them without an end
            self._wrong = f"something unforeseen happened: {type(error).__name__}: {error}"[:300]
        finally:
            self._task = None
            self._over.set()
        await self._leave()

    # Showing ----------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Show how far they are; not once all is over."""
        if not is_there(self):
            return
        if self.closed and self._ticking is not None:
            self._ticking.pause()
        self.query_one(StageHeader).show(self._heading())
        self.query_one(Rows).redraw()
        self._tell()
        self.refresh_bindings()

    def _heading(self) -> Heading:
        running = self.running
        spoken = sum(one.spoken for one in running.branches)
        whole = len(running.branches) * running.turns
        spent = [self._spent(place) for place in range(len(running.branches))]
        cost, unpriced = (sum(figures) for figures in zip(*spent, strict=True))
        figures = (f"{spoken} of {whole} turns", _price(cost, unpriced) or "$0.00")
        if self._wrong:
            return Heading("Branches", "", "! not kept", figures, self._wrong, True)
        if self.closed:
            state = "‖ stopped" if running.stopped and spoken < whole else "✓ done"
        else:
            state = "◌ stopping" if running.stopped else "▶ running"
        troubles = [one for one in running.branches if one.trouble is not None]
        why = "; ".join(f"{one.trouble.message} – {one.trouble.cure}" for one in troubles if one.trouble is not None)
        number = len(running.branches)
        called = "a branch" if number == 1 else f"{number} branches"
        return Heading(called, f"{running.turns} turns each", state, figures, why, bool(troubles))

    def _tell(self) -> None:
        marked = self._marked
        if marked is None:
            return
        state = marked.state
        text = marked.why or _last_words(state)
        self.query_one("#running-said", Static).update(shown_line(text))

    def on_resize(self) -> None:
        """The columns' titles stand over their columns."""
        self.call_after_refresh(self._headings)

    def _headings(self) -> None:
        if not is_there(self):
            return
        width = self.query_one(Rows).scrollable_content_region.width - 2
        if width > 0:
            shown = Content.assemble("  ", heading(_columns(width), width))
            self.query_one("#running-columns", Static).update(shown)

    def _line(self, index: int, width: int) -> Content:
        one = self.running.branches[index]
        state = one.state
        title = state.setup.title if state.setup is not None else state.session
        turns = f"{one.spoken} of {one.turns}"
        price = _price(*self._spent(index))
        columns = _columns(width)
        texts = (apart(title), self._doing(one), turns, price, _last_words(state))
        return line(columns, texts[: len(columns)], width)

    def _doing(self, one: Running) -> str:
        if one.running:
            flight = one.state.in_flight
            return f"▶ {mark(flight.agent)} speaks" if flight is not None else "▶ running"
        how = "stopped" if one.how == "ready" and (self.running.stopped or self.closed) else one.how
        return f"{_SIGNS[how]} {_WORDS[how]}"

    def _spent(self, index: int) -> tuple[float, int]:
        """USD of a branch since it began, and how many of its turns have a price that nobody knows."""
        (cost, unpriced), before = _figures(self.running.branches[index].state), self._spent_before[index]
        return cost - before[0], unpriced - before[1]

    @property
    def _marked(self) -> Running | None:
        marked, branches = self.query_one(Rows).marked, self.running.branches
        return branches[marked] if 0 <= marked < len(branches) else None

    @on(Rows.Moved)
    def _another_marked(self) -> None:
        self._tell()

    # What can be done -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While they talk they can be stopped; afterwards there is where to go."""
        if action == "stop":
            return None if self.running.stopped or self.closed else True
        if action in ("open", "tree", "compare"):
            possible = self.closed and not self._wrong
            return True if possible and (action != "compare" or len(self.running.branches) > 1) else None
        return True

    def action_stop(self) -> None:
        """Cut short who speaks; what was said is kept."""
        self.running.stop()
        self._tick()

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Go on with the chosen branch on the stage."""
        if (marked := self._marked) is not None and self.closed:
            self.run_worker(self._open(marked.state.session), group="open", exclusive=True, exit_on_error=False)

    async def _open(self, session: str) -> None:
        from backrooms_tui.assembly.continuing import resume

        try:
            opened = await resume(self.backrooms.workspace, session)
        except OperatorError as error:
            self.app.notify(f"{error.what}; {error.cure}", severity="error", timeout=8)
            return
        if not self.is_active:  # the person has gone elsewhere meanwhile
            await opened.aclose()
            return
        self._go_to(lambda: self.backrooms.show_stage(opened))

    def action_tree(self) -> None:
        """The family as a tree, with the chosen branch marked."""
        if (marked := self._marked) is not None:
            session = marked.state.session
            self._go_to(lambda: self.backrooms.show_branches(session))

    def action_compare(self) -> None:
        """The chosen branch beside the next one."""
        branches, marked = self.running.branches, self.query_one(Rows).marked
        other = marked + 1 if marked + 1 < len(branches) else marked - 1
        first, second = (branches[place].state.session for place in sorted((marked, other)))
        self.backrooms.show_compare(first, second)

    def _go_to(self, show: Callable[[], object]) -> None:
        """In place of this screen, which has done its work."""
        if self.is_active:
            self.app.pop_screen()
            show()

    # Leaving ----------------------------------------------------------------------------------------------------------

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether something has to be kept first; `go` is called when it is."""
        return False if self.closed and not self._leaving.under_way else self._leaving.then(go)

    async def _leave(self) -> None:
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        if not self._over.is_set():
            self.running.stop()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._over.wait()
            except TimeoutError:
                if self._task is not None:
                    self._task.cancel()
                    await self._over.wait()  # what was being said is kept first
        try:
            await self.running.aclose()
        except OperatorError as error:
            self._wrong = f"{error.what}; {error.cure}"
            self.app.notify(self._wrong, severity="error", timeout=20)
        finally:
            self.closed = True
        self._tick()


def _columns(width: int) -> tuple[Column, ...]:
    return _WIDE if width >= _WIDE_FROM else _NARROW


def _figures(state: SessionState) -> tuple[float, int]:
    return state.cost, sum(agent.unpriced_turns for agent in state.agents.values())


def _price(cost: float, unpriced: float) -> str:
    """A turn without a known price is not a free one."""
    told = f"${cost:.4f}" if 0 < cost < 0.01 else f"${cost:.2f}" if cost else ""
    return " + ".join(filter(None, (told, "?" if unpriced else "")))


def _last_words(state: SessionState) -> str:
    flight = state.in_flight
    if flight is not None and flight.text:
        return f"{mark(flight.agent)} {' '.join(''.join(flight.text)[-400:].split())}"
    turn = state.turns.get(state.turn)
    return f"{mark(turn.agent)} {' '.join(turn.text[:400].split())}" if turn is not None else ""
