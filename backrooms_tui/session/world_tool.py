"""A world's command as a model that can call tools is told of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What tools are called where it is told that a model takes none.
TOOLS = "tools"


@dataclass(frozen=True, slots=True)
class Tool:
    """A command, as a tool: its `name` (letters, digits, `_` and `-`, 64 at most), what it is for, and the JSON schema
    of its arguments."""

    name: str
    description: str
    schema: Mapping[str, object]


def letters_of(tools: Sequence[Tool]) -> int:
    """How long `tools` are, about, as a model is sent them."""
    return sum(len(tool.name) + len(tool.description) + len(json.dumps(tool.schema, default=str)) for tool in tools)
