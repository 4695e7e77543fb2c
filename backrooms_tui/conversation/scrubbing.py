"""The few characters that no database or file can keep, replaced where text enters a session.

Everything else is kept raw. Stateful, because servers cut a character outside the basic plane in two.
"""

REPLACEMENT = "\ufffd"


class Scrubber:
    """Cleans one stream of text: joins surrogate pairs that were cut apart, replaces lone surrogates and NUL."""

    def __init__(self) -> None:
        self._high = ""

    def feed(self, text: str) -> str:
        """The text that can be kept so far; a trailing half of a pair waits for the next call."""
        text = self._high + text
        self._high = ""
        if text.isascii() and "\0" not in text:
            return text
        if text and "\ud800" <= text[-1] <= "\udbff":
            self._high, text = text[-1], text[:-1]
        return scrubbed(text)

    def rest(self) -> str:
        """What is left at the end of the stream."""
        left, self._high = self._high, ""
        return scrubbed(left)


def scrubbed(text: str) -> str:
    """`text` without lone surrogates and NUL."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", REPLACEMENT)
