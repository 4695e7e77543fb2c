"""What a terminal shows of the bytes that it is sent, where a program draws by going to places and writing there."""

import codecs
import re

from rich.cells import cell_len

_TOKEN = re.compile(r"\x1b(?:\[([<=>?]?)([0-9;:]*)[ $]?([A-Za-z])|\][^\x07\x1b]*(?:\x07|\x1b\\))|[^\x1b]")
_UNFINISHED = re.compile(r"\x1b(?:\[[<=>?]?[0-9;:]*[ $]?|\][^\x07\x1b]*\x1b?)?$")


class Picture:
    """A grid of `columns` by `rows` cells, written to by `take`."""

    def __init__(self, columns: int, rows: int) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Another size; nothing stands there yet."""
        self.columns, self.rows = columns, rows
        self._cells = [[" "] * columns for _ in range(rows)]
        self._x = self._y = 0

    def take(self, sent: bytes) -> None:
        """What has arrived."""
        text = self._rest + self._decoder.decode(sent)
        cut = _UNFINISHED.search(text)
        text, self._rest = (text[: cut.start()], text[cut.start() :]) if cut else (text, "")
        for token in _TOKEN.finditer(text):
            if token[3] == "H" and not token[1]:
                row, _, column = token[2].partition(";")
                self._y, self._x = int(row or 1) - 1, int(column or 1) - 1
            elif not token[0].startswith("\x1b"):
                self._write(token[0])

    @property
    def text(self) -> str:
        """Line by line, without what is blank at the ends of lines."""
        return "\n".join("".join(line).rstrip() for line in self._cells)

    def _write(self, character: str) -> None:
        if character == "\r":
            self._x = 0
        elif character == "\n":
            self._x, self._y = 0, self._y + 1
        elif 0 <= self._y < self.rows and 0 <= self._x < self.columns:
            width = cell_len(character)
            if width == 0:
                return
            self._cells[self._y][self._x] = character
            if width == 2 and self._x + 1 < self.columns:
                self._cells[self._y][self._x + 1] = ""
            self._x += width
