"""Which of the formats a file is, by what it holds; and reading it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import cast

from backrooms_tui.formats.incoming import (
    chat_arena,
    infinite_backrooms,
    liminal_page,
    liminal_scenarios,
    llm_conversation,
    llm_conversation_log,
    own_events,
    universal_backrooms_fork,
    universal_backrooms_log,
    universal_backrooms_template,
)
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import Reading
from backrooms_tui.formats.incoming.source import Source

# The more specific come first: the first one that fits is taken.
_MODULES: Sequence[ModuleType] = (
    own_events,
    universal_backrooms_template,
    liminal_page,
    infinite_backrooms,
    liminal_scenarios,
    llm_conversation_log,
    chat_arena,
    universal_backrooms_fork,
    llm_conversation,
    universal_backrooms_log,
)


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: its name in words, what it is known by, whether it is that, and reading it."""

    name: str
    looks_for: str
    fits: Callable[[Glance], bool]
    read: Callable[[Source], Reading]


def formats() -> tuple[Format, ...]:
    """All that can be read, the more specific first."""
    return tuple(_format(module) for module in _MODULES)


def recognised(source: Source) -> Format:
    """The kind of file that it is. Raises OperatorError, which says what was looked for, where it is none."""
    if source.size == 0:
        raise source.wrong("is empty", "check that it was saved")
    glance = Glance(source)
    for format in formats():
        if format.fits(glance):
            return format
    known = "; ".join(f"{format.looks_for} ({format.name})" for format in formats())
    raise source.wrong("is none of the files that can be imported", f"looked for: {known}")


def read(source: Source) -> Reading:
    """What the file says. Raises OperatorError with the place of what is wrong; a session's events may, too."""
    return recognised(source).read(source)


def _format(module: ModuleType) -> Format:
    return Format(
        module.NAME,
        module.LOOKS_FOR,
        cast("Callable[[Glance], bool]", module.fits),
        cast("Callable[[Source], Reading]", module.read),
    )
