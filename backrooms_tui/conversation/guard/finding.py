"""What the guard finds in a reply, as plain data."""

from dataclasses import dataclass
from typing import Literal

MarkKind = Literal["refusal", "out_of_character"]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a reply stops being the speaker's own: `at` counts characters from 0 in the raw text; `reason` is a
    short phrase for people ("it began to speak as Ben")."""

    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut off: why, where in the raw text (characters from 0), and the words themselves."""

    reason: str
    at: int
    removed: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something noticed in what was kept. Never a reason to cut. `phrase` is as the reply has it."""

    kind: MarkKind
    phrase: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """A reply as it may be heard: the `text` that is left, the cut that was made, the marks on what is left."""

    text: str
    cut: Cut | None
    marks: tuple[Mark, ...]
