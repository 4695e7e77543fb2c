"""A first look at a file: its beginning, and for a JSON document its keys, one after the other until they tell."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from backrooms_tui.formats.incoming.json_document import JsonDocument
from backrooms_tui.formats.incoming.source import Source
from backrooms_tui.session.trouble import OperatorError

_KEYS = 64
_KEY = re.compile(r'"([a-z_]{1,40})"\s*:')
# What follows these is long, or tells nothing more.
_TELLING = ("conversation", "players", "settings")


@dataclass(slots=True)
class Shape:
    """The keys of an object, as many as were needed, and the keys of the first of its `agents`."""

    keys: set[str] = field(default_factory=set)
    agent: set[str] = field(default_factory=set)


class Glance:
    """What the formats recognise a file by: what it holds, and never its name."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @cached_property
    def beginning(self) -> str:
        """The first of its text, with line ends of one kind."""
        return self._source.beginning

    @property
    def first_line(self) -> str:
        """The first line that is not blank, as far as it belongs to the beginning."""
        return self.beginning.lstrip().partition("\n")[0].rstrip()

    @cached_property
    def shape(self) -> Shape:
        """Of the JSON document that it is; nothing for what is none. Where it is damaged, what was seen before that."""
        shape = Shape()
        if not self.beginning.lstrip().startswith("{"):
            return shape
        document = JsonDocument(self._source)
        try:
            for key in document.members():
                shape.keys.add(key)
                if key in _TELLING or len(shape.keys) >= _KEYS:
                    break
                value = document.value()
                if key == "agents" and isinstance(value, list) and value and isinstance(value[0], dict):
                    shape.agent = set(value[0])
        except OperatorError:
            # Whoever reads it will say what is wrong; what its keys seem to be tells who that is.
            seen = set(_KEY.findall(self.beginning))
            shape.keys |= seen & {"agents", "conversation", "players", "global_prompt", "environment"}
            shape.agent |= seen & {"name", "model", "system_prompt", "system", "history"}
        return shape
