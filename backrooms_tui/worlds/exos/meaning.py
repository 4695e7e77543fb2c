"""Nearness in meaning, as the built-in world is handed it."""

from typing import Any, Protocol


class Meaning(Protocol):
    """`vector` may take a second when it is first called (in any thread), and is None for a text that has no meaning;
    `nearness` is 1 for the same and about 0 for what has nothing in common."""

    def vector(self, text: str, /) -> Any | None:
        """Where `text` stands."""

    def nearness(self, one: Any, other: Any, /) -> float:
        """How near two of them are."""
