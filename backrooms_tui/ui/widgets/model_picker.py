"""Choosing a model: the catalogue, searched as one types, with price, window, and whether it can be asked now."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import WORLD
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.columns import Column, heading, line
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.model_text import price_text, window_text
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_DIM = "$foreground-muted"
_NARROW = (
    Column("model"),
    Column("$ in / out", 13, side="right"),
    Column("window", 6, side="right"),
    Column("now", 12),
)
_WIDE = (
    Column("model"),
    Column("name", 26, style=_DIM),
    Column("$ in / out", 14, side="right"),
    Column("window", 8, side="right"),
    Column("now", 34),
)
_PATIENCE = 10.0  # seconds that a server on this machine may take to list its models
_WIDE_FROM = 120  # columns; with less, long references would be cut off for the sake of names


@dataclass(frozen=True, slots=True)
class Offer:
    """A model to choose. `reference` is what to type for it, `means` the full reference."""

    reference: str
    means: str
    name: str
    price: str
    window: str
    usable: bool
    why: str
    note: str = ""

    def now(self, *, short: bool = False) -> str:
        """Whether it can be asked now, told by a mark and in words."""
        if self.usable:
            return "✓ yes" if short else f"✓ {self.why}"
        return "✗ no key" if short and self.why.endswith(" is not set") else f"✗ {self.why}"


class ModelPicker(ModalScreen[str | None]):
    """Asks for a model, beginning with what is typed already; None where nothing was chosen.

    A reference that no list has may be typed. Servers on this machine are asked what they offer, meanwhile.
    """

    DEFAULT_CSS = """
    ModelPicker {
        align: center middle;
        background: $background 60%;

        #dialog {
            width: 96%;
            max-width: 130;
            height: 90%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
        }

        #words { background: $panel; margin-bottom: 1; }
        #columns { height: 1; }
        #offers { height: 1fr; }
        #about { height: 2; color: $text-muted; }
        #about.-wrong { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave it", show=False),
        Binding("up", "move('move', -1)", "Up", show=False),
        Binding("down", "move('move', 1)", "Down", show=False),
        Binding("pageup", "move('page', -1)", "Page up", show=False),
        Binding("pagedown", "move('page', 1)", "Page down", show=False),
    ]

    def __init__(self, workspace: "Workspace", model: str = "", *, title: str = "", worlds: bool = False) -> None:
        """`model` is what the seat has now, `title` says for what the model is. With `worlds` it asks for a world."""
        super().__init__()
        self._workspace = workspace
        self._now = harmless_line(model)
        self._title = title
        self._worlds = worlds
        self._found: list[Offer] = []
        self._served: list[Offer] = []
        self._silent: set[str] = set()
        self._shown_for: str | None = None
        self._choose_then = False  # when what is typed now has been looked up

    def compose(self) -> ComposeResult:
        """Where to type, what was found, and what is known of the marked one."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(harmless_line(self._title or "Model"))
            dialog.border_subtitle = Content("enter chooses · esc leaves it")
            typed = "world/NAME" if self._worlds else "provider/model"
            now = f" · now {self._now}" if self._now else ""
            yield LineInput(placeholder=f"search, or type {typed}{now}", id="words")
            yield Static(id="columns")
            yield Rows(id="offers")
            yield Static("one moment …", id="about")

    def on_mount(self) -> None:
        """Read the catalogue, and ask the servers of this machine."""
        self.query_one("#offers", Rows).can_focus = False
        self._search()
        if not self._worlds:
            self._ask_servers()

    # Searching --------------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#words")
    def _typed(self) -> None:
        self._choose_then = False
        self._search()

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _search(self) -> None:
        words = self._words
        try:
            found, wrong = await asyncio.to_thread(self._look_up, words)
        except OperatorError as error:
            found, wrong = [], error
        self._show(found, words, wrong)
        if self._choose_then and self.is_active:
            self.choose()

    def _look_up(self, words: str) -> tuple[list[Offer], OperatorError | None]:
        """What the catalogue has for `words`, the usable ones first, and why they are no model by themselves."""
        workspace = self._workspace
        offers: list[Offer] = []
        known: dict[str, tuple[bool, str]] = {}
        for entry in workspace.catalogue.listings(words):
            provider = entry.means.partition("/")[0]
            if self._worlds and provider != WORLD:
                continue
            # A hosted provider's models are usable all or none; files differ one by one.
            key = entry.means if provider in ("local", "scripted") else provider
            if key not in known:
                use = workspace.providers.usable(entry.means)
                known[key] = use.yes, use.why
            usable, why = known[key]
            if provider in self._silent:
                usable, why = False, "its server is silent"
            price, window = price_text(entry), window_text(entry.window)
            offers.append(Offer(entry.reference, entry.means, entry.name, price, window, usable, why, entry.note))
        folded = words.casefold().split()
        offers += [one for one in self._served if all(word in one.reference.casefold() for word in folded)]
        offers.sort(key=lambda one: not one.usable)
        if not words:
            return offers, None
        try:
            meant = workspace.catalogue.resolve(words)
        except OperatorError as error:
            return offers, error
        same = [one for one in offers if one.reference.casefold() == words.casefold()]
        if same:
            # What was typed whole stands first.
            return [same[0], *(one for one in offers if one is not same[0])], None
        use = workspace.providers.usable(meant.reference)
        note = " ".join(meant.notices)
        window = window_text(meant.window)
        typed = Offer(words, meant.reference, meant.display_name, "", window, use.yes, use.why, note)
        return [typed, *offers], None

    def _show(self, found: list[Offer], words: str, wrong: OperatorError | None) -> None:
        # What comes from a server while one looks at the list does not take away the mark.
        before = self._marked if words == self._shown_for else None
        wanted = before.reference if before is not None else "" if words else self._now
        self._found, self._shown_for = found, words
        rows = self.query_one("#offers", Rows)
        marked = next((index for index, one in enumerate(found) if one.reference == wanted), 0)
        rows.show(len(found), self._line, marked=marked)
        self._headings()
        if not found and wrong is not None:
            self._say(f"{wrong.what} — {wrong.cure}", wrong=True)
        else:
            self._describe()

    def _line(self, index: int, width: int) -> Content:
        one = self._found[index]
        if width >= _WIDE_FROM:
            drawn = line(_WIDE, (one.reference, one.name, one.price, one.window, one.now()), width)
        else:
            drawn = line(_NARROW, (one.reference, one.price, one.window, one.now(short=True)), width)
        return drawn if one.usable else drawn.stylize(_DIM)

    def _headings(self) -> None:
        width = self.query_one("#offers", Rows).scrollable_content_region.width - 2
        if width > 0:
            columns = _WIDE if width >= _WIDE_FROM else _NARROW
            columns = (Column("world"), *columns[1:]) if self._worlds else columns
            self.query_one("#columns", Static).update(Content.assemble("  ", heading(columns, width)))

    def on_resize(self) -> None:
        """The titles stand over their columns."""
        self.call_after_refresh(self._headings)

    @on(Rows.Moved)
    def _describe(self) -> None:
        one = self._marked
        if one is None:
            unlisted = "" if self._worlds else " A model that is not listed is written provider/model."
            self._say(f"Nothing has these words.{unlisted}")
            return
        means = "" if one.means == one.reference else one.means
        self._say(" · ".join(part for part in dict.fromkeys((one.name, means, one.why, one.note)) if part))

    def _say(self, text: str, *, wrong: bool = False) -> None:
        about = self.query_one("#about", Static)
        about.set_class(wrong, "-wrong")
        about.update(shown_line(text))

    # Choosing ---------------------------------------------------------------------------------------------------------

    @property
    def _words(self) -> str:
        return self.query_one("#words", Input).value.strip()

    @property
    def _marked(self) -> Offer | None:
        marked = self.query_one("#offers", Rows).marked
        return self._found[marked] if marked < len(self._found) else None

    def action_move(self, how: str, by: int) -> None:
        """Mark another one while the words stay where they are."""
        rows = self.query_one("#offers", Rows)
        if how == "page":
            rows.action_page(by)
        else:
            rows.action_move(by)

    @on(Input.Submitted)
    @on(Rows.Chosen)
    def choose(self) -> None:
        """Take the marked one; once what was typed is looked up, for it is not marked before."""
        self._choose_then = self._shown_for != self._words
        if self._choose_then:
            return
        if (one := self._marked) is not None:
            self.dismiss(one.reference)

    # The servers of this machine --------------------------------------------------------------------------------------

    @work(group="servers", exit_on_error=False)
    async def _ask_servers(self) -> None:
        endpoints = await asyncio.to_thread(lambda: dict(self._workspace.catalogue.endpoints))
        names = ["ollama", *(name for name, endpoint in endpoints.items() if endpoint.is_loopback)]
        await asyncio.gather(*(self._ask(name) for name in names))

    async def _ask(self, name: str) -> None:
        # Each one is shown when it has answered: a slow server does not hold up the others.
        try:
            self._served += await self._offers(name)
        except (OperatorError, ProviderTrouble, TimeoutError):
            self._silent.add(name)
        self._search()

    async def _offers(self, name: str) -> list[Offer]:
        """What the server `name` lists. Raises OperatorError, ProviderTrouble or TimeoutError."""
        providers = self._workspace.providers
        endpoint = self._workspace.catalogue.endpoints.get(name)
        if endpoint is not None and not await providers.listening(endpoint):
            raise TimeoutError
        provider, _ = providers.for_reference(f"{name}/any")
        async with asyncio.timeout(_PATIENCE):
            offered = await provider.models()
        why = "pulled, its server answers" if name == "ollama" else "its server answers"
        found = []
        for one in offered:
            reference = f"{name}/{one.model}"
            found.append(Offer(reference, reference, one.model, "free", window_text(one.window), True, why, one.detail))
        return found
