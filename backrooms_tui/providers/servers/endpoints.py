"""Servers that speak OpenAI's chat completions: the preset ones, and those of the person's configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from backrooms_tui.session.trouble import OperatorError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server by name. `api_key_env` names the variable that holds its key, None where it asks for none; `dialect`
    is a preset of `providers.dialects`; `models` are the ones worth listing, by the server's own names."""

    name: str
    base_url: str
    api_key_env: str | None
    dialect: str
    models: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, and so costs nothing."""
        return is_loopback(self.base_url)


class ConfiguredEndpoint(Protocol):
    """What a configuration may say of an endpoint; None where it says nothing."""

    @property
    def base_url(self) -> str | None: ...
    @property
    def api_key_env(self) -> str | None: ...
    @property
    def dialect(self) -> str | None: ...
    @property
    def models(self) -> Sequence[str] | None: ...


PRESETS: Mapping[str, Endpoint] = {
    endpoint.name: endpoint
    for endpoint in (
        Endpoint("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "openrouter"),
        Endpoint("google", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY", "google"),
        Endpoint("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek"),
        Endpoint("xai", "https://api.x.ai/v1", "XAI_API_KEY", "xai"),
        Endpoint("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral"),
        Endpoint("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", "groq"),
        Endpoint("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY", "together"),
        Endpoint("vllm", "http://127.0.0.1:8000/v1", None, "vllm"),
        Endpoint("lmstudio", "http://127.0.0.1:1234/v1", None, "lmstudio"),
        Endpoint("llamacpp", "http://127.0.0.1:8080/v1", None, "llamacpp"),
    )
}


def with_presets(configured: Mapping[str, ConfiguredEndpoint]) -> dict[str, Endpoint]:
    """The presets and the configured endpoints by name. A configured one changes the fields it names.

    A preset that is moved to another address keeps its dialect; its key goes along only where the new address is not
    on this machine. Raises OperatorError for an endpoint that is no preset and has no address.
    """
    endpoints = dict(PRESETS)
    for name, settings in configured.items():
        preset = PRESETS.get(name)
        if preset is None and settings.base_url is None:
            raise OperatorError(
                f"the endpoint {name} has no address", f'add base_url = "http://..." under [endpoints.{name}]'
            )
        endpoint = preset or Endpoint(name, "", None, "generic")
        if settings.base_url is not None:
            variable = None if is_loopback(settings.base_url) else endpoint.api_key_env
            endpoint = replace(endpoint, base_url=settings.base_url.rstrip("/"), api_key_env=variable)
        endpoints[name] = replace(
            endpoint,
            api_key_env=settings.api_key_env or endpoint.api_key_env,
            dialect=settings.dialect or endpoint.dialect,
            models=endpoint.models if settings.models is None else tuple(settings.models),
        )
    return endpoints


def is_loopback(url: str) -> bool:
    """Whether `url` leads to this machine."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
