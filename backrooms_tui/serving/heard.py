"""What a page may say to the server, read with care: anything else is nothing."""

import json
from dataclasses import dataclass
from typing import Literal

# No screen is larger or smaller; a page that says so would only keep the application busy.
WIDEST, TALLEST = 500, 200
_NARROWEST, _LOWEST = 10, 4


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys, the mouse, or pasted text, as a terminal sends them."""

    text: str


@dataclass(frozen=True, slots=True)
class Resized:
    """The terminal's size, in cells."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether somebody is there; the answer carries the same `mark`."""

    mark: str


@dataclass(frozen=True, slots=True)
class Looked:
    """At the page ("focus"), or away from it ("blur")."""

    kind: Literal["focus", "blur"]


def read_message(text: str) -> Typed | Resized | Asked | Looked | None:
    """What a message of the page means; None for what means nothing."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match said:
        case ["stdin", str(typed)]:
            return Typed(typed)
        case ["resize", {"width": int(width), "height": int(height)}]:
            return size_of(width, height)
        case ["ping", str(mark)] if len(mark) <= 64:
            return Asked(mark)
        case ["focus" | "blur" as kind, *_]:
            return Looked(kind)
    return None


def size_of(width: int, height: int) -> Resized:
    """The nearest size that a screen can have."""
    return Resized(min(max(width, _NARROWEST), WIDEST), min(max(height, _LOWEST), TALLEST))
