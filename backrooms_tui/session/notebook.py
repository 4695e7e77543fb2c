"""Notes, as worlds keep them in a session and as sessions share them."""

from collections.abc import Sequence
from dataclasses import dataclass

# What a notebook takes: letters of a title and of a text, and notes.
TITLE = 120
LETTERS = 20_000
NOTES = 10_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its `number` in its notebook, who wrote it last (`by`, a name) and when (`at`, Unix seconds)."""

    number: int
    title: str
    text: str
    by: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class NotebookNews:
    """What has changed in a notebook since somebody last looked: notes as they are now, and numbers that are gone. With
    `afresh` they are all there is. `mark` says where they have read up to, for the next time."""

    mark: str
    notes: Sequence[Note] = ()
    gone: Sequence[int] = ()
    afresh: bool = False


class NotebookTrouble(Exception):
    """A notebook does not take what it was given: why, in a sentence."""
