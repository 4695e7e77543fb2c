"""The catalogue as the models screen lists it: what there is, what is known of it, and whether it can be used now."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.providers.catalogue import companies
from backrooms_tui.providers.catalogue.references import check_name
from backrooms_tui.providers.servers.endpoints import is_loopback
from backrooms_tui.providers.servers.keys import variable_for
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD
from backrooms_tui.ui.widgets.columns import Column, heading, line

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.base import Listing
    from backrooms_tui.providers.catalogue.listings import CatalogueEntry

_DIM = "$text-muted"
_MODEL = (
    Column("model"),
    Column("name", 26, least=110, style=_DIM),
    Column("window", 6, least=44, side="right"),
    Column("$ in/out", 11, least=38, side="right"),
    Column("", 1),
    Column("usable now", 30, least=120, style=_DIM),
)
_PROVIDER = (Column("provider"), Column("state", 9, style=_DIM))


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model or alias. `reference` is what to type, `means` the full reference; prices in USD for a million tokens,
    `window` in tokens, None where nobody says. `why` says why it can be used now, or why not."""

    reference: str
    means: str
    name: str
    window: int | None
    prices: tuple[float | None, float | None, float | None]
    note: str
    usable: bool
    why: str
    words: str

    @property
    def provider(self) -> str:
        """Who is asked for it."""
        return self.means.partition("/")[0]


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider: in how many lines of the list it occurs, how it stands in a word or two, and in a sentence."""

    name: str
    count: int
    ready: bool
    state: str
    says: str


def read_models(workspace: "Workspace") -> list[ModelLine]:
    """Everything in the catalogue. Looks at keys and files; half a second the first time."""
    return [_of_entry(entry, workspace) for entry in workspace.catalogue.listings()]


def _of_entry(entry: "CatalogueEntry", workspace: "Workspace") -> ModelLine:
    use = workspace.providers.usable(entry.means)
    provider, _, model = entry.means.partition("/")
    words = f"{entry.reference} {entry.means} {entry.name} {companies.company(provider, model)}".casefold()
    prices = (entry.input_price, entry.output_price, entry.cache_price)
    return ModelLine(
        entry.reference, entry.means, entry.name, entry.window, prices, entry.note, use.yes, use.why, words
    )


def offered_lines(provider: str, offered: "Iterable[Listing]", workspace: "Workspace") -> list[ModelLine]:
    """What a provider itself offers, as lines of the list."""
    endpoint = workspace.catalogue.endpoints.get(provider)
    free = provider in ("local", "ollama", "scripted") or (endpoint is not None and is_loopback(endpoint.base_url))
    price = 0.0 if free else None
    lines = []
    for one in nameable(offered):
        reference = f"{provider}/{one.model}"
        use = workspace.providers.usable(reference)
        words = f"{reference} {one.detail}".casefold()
        prices = (price, price, price)
        name = one.detail or companies.display_name(provider, one.model)
        lines.append(ModelLine(reference, reference, name, one.window, prices, "offered", use.yes, use.why, words))
    return lines


def nameable(offered: "Iterable[Listing]") -> "list[Listing]":
    """Those of `offered` that can be named, each once: a server may list anything."""
    found: dict[str, Listing] = {}
    for one in offered:
        try:
            check_name(one.model)
        except OperatorError:
            continue
        found.setdefault(one.model, one)
    return list(found.values())


def offered_text(provider: str, count: int, new: int) -> str:
    """What came of asking `provider` what it offers: `count` models, `new` of them not in the list before."""
    if not count:
        return f"{provider} answers, but lists no model. Where that is not so, check its address: most end in /v1."
    models = f"{count:,} model{'' if count == 1 else 's'}"
    return f"{provider} offers {models}; {new:,} of them {'is' if new == 1 else 'are'} new to the list."


def counted(providers: Iterable[ProviderLine], models: Iterable[ModelLine]) -> list[ProviderLine]:
    """`providers` with the numbers of their models as they are now."""
    counts = Counter(one.provider for one in models)
    return [replace(one, count=counts[one.name]) for one in providers]


def merged(models: list[ModelLine], more: Iterable[ModelLine]) -> tuple[list[ModelLine], int]:
    """`models` and those of `more` that it does not have, and how many these are. A window that only the provider
    told is taken over."""
    told = {one.means.casefold(): one for one in more}
    kept = [
        replace(one, window=told[one.means.casefold()].window)
        if one.window is None and one.means.casefold() in told
        else one
        for one in models
    ]
    known = {one.reference.casefold() for one in models}
    new = [one for one in told.values() if one.reference.casefold() not in known]
    return [*kept, *new], len(new)


def read_providers(workspace: "Workspace", models: Iterable[ModelLine]) -> list[ProviderLine]:
    """All providers, those that can be used first. Keys by the name of their variable and where they were found."""
    from backrooms_tui.providers.local.starter import find_starter
    from backrooms_tui.settings.folders import models_dir

    counts = Counter(one.provider for one in models)
    endpoints = workspace.catalogue.endpoints
    found = []
    for name in workspace.catalogue.providers:
        variable = variable_for(name, endpoints)
        endpoint = endpoints.get(name)
        if variable is not None:
            key = workspace.keys.find(variable)
            if key is None:
                cure = f"export {variable}=…, or write it into a file .env in the folder you start from"
                ready, state, says = False, "no key", f"{variable} is not set; {cure}"
            else:
                where = f"the {key.where}" if key.where != ".env" else ".env"
                ready, state, says = True, "✓ key", f"{variable} found in {where}"
        elif name == "local":
            here = find_starter(models_dir()) is not None
            says = (
                "models in this program; the starter model is here" if here else "the starter model is fetched (98 MB)"
            )
            ready, state = True, "✓"
        elif name == "scripted":
            ready, state, says = (
                True,
                "✓",
                "scripted/PATH: a text file whose replies are parted by lines of ---",
            )
        elif name == WORLD:
            says = "worlds answer commands; yours are tables [worlds.NAME] in config.toml"
            ready, state = True, "✓"
        elif endpoint is not None:
            ready, state, says = False, "", f"at {endpoint.base_url}, without a key"
        else:
            ready, state, says = False, "", "a server on this machine, without a key"
        found.append(ProviderLine(name, counts[name], ready, state, says))
    return sorted(found, key=lambda one: not one.ready)


def standing(provider: ProviderLine, answers: bool) -> ProviderLine:
    """A server on this machine once it was asked whether it is there."""
    says = f"{provider.says}; it {'answers' if answers else 'does not answer'}"
    return replace(provider, ready=answers, state="✓ answers" if answers else "silent", says=says)


def chosen(models: Iterable[ModelLine], words: str, provider: str) -> list[ModelLine]:
    """Those of `provider` (all for "") that have all the words somewhere; those that can be used now come first."""
    wanted = words.casefold().split()
    found = [
        one
        for one in models
        if (not provider or one.provider == provider) and all(word in one.words for word in wanted)
    ]
    return sorted(found, key=lambda one: not one.usable)


def model_line(model: ModelLine, width: int, style: str | None, *, provider: str = "") -> Content:
    """`model` on one line; where all lines are of one `provider`, its name need not stand in each."""
    means = model.means.removeprefix(f"{provider}/") if provider else model.means
    texts = {
        "model": f"{model.reference} → {means}" if model.reference != model.means else means,
        "name": model.name,
        "window": window(model.window),
        "$ in/out": price(model),
        "": "✓" if model.usable else "–",
        "usable now": model.why,
    }
    columns = [column for column in _MODEL if width >= column.least]
    return line(columns, [texts[column.title] for column in columns], width, style=style)


def headings(width: int) -> Content:
    """What stands in the columns of `model_line`."""
    return heading([column for column in _MODEL if width >= column.least], width)


def provider_line(provider: ProviderLine, width: int, style: str | None) -> Content:
    """`provider` on one line."""
    return line(_PROVIDER, (provider.name, provider.state), width, style=style)


def window(tokens: int | None) -> str:
    """A context window in few letters."""
    if tokens is None:
        return "?"
    return f"{tokens / 1e6:.3g}M" if tokens >= 1_000_000 else f"{tokens / 1000:.0f}k"


def price(model: ModelLine) -> str:
    """In and out, USD for a million tokens."""
    into, out, _ = model.prices
    if into is None or out is None:
        return "?"
    return "free" if into == out == 0 else f"{into:g}/{out:g}"


def describe(model: ModelLine) -> tuple[str, str]:
    """What is known of a model, in two lines."""
    name = f"{model.reference} → {model.means}" if model.reference != model.means else model.means
    known = [model.name, f"{model.window:,} tokens" if model.window else "window unknown"]
    into, out, cached = model.prices
    if into is None or out is None:
        known.append("price unknown")
    elif into == out == 0:
        known.append("free")
    else:
        cache = f", ${cached:g} cached" if cached is not None else ""
        known.append(f"${into:g} in, ${out:g} out{cache} a million")
    known.append(f"{'✓' if model.usable else '–'} {model.why}")
    if model.note and model.note != model.why:
        known.append(model.note)
    return name, " · ".join(part for part in known if part)
