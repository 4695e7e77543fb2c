"""What is known about hosted models without asking anybody: names, context windows and prices (genai-prices).

The package is imported on the first question: 0.15 s that `backrooms --help` does not pay.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from backrooms_tui.providers.servers.endpoints import Endpoint
from backrooms_tui.session.usage import Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

# genai-prices' names for our providers where they differ. Other endpoints are recognised by their address.
_OFFERS = {"xai": "x-ai"}
# Where a model known by its name alone is looked for, in this order: other offers carry models of these companies.
MAKERS = ("anthropic", "openai", "google", "xai", "deepseek", "mistral")
# How a maker is called in the names that OpenRouter gives its models.
_VENDORS = {
    "anthropic": "anthropic",
    "openai": "openai",
    "google": "google",
    "x-ai": "x-ai",
    "deepseek": "deepseek",
    "mistral": "mistralai",
}
# Parts of a model's name that say it does not chat.
_NO_CHAT = re.compile(
    r"(?:^|[-_/:.~ ])(?:ada|audio|babbage|banana|batch|curie|davinci|embed|embeddings?|guard|image|imagine|live|"
    r"lyria|moderation|ocr|orpheus|safety|realtime|rerank|robotics|transcribe|translate|tts|voice|whisper)"
    r"(?:$|[-_/:.~ ])",
    re.IGNORECASE,
)
# The same for one maker: OpenAI's are spoken to through another API, open to few, or not hosted by it at all.
_NO_CHAT_OF = {
    "openai": re.compile(
        r"(^ft:|:|\.ft-|^gpt-oss|^gpt-chat-latest|^computer-use|instruct|-codex|^codex|-pro$|deep-research|search-|cyber|"
        r"rosalind|^text-|^gpt-4-vision)"
    ),
    "google": re.compile(r"^(?!gemini-|gemma-)|omni|-maas$"),
    "openrouter": re.compile(r"^[^/]+$|:batch$"),
    "mistral": re.compile(r":free$|^mistral-(tiny|7b)"),
    "xai": re.compile(r"-vision-"),
}
# What may follow a model's name and still mean that model: a date, a version, a channel.
_SUFFIX = re.compile(r"[-@:]?(latest|preview([-\d]*)|exp([-\d]*)|v?\d[\d-]*)?")


@dataclass(frozen=True, slots=True)
class Hosted:
    """A hosted model. `model` is the provider's name for it, `window` in tokens, prices in USD for a million tokens."""

    model: str
    name: str
    window: int | None
    input_price: float | None
    output_price: float | None
    cache_price: float | None


def offer_of(provider: str, endpoints: Mapping[str, Endpoint]) -> str | None:
    """Under which name genai-prices has the prices of `provider`; None for servers of one's own and unknown ones."""
    endpoint = endpoints.get(provider)
    if endpoint is None:
        return provider if provider in ("anthropic", "openai") else None
    if endpoint.is_loopback:
        return None
    return _offer_at(endpoint.base_url) or (_OFFERS.get(provider, provider) if _offer(provider) else None)


def window(offer: str, model: str) -> int | None:
    """Context window of `model` in tokens, None where nobody says."""
    info = find(offer, model)
    return _window(offer, info) if info is not None else None


def cost(offer: str, model: str, usage: Usage, at: datetime | None) -> float | None:
    """USD for `usage` at the time `at` (now where None: some prices go by the hour), None where no price is known."""
    info, provider = find(offer, model), _offer(offer)
    if info is None or provider is None:
        return None
    from genai_prices.types import Usage as Used

    read, write = max(0, usage.cache_read_tokens), max(0, usage.cache_write_tokens)
    used = Used(
        # Servers have been seen to count cached tokens beside the prompt instead of as a part of it.
        input_tokens=max(usage.input_tokens, read + write),
        output_tokens=max(0, usage.output_tokens),
        cache_read_tokens=read,
        cache_write_tokens=write,
    )
    if not _has_prices(info.get_prices(at or datetime.now(UTC))):
        return 0.0 if info.id.endswith(":free") else None
    try:
        return float(info.calc_price(used, provider, genai_request_timestamp=at).total_price)
    except (ValueError, LookupError):
        return None


def maker_of(name: str) -> tuple[str, str] | None:
    """Who makes the model called `name`, and the name to ask it for; None where no maker has one of that name."""
    for maker in MAKERS:
        offer = _OFFERS.get(maker, maker)
        info = find(offer, name)
        if info is not None and chats(maker, info.id) and chats(maker, name) and _means(info, name):
            return maker, canonical(offer, name)
    return None


def canonical(offer: str, name: str) -> str:
    """`name` as the provider spells it where only case, or dots for hyphens, differ (claude-opus-5.5)."""
    info = find(offer, name)
    if name.startswith("ft:") or info is None:
        return name
    return info.id if _plain(name) == _plain(info.id) else name.lower()


def chats(provider: str, model: str) -> bool:
    """Whether a model of that name holds conversations."""
    of_maker = _NO_CHAT_OF.get(provider)
    return not _NO_CHAT.search(model) and not (of_maker is not None and of_maker.search(model))


def models(provider: str, offer: str) -> Iterator[Hosted]:
    """The models of `offer` that chat, as they cost now."""
    return (described(offer, info) for info in _chatting(provider, offer))


@cache
def _chatting(provider: str, offer: str) -> "tuple[ModelInfo, ...]":
    known = _offer(offer)
    # The unnamed ones of offers that host other people's models are years old and gone.
    named = provider in ("anthropic", "openai")
    found = ((info.name or (info.id if named else ""), info) for info in (known.models if known is not None else ()))
    return tuple(info for name, info in found if name and chats(provider, info.id) and not _NO_CHAT.search(name))


def described(offer: str, info: "ModelInfo") -> Hosted:
    """What is known about one model."""
    prices = info.get_prices(datetime.now(UTC))
    values = [_dollars(getattr(prices, key, None)) for key in ("input_mtok", "output_mtok", "cache_read_mtok")]
    if info.id.endswith(":free") and not _has_prices(prices):
        values = [0.0, 0.0, 0.0]
    return Hosted(info.id, info.name or info.id, _window(offer, info), *values)


@lru_cache(maxsize=4096)
def find(offer: str, model: str) -> "ModelInfo | None":
    """The entry for `model`, by genai-prices' own matching, which is generous."""
    provider = _offer(offer)
    return provider.find_model(model) if provider is not None else None


@cache
def names() -> tuple[tuple[str, str], ...]:
    """All makers' models that chat, each with its maker, for finding the nearest name."""
    offers = [(maker, _offer(maker)) for maker in MAKERS]
    models = [(maker, info.id) for maker, offer in offers if offer is not None for info in offer.models]
    return tuple((maker, model) for maker, model in models if chats(maker, model))


@cache
def _offers() -> "Mapping[str, Provider]":
    from genai_prices.data_snapshot import get_snapshot

    return {provider.id: provider for provider in get_snapshot().providers}


def _offer(name: str) -> "Provider | None":
    return _offers().get(_OFFERS.get(name, name))


@lru_cache(maxsize=256)
def _offer_at(base_url: str) -> str | None:
    return next((offer.id for offer in _offers().values() if re.match(offer.api_pattern, base_url)), None)


def _window(offer: str, info: "ModelInfo") -> int | None:
    """The model's window, or that of the same model at OpenRouter where the maker's entry has none."""
    if info.context_window is not None or offer not in _VENDORS:
        return info.context_window
    elsewhere = find("openrouter", f"{_VENDORS[offer]}/{info.id}")
    return elsewhere.context_window if elsewhere is not None else None


def _means(info: "ModelInfo", name: str) -> bool:
    """Whether `name` is this model's, and not just something that begins like it."""
    plain, known = _plain(name), _plain(info.id.removesuffix("-latest"))
    if plain.startswith(known) and _SUFFIX.fullmatch(plain[len(known) :]):
        return True
    options = getattr(info.match, "or_", None) or [info.match]
    return any(getattr(option, "equals", "").lower() == name.lower() for option in options)


def _plain(name: str) -> str:
    return name.lower().replace(".", "-")


def _has_prices(prices: Any) -> bool:
    """Whether anything is known of what tokens cost: a few entries name the model only."""
    return getattr(prices, "input_mtok", None) is not None or getattr(prices, "output_mtok", None) is not None


def _dollars(price: Any) -> float | None:
    """The price up to the first tier."""
    base = getattr(price, "base", price)
    return float(base) if base is not None else None
