"""What there is to choose from, for `backrooms models list`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backrooms_tui.providers.catalogue import companies, hosted
from backrooms_tui.providers.catalogue.aliases import builtin_aliases, builtin_reference
from backrooms_tui.providers.catalogue.retirement import retirement, spoken
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD

if TYPE_CHECKING:
    from backrooms_tui.providers.catalogue.catalogue import Catalogue

Source = Literal["alias", "catalogue", "endpoint", "local", "world"]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model to choose: what to type for it, its name, and what is known.

    `window` in tokens; prices in USD for a million tokens, up to the first tier; None where nobody says. `means` is the
    full reference (`reference` itself, but for an alias). `note` says what else to know, such as an announced end.
    """

    reference: str
    name: str
    window: int | None
    input_price: float | None
    output_price: float | None
    cache_price: float | None
    source: Source
    means: str
    note: str = ""


def listings(catalogue: "Catalogue", filter: str = "", *, today: date | None = None) -> list[CatalogueEntry]:
    """The models that can be asked for, of all providers: aliases first, then by provider. Offline.

    `filter` keeps those that have all its words, in any order, somewhere in their names. Models that are gone on the
    day `today` (in UTC where None) are left out.
    """
    day = today or datetime.now(UTC).date()
    words = filter.casefold().split()
    entries = [*_local(catalogue), *_hosted(catalogue, day), *_configured(catalogue), *_worlds(catalogue)]
    known = {entry.reference.casefold(): entry for entry in entries}
    everything = [*_aliases(catalogue, day, known), *entries]
    return [entry for entry in everything if all(word in _words(entry) for word in words)]


def _words(entry: CatalogueEntry) -> str:
    provider, _, model = entry.means.partition("/")
    maker = companies.company(provider, model)
    return f"{entry.reference} {entry.means} {entry.name} {entry.source} {maker}".casefold()


def _aliases(catalogue: "Catalogue", today: date, known: dict[str, CatalogueEntry]) -> Iterator[CatalogueEntry]:
    for alias in catalogue.aliases:
        try:
            model = catalogue.resolve(alias, today=today)
        except OperatorError as error:
            yield CatalogueEntry(alias, "", None, None, None, None, "alias", catalogue.aliases[alias], error.what)
            continue
        if alias in builtin_aliases() and model.reference != str(builtin_reference(alias)):
            continue  # a name of earlier years, for a model that is gone
        entry = known.get(model.reference.casefold())
        yield CatalogueEntry(
            alias,
            entry.name if entry is not None else model.display_name,
            model.window,
            entry.input_price if entry is not None else None,
            entry.output_price if entry is not None else None,
            entry.cache_price if entry is not None else None,
            "alias",
            model.reference,
            model.notices[0] if model.notices else "",
        )


def _worlds(catalogue: "Catalogue") -> Iterator[CatalogueEntry]:
    for world in catalogue.worlds:
        reference = f"{WORLD}/{world}"
        name = companies.display_name(WORLD, world)
        yield CatalogueEntry(reference, name, None, 0.0, 0.0, 0.0, "world", reference, "answers commands")


def _local(catalogue: "Catalogue") -> Iterator[CatalogueEntry]:
    from backrooms_tui.providers.local.gguf import list_gguf

    starter = builtin_reference("local")
    present = {path.relative_to(catalogue.models_dir).as_posix(): path for path in list_gguf(catalogue.models_dir)}
    if starter is not None and starter.model not in present:
        reference, window = str(starter), catalogue.resolve(str(starter)).window
        note = "fetched when first used"
        yield CatalogueEntry(
            reference, starter.model.removesuffix(".gguf"), window, 0.0, 0.0, 0.0, "local", reference, note
        )
    for name, path in present.items():
        window, note = _file(path)
        reference = f"local/{name}"
        yield CatalogueEntry(reference, path.stem, window, 0.0, 0.0, 0.0, "local", reference, note)


def _file(path: Path) -> tuple[int | None, str]:
    """The context window in tokens that a model file tells of, and what is wrong with the file."""
    from backrooms_tui.providers.local.gguf import header_of
    from backrooms_tui.providers.local.gguf_header import NotGGUF

    try:
        header = header_of(path)
    except NotGGUF as error:
        return None, f"cannot be used: {error}"
    except OSError as error:
        return None, f"cannot be read: {error.strerror or error}"
    return header.window, ""


def _hosted(catalogue: "Catalogue", today: date) -> Iterator[CatalogueEntry]:
    for provider in catalogue.providers:
        offer = hosted.offer_of(provider, catalogue.endpoints)
        for model in hosted.models(provider, offer) if offer is not None else ():
            reference = f"{provider}/{model.model}"
            end = retirement(reference)
            if end is not None and end.is_over(today):
                continue
            note = f"shuts down on {spoken(end.last)}" if end is not None and end.last is not None else ""
            prices = (model.input_price, model.output_price, model.cache_price)
            yield CatalogueEntry(reference, model.name, model.window, *prices, "catalogue", reference, note)


def _configured(catalogue: "Catalogue") -> Iterator[CatalogueEntry]:
    for endpoint in catalogue.endpoints.values():
        price = 0.0 if endpoint.is_loopback else None
        offer = hosted.offer_of(endpoint.name, catalogue.endpoints)
        for model in endpoint.models:
            if offer is not None and any(known.model == model for known in hosted.models(endpoint.name, offer)):
                continue
            reference = f"{endpoint.name}/{model}"
            yield CatalogueEntry(reference, model, None, price, price, price, "endpoint", reference)
