"""One tiny request to a model, to see what comes back and how fast."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from backrooms_tui.providers.base import Finish, Progress, Request, TextChunk
from backrooms_tui.providers.catalogue.aliases import builtin_reference
from backrooms_tui.session.setup import Message
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.base import Listing

TINY = "Say hello in one short sentence."
TINY_REPLY = 64  # tokens
# How long a server may take to list its models, in seconds.
LISTING_PATIENCE = 20.0


async def ask_offers(workspace: "Workspace", name: str) -> "list[Listing]":
    """The models that the provider `name` lists. Raises OperatorError or ProviderTrouble."""
    if name == WORLD:
        raise OperatorError("all worlds are in the list", "yours are tables [worlds.NAME] in config.toml")
    if name not in ("local", "scripted"):
        workspace.providers.require([f"{name}/any"])
    # In a browser no other file may be named than those that the list has.
    own = builtin_reference("local") if name == "local" else None
    provider, _ = workspace.providers.for_reference(str(own or f"{name}/any"))
    try:
        async with asyncio.timeout(LISTING_PATIENCE):
            return await provider.models()
    except TimeoutError:
        raise OperatorError(f"{name} took longer than {LISTING_PATIENCE:g} s to answer", "try again later") from None


async def try_model(workspace: "Workspace", text: str, progress: Callable[[Progress], None]) -> tuple[str, str]:
    """What the model that `text` names says, and a line on how fast and at what price.

    Raises OperatorError or ProviderTrouble. Cancelling it closes the connection.
    """
    resolved = workspace.catalogue.resolve(text)
    workspace.providers.require([resolved.reference])
    provider, model = workspace.providers.for_reference(resolved.reference)
    await provider.ready(model, progress)
    request = Request(model, "", [Message("user", TINY)], {"max_tokens": TINY_REPLY})
    said, first, finish, began = "", 0.0, None, monotonic()
    async for chunk in provider.stream(request):
        if isinstance(chunk, Progress):
            progress(chunk)
            continue
        first = first or monotonic() - began
        if isinstance(chunk, TextChunk):
            said += chunk.text
        elif isinstance(chunk, Finish):
            finish = chunk
    total = monotonic() - began
    known = [f"first words after {first:.2f} s"]
    if finish is not None:
        tokens = finish.usage.output_tokens
        if tokens and total > first:
            known.append(f"{tokens / (total - first):.0f} tokens a second")
        cost = workspace.catalogue.cost(resolved.reference, finish.usage)
        known += [f"{tokens} tokens", "no known price" if cost is None else f"${cost:.6f}" if cost else "free"]
    return said.strip() or "(no text)", " · ".join(known)
