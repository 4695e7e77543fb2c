"""Help: what every key does, first where one came from, then everywhere, then in all other places."""

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Label, Static

from backrooms_tui.ui.actions import PLACES, Action, Place, actions_of, bindings_of, spoken_keys
from backrooms_tui.ui.screens.settings.keymap import keys_of
from backrooms_tui.ui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

# The columns of keys and titles, in cells; the sentence takes what is left over, on several lines where it has to.
_KEYS, _TITLE = 12, 18


class HelpScreen(Screen[None]):
    """The registry as a page. `place` is where it was opened from; the person's own keys are shown as theirs."""

    PLACE: ClassVar[Place] = "help"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(PLACE),
        # The key that opened it closes it, whichever it is.
        Binding("question_mark,f1", "close", "Close", show=False, id="everywhere.help"),
        Binding("escape", "close", "Close", id="everywhere.back"),
    ]
    CSS_PATH = "help.tcss"

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place

    def compose(self) -> ComposeResult:
        """One page that scrolls."""
        yield Label(Content.assemble(("Help", "bold"), ("  what every key does", "$text-muted")), id="title")
        with VerticalScroll():
            yield Static(id="page")
        yield KeyLine()

    def on_mount(self) -> None:
        """So that arrows and page keys scroll."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Go back to where one was."""
        self.app.pop_screen()

    def on_resize(self) -> None:
        """The sentences stay in their column."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        page = self.query_one("#page", Static)
        page.update(self._page(max(20, page.size.width - _KEYS - _TITLE - 5)))

    def _page(self, room: int) -> Content:
        first = dict.fromkeys([self._place, "everywhere"])
        others = [place for place in PLACES if place not in first]
        parts = [part for place in (*first, *others) for part in self._section(place, room)]
        return Content("\n").join(parts)

    def _section(self, place: Place, room: int) -> Iterator[Content]:
        actions = actions_of(place)
        if not actions:
            return
        here = " (you came from here)" if place == self._place and place != "everywhere" else ""
        yield Content.assemble((PLACES[place], "bold $text-primary"), (here, "$text-muted"))
        for action in actions:
            yield from self._row(action, room)
        yield Content("")

    def _row(self, action: Action, room: int) -> Iterator[Content]:
        chosen = cast("BackroomsApp", self.app).workspace.configuration.keys
        keys = spoken_keys(",".join(keys_of(action, chosen)))
        yours = " (yours)" if action.id in chosen else ""
        first, *others = wrap(f"{action.help}{yours}", room)
        yield Content.assemble(
            (f"  {keys:<{_KEYS}}", "bold"), f"{action.title:<{_TITLE}}", (f"  {first}", "$text-muted")
        )
        for more in others:
            yield Content.assemble((f"{'':<{_KEYS + _TITLE + 4}}{more}", "$text-muted"))
