"""A JSON document of any length, read member by member and element by element, with the line of what is wrong."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from backrooms_tui.formats.incoming.source import TEXT_LIMIT, Source
from backrooms_tui.session.trouble import OperatorError

_SPACE = " \t\n\r"
# How near to the end of what was read an error may be that more text would cure: the longest word, -Infinity.
_NEAR = 12
_CURE = "the file is damaged, or was cut short: save it or fetch it again"


class JsonDocument:
    """Walks through one document. Whoever is given a member or an element takes its value before the next one."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._pieces = source.pieces()
        self._text = ""
        self._at = 0
        self._line = 1  # of the first character of `_text`
        self._over = False
        self._decoder = json.JSONDecoder(parse_constant=_no_number)

    @property
    def line(self) -> int:
        """Where it stands, from 1."""
        return self._line + self._text.count("\n", 0, self._at)

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next. Take the value of each with `value` or `elements`."""
        self._expect("{", "an object")
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self.wrong("a key is not a text")
            self._expect(":", "a colon")
            yield key
            if self._between("}"):
                return

    def elements(self) -> Iterator[int]:
        """The elements of the list that comes next, by their lines. Take each with `value`."""
        self._expect("[", "a list")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            self._peek()
            yield self.line
            if self._between("]"):
                return

    def value(self) -> Any:
        """The value that comes next, whole."""
        self._peek()
        while True:
            problem: json.JSONDecodeError | None = None
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                problem = error
            except RecursionError:
                raise self.wrong("is nested too deeply") from None
            except ValueError as error:  # a number of thousands of digits, or none at all
                raise self.wrong(str(error).split(";")[0]) from None
            else:
                if end - self._at > TEXT_LIMIT:
                    raise self.wrong(f"a value is longer than {TEXT_LIMIT:,} characters")
                if end < len(self._text) or self._over:
                    self._at = end
                    return value
            if problem is not None and (self._over or not self._may_be_cut(problem)):
                self._broken(problem)
            if len(self._text) - self._at > TEXT_LIMIT:
                raise self.wrong(f"a value is longer than {TEXT_LIMIT:,} characters")
            self._fill(len(self._text) - self._at)

    def finish(self) -> None:
        """Raises OperatorError where anything follows the document."""
        if self._peek():
            raise self.wrong("something follows the end of the document")

    def wrong(self, what: str) -> OperatorError:
        """The error that says what is wrong where it stands."""
        return self._source.wrong(what, _CURE, self.line)

    def _between(self, end: str) -> bool:
        """Past the comma before the next one; whether there is none."""
        mark = self._peek()
        if mark not in (",", end):
            raise self._missing("a comma")
        self._at += 1
        return mark == end

    def _expect(self, mark: str, what: str) -> None:
        if self._peek() != mark:
            raise self._missing(what)
        self._at += 1

    def _missing(self, what: str) -> OperatorError:
        found = self._peek()
        return self.wrong(f"{what} is missing" if found else "the file ends in the middle of the document")

    def _peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._over:
                return ""
            self._fill(0)

    def _fill(self, more: int) -> None:
        """Forget what was taken and read on: `more` characters or more, so that a long value is not looked at often."""
        self._line += self._text.count("\n", 0, self._at)
        parts, length = [self._text[self._at :]], 0
        while not self._over and length <= more:
            piece = next(self._pieces, None)
            if piece is None:
                self._over = True
            else:
                parts.append(piece)
                length += len(piece)
        self._text, self._at = "".join(parts), 0

    def _may_be_cut(self, problem: json.JSONDecodeError) -> bool:
        return problem.msg.startswith("Unterminated") or problem.pos >= len(self._text) - _NEAR

    def _broken(self, problem: json.JSONDecodeError) -> NoReturn:
        self._at = min(problem.pos, len(self._text))
        if problem.msg.startswith("Unterminated"):
            raise self.wrong("a text has no end")
        if not self._text[self._at :].strip():
            raise self.wrong("the file ends in the middle of the document")
        raise self.wrong(f"is not JSON: {problem.msg[0].lower()}{problem.msg[1:]}")


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number that JSON knows")
