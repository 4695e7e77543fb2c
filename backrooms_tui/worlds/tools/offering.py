"""Asking a tool server what it offers."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from backrooms_tui.worlds.tools.offered import Named, Offer, Offered

if TYPE_CHECKING:
    from mcp import Client

# Lists come in pages; a server that never comes to the last one is not followed further.
_PAGES = 100


async def offer_of(client: "Client") -> Offer:
    """All tools, and, where the server has some, its resources and prompts. Raises what the SDK raises where the tools
    cannot be listed; what else cannot be listed counts as not there."""
    can = client.server_capabilities
    tools = [
        Offered(
            tool.name,
            tool.description or tool.title or "",
            tool.input_schema,
            bool(tool.annotations and tool.annotations.read_only_hint),
        )
        for tool in (await _all(lambda cursor: client.list_tools(cursor=cursor), "tools") if can.tools else [])
    ]
    resources: list[Named] = []
    if can.resources:
        found = await _quietly(lambda cursor: client.list_resources(cursor=cursor), "resources")
        resources += [Named(str(one.uri), one.description or one.title or one.name) for one in found]
        found = await _quietly(lambda cursor: client.list_resource_templates(cursor=cursor), "resource_templates")
        resources += [Named(one.uri_template, one.description or one.title or one.name) for one in found]
    prompts: list[Named] = []
    if can.prompts:
        found = await _quietly(lambda cursor: client.list_prompts(cursor=cursor), "prompts")
        prompts = [Named(one.name, one.description or one.title or "") for one in found]
    info = client.server_info
    title = (info.title or info.name) if info is not None else ""
    unlike = {tool.name: tool for tool in tools}
    return Offer(title, client.instructions or "", tuple(unlike.values()), tuple(resources), tuple(prompts))


async def _all(page_at: Callable[[str | None], Awaitable[Any]], field: str) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await page_at(cursor)
        found += getattr(page, field)
        cursor = page.next_cursor
        if not cursor:
            break
    return found


async def _quietly(page_at: Callable[[str | None], Awaitable[Any]], field: str) -> list[Any]:
    from mcp.shared.exceptions import MCPError
    from pydantic import ValidationError

    try:
        return await _all(page_at, field)
    except (MCPError, ValidationError):
        return []
