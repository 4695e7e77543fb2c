"""A world's command as a model that can call tools is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A command, as a tool: its `name` (letters, digits, `_` and `-`, 64 at most), what it is for, and the JSON schema
    of its arguments."""

    name: str
    description: str
    schema: Mapping[str, object]
