"""What a turn costs."""

from collections.abc import Mapping
from datetime import datetime

from backrooms_tui.providers.catalogue import hosted
from backrooms_tui.providers.servers.endpoints import PRESETS, Endpoint
from backrooms_tui.session.usage import Usage
from backrooms_tui.session.world import WORLD

# They run on the person's own machine, speak from a file, or are no models at all.
_FREE = ("local", "scripted", "ollama", WORLD)


def cost(
    reference: str, usage: Usage, at: datetime | None = None, *, endpoints: Mapping[str, Endpoint] = PRESETS
) -> float | None:
    """USD for `usage` of the model `reference` (`provider/model`), cache reads and writes at their own prices.

    `at` is when the request left (now where None): a few prices go by the hour. 0 for models on this machine, None
    where no price is known. Some 0.1 ms a call after the first.
    """
    provider, _, model = reference.partition("/")
    endpoint = endpoints.get(provider)
    if provider in _FREE or (endpoint is not None and endpoint.is_loopback):
        return 0.0
    offer = hosted.offer_of(provider, endpoints)
    return hosted.cost(offer, model, usage, at) if offer is not None else None
