"""The x-ray: exactly what an agent was sent for one turn, where each piece comes from, and what came back."""

import asyncio
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from backrooms_tui.conversation.sending.xray import Reply, XRay
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.state import TurnInFlight
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.header import Heading, StageHeader
from backrooms_tui.ui.screens.xray.page import Page
from backrooms_tui.ui.screens.xray.pieces import Piece, plain
from backrooms_tui.ui.screens.xray.telling import came_back, sent
from backrooms_tui.ui.screens.xray.turns import Reading, Stopped, Turns
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.marks import mark

TICK = 0.2  # seconds between looks at a turn that is being read or spoken


class XRayScreen(Screen[None]):
    """Shows `turn` of `turns`, and others from there."""

    PLACE: ClassVar[Place] = "xray"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("xray"),
        Binding("escape", "close", "Back", id="everywhere.back", show=True),
    ]
    CSS_PATH = "xray.tcss"

    def __init__(self, turns: Turns, turn: int) -> None:
        super().__init__()
        self._turns = turns
        self._wanted = turn
        self._last = turn
        self._seen: XRay | None = None
        self._sent: list[Piece] = []
        self._flight: TurnInFlight | None = None
        self._size_of_flight = (0, 0)
        self._reading: Reading | None = None
        self._wrong = ""
        self._ticking: Timer | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield StageHeader(id="xray-header")
        yield Page(id="xray-page")
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at the turn."""
        self.query_one(Page).focus()
        self._ticking = self.set_interval(TICK, self._tick)
        self._go_to(self._wanted)

    def on_unmount(self) -> None:
        """Nobody waits for what is being read."""
        self._stop_reading()

    @property
    def seen(self) -> XRay | None:
        """The turn that is shown."""
        return self._seen

    @property
    def reading(self) -> bool:
        """Whether one is being read."""
        return self._reading is not None

    # Going from turn to turn --------------------------------------------------------------

    def action_next_turn(self) -> None:
        """The turn after this one."""
        self._go_to(self._wanted + 1)

    def action_previous_turn(self) -> None:
        """The turn before this one."""
        self._go_to(self._wanted - 1)

    def action_next_part(self) -> None:
        """The next message, or what came back."""
        self.query_one(Page).go_to_next(("part", "message"))

    def action_previous_part(self) -> None:
        """The message before."""
        self.query_one(Page).go_to_next(("part", "message"), -1)

    def action_close(self) -> None:
        """Stop reading where there is something else to see; otherwise go back to where one was."""
        if self._reading is not None and self._seen is not None:
            self._stop_reading()
            self._wanted = self._seen.turn
            self._show_heading()
        else:
            self.app.pop_screen()

    def _go_to(self, turn: int) -> None:
        flight = self._turns.flight
        if flight is not None:
            self._last = max(self._last, flight.turn)
        if not 1 <= turn <= self._last:
            # More may have been said since anybody asked.
            self.run_worker(self._go_further(turn), group="looking", exclusive=True, exit_on_error=False)
            return
        self._stop_reading()
        self._wanted, self._wrong = turn, ""
        if flight is not None and flight.turn == turn:
            self._show_flight(flight)
        else:
            self._read(turn)

    async def _go_further(self, turn: int) -> None:
        try:
            self._last = max(1, await self._turns.last())
        except OperatorError as error:
            self._fail(error)
            return
        if 1 <= turn <= self._last:
            self._go_to(turn)
        else:
            self._show_heading()

    def _read(self, turn: int, *, stay: bool = False) -> None:
        self._reading = Reading()
        self.run_worker(self._read_and_show(turn, self._reading, stay), group="reading", exit_on_error=False)

    async def _read_and_show(self, turn: int, reading: Reading, stay: bool) -> None:
        try:
            self._last = max(self._last, await self._turns.last())
            seen = await self._turns.read(turn, reading)
            # Of a long session there are thousands of messages.
            pieces = await asyncio.to_thread(sent, seen)
        except OperatorError as error:
            if reading is self._reading:
                self._reading = None
                self._fail(error)
            return
        except Stopped:
            return
        if reading is self._reading:
            self._reading = self._flight = None
            self._show(seen, pieces, stay=stay)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.wanted = False
            self._reading = None

    # What is shown --------------------------------------------------------------

    def _show_flight(self, flight: TurnInFlight) -> None:
        seen = self._turns.now()
        if seen is not None:
            self._flight, self._size_of_flight = flight, _size(flight)
            stay = self._seen is not None and self._seen.turn == seen.turn
            self._show(seen, sent(seen), stay=stay)

    def _show(self, seen: XRay, pieces: list[Piece], *, stay: bool = False) -> None:
        self._seen, self._sent = seen, pieces
        self.query_one(Page).show([*pieces, *came_back(seen, going_on=self._flight is not None)], stay=stay)
        self._show_heading()

    def _tick(self) -> None:
        """Show how far a reading is, and what is being said."""
        if not is_there(self):
            return
        if self._reading is not None:
            self._show_heading()
            return
        flight = self._turns.flight
        if flight is not None and flight.turn == self._wanted:
            if flight is not self._flight:
                self._last = max(self._last, flight.turn)
                self._show_flight(flight)
            elif _size(flight) != self._size_of_flight:
                self._show_words(flight)
        elif self._flight is not None:
            # It is over: now there is more to say about it.
            self._flight = None
            self._read(self._wanted, stay=True)

    def _show_words(self, flight: TurnInFlight) -> None:
        if self._seen is not None:
            self._size_of_flight = _size(flight)
            self._seen = replace(self._seen, reply=Reply("".join(flight.text), "".join(flight.reasoning)))
            self.query_one(Page).show([*self._sent, *came_back(self._seen, going_on=True)], stay=True)

    def _fail(self, error: OperatorError) -> None:
        self._wrong = f"{error.what}; {error.cure}" if error.cure else error.what
        self._show_heading()

    def _show_heading(self) -> None:
        seen, reading = self._seen, self._reading
        if reading is not None:
            done = f", {reading.turn * 100 // self._wanted}%" if reading.turn else ""
            state = f"reading turn {self._wanted:,}{done} …"
        elif self._wrong:
            state = "! not there"
        else:
            state = f"turn {self._wanted:,} of {self._last:,}"
        who = f"{mark(seen.seat)} {seen.name} · {seen.model}" if seen is not None else ""
        why = self._wrong or ("" if seen is not None else "esc goes back")
        figures = ("speaking",) if self._flight is not None else ()
        self.query_one(StageHeader).show(Heading("X-ray", who, state, figures, why, bool(self._wrong)))

    # Copying --------------------------------------------------------------

    def action_copy(self) -> None:
        """Copy what is shown."""
        text = harmless(plain(self.query_one(Page).pieces))
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"The x-ray of turn {self._wanted:,} is copied ({len(text):,} characters)", timeout=3)


def _size(flight: TurnInFlight) -> tuple[int, int]:
    return len(flight.text), len(flight.reasoning)
