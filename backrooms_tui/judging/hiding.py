"""Names hidden from a judge, also where they stand within what was said."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

# A part of a longer name ("Halden" of "Halden Institute") gives it away; a short one ("The", "of") does not.
_TELLING_PART = 4
_ACCENTS = "\u0300-\u036f"  # signs that stand behind their letter


def letter(place: int) -> str:
    """A, B, ... Z, AA, AB, ... for 0, 1, ..."""
    text = ""
    while place >= 0:
        text = chr(ord("A") + place % 26) + text
        place = place // 26 - 1
    return text


class Hidden:
    """Puts labels in place of names: `labels` by seat, `names` all names that each seat has had.

    A name counts where it stands by itself, in capitals or not: "Ada" is not in "adaptation". Of a name of several
    words, a word that no other agent has in its name counts, too, where it is written as in the name. A name of one
    letter stays where it stands: it would be taken for a word, and tells nobody anything.
    """

    def __init__(self, labels: Mapping[int, str], names: Mapping[int, Iterable[str]]) -> None:
        self._whole: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        shared: dict[str, set[int]] = {}
        for seat, label in labels.items():
            # An accent may be a sign of its own, or not: both look the same.
            forms = (unicodedata.normalize(form, name) for name in names.get(seat, ()) for form in ("NFC", "NFD"))
            for name in dict.fromkeys(forms):
                words = name.split()
                if len(" ".join(words)) > 1:
                    self._whole.setdefault(" ".join(words).casefold(), label)
                for word in words if len(words) > 1 else ():
                    if len(unicodedata.normalize("NFC", word)) >= _TELLING_PART and word[0].isupper():
                        shared.setdefault(word, set()).add(seat)
                        self._parts.setdefault(word, label)
        self._parts = {word: label for word, label in self._parts.items() if len(shared[word]) == 1}
        whole = [_alone(r"\s+".join(map(re.escape, name.split()))) for name in _longest_first(self._whole)]
        self._find_whole = re.compile("|".join(whole), re.IGNORECASE) if whole else None
        parts = [_alone(re.escape(word)) for word in _longest_first(self._parts)]
        self._find_parts = re.compile("|".join(parts)) if parts else None

    def hide(self, text: str) -> str:
        """`text` with the labels in it."""
        if self._find_whole is None:
            return text
        pieces, end = [], 0
        for match in self._find_whole.finditer(text):
            label = self._whole.get(" ".join(match.group().split()).casefold())
            if label is not None:
                pieces += [self._without_parts(text[end : match.start()]), label]
                end = match.end()
        return "".join(pieces) + self._without_parts(text[end:])

    def _without_parts(self, text: str) -> str:
        if self._find_parts is None:
            return text
        return self._find_parts.sub(lambda match: self._parts[match.group()], text)


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def _alone(pattern: str) -> str:
    """`pattern`, an escaped name, where no letter or digit stands right beside it; in scripts that write no spaces,
    anywhere."""
    plain = pattern.replace("\\", "")
    before = r"(?<!\w)" if _has_borders(plain[0]) else ""
    after = rf"(?![\w{_ACCENTS}])" if _has_borders(plain[-1]) else ""
    return f"{before}{pattern}{after}"


def _has_borders(character: str) -> bool:
    if not (character.isalnum() or character == "_"):
        return False
    return not (unicodedata.category(character) == "Lo" and unicodedata.east_asian_width(character) in "WF")
