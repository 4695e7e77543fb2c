"""The model catalogue: what a name that a person types means, and what there is to choose from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from backrooms_tui.providers.catalogue import companies, hosted, prices
from backrooms_tui.providers.catalogue.aliases import builtin_aliases, builtin_reference
from backrooms_tui.providers.catalogue.listings import CatalogueEntry, listings
from backrooms_tui.providers.catalogue.naming_files import require_listed
from backrooms_tui.providers.catalogue.references import OWN_WAY, ModelReference, check_name, quoted
from backrooms_tui.providers.catalogue.retirement import retirement, spoken
from backrooms_tui.providers.servers.endpoints import Endpoint
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Usage
from backrooms_tui.session.world import BUILT_IN, WORLD

LIST = "see `backrooms models list`"
# The context window that the starter model was trained with, in tokens.
_STARTER_WINDOW = 8192


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """What a name means.

    `reference` is `provider/model`, `asked` what was typed. `company` and `display_name` are for people ("Anthropic",
    "Opus"). `window` is the context window in tokens, None where only the provider can tell. `notices` are what the
    person should know, a sentence each.
    """

    reference: str
    provider: str
    model: str
    asked: str
    company: str
    display_name: str
    window: int | None
    notices: tuple[str, ...] = ()


class Catalogue:
    """Knows the aliases, the endpoints and the hosted models. Asks nobody: everything it says, it says offline."""

    def __init__(
        self,
        aliases: Mapping[str, str],
        endpoints: Mapping[str, Endpoint],
        models_dir: Path,
        *,
        any_file: bool = True,
        worlds: Iterable[str] = (),
    ) -> None:
        """`aliases` are the person's own, which override the built-in ones; `endpoints` are all of them, presets
        included (`endpoints.with_presets`); `models_dir` is where local models are kept. Without `any_file`, only
        model files can be named that are there, or that an alias means. `worlds` are the names of the person's."""
        self.models_dir = models_dir
        self._any_file = any_file
        self.endpoints: dict[str, Endpoint] = {}
        self._aliases: dict[str, str] = {}
        self.worlds: tuple[str, ...] = ()
        self.reload(aliases, endpoints, worlds)

    def reload(
        self, aliases: Mapping[str, str], endpoints: Mapping[str, Endpoint], worlds: Iterable[str] = ()
    ) -> set[str]:
        """Take on changed settings where the catalogue stands, since everybody who resolves names holds this one.

        What comes back are the names of the endpoints that were added, changed or removed.
        """
        before = self.endpoints
        own = {name.strip().casefold(): target for name, target in aliases.items()}
        self._aliases = {**builtin_aliases(), **own}
        self.endpoints = dict(endpoints)
        self.worlds = tuple(dict.fromkeys((BUILT_IN, *worlds)))
        return {name for name in {*before, *self.endpoints} if before.get(name) != self.endpoints.get(name)}

    @property
    def aliases(self) -> Mapping[str, str]:
        """All aliases by name, and what each points to: a reference or another alias."""
        return self._aliases

    @property
    def providers(self) -> tuple[str, ...]:
        """The names that may stand before the slash of a reference."""
        return (*OWN_WAY, *(name for name in self.endpoints if name not in OWN_WAY))

    def resolve(self, text: str, *, today: date | None = None) -> ResolvedModel:
        """What `text` means: an alias, a reference, or a hosted model's bare name.

        Retired names become their successors on the day of their end (`today` is the current day in UTC where None).
        Raises OperatorError for what means nothing, with the nearest names, and nothing else.
        """
        check_name(text)
        asked = text.strip()
        notices: list[str] = []
        reference = self._current(self._meant(asked), today or datetime.now(UTC).date(), notices)
        self.require_nameable(reference)
        self.require_world(reference)
        return ResolvedModel(
            reference=str(reference),
            provider=reference.provider,
            model=reference.model,
            asked=asked,
            company=companies.company(reference.provider, reference.model),
            display_name=companies.display_name(reference.provider, reference.model),
            window=self._window(reference, notices),
            notices=tuple(notices),
        )

    def require_world(self, reference: ModelReference) -> None:
        """Raises OperatorError for the reference of a world that nobody knows."""
        if reference.provider == WORLD and reference.model not in self.worlds:
            near = _nearest(reference.model, self.worlds, 1, 0.6)
            hint = f"did you mean {WORLD}/{near[0]}?" if near else f"known are {', '.join(self.worlds)}"
            raise OperatorError(
                f"there is no world {quoted(reference.model)}", f"{hint}; yours are tables [worlds.NAME] in config.toml"
            )

    def require_nameable(self, reference: ModelReference) -> None:
        """Raises OperatorError for a model file that may not be named here; see `naming_files`."""
        if not self._any_file:
            require_listed(reference, self._aliases, self.models_dir)

    def listings(self, filter: str = "", *, today: date | None = None) -> list[CatalogueEntry]:
        """What there is to choose from; see `listings.listings`."""
        return listings(self, filter, today=today)

    def cost(self, reference: str, usage: Usage, at: datetime | None = None) -> float | None:
        """USD for `usage` of the model `reference`; see `prices.cost`."""
        return prices.cost(reference, usage, at, endpoints=self.endpoints)

    def _meant(self, text: str) -> ModelReference:
        """What `text` refers to once its aliases are followed."""
        chain = [text]
        while (target := self._aliases.get(chain[-1].casefold())) is not None:
            if target.casefold() in {name.casefold() for name in chain}:
                raise OperatorError(
                    f"the alias {quoted(text)} goes round in a circle: {quoted(' → '.join([*chain, target]))}",
                    "point one of them to a model under [aliases] in config.toml",
                )
            chain.append(target)
        check_name(chain[-1])
        reference = self._spelt(chain[-1].strip())
        if reference is None:
            raise self._unknown(text, chain[-1].strip())
        return reference

    def _spelt(self, text: str) -> ModelReference | None:
        """The model that `text` names without any alias, None where it names none."""
        provider, slash, model = text.partition("/")
        if text.lower().endswith(".gguf") and provider.lower() not in self.providers:
            return ModelReference("local", text)
        if not slash:
            return self._bare(text)
        if provider.strip().lower() not in self.providers or not model.strip():
            return None
        reference = ModelReference.parse(text)
        if reference.provider not in hosted.MAKERS:
            return reference
        offer = hosted.offer_of(reference.provider, self.endpoints)
        if offer is not None and hosted.find(offer, reference.model) is not None:
            return ModelReference(reference.provider, hosted.canonical(offer, reference.model))
        short = builtin_reference(reference.model)
        return short if short is not None and short.provider == reference.provider else reference

    def _bare(self, text: str) -> ModelReference | None:
        for endpoint in self.endpoints.values():
            if text in endpoint.models or (text.lower() == endpoint.name and len(endpoint.models) == 1):
                return ModelReference(endpoint.name, text if text in endpoint.models else endpoint.models[0])
        for maker in hosted.MAKERS:
            if retirement(f"{maker}/{text}") is not None:
                return ModelReference(maker, text.lower())
        found = hosted.maker_of(text)
        return ModelReference(*found) if found is not None else None

    def _current(self, reference: ModelReference, today: date, notices: list[str]) -> ModelReference:
        """The model that answers to the name `reference` today."""
        gone: set[str] = set()
        while str(reference) not in gone and (end := retirement(str(reference))) is not None:
            successor = builtin_reference(end.now) or ModelReference.parse(end.now)
            if not end.is_over(today):
                day = spoken(end.last) if end.last is not None else "soon"
                notices.append(f"{reference.model} shuts down on {day}; from then on its name means {successor.model}.")
                break
            gone.add(str(reference))
            when = f" on {spoken(end.last)}" if end.last is not None else ""
            notices.append(f"{reference.model} was retired{when}; {successor.model} speaks in its place.")
            reference = successor
        return reference

    def _window(self, reference: ModelReference, notices: list[str]) -> int | None:
        if reference.provider == "local":
            return _STARTER_WINDOW if reference == builtin_reference("local") else None
        offer = hosted.offer_of(reference.provider, self.endpoints)
        if offer is not None and hosted.find(offer, reference.model) is not None:
            return hosted.window(offer, reference.model)
        endpoint = self.endpoints.get(reference.provider)
        if reference.provider not in OWN_WAY[2:] and not (endpoint is not None and endpoint.is_loopback):
            near = [] if offer is None else _nearest(reference.model, _lasting(), 1, 0.8)
            hint = f" Did you mean {near[0]}?" if near else ""
            notices.append(f"{quoted(str(reference))} is not in the catalogue: no price and no window is known.{hint}")
        return None

    def _unknown(self, asked: str, text: str) -> OperatorError:
        """What to say of a name that means nothing."""
        through = "" if asked == text else f", which the alias {quoted(asked)} points to"
        provider, slash, _ = text.partition("/")
        if slash and provider.strip().lower() in self.providers:
            return OperatorError(f"{quoted(text)} names no model{through}", f"write {provider.strip()}/MODEL; {LIST}")
        if slash:
            near = _nearest(provider, self.providers, 3, 0.6)
            if hosted.find("openrouter", text) is not None:
                near.insert(0, f"openrouter/{text}")
            known = f"did you mean {', '.join(near)}? Or {LIST}" if near else f"known are {', '.join(self.providers)}"
            return OperatorError(f"there is no provider {quoted(provider)}{through}", known)
        if text.lower() in self.providers:
            return OperatorError(f"{quoted(text)} is a provider, not a model{through}", f"write {text}/MODEL; {LIST}")
        near = _nearest(text, (*self._aliases, *_lasting(), *self.providers), 3, 0.55)
        hint = f"did you mean {', '.join(near)}? Or {LIST}" if near else LIST
        return OperatorError(
            f"unknown model {quoted(text)}{through}", f"{hint}; a model newer than the list is written PROVIDER/MODEL"
        )


@cache
def _lasting() -> tuple[str, ...]:
    """The makers' models that have no end yet: the ones to suggest."""
    return tuple(model for maker, model in hosted.names() if retirement(f"{maker}/{model}") is None)


def _nearest(name: str, known: tuple[str, ...], count: int, cutoff: float) -> list[str]:
    """The nearest of `known`; only the beginning of an endless name is looked at, since the search is quadratic."""
    near = get_close_matches(name[:80].casefold(), dict.fromkeys(known), n=count, cutoff=cutoff)
    return list(near)
