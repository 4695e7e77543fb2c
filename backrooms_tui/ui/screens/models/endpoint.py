"""Adding a server that speaks as OpenAI does: asked once whether it answers, then written into config.toml."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast, get_args

from pydantic import ValidationError
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Select, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.settings import folders
from backrooms_tui.settings.configuration import Configuration, DialectName, EndpointSettings
from backrooms_tui.settings.writing import change_configuration
from backrooms_tui.ui.applying import apply_configuration
from backrooms_tui.ui.screens.models.catalogue_list import nameable
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from backrooms_tui.providers.base import Listing
    from backrooms_tui.ui.app import BackroomsApp

# Only so many of a server's models are written down: one with hundreds is asked when somebody wants to see them.
MOST_MODELS = 24
_FIELDS = (
    ("name", "Name", "what you will type before the slash: lab/MODEL"),
    ("base_url", "Address", "such as http://127.0.0.1:8000/v1"),
    ("api_key_env", "Key variable", "the NAME of the variable that holds its key; empty for none"),
)
_DIALECTS = get_args(DialectName)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person wrote."""

    name: str
    base_url: str
    api_key_env: str
    dialect: str

    def table(self) -> dict[str, object]:
        """As it is written into the file."""
        key = {"api_key_env": self.api_key_env} if self.api_key_env else {}
        return {"base_url": self.base_url, **key, "dialect": self.dialect}

    def mistakes(self, known: "set[str]") -> dict[str, str]:
        """What is wrong, by field. `known` are the names that are taken."""
        found = {}
        if not self.name:
            found["name"] = "it needs a name"
        elif self.name in known:
            found["name"] = "there is a provider of that name already; choose another name"
        if not self.base_url:
            found["base_url"] = "it needs an address"
        # The name by itself: its rule is only looked at where nothing else is wrong.
        tables: tuple[dict[str, object], ...] = ({self.name or "unnamed": {}}, {"unnamed": self.table()})
        for table in tables:
            try:
                Configuration.model_validate({"endpoints": table})
            except ValidationError as error:
                for one in error.errors(include_url=False, include_input=False):
                    context = one.get("ctx", {})
                    path = context.get("path") or one["loc"]
                    cure = context.get("cure", "")
                    said = f"{one['msg']}; {cure}" if cure else one["msg"]
                    found.setdefault(str(path[2]) if len(path) > 2 else "name", said)
        return found


async def probe(wish: Wish, app: "BackroomsApp") -> "list[Listing]":
    """The models that the server lists. Raises ProviderTrouble or OperatorError where it does not say."""
    from backrooms_tui.providers.catalogue.catalogue import Catalogue
    from backrooms_tui.providers.registry import Providers
    from backrooms_tui.providers.servers.endpoints import with_presets

    settings = EndpointSettings.model_validate(wish.table())
    endpoints = with_presets({wish.name: settings})
    catalogue = Catalogue({}, endpoints, folders.models_dir())
    providers = Providers(catalogue, app.workspace.keys, models_dir=folders.models_dir(), stall_timeout=15.0)
    try:
        provider, _ = providers.for_reference(f"{wish.name}/any")
        async with asyncio.timeout(20):
            return await provider.models()
    except TimeoutError:
        raise OperatorError("it took longer than 20 s to answer", "check the address") from None
    finally:
        await providers.aclose()


class EndpointScreen(ModalScreen[str | None]):
    """The form. Its result is the name of the endpoint that was added."""

    CSS_PATH = "endpoint.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "add", "Ask it, and add it"),
        Binding("escape", "dismiss(None)", "Leave it"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._tried: Wish | None = None  # did not answer; saving it once more takes it all the same

    def compose(self) -> ComposeResult:
        """A field a line, and below each what is wrong with it."""
        with Vertical(id="dialog"):
            yield Label("A server that speaks as OpenAI does", id="what")
            for name, title, help in _FIELDS:
                with Horizontal(classes="field"):
                    yield Label(title)
                    yield LineInput(id=name)
                yield Static(help, id=f"{name}-note", classes="note")
            with Horizontal(classes="field"):
                yield Label("Dialect")
                options = [(name, name) for name in _DIALECTS]
                yield Select(options, value="generic", allow_blank=False, id="dialect", compact=True)
            yield Static("how its parameters are called; generic suits most", classes="note")
            yield Static(id="result")
        yield KeyLine()

    @property
    def wish(self) -> Wish:
        """What stands in the form."""
        name, base_url, variable = (self.query_one(f"#{field}", Input).value.strip() for field, _, _ in _FIELDS)
        return Wish(name, base_url, variable, str(self.query_one(Select).value))

    @on(Input.Changed)
    def check(self, event: Input.Changed) -> None:
        """As one types, only what was touched is judged."""
        self._show_mistakes({event.input.id or ""})

    def _show_mistakes(self, fields: set[str]) -> bool:
        mistakes = self.wish.mistakes(set(cast("BackroomsApp", self.app).workspace.catalogue.providers))
        for name, _, help in _FIELDS:
            if name not in fields:
                continue
            note = self.query_one(f"#{name}-note", Static)
            note.update(Content(harmless_line(f"✗ {mistakes[name]}" if name in mistakes else help)))
            note.set_class(name in mistakes, "-wrong")
        return bool(mistakes)

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Enter goes to the next field."""
        self.focus_next()

    def action_add(self) -> None:
        """Ask the server whether it is there, then write it down."""
        if self._show_mistakes({name for name, _, _ in _FIELDS}):
            self.app.bell()
            return
        self._add(self.wish)

    @work(group="add", exclusive=True, exit_on_error=False)
    async def _add(self, wish: Wish) -> None:
        result = self.query_one("#result", Static)
        result.update("asking it …")
        app = cast("BackroomsApp", self.app)
        table = wish.table()
        try:
            models = [one.model for one in nameable(await probe(wish, app))]
            if not models:
                raise OperatorError("it answers, but lists no model", "check the address: most end in /v1")
            if len(models) <= MOST_MODELS:
                table["models"] = models
        except (OperatorError, ProviderTrouble) as error:
            if self._tried != wish:
                self._tried = wish
                what, cure = _said(error)
                again = "ctrl+s once more adds it all the same"
                result.update(Content(harmless_line(f"✗ {what}; {cure}")) + Content(f"\n{again}"))
                return
        try:
            configuration = await asyncio.to_thread(change_configuration, {("endpoints", wish.name): table})
        except OperatorError as error:
            result.update(Content(harmless_line(f"✗ {error.what}; {error.cure}")))
            return
        apply_configuration(app, configuration)
        self.dismiss(wish.name)


def _said(error: OperatorError | ProviderTrouble) -> tuple[str, str]:
    if isinstance(error, OperatorError):
        return error.what, error.cure
    return error.trouble.message, error.trouble.cure
