"""A tool server made with the SDK, with tools of every kind: `python -m tests.worlds.tools.workshop [PORT]`.

Without a port it speaks over its standard streams, with one as streamable HTTP on the loopback address.
"""

import asyncio
import base64
import os
import sys
import time
from typing import Literal

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp_types import EmbeddedResource, TextResourceContents, ToolAnnotations

server = MCPServer("workshop", title="The workshop", instructions="Measure twice.", log_level="ERROR")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int) -> int:
    """Add two whole numbers."""
    return a + b


@server.tool()
def paint(colour: Literal["red", "green"], layers: int = 1, parts: list[str] | None = None, dry: bool = False) -> str:
    """Paint something.

    It takes a while to dry.
    """
    return f"{layers} of {colour} on {parts} {'dry' if dry else 'wet'}"


@server.tool(structured_output=False)
def shout(text: str) -> str:
    """Say a text loudly."""
    return text.upper()


@server.tool(structured_output=False)
def picture() -> list[Image | str]:
    """Give a picture."""
    return ["here it is", Image(data=PIXEL, format="png")]


@server.tool(structured_output=False)
def attach() -> EmbeddedResource:
    """Give a text that is attached."""
    return EmbeddedResource(
        resource=TextResourceContents(uri="note://one", text="attached words", mime_type="text/plain")
    )


@server.tool()
def break_it() -> str:
    """Fail."""
    raise ValueError("the saw is blunt")


@server.tool()
def pid() -> int:
    """Tell the number of the process."""
    return os.getpid()


@server.tool()
def variable(name: str) -> str:
    """Tell an environment variable."""
    return os.environ.get(name, "not set")


@server.tool()
def die() -> str:
    """End the server in the middle of an answer."""
    print("the roof came down", file=sys.stderr, flush=True)
    os._exit(3)


@server.tool()
async def wait(seconds: float) -> str:
    """Answer late."""
    await asyncio.sleep(seconds)
    return "at last"


@server.tool()
async def block(seconds: float) -> str:
    """Hold up everything for a while."""
    time.sleep(seconds)  # the whole server stands still
    return "at last"


@server.tool(structured_output=False)
def long(count: int) -> str:
    """Give a long text."""
    return "x" * count


@server.tool(structured_output=False)
def build(name: str) -> str:
    """Make a tool."""
    server.add_tool(lambda: name, name=name, description="Made here.")
    return f"{name} is there"


@server.tool()
async def think(ctx: Context) -> str:
    """Let the client's model think."""
    from mcp_types import SamplingMessage, TextContent

    said = await ctx.session.create_message(
        messages=[SamplingMessage(role="user", content=TextContent(text="hello"))], max_tokens=10
    )
    return str(said.content)


@server.resource("plan://house", name="house", description="The plan of the house")
def plan() -> str:
    return "four walls"


@server.resource("plan://photo", name="photo", mime_type="image/png")
def photo() -> bytes:
    return PIXEL


@server.prompt()
def ask_for_help() -> str:
    """Ask for help."""
    return "help me"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run("stdio")
