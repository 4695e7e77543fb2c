"""Reasoning that a model writes into its reply as `<think>…</think>`, told apart while it streams.

Servers without a reasoning parser (and the small models behind them) send it so. It only counts at the very beginning
of a reply: further on, a model that writes about `<think>` means the word.
"""

from typing import Literal

Channel = Literal["text", "reasoning"]
_OPEN, _CLOSE = "<think>", "</think>"


class ThinkingTags:
    """Takes a reply piece by piece and says which parts are text and which reasoning. One object per reply."""

    def __init__(self) -> None:
        self._state: Literal["start", "reasoning", "after", "text"] = "start"
        self._held = ""

    def feed(self, piece: str) -> list[tuple[Channel, str]]:
        """The parts of `piece` that can be told by now, none of them empty. What may be half a tag is held back."""
        if self._state == "text":
            return [("text", piece)] if piece else []
        self._held += piece
        parts: list[tuple[Channel, str]] = []
        if self._state == "start":
            begun = self._held.lstrip()
            if begun.startswith(_OPEN):
                self._held = begun.removeprefix(_OPEN)
                self._state = "reasoning"
            elif not _OPEN.startswith(begun):
                self._state = "text"
        if self._state == "reasoning":
            parts += self._reasoning()
        if self._state == "after":
            self._held = self._held.lstrip()
            if self._held:
                self._state = "text"
        if self._state == "text" and self._held:
            parts.append(("text", self._held))
            self._held = ""
        return parts

    def flush(self) -> list[tuple[Channel, str]]:
        """What was held back, now that nothing more will come."""
        held, self._held = self._held, ""
        if not held or self._state == "after":
            return []
        return [("reasoning" if self._state == "reasoning" else "text", held)]

    def _reasoning(self) -> list[tuple[Channel, str]]:
        inside, closed, rest = self._held.partition(_CLOSE)
        if closed:
            self._state, self._held = "after", rest
        else:
            keep = _tail_that_may_close(inside)
            inside, self._held = inside[: len(inside) - keep], inside[len(inside) - keep :]
        return [("reasoning", inside)] if inside else []


def _tail_that_may_close(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of the closing tag."""
    for length in range(min(len(_CLOSE) - 1, len(text)), 0, -1):
        if _CLOSE.startswith(text[-length:]):
            return length
    return 0
