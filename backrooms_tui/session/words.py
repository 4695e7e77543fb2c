"""Words between the turns: what they do to the state of a session."""

from typing import TYPE_CHECKING

from backrooms_tui.session.entries import WordEntry
from backrooms_tui.session.events import Interjected, Reminded, Whispered, WordQueued

if TYPE_CHECKING:
    from backrooms_tui.session.state import SessionState


def queued(event: WordQueued, state: "SessionState") -> None:
    """The operator spoke while somebody else did."""
    state.queued.append(event)


def interjected(event: Interjected, state: "SessionState") -> None:
    """A word to all."""
    if event.source == "operator":
        _unqueue(state, event.text, 0)
    state.entries.append(WordEntry(event.text, event.at, source=event.source))


def whispered(event: Whispered, state: "SessionState") -> None:
    """A word to one alone."""
    if event.source == "operator":
        _unqueue(state, event.text, event.to)
    state.entries.append(WordEntry(event.text, event.at, event.to, event.source, by=event.by, name=event.name))


def reminded(event: Reminded, state: "SessionState") -> None:
    """A reminder was put in."""
    state.entries.append(WordEntry(event.text, event.at, event.agent, "reminder", event.depth))


def _unqueue(state: "SessionState", text: str, to: int) -> None:
    for index, word in enumerate(state.queued):
        if (word.text, word.to) == (text, to):
            del state.queued[index]
            return
