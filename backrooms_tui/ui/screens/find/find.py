"""Find in all: everything that was ever said, in all sessions, found as one types; from there straight to the place."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.query import Query, QueryMistake, parse
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.screens.find.results import Places, in_context, lines_of
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.store.finding import Hit
    from backrooms_tui.ui.app import BackroomsApp

# So many places, the newest, are shown.
MOST = 200
_HINT = """\
mirror door      both words, anywhere in what was said
"a mirror"       words one after another; mirr* the beginning of one
-rain            without
agent:Mara       said by Mara; agent:operator is what you said
model:opus       said by a model of such a name
template:cli     in a session of such a template
since:7d         12h, 2w, today, yesterday, 2026-11-20
stall>0.6        where the conversation stalled so much
cost>1 turns>20  in sessions so dear, so long
is:starred       what you starred, or in a session that you did
tag:night        what you tagged so
note:"a hinge"   where your note says so"""


class AskedInput(LineInput):
    """Where one types what to find. The list below is moved in from here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.open", "Go there", tooltip="Replay the session at the chosen place"),
        Binding("up", "screen.move(-1)", "Up", show=False),
        Binding("down", "screen.move(1)", "Down", show=False),
        Binding("pageup", "screen.page(-1)", "Page up", show=False),
        Binding("pagedown", "screen.page(1)", "Page down", show=False),
    ]


class FindScreen(Screen[None]):
    """Begins with `asked` in the line to type on."""

    PLACE: ClassVar[Place] = "find"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("find")]
    CSS_PATH = "find.tcss"
    AUTO_FOCUS = "AskedInput"

    def __init__(self, asked: str = "") -> None:
        super().__init__()
        self._began_with = asked
        self._looked_for = ""
        self._looking = False
        self._answered = ""  # what was asked last, of all that has been answered
        self._open_then = False  # when what is asked now has been answered
        self._query = Query()  # whose places are shown

    def compose(self) -> ComposeResult:
        """A line to type on, what was found, and the marked place in full."""
        yield Static("Find in all", id="head")
        with Horizontal(id="asked-line"):
            yield Static("▸ ", id="asked-mark")
            yield AskedInput(self._began_with, placeholder="words, or agent:NAME, since:7d, stall>0.6 …", id="asked")
        yield Static(_HINT, id="hint", markup=False)
        yield Places(id="places")
        yield Static(id="context")
        yield Static(id="said")
        yield KeyLine()

    def on_mount(self) -> None:
        """Nothing is asked yet, or what was asked elsewhere."""
        self._arrange([])
        if self._began_with:
            self._look()

    # As one types -----------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#asked")
    def _typed(self) -> None:
        self._open_then = False
        self._look()

    @work(group="look", exit_on_error=False)
    async def _look(self) -> None:
        if self._looking:  # who looks, looks again when it sees that something else is asked
            return
        self._looking = True
        try:
            while self._looked_for != (asked := self._asked.value):
                self._looked_for = asked
                await self._look_for(asked)
                self._answered = asked
        finally:
            self._looking = False
        if self._open_then and self.is_active:
            self.action_open()

    async def _look_for(self, asked: str) -> None:
        try:
            query = parse(asked, typing=True)
            store = self._app.workspace.store
            hits = await asyncio.to_thread(lambda: store.search_for(query, MOST + 1))
        except QueryMistake as mistake:
            # What was found before stays: one may be in the middle of writing a field.
            self._say(f"{mistake.what} · {mistake.cure}")
        except OperatorError as error:
            self._say(f"{error.what} · {error.cure}", wrong=True)
        else:
            if asked == self._asked.value:
                self._query = query
                self._say("")
                self._arrange(hits)

    def _arrange(self, hits: "list[Hit]") -> None:
        shown = hits[:MOST]
        self.set_class(not self._query.anything, "-nothing-asked")
        self.set_class(bool(shown), "-found")
        lines = lines_of(shown)
        self._places.show_lines(lines, datetime.now().astimezone())
        sessions = len(lines) - len(shown)
        if shown:
            many = f"the newest {MOST} places" if len(hits) > MOST else _count(len(shown), "place")
            number = f" · {many} in {_count(sessions, 'session')}"
        else:
            number = " · nobody said that" if self._query.said else " · nothing fits" if self._query.anything else ""
        self.query_one("#head", Static).update(Content.assemble(("Find in all", "bold $primary"), number))
        self._show_context()
        self.refresh_bindings()

    @on(Rows.Moved)
    def _show_context(self) -> None:
        """The marked place in full, below the list."""
        place = self._places.place
        self.query_one("#context", Static).update(in_context(place) if place is not None else "")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(shown_line(text))

    # What can be done -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where something was found, or still may be, can one go there."""
        if action == "open":
            return self.has_class("-found") or not self._is_answered
        return True

    def action_move(self, by: int) -> None:
        """Mark the next place, or the one before."""
        self._places.action_move(by)

    def action_page(self, by: int) -> None:
        """A screenful further."""
        self._places.action_page(by)

    @on(Rows.Chosen)
    def action_open(self) -> None:
        """Replay the session at the marked place, with the words looked for there; once what was typed is found."""
        self._open_then = not self._is_answered
        if self._open_then:
            return
        if (place := self._places.place) is not None:
            self._app.show_replay(place.session, place.turn, words=self._query.words)

    @property
    def _is_answered(self) -> bool:
        return self._answered == self._asked.value

    @property
    def _asked(self) -> AskedInput:
        return self.query_one(AskedInput)

    @property
    def _places(self) -> Places:
        return self.query_one(Places)

    @property
    def _app(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
