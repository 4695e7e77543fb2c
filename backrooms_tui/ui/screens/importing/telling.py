"""What is in a file, and what came of it, in words for the person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backrooms_tui.ui.screens.importing.findings import Finding

if TYPE_CHECKING:
    from backrooms_tui.assembly.files.importing import Brought

_TEMPLATES = 12  # that are named


def told(brought: "Sequence[Brought]", *, done: bool) -> list[Finding]:
    """Kind, title, who, how much, and what has no place here; `done` once it is kept."""
    first = brought[0]
    lines = [("what", f"{first.kind} · {first.format}")]
    if first.kind == "session":
        lines += [
            ("title", first.title or "(untitled)"),
            ("agents", " · ".join(first.agents)),
            ("turns", f"{first.turns:,}"),
        ]
    else:
        for one in brought[:_TEMPLATES]:
            here = "" if one.new else " (here already)"
            lines.append(("template", f"{one.id}: {one.title} · {' · '.join(one.agents)}{here}"))
        if len(brought) > _TEMPLATES:
            lines.append(("", f"and {len(brought) - _TEMPLATES:,} more"))
    for one in brought:
        lines += [("note", note) for note in one.notes]
        lines += [("left out" if done else "no place", sentence) for sentence in one.unplaced]
    return lines


def here_already(brought: "Sequence[Brought]") -> bool:
    """Whether there is nothing new in the file."""
    return not any(one.new for one in brought)
