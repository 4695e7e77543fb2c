"""Where a key, or a place within a text, stands in a TOML file.

The standard library's reader gives values without positions. This scanner walks the same file once more and notes, for
every key, where it begins, and for every text, where each of its characters came from (escapes and folded lines make
these two different). It trusts that the file is valid TOML and simply stops where it is not.
"""

import re
from array import array
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]

# Nobody writes keys or lists nested this deep; readers of TOML become slow or run out of stack on them.
DEEPEST = 32

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_FOLD = re.compile(r"[ \t]*\r?\n[ \t\r\n]*")
_HEX = {"x": 2, "u": 4, "U": 8}
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
# The line breaks that Jinja counts, so that its line numbers and ours agree.
LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file: line and column, both from 1."""

    line: int
    column: int


@dataclass(slots=True)
class _Text:
    """A decoded text and, for each of its characters, the offset in the file that it came from."""

    start: int
    pieces: list[str] = field(default_factory=list)
    offsets: "array[int]" = field(default_factory=lambda: array("l"))

    def add(self, piece: str, offset: int) -> None:
        self.pieces.append(piece)
        self.offsets.extend([offset] * len(piece))


class _Lost(Exception):
    """The file is not what this scanner expects; what was found so far stands."""


class Locations:
    """Positions in the TOML file `source`, by the path of a key: `("agents", 0, "system")`. Never raises.

    `too_deep` is the place where keys or lists are nested deeper than anybody writes them, `unclosed` the place where
    a text, list or table opens that the file never closes; None where there is no such place.
    """

    def __init__(self, source: str) -> None:
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))]
        scanner = _Scanner(source)
        with suppress(_Lost):
            scanner.scan()
        self._keys = scanner.keys
        self._texts = scanner.texts
        self.too_deep = None if scanner.too_deep is None else self._spot(scanner.too_deep)
        ended_early = scanner.at >= len(source) and scanner.opened
        self.unclosed = self._spot(scanner.opened[-1]) if ended_early else None

    def of(self, path: KeyPath) -> Spot:
        """Where the key at `path` begins, or the nearest table around it that the file has."""
        while path and path not in self._keys:
            path = path[:-1]
        return self._spot(self._keys.get(path, 0))

    def within(self, path: KeyPath, line: int, word: str = "") -> Spot:
        """Where line `line` (from 1) of the text at `path` stands in the file, at `word` where the line has it."""
        text = self._texts.get(path)
        if text is None:
            return self.of(path)
        decoded = "".join(text.pieces)
        begins = [0, *(match.end() for match in LINE_BREAK.finditer(decoded))]
        index = begins[max(0, min(line, len(begins)) - 1)]
        end = begins[line] if 0 < line < len(begins) else len(decoded)
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(decoded, index, end) if word else None
        index = found.start() if found else index
        if index < len(text.offsets):
            return self._spot(text.offsets[index])
        return self._spot(text.offsets[-1] if text.offsets else text.start)

    def _spot(self, offset: int) -> Spot:
        line = bisect_right(self._lines, offset)
        return Spot(line, offset - self._lines[line - 1] + 1)


class _Scanner:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.keys: dict[KeyPath, int] = {}
        self.texts: dict[KeyPath, _Text] = {}
        self.too_deep: int | None = None
        self.opened: list[int] = []  # where the texts, lists and inline tables begin that are still open
        self._tables: dict[KeyPath, int] = {}  # arrays of tables, and how many each has so far

    def scan(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.source):
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table, 0)
            self._skip(_BLANK)

    def _header(self) -> KeyPath:
        start = self.at
        several = self.source.startswith("[[", start)
        self.at += 2 if several else 1
        names = self._dotted()
        self._expect("]]" if several else "]")
        path: KeyPath = ()
        for depth, (name, _) in enumerate(names, 1):
            path = (*path, name)
            if several and depth == len(names):
                self.keys.setdefault(path, start)
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
            # A table may be spoken of first in the header of one within it.
            self.keys.setdefault(path, start)
        return path

    def _pair(self, table: KeyPath, depth: int) -> None:
        path = table
        for name, start in self._dotted():
            path = (*path, name)
            self.keys.setdefault(path, start)
        self._expect("=")
        self._skip(_SPACE)
        self._value(path, depth)

    def _value(self, path: KeyPath, depth: int) -> None:
        if depth > DEEPEST:
            self._give_up_deep()
        match self._peek():
            case '"' | "'":
                self.texts[path] = self._text()
            case "[":
                self._list(path, depth)
            case "{":
                self._inline_table(path, depth)
            case _:
                self._skip(_BARE_VALUE)

    def _list(self, path: KeyPath, depth: int) -> None:
        self.opened.append(self.at)
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self._peek() != "]":
            self.keys.setdefault((*path, index), self.at)
            self._value((*path, index), depth + 1)
            index += 1
            self._skip(_BLANK)
            if self._peek() != "]":
                self._expect(",")
            self._skip(_BLANK)
        self.at += 1
        self.opened.pop()

    def _inline_table(self, path: KeyPath, depth: int) -> None:
        self.opened.append(self.at)
        self.at += 1
        self._skip(_BLANK)
        while self._peek() != "}":
            self._pair(path, depth + 1)
            self._skip(_BLANK)
            if self._peek() != "}":
                self._expect(",")
            self._skip(_BLANK)
        self.at += 1
        self.opened.pop()

    def _dotted(self) -> list[tuple[str, int]]:
        names: list[tuple[str, int]] = []
        while True:
            self._skip(_SPACE)
            start = self.at
            if len(names) > DEEPEST:
                self._give_up_deep()
            if self._peek() in "\"'":
                names.append(("".join(self._text().pieces), start))
            elif match := _BARE_KEY.match(self.source, start):
                self.at = match.end()
                names.append((match.group(), start))
            else:
                raise _Lost
            self._skip(_SPACE)
            if self.source[self.at : self.at + 1] != ".":
                return names
            self.at += 1

    def _text(self) -> _Text:
        quote = self._peek()
        text = _Text(self.at)
        self.opened.append(self.at)
        closing = quote * 3 if self.source.startswith(quote * 3, self.at) else quote
        self.at += len(closing)
        if len(closing) == 3:
            for newline in ("\n", "\r\n"):  # one right after the quotes is not part of the text
                if self.source.startswith(newline, self.at):
                    self.at += len(newline)
                    break
        while not self.source.startswith(closing, self.at):
            if quote == '"' and self._peek() == "\\":
                self._escape(text)
            else:
                text.add(self._peek(), self.at)
                self.at += 1
        if len(closing) == 3:  # up to two quotes may stand right before the closing three
            for _ in range(2):
                if self.source.startswith(quote, self.at + 3):
                    text.add(quote, self.at)
                    self.at += 1
        self.at += len(closing)
        self.opened.pop()
        return text

    def _escape(self, text: _Text) -> None:
        start = self.at
        self.at += 1
        letter = self._peek()
        if fold := _FOLD.match(self.source, self.at):
            self.at = fold.end()
        elif letter in _HEX:
            digits = self.source[self.at + 1 : self.at + 1 + _HEX[letter]]
            try:
                text.add(chr(int(digits, 16)), start)
            except (ValueError, OverflowError):
                raise _Lost from None
            self.at += 1 + _HEX[letter]
        elif letter in _ESCAPES:
            text.add(_ESCAPES[letter], start)
            self.at += 1
        else:
            raise _Lost

    def _peek(self) -> str:
        if self.at >= len(self.source):
            raise _Lost
        return self.source[self.at]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.source, self.at)
        self.at = match.end() if match else self.at

    def _expect(self, mark: str) -> None:
        if not self.source.startswith(mark, self.at):
            raise _Lost
        self.at += len(mark)

    def _give_up_deep(self) -> None:
        self.too_deep = self.at
        raise _Lost
