"""Finding words in the session that is watched: the places where they stand, and which of them is looked at."""

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(slots=True)
class Search:
    """`hits` are the places, as numbers in order, None before they are known; `place` is the one that is looked at."""

    text: str = ""
    hits: list[int] | None = None
    place: int = -1

    def next(self, after: int | None = None) -> int | None:
        """The next hit, from `after` on where that is given, from the first again after the last."""
        if not self.hits:
            return None
        if after is None:
            self.place = (self.place + 1) % len(self.hits)
        else:
            self.place = bisect_left(self.hits, after) % len(self.hits)
        return self.hits[self.place]

    def spoken(self) -> str:
        """`2 of 7`, for a person."""
        if not self.hits:
            return "Not found"
        return f"{self.place + 1:,} of {len(self.hits):,}"
