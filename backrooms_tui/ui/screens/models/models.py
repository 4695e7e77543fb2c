"""The models: who can speak, what it costs, whether it can be used now, and how to get more of them."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Label, Static
from textual.worker import Worker

from backrooms_tui.providers.base import Progress
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.settings import folders
from backrooms_tui.ui.actions import Place, bindings_of
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.models import catalogue_list as listing
from backrooms_tui.ui.screens.models.asking import AskScreen, FilePaths
from backrooms_tui.ui.screens.models.endpoint import EndpointScreen
from backrooms_tui.ui.screens.models.fetching import check_fetchable, fetch_of, progress_text, start_fetch
from backrooms_tui.ui.screens.models.testing import ask_offers, try_model
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.rows import Rows

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

_TICK = 0.2  # seconds, while something is being fetched


class FilterInput(LineInput):
    """The filter: escape gives it up, and down goes into the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("down,enter", "to_list", show=False),
    ]

    def action_give_up(self) -> None:
        """Show everything again."""
        self.value = ""
        self.action_to_list()

    def action_to_list(self) -> None:
        """Into what was found."""
        self.screen.query_one("#models", Rows).focus()


class ModelsScreen(Screen[None]):
    """Providers on the left, their models on the right, and below what is known of the marked one."""

    PLACE: ClassVar[Place] = "models"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(PLACE)]
    CSS_PATH = "models.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._models: list[listing.ModelLine] = []
        self._providers: list[listing.ProviderLine] = []
        self._listed: list[listing.ModelLine] = []
        self._said: dict[str, Content] = {}
        self._testing: Worker[None] | None = None
        self._ticking: Timer | None = None
        self._loaded = False

    @property
    def _backrooms(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    def compose(self) -> ComposeResult:
        """Two lists and a few lines about what is marked."""
        yield Label(Content("Models").stylize("bold"), id="title")
        with Horizontal(id="lists"):
            yield Rows(id="providers")
            with Vertical():
                yield FilterInput(placeholder="filter (/)", id="filter")
                yield Static(id="columns")
                yield Rows(id="models")
        yield Static(id="about")
        yield Static(id="fetch")
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the catalogue beside the loop; ask the servers of this machine whether they are there."""
        self.query_one("#models", Rows).focus()
        self.query_one("#about", Static).update("reading the catalogue …")
        self.reload()
        if fetch_of(self._backrooms) is not None:
            self._tick_on()

    def reload(self, mark: str = "") -> None:
        """Read everything anew, and mark the model `mark`."""
        self._load(mark)

    @work(group="load", exclusive=True, exit_on_error=False)
    async def _load(self, mark: str) -> None:
        workspace = self._backrooms.workspace
        models = await asyncio.to_thread(listing.read_models, workspace)
        offered = [one for one in self._models if one.note == "offered"]
        self._models, _ = listing.merged(models, offered)
        self._providers = await asyncio.to_thread(listing.read_providers, workspace, self._models)
        self._loaded = True
        self._show_providers()
        self._show_models(mark)
        await self._ask_this_machine()

    async def _ask_this_machine(self) -> None:
        """Which servers of this machine answer. Nobody else is asked unless the person says so."""
        workspace = self._backrooms.workspace
        here = [one for one in self._providers if not one.state]

        async def asked(provider: listing.ProviderLine) -> tuple[str, bool]:
            endpoint = workspace.catalogue.endpoints.get(provider.name)
            if endpoint is not None:
                return provider.name, endpoint.is_loopback and await workspace.providers.listening(endpoint)
            try:
                await self._offer(provider.name)
            except (OperatorError, ProviderTrouble):
                return provider.name, False
            return provider.name, True

        answers = dict(await asyncio.gather(*(asked(provider) for provider in here)))
        self._providers = [
            listing.standing(one, answers[one.name]) if one.name in answers else one for one in self._providers
        ]
        self._show_providers()

    # The lists --------------------------------------------------------------------------------------------------------

    def _show_providers(self) -> None:
        rows = self.query_one("#providers", Rows)
        chosen = self.provider
        self._providers.sort(key=lambda one: not one.ready)
        names = ["", *(one.name for one in self._providers)]
        rows.show(len(names), self._provider_line, marked=names.index(chosen) if chosen in names else 0)
        self._describe()

    def _provider_line(self, index: int, width: int) -> Content:
        rows = self.query_one("#providers", Rows)
        style = "" if rows.marked == index else None
        if index == 0:
            usable = sum(one.usable for one in self._models)
            everybody = listing.ProviderLine("all", len(self._models), True, f"✓ {usable}", "")
            return listing.provider_line(everybody, width, style)
        return listing.provider_line(self._providers[index - 1], width, style)

    def _model_line(self, index: int, width: int) -> Content:
        rows = self.query_one("#models", Rows)
        style = "" if rows.marked == index else None
        return listing.model_line(self._listed[index], width, style, provider=self.provider)

    def _show_models(self, mark: str = "") -> None:
        rows = self.query_one("#models", Rows)
        words = self.query_one("#filter", Input).value
        before = mark or (self._listed[rows.marked].reference if rows.marked < len(self._listed) else "")
        self._listed = listing.chosen(self._models, words, self.provider)
        names = [one.reference for one in self._listed]
        rows.show(len(names), self._model_line, marked=names.index(before) if before in names else 0)
        self._show_headings()
        usable = sum(one.usable for one in self._listed)
        count = f"  {len(names)} listed, {usable} usable now" if self._loaded else ""
        self.query_one("#title", Label).update(Content.assemble(("Models", "bold"), (count, "$text-muted")))
        self._describe()

    def _show_headings(self) -> None:
        width = self.query_one("#models", Rows).scrollable_content_region.width - 2
        if width > 0:
            self.query_one("#columns", Static).update(Content.assemble("  ", listing.headings(width)))

    def on_resize(self) -> None:
        """The titles stay over their columns."""
        self.call_after_refresh(self._show_headings)

    @property
    def provider(self) -> str:
        """The provider whose models are shown; "" for all."""
        index = self.query_one("#providers", Rows).marked
        return self._providers[index - 1].name if 0 < index <= len(self._providers) else ""

    @property
    def marked(self) -> listing.ModelLine | None:
        """The model that actions are about."""
        index = self.query_one("#models", Rows).marked
        return self._listed[index] if 0 <= index < len(self._listed) else None

    @on(Rows.Moved, "#providers")
    def other_provider(self, event: Rows.Moved) -> None:
        """Only its models."""
        if event.rows.has_focus:
            self._show_models()

    @on(Rows.Moved, "#models")
    def other_model(self) -> None:
        """Say what is known of it."""
        self._describe()

    @on(Input.Changed, "#filter")
    def filter_models(self) -> None:
        """As one types."""
        self._show_models()

    def on_descendant_focus(self) -> None:
        """What is told depends on the list one is in."""
        self._describe()

    def _describe(self) -> None:
        about = self.query_one("#about", Static)
        if not self._loaded:
            return
        if self.query_one("#providers", Rows).has_focus and self.provider:
            provider = next(one for one in self._providers if one.name == self.provider)
            count = f"{provider.count} in the list" if provider.count else "press o to ask what it offers"
            lines = [shown_line(provider.name).stylize("bold"), shown_line(provider.says), Content(count)]
        elif (model := self.marked) is not None:
            name, known = listing.describe(model)
            lines = [shown_line(name).stylize("bold"), shown_line(known).stylize("$text-muted")]
            if (said := self._said.get(model.means)) is not None:
                lines.append(said)
        else:
            lines = [Content("No model matches. One that is not listed can be named as PROVIDER/MODEL.")]
        about.update(Content("\n").join(lines))

    # Testing and asking -----------------------------------------------------------------------------------------------

    def action_test(self) -> None:
        """One tiny request to the marked model."""
        if (model := self.marked) is not None:
            self._testing = self._test(model)
            self.refresh_bindings()

    @work(group="test", exclusive=True, exit_on_error=False)
    async def _test(self, model: listing.ModelLine) -> None:
        def say(content: Content) -> None:
            self._said[model.means] = content
            self._describe()

        def progress(one: Progress) -> None:
            say(progress_text(one))

        say(Content("asking it …"))
        try:
            said, known = await try_model(self._backrooms.workspace, model.means, progress)
            say(Content.assemble(shown_line(f"✓ {said}").truncate(300, ellipsis=True), (f"  {known}", "$text-muted")))
            if model.provider == "local":
                self.reload()  # it may have been fetched for this
        except OperatorError as error:
            say(shown_line(f"✗ {error.what}; {error.cure}").stylize("$text-error"))
        except ProviderTrouble as error:
            say(shown_line(f"✗ {error.trouble.message}; {error.trouble.cure}").stylize("$text-error"))
        except asyncio.CancelledError:
            say(Content("stopped"))
            raise
        finally:
            self.refresh_bindings()

    def action_offered(self) -> None:
        """Ask the provider of what is marked."""
        in_providers = self.query_one("#providers", Rows).has_focus
        provider = self.provider if in_providers or self.marked is None else self.marked.provider
        if not provider:
            self.notify("Mark a provider, or one of its models, first.", markup=False)
            return
        self._show_offered(provider)

    @work(group="offered", exclusive=True, exit_on_error=False)
    async def _show_offered(self, provider: str) -> None:
        self.notify(f"Asking {provider} …", timeout=2, markup=False)
        try:
            count, new = await self._offer(provider)
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", severity="error", markup=False)
        except ProviderTrouble as error:
            said = f"{error.trouble.message}\n{error.trouble.cure}"
            self.notify(said, title=provider, severity="error", markup=False)
        else:
            self.query_one("#providers", Rows).marked = 1 + [one.name for one in self._providers].index(provider)
            self._show_models()
            self.notify(listing.offered_text(provider, count, new), markup=False)

    async def _offer(self, provider: str) -> tuple[int, int]:
        """Take what `provider` offers into the list: how many models that is, and how many are new to it."""
        workspace = self._backrooms.workspace
        offered = await ask_offers(workspace, provider)
        lines = await asyncio.to_thread(listing.offered_lines, provider, offered, workspace)
        self._models, new = listing.merged(self._models, lines)
        self._providers = listing.counted(self._providers, self._models)
        self._show_providers()
        self._show_models()
        return len(lines), new

    # Getting more -----------------------------------------------------------------------------------------------------

    def action_pull(self) -> None:
        """Ask what to fetch, and begin."""
        if fetch_of(self._backrooms) is not None:
            self.notify("One model at a time; x stops what is being fetched.", markup=False)
            return
        model = self.marked
        value = model.reference if model is not None and model.provider in ("local", "ollama") else ""
        workspace = self._backrooms.workspace
        help = "local, OWNER/REPO/FILE.gguf, or ollama/NAME"
        ask = AskScreen(
            "Fetch a model to this machine", help, lambda text: check_fetchable(text, workspace), value=value
        )
        self.app.push_screen(ask, self._fetch)

    def _fetch(self, text: str | None) -> None:
        if text is None:
            return
        start_fetch(self._backrooms, text, self._fetched)
        self._tick_on()

    def _fetched(self, name: str) -> None:
        if self.is_running:
            self.reload(name)

    def _tick_on(self) -> None:
        if self._ticking is None:
            self._ticking = self.set_interval(_TICK, self._tick)
        self._show_fetch()
        self.refresh_bindings()

    def _tick(self) -> None:
        if is_there(self):
            self._show_fetch()

    def _show_fetch(self) -> None:
        """How far the fetch is; the timer stops with it."""
        shown_fetch = self.query_one("#fetch", Static)
        fetch = fetch_of(self._backrooms)
        shown_fetch.display = fetch is not None
        if fetch is not None:
            shown_fetch.update(Content.assemble(progress_text(fetch.progress), ("  x stops it", "$text-muted")))
        elif self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            self.refresh_bindings()

    def action_cancel(self) -> None:
        """Stop the fetch, or else the test."""
        if (fetch := fetch_of(self._backrooms)) is not None:
            fetch.cancel()
        elif self._testing is not None:
            self._testing.cancel()

    def action_add_file(self) -> None:
        """A file that is on this machine."""
        from backrooms_tui.providers.local.gguf import check_gguf, find_gguf

        def check(text: str) -> str:
            header = check_gguf(find_gguf(text, folders.models_dir()))
            known = (header.name, header.architecture, f"{header.window:,} tokens" if header.window else "")
            return "✓ " + (", ".join(part for part in known if part) or "a model")

        help = "the path of a GGUF file; it stays where it is, and a link to it goes into the models folder"
        self.app.push_screen(AskScreen("Use a model file", help, check, suggester=FilePaths()), self._add_file)

    def _add_file(self, text: str | None) -> None:
        if text is not None:
            self._link(text)

    @work(group="link", exit_on_error=False)
    async def _link(self, text: str) -> None:
        from backrooms_tui.ui.screens.models.model_file import add_model_file

        try:
            name = await asyncio.to_thread(add_model_file, text, folders.models_dir())
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", severity="error", markup=False)
            return
        self.notify(f"Use it as {name}", markup=False)
        self.reload(name)

    def action_add_endpoint(self) -> None:
        """A server that speaks as OpenAI does."""

        def added(name: str | None) -> None:
            if name is not None:
                self.notify(f"{name} is in config.toml; its models are {name}/MODEL.", markup=False)
                self.reload()

        self.app.push_screen(EndpointScreen(), added)

    def action_filter(self) -> None:
        """To the filter."""
        self.query_one("#filter", Input).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is under way can be stopped."""
        if action == "cancel":
            testing = self._testing is not None and not self._testing.is_finished
            return testing or fetch_of(self._backrooms) is not None
        return True
