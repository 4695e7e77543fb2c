"""Nearness in meaning, from a table of word vectors: offline, on the CPU, and only where wordllama is installed."""

import importlib
import importlib.util
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """A text's direction in meaning: an array of length 1."""

    direction: Any


class Meaning:
    """Vectors for texts. Making one is free; the model is loaded at the first `vector`, once a process: 0.6 s."""

    @staticmethod
    def installed() -> bool:
        """Whether the optional package is there. It is looked up, not imported."""
        return importlib.util.find_spec("wordllama") is not None

    @classmethod
    def if_installed(cls) -> "Meaning | None":
        """A `Meaning`, or None where the package is missing."""
        return cls() if cls.installed() else None

    def vector(self, text: str) -> Vector | None:
        """The direction of `text` in meaning, of length 1; None where it has none, as an empty text."""
        # Half a surrogate pair can come out of a stream that was cut; the tokeniser refuses it.
        whole = text.encode("utf-8", "replace").decode("utf-8")
        # What the package's own `embed` does, without its batches and threads, which cost more than the work itself.
        model = _model()
        tokens = model.tokenizer.encode(whole, add_special_tokens=False).ids
        if not tokens:
            return None
        found = model.embedding[tokens].mean(axis=0)
        length = math.sqrt(float(found @ found))
        return Vector(found / length) if length > 0 else None

    def middle(self, directions: Sequence[Vector]) -> Vector:
        """The direction in the middle of several: what they have in common."""
        total = sum(one.direction for one in directions)
        length = math.sqrt(float(total @ total))
        return Vector(total / length if length > 0 else total)

    def nearness(self, one: Vector, other: Vector) -> float:
        """How near two directions are: 1 the same, about 0 unrelated."""
        return float(one.direction @ other.direction)


@cache
def _model() -> Any:
    """The model that the package carries, from its own folder: its default looks elsewhere and asks the network."""
    root = logging.getLogger()
    # The package sets up logging for the whole process when it is imported, onto the terminal; not where a handler is.
    silence = logging.NullHandler()
    root.addHandler(silence)
    try:
        wordllama = importlib.import_module("wordllama")
    finally:
        root.removeHandler(silence)
    return wordllama.WordLlama.load(cache_dir=Path(str(wordllama.__file__)).parent, disable_download=True)
