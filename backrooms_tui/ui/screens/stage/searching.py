"""Finding words in the session on the stage: the places where they stand, and which of them is looked at."""

from dataclasses import dataclass


@dataclass(slots=True)
class Search:
    """`hits` are numbers of entries in the timeline, in order; `place` is the one that is looked at."""

    text: str
    hits: list[int]
    place: int = -1

    def next(self, after: int | None = None) -> int | None:
        """The next hit, after the entry `after` where that is given, from the first again after the last."""
        if not self.hits:
            return None
        if after is None:
            self.place = (self.place + 1) % len(self.hits)
        else:
            later = (place for place, hit in enumerate(self.hits) if hit >= after)
            self.place = next(later, 0)
        return self.hits[self.place]

    def spoken(self) -> str:
        """`2 of 7`, for a person."""
        if not self.hits:
            return "Not found"
        return f"{self.place + 1} of {len(self.hits)}"
