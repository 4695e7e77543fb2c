"""Where a transcript's entries come from: a session that is alive, or a stored one of any length."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from textual.cache import LRUCache

from backrooms_tui.conversation.sending.hearing import away
from backrooms_tui.session.state import CouncilEntry, Entry, NoticeEntry, RoundEntry, SessionState, TurnEntry, WordEntry
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store

PAGE = 32  # turns read from the store at once
_PAGES = 8  # pages kept


class EntrySource(Protocol):
    """Entries by number, from 0. `revision` changes when entries that were there already have changed."""

    @property
    def revision(self) -> int:
        """Counts changes to entries that were there before; growing is not one."""
        ...

    def __len__(self) -> int: ...

    def entry(self, index: int) -> Entry:
        """The entry with this number."""
        ...

    def index_of_turn(self, turn: int) -> int | None:
        """The number of the entry that holds `turn`, None where there is no such turn."""
        ...

    def block(self, index: int) -> Sequence[Entry]:
        """All that is shown in the place of this entry, in order, itself included; nothing where it is left out."""
        ...


class LiveEntries:
    """The entries of a session's state, as it grows. With `seat`, what concerns that agent: its own turns, the
    operator's words that it heard, and notices about it."""

    def __init__(self, state: SessionState, seat: int | None = None) -> None:
        self.state = state
        self.seat = seat
        self._seen = 0
        self._chosen: list[int] = []
        self._of_turn: dict[int, int] = {}

    @property
    def revision(self) -> int:
        """The state's own."""
        return self.state.revision

    def __len__(self) -> int:
        entries = self.state.entries
        while self._seen < len(entries):
            entry = entries[self._seen]
            if concerns(entry, self.seat, there=not _away(self.state, self.seat, self._seen)):
                if isinstance(entry, TurnEntry):
                    self._of_turn[entry.turn] = len(self._chosen)
                self._chosen.append(self._seen)
            self._seen += 1
        return len(self._chosen)

    def entry(self, index: int) -> Entry:
        """The entry with this number."""
        len(self)
        return self.state.entries[self._chosen[index]]

    def index_of_turn(self, turn: int) -> int | None:
        """The number of the entry that holds `turn`: the last one, where it was spoken again."""
        len(self)
        return self._of_turn.get(turn)

    def block(self, index: int) -> Sequence[Entry]:
        """The entry alone."""
        return (self.entry(index),)


class StoredEntries:
    """The turns of a stored session, read a page at a time where they are looked at, however many there are.

    Entry n is turn n + 1; `block` has what stands before it, too, and after the last turn comes what else there is.
    `last` ends it with that turn. With `seat`, what does not concern that agent is left out of the blocks. Reading
    takes a few milliseconds and happens where it is called; `heard_by` shares what was read. What cannot be read, as
    the session was deleted meanwhile, or the database is out of reach, says so in its place until it is read again.
    """

    def __init__(self, store: "Store", session: str, *, seat: int | None = None, last: int | None = None) -> None:
        self._seat = seat
        self._pages = _Pages(store, session, last)

    @property
    def revision(self) -> int:
        """How often the session was read again."""
        return self._pages.revision

    def heard_by(self, seat: int | None) -> "StoredEntries":
        """The same for one agent, or for all; it is read again together with this one."""
        view = object.__new__(StoredEntries)
        view._seat, view._pages = seat, self._pages
        return view

    def read_again(self, *, last: int | None = None) -> None:
        """Look at the store anew; with `last`, end with that turn from now on."""
        self._pages.read_again(last)

    def __len__(self) -> int:
        return self._pages.slots

    def entry(self, index: int) -> Entry:
        """The turn with number `index` + 1, or the last of what follows all turns."""
        return self._pages.slot(index)[-1].entry

    def index_of_turn(self, turn: int) -> int | None:
        """`turn` - 1, where there is such a turn."""
        return turn - 1 if 1 <= turn <= self._pages.turns else None

    def block(self, index: int) -> Sequence[Entry]:
        """What stands before the turn since the one before it, and the turn."""
        seat = self._seat
        slot = self._pages.slot(index)
        return [one.entry for one in slot if one.unread or concerns(one.entry, seat, there=seat not in one.away)]


class _Stored(NamedTuple):
    """An entry, and the seats that were away when it came; or what stands for a turn that could not be read."""

    entry: Entry
    away: frozenset[int]
    unread: bool = False


class _Pages:
    """A stored session in slots: each has a turn and what stands before it; the last one may have no turn."""

    def __init__(self, store: "Store", session: str, last: int | None) -> None:
        self._store = store
        self._session = session
        self._last = last
        self._kept: LRUCache[int, list[list[_Stored]]] = LRUCache(_PAGES)
        self.revision = 0
        self.turns = self.slots = 0
        self.read_again(None)

    def read_again(self, last: int | None) -> None:
        self._last = last if last is not None else self._last
        self._kept.clear()
        self.revision += 1
        turns = self._store.summary(self._session).turns
        self.turns = turns if self._last is None else min(turns, self._last)
        page = max(0, self.turns - 1) // PAGE
        self._kept[page] = self._read(page)
        self.slots = self.turns + any(self._kept[page][self.turns - page * PAGE :])

    def slot(self, index: int) -> list[_Stored]:
        page = min(index // PAGE, max(0, self.turns - 1) // PAGE)
        return self._page(page)[index - page * PAGE]

    def _page(self, number: int) -> list[list[_Stored]]:
        known = self._kept.get(number)
        if known is None:
            try:
                known = self._read(number)
            except OperatorError as error:  # it is being drawn: nobody is there to be told
                known = [[_unread(turn, error)] for turn in self._turns_on(number)]
            self._kept[number] = known
        return known

    def _turns_on(self, page: int) -> range:
        first = page * PAGE + 1
        return range(first, min(first + PAGE, max(self.turns, 1) + 1))

    def _read(self, page: int) -> list[list[_Stored]]:
        turns = self._turns_on(page)
        slots: list[list[_Stored]] = [[]]
        stretch = self._store.stretch(self._session, turns[0], turns[-1])
        for place, entry in enumerate(stretch.entries):
            slots[-1].append(_Stored(entry, frozenset(seat for seat in stretch.agents if _away(stretch, seat, place))))
            if isinstance(entry, TurnEntry) and not entry.retracted:
                slots.append([])
        return slots


def _unread(turn: int, error: OperatorError) -> _Stored:
    return _Stored(NoticeEntry(f"turn {turn} cannot be read: {error.what}", 0.0, "warning"), frozenset(), unread=True)


def _away(state: SessionState, seat: int | None, index: int) -> bool:
    agent = state.agents.get(seat) if seat is not None else None
    return agent is not None and away(agent, index)


def concerns(entry: Entry, seat: int | None, *, there: bool = True) -> bool:
    """Whether the agent on `seat` has to do with the entry, which it heard if it was `there`; None asks for
    everybody."""
    if seat is None:
        return True
    match entry:
        case TurnEntry() | NoticeEntry():
            return entry.agent == seat
        case CouncilEntry():
            return entry.agent == seat
        case RoundEntry():
            return there
        case WordEntry():
            return there and entry.to in (0, seat)
