"""Compare: two sessions of one family, turn by turn from where they part."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from backrooms_tui.assembly.branching.comparing import Compared, Figures, Reading, compare
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.branch_titles import told_apart
from backrooms_tui.ui.screens.branches.pairs import Pair
from backrooms_tui.ui.screens.xray.page import Page
from backrooms_tui.ui.screens.xray.pieces import Piece
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

_NAMES = ("A", "B")


class Pairs(Page):
    """Two columns need more than one."""

    widest: ClassVar[int] = 400


class Head(Static):
    """What became of one of the two: its name, and its figures since they part."""

    def __init__(self, name: str, *, id: str) -> None:
        super().__init__(id=id)
        self._name = name
        self._told: tuple[str, Figures] | None = None

    def show(self, title: str, figures: Figures) -> None:
        """Say this from now on."""
        self._told = (title, figures)
        self.refresh(layout=True)

    def render(self) -> Content:
        """On one line where there is room: the figures before the title."""
        if self._told is None:
            return Content("")
        title, figures = self._told
        width = self.content_size.width
        told = Content.styled(figures_told(figures, short=width < 60), "$text-muted")
        room = width - told.cell_length - 5
        name = Content.styled(f"{self._name}  ", "bold")
        if room < 8:
            return Content.assemble(name, told).truncate(width, ellipsis=True)
        head = shown_line(title or "(untitled)").stylize("bold").truncate(room, ellipsis=True)
        return Content.assemble(name, head, "  ", told)


class CompareScreen(Screen[None]):
    """Shows `first` and `second` (ids): what they have in common as one line, then turn beside turn."""

    PLACE: ClassVar[Place] = "compare"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("compare")]
    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "Pairs"

    def __init__(self, first: str, second: str) -> None:
        super().__init__()
        self.compared: Compared | None = None
        self._asked = (first, second)

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(Content("Compare · reading both …"), id="compare-head")
        with Container(id="compare-sides"):
            yield Head("A", id="compare-a")
            yield Head("B", id="compare-b")
        yield Pairs(id="compare-pairs")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read both beside the screen."""
        self.run_worker(self._read(), group="reading", exit_on_error=False)

    @property
    def backrooms(self) -> "BackroomsApp":
        """The application."""
        return cast("BackroomsApp", self.app)

    async def _read(self) -> None:
        store = self.backrooms.workspace.store
        head = self.query_one("#compare-head", Static)
        try:
            compared = await asyncio.to_thread(compare, store, *self._asked)
        except OperatorError as error:
            head.add_class("-wrong")
            head.update(shown_line(f"{error.what}; {error.cure}"))
            return
        self.compared = compared
        titles = told_apart(compared.sessions[0].title, compared.sessions[1].title)
        for name, title, figures in zip("ab", titles, compared.figures, strict=True):
            self.query_one(f"#compare-{name}", Head).show(title, figures)
        since = max(figures.turns for figures in compared.figures)
        told = f"{_turns(compared.common)} in common · {len(compared.same):,} of {_turns(since)} since say the same"
        head.update(Content.assemble(("Compare", "bold $primary"), f" · {told}"))
        self.query_one(Pairs).show(_pieces(compared, Reading(store, *compared.sessions)))
        self.refresh_bindings()

    def action_next(self) -> None:
        """The next turn in which they differ."""
        self.query_one(Pairs).go_to_next(("message",))

    def action_previous(self) -> None:
        """The turn before in which they differ."""
        self.query_one(Pairs).go_to_next(("message",), -1)

    def action_replay(self) -> None:
        """The first of them, from where they part."""
        self._replay(0)

    def action_replay_other(self) -> None:
        """The second of them, from where they part."""
        self._replay(1)

    def _replay(self, side: int) -> None:
        if self.compared is not None:
            self.backrooms.show_replay(self.compared.sessions[side].id, self.compared.common)


def figures_told(figures: Figures, *, short: bool = False) -> str:
    """`6 turns · 312 words · $0.04 · 1 of 6 stalled`."""
    if not figures.turns:
        return "ends where they part"
    cost = (
        f"${figures.cost:.{4 if figures.cost < 0.01 else 2}f}" if figures.cost else "" if figures.unpriced else "free"
    )
    price = " + ".join(filter(None, (cost, "?" if figures.unpriced else "")))
    share = figures.share
    if short:
        stalled = "" if share is None else f" · {share:.0%} stalled"
        return f"{figures.turns:,} t. · {figures.words:,} w. · {price}{stalled}"
    stalled = " · stall not measured" if share is None else f" · {figures.stalled} of {figures.measured} stalled"
    return f"{_turns(figures.turns)} · {figures.words:,} words · {price}{stalled}"


def _pieces(compared: Compared, reading: Reading) -> list[Piece]:
    """The common past folded to a line, its edited turns, and what came after it."""
    edited = set(compared.edited)
    folded = f"{_turns(compared.common)} in common"
    pieces: list[Piece] = [Piece("part", f"{folded}, but for what was edited" if edited else folded)]
    for turn in compared.turns:
        if turn == compared.common + 1 and edited:
            pieces.append(Piece("part", f"after turn {compared.common}"))
        kind = "text" if turn in compared.same else "message"
        pieces.append(Pair(kind, turn=turn, reading=reading, common=turn in edited))  # type: ignore[arg-type]
    return pieces


def _turns(number: int) -> str:
    return "1 turn" if number == 1 else f"{number:,} turns"
