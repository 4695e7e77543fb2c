"""What is in a file, and what came of it, in words for the person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.ui.showing import shown_line

if TYPE_CHECKING:
    from backrooms_tui.assembly.importing import Brought

_DIM = "$text-muted"
_TEMPLATES = 12  # that are named


def told(brought: "Sequence[Brought]", *, done: bool) -> Content:
    """Kind, title, who, how much, and what has no place here; `done` once it is kept."""
    first = brought[0]
    lines = [_line("what", f"{first.kind} · {first.format}")]
    if first.kind == "session":
        lines += [
            _line("title", first.title or "(untitled)"),
            _line("agents", " · ".join(first.agents)),
            _line("turns", f"{first.turns:,}"),
        ]
    else:
        for one in brought[:_TEMPLATES]:
            here = "" if one.new else " (here already)"
            lines.append(_line("template", f"{one.id}: {one.title} · {' · '.join(one.agents)}{here}"))
        if len(brought) > _TEMPLATES:
            lines.append(_line("", f"and {len(brought) - _TEMPLATES:,} more"))
    for one in brought:
        lines += [_line("note", note) for note in one.notes]
        lines += [_line("left out" if done else "no place", sentence) for sentence in one.unplaced]
    return Content("\n").join(lines)


def here_already(brought: "Sequence[Brought]") -> bool:
    """Whether there is nothing new in the file."""
    return not any(one.new for one in brought)


def _line(name: str, text: str) -> Content:
    return Content.assemble((f"{name:10}", _DIM), shown_line(text))
