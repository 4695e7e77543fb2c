"""Names for files that are handed on: telling, safe on every system, the same for the same session."""

import unicodedata
from datetime import datetime

_LONGEST = 80  # bytes of UTF-8; file systems take 255, and folders, numbers and suffixes come to it
_KEPT = "-_."


def safe(text: str, longest: int = _LONGEST) -> str:
    """`text` as one part of a file name: letters and digits of any script and `-_.`, hyphens for all else; it does not
    begin or end with a sign. May be empty."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(letter if _keeps(letter) else " " for letter in composed)
    name = "-".join(kept.split()).strip(_KEPT)
    while len(name.encode("utf-8", "replace")) > longest:
        name = name[:-1]
    return name.strip(_KEPT)


def session_name(id: str, title: str, started: float) -> str:
    """`2026-11-21_the-title_3f8k2m1p`, in the person's own time, without a suffix."""
    began = datetime.fromtimestamp(started).strftime("%Y-%m-%d")  # noqa: DTZ006 - the person's own time
    return "_".join(filter(None, (began, safe(title), safe(id, 40))))


def _keeps(letter: str) -> bool:
    # Letters, their marks and numbers; a superscript or a sign in disguise would come back as another character.
    return letter in _KEPT or unicodedata.category(letter)[0] in "LMN"
