"""The files of a folder as a list: its names and sizes, as far as they go on from what is typed."""

from collections.abc import Sequence

from textual.content import Content

from backrooms_tui.ui.typed_paths import Found
from backrooms_tui.ui.widgets.columns import Column, line
from backrooms_tui.ui.widgets.rows import Rows

_COLUMNS = (Column("name"), Column("size", 9, side="right", style="$foreground-muted"))


class Files(Rows, can_focus=False):
    """`found` is what is listed; the marked one is meant by enter."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.found: Sequence[Found] = ()
        self.listed_for: str | None = None

    def list_files(self, typed: str, found: Sequence[Found]) -> None:
        """Show what `typed` may become."""
        self.found, self.listed_for = found, typed
        self.show(len(found), self._file_line, marked=0)

    @property
    def chosen(self) -> Found | None:
        """The marked one."""
        return self.found[self.marked] if 0 <= self.marked < len(self.found) else None

    def _file_line(self, index: int, width: int) -> Content:
        one = self.found[index]
        return line(
            _COLUMNS, (f"{one.name}/" if one.folder else one.name, "" if one.folder else _size(one.size)), width
        )


def _size(size: int) -> str:
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1e3:.0f} KB" if size < 1e6 else f"{size / 1e6:.1f} MB"
