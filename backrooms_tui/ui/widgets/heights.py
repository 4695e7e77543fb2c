"""How tall the entries of a long list are: what is known is exact, the rest is estimated, and opening costs nothing."""

_BLOCK = 256


class Heights:
    """Rows of each of `count` entries. An entry that was never laid out counts as `guess` rows.

    Finding a row or an entry takes time by the number of blocks that were ever looked at, not by `count`.
    """

    def __init__(self, count: int, guess: int) -> None:
        self.count = count
        self.guess = guess
        self._known: dict[int, dict[int, int]] = {}  # of each block: rows by entry
        self._more: dict[int, int] = {}  # of each block: by how much it is taller than guessed

    def __getitem__(self, index: int) -> int:
        return self._known.get(index // _BLOCK, {}).get(index, self.guess)

    def known(self, index: int) -> bool:
        """Whether the entry was ever laid out."""
        return index in self._known.get(index // _BLOCK, {})

    def learn(self, index: int, rows: int) -> None:
        """The entry is so tall."""
        block = index // _BLOCK
        self._more[block] = self._more.get(block, 0) + rows - self[index]
        self._known.setdefault(block, {})[index] = rows

    def forget(self, index: int) -> None:
        """The entry has to be laid out anew: until then it counts as the guess."""
        if self.known(index):
            self.learn(index, self.guess)
            del self._known[index // _BLOCK][index]

    @property
    def total(self) -> int:
        """Rows of all entries together."""
        return self.count * self.guess + sum(self._more.values())

    def before(self, index: int) -> int:
        """Rows of all entries before this one."""
        block = index // _BLOCK
        more = sum(extra for number, extra in self._more.items() if number < block)
        more += sum(rows - self.guess for known, rows in self._known.get(block, {}).items() if known < index)
        return index * self.guess + more

    def at(self, row: int) -> tuple[int, int]:
        """The entry in which row `row` (from 0) lies, and the how-manieth of its rows it is."""
        low, high = 0, max(0, self.count - 1)
        while low < high:
            middle = (low + high + 1) // 2
            if self.before(middle) <= row:
                low = middle
            else:
                high = middle - 1
        return low, max(0, row - self.before(low))
