"""What a person adds later to a session, or to one turn of it: a star, tags, a note. It is no part of what happened."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError

# Plain signs, which every terminal draws in one cell.
STAR, NOTE = "★", "¶"
LONGEST_TAG = 40
_TAG = re.compile(r"[\w-]+")
_BETWEEN = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """`starred` is when the star was given (Unix seconds), None where there is none. Tags are as they were typed; two
    that differ in case only are one."""

    starred: float | None = None
    tags: tuple[str, ...] = ()
    note: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything of it."""
        return self.starred is not None or bool(self.tags or self.note)

    @property
    def signs(self) -> str:
        """Star and tags on one line, empty where there are none."""
        star = (STAR,) if self.starred is not None else ()
        return " ".join((*star, *(f"#{tag}" for tag in self.tags)))

    def with_changes(self, before: "Mark", after: "Mark") -> "Mark":
        """What was changed from `before` to `after`, changed here too, where something else may have changed since."""
        return Mark(
            after.starred if (after.starred is None) != (before.starred is None) else self.starred,
            after.tags if after.tags != before.tags else self.tags,
            after.note if after.note != before.note else self.note,
        )

    def tagged(self, tags: Iterable[str]) -> "Mark":
        """With these tags, too."""
        return replace(self, tags=distinct((*self.tags, *tags)))

    def untagged(self, tags: Iterable[str]) -> "Mark":
        """Without these tags."""
        gone = {tag.casefold() for tag in tags}
        return replace(self, tags=tuple(tag for tag in self.tags if tag.casefold() not in gone))


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in `text`, with spaces or commas between them; a # before one is left away.

    Raises OperatorError for what is no tag: letters, digits, - and _ are.
    """
    words = [unicodedata.normalize("NFC", word.removeprefix("#")) for word in _BETWEEN.split(text)]
    words = [word for word in words if word]
    for word in words:
        if not _TAG.fullmatch(word):
            raise OperatorError(f"{harmless_line(word)!r} is no tag", "a tag has letters, digits, - and _")
        if len(word) > LONGEST_TAG:
            raise OperatorError(f"the tag {word[:12]}… is too long", f"a tag has at most {LONGEST_TAG} letters")
    return distinct(words)


def distinct(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case, as it was written first."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return tuple(first.values())
