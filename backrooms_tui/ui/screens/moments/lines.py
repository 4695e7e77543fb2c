"""A moment on one line of the list, and in full below it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.session.mark import NOTE, STAR
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.drawing import first_words
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.store.marking import Moment

_DIM = "$foreground-muted"
_NAME = 12  # cells of a name
_TITLE = 24  # cells of a session's title, where there is room for it
_WIDE = 70
_TAKEN_BACK = "(taken back)"


def fitting(moments: "Sequence[Moment]", words: str) -> "list[Moment]":
    """Those in which each of `words` stands: in what was said, the name, the title, the tags or the note."""
    wanted = words.casefold().split()
    return [one for one in moments if all(word in _searched(one) for word in wanted)]


def moment_line(one: "Moment", width: int) -> Content:
    """Star, turn, who, the first words, the tags, and where it was said."""
    tags = "".join(f" #{tag}" for tag in one.mark.tags) + (f" {NOTE}" if one.mark.note else "")
    if not one.turn:
        head = Content.assemble((f"{STAR} ", "$text-accent"))
        said = _title(one).stylize("bold $text-primary")
        return _filled(head, said, tags, Content(""), width)
    name = shown_line(one.name).truncate(_NAME, ellipsis=True)
    head = Content.assemble(
        (f"{STAR} ", "$text-accent"),
        (f"{one.turn:>5} ", _DIM),
        f"{mark(one.agent)} " if one.agent else "",
        name,
        " " * (_NAME - name.cell_length + 1),
    )
    where = _title(one).truncate(_TITLE, ellipsis=True).stylize(_DIM) if width >= _WIDE else Content("")
    return _filled(head, Content(first_words(one.words) or _TAKEN_BACK), tags, where, width)


def in_full(one: "Moment") -> Content:
    """Where it was said, the mark, and the words."""
    what = f"turn {one.turn} · {mark(one.agent) if one.agent else ''} " if one.turn else "the whole session"
    tags = "".join(f" #{tag}" for tag in one.mark.tags)
    head = Content.assemble(
        _title(one).stylize("bold"), (f" · {what}", _DIM), shown_line(one.name).stylize(_DIM), (tags, "$text-accent")
    )
    parts = [head]
    if one.mark.note:
        parts.append(Content.assemble((f"{NOTE} ", "$text-accent"), shown(one.mark.note)))
    if one.turn:
        parts.append(shown(one.words.strip() or _TAKEN_BACK))
    return Content("\n").join(parts)


def _title(one: "Moment") -> Content:
    return shown_line(one.title or "(untitled)")


def _searched(one: "Moment") -> str:
    return "\n".join((one.words, one.name, one.title, one.mark.signs, one.mark.note)).casefold()


def _filled(head: Content, said: Content, tags: str, where: Content, width: int) -> Content:
    behind = Content.assemble((tags, "$text-accent"))
    room = max(1, width - head.cell_length - (where.cell_length + 2 if where else 0))
    behind = behind.truncate(max(0, room // 2), ellipsis=True)
    said = said.truncate(max(1, room - behind.cell_length), ellipsis=True)
    gap = " " * max(0, room - said.cell_length - behind.cell_length)
    return Content.assemble(head, said, behind, gap, *(("  ", where) if where else ()))
