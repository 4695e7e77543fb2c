"""Deciding while a reply is still being written, so that it can be stopped and no tokens are wasted."""

from collections.abc import Sequence

from backrooms_tui.conversation.guard.cast import cast_of
from backrooms_tui.conversation.guard.finding import Cut, Guarded
from backrooms_tui.conversation.guard.guarding import kept_of
from backrooms_tui.conversation.guard.reading import Reader


class GuardStream:
    """Watches one reply as it arrives. The arguments are those of `guarded`.

    What holds, for every reply and every way of cutting it into pieces: once `feed` has returned a cut, `guarded`
    cuts the reply there and for that reason, whatever still follows. The other way round it need not be early:
    where the reply ends before the matter is certain ("Ben:" as its last word), only `guarded` finds the cut.
    """

    def __init__(self, *, speaker: str, others: Sequence[str], operator: str = "Operator", play: bool = False) -> None:
        self._reader = Reader(cast_of(speaker, tuple(others), operator), play)
        self._pieces: list[str] = []

    def feed(self, text: str) -> Cut | None:
        """More of the reply arrived. The cut, as soon as it is certain, with what has arrived of the part that is cut
        off; from then on always."""
        self._pieces.append(text)
        found = self._reader.feed(text)
        if found is None:
            return None
        self._pieces = ["".join(self._pieces)]
        return Cut(found.reason, found.at, self._pieces[0][found.at :])

    def guarded(self) -> Guarded:
        """What `guarded` makes of all that has arrived, which is the whole reply: it need not be read again."""
        self._reader.end()
        return kept_of("".join(self._pieces), self._reader)


def cut_so_far(
    text: str, *, speaker: str, others: Sequence[str], operator: str = "Operator", play: bool = False
) -> Cut | None:
    """The cut that `guarded` will make in every reply that begins with `text`; None as long as none is certain."""
    return GuardStream(speaker=speaker, others=others, operator=operator, play=play).feed(text)
