"""What a tool gave back, as a screen. Pictures and sounds are named with their size; nobody here can look at them."""

import json
from typing import TYPE_CHECKING, Any

from backrooms_tui.worlds.longest import size_of

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ReadResourceResult


def screen_of(result: "CallToolResult") -> str:
    """The text of a tool's result; what it gives as data only where it says nothing in words."""
    parts = [_block(block) for block in result.content]
    text = "\n\n".join(part for part in parts if part.strip())
    if not any(block.type == "text" and block.text.strip() for block in result.content):
        data = result.structured_content
        if data is not None:
            text = "\n\n".join(part for part in (_data(data), text) if part)
    return text or "(no output)"


def contents_of(result: "ReadResourceResult") -> str:
    """The text of a resource."""
    parts = [_contents(one) for one in result.contents]
    return "\n\n".join(part for part in parts if part.strip()) or "(empty)"


def _block(block: Any) -> str:
    match block.type:
        case "text":
            return str(block.text)
        case "image" | "audio":
            return f"[{block.type}: {block.mime_type}, {size_of(_bytes(block.data))}]"
        case "resource":
            return f"[{block.resource.uri}]\n{_contents(block.resource)}"
        case "resource_link":
            about = block.title or block.description or block.name
            return f"[resource {block.uri}: {about}]"
    return f"[{block.type}]"


def _contents(one: Any) -> str:
    text = getattr(one, "text", None)
    if isinstance(text, str):
        return text
    return f"[{one.mime_type or 'data'}, {size_of(_bytes(one.blob))}]"


def _bytes(base64: str) -> int:
    """How many bytes a base64 text stands for."""
    return len(base64.rstrip("=")) * 3 // 4


def _data(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=str)
