"""The entries of a replay: what was said before is read from the store, what is played comes after it."""

from collections.abc import Sequence

from backrooms_tui.session.state import Entry
from backrooms_tui.ui.widgets.entries import EntrySource, StoredEntries


class PastAndPresent:
    """The entries of `past`, and after them those of `present`."""

    def __init__(self, past: EntrySource, present: EntrySource) -> None:
        self._past = past
        self._present = present
        self._before = len(past)

    @property
    def revision(self) -> int:
        """Counts the changes of both."""
        return self._past.revision + self._present.revision

    def __len__(self) -> int:
        return self._before + len(self._present)

    def entry(self, index: int) -> Entry:
        """The entry with this number."""
        return self._past.entry(index) if index < self._before else self._present.entry(index - self._before)

    def index_of_turn(self, turn: int) -> int | None:
        """The number of the entry that holds `turn`."""
        index = self._present.index_of_turn(turn)
        return self._past.index_of_turn(turn) if index is None else self._before + index

    def block(self, index: int) -> Sequence[Entry]:
        """All that is shown in the place of this entry."""
        return self._past.block(index) if index < self._before else self._present.block(index - self._before)


class OfSeat:
    """What of `source` concerns the agent on `seat`. Its numbers are those of `source`: other entries have an empty
    block."""

    def __init__(self, source: EntrySource, seat: int) -> None:
        self._source = source
        # Of what is stored, who heard it is known there.
        self._heard = source.heard_by(seat) if isinstance(source, StoredEntries) else source

    @property
    def revision(self) -> int:
        """The source's own."""
        return self._source.revision

    def __len__(self) -> int:
        return len(self._source)

    def entry(self, index: int) -> Entry:
        """The entry with this number, whomever it concerns."""
        return self._source.entry(index)

    def index_of_turn(self, turn: int) -> int | None:
        """The number of the entry that holds `turn`."""
        return self._source.index_of_turn(turn)

    def block(self, index: int) -> Sequence[Entry]:
        """What concerns the agent of all that is shown in the place of this entry."""
        return self._heard.block(index)
