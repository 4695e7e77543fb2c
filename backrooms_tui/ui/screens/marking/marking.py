"""The dialog for what a person adds later to a session or a turn: a star, tags, a note."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.widget import Widget

from backrooms_tui.session.mark import Mark, tags_of
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_TAGS = "short words, with spaces between"
_KNOWN = 12  # tags used before that are named
_OF_TURN = "stays with the turn's number, also when it is edited or spoken again"
_OF_SESSION = "of the session as a whole; its turns can have their own"


class MarkScreen(EditingDialog[Mark]):
    """Gives the new mark of `what` (a `turn` or a session, in words), None where it stays as it is."""

    CSS_PATH = "../rules/editing.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "#tags"
    applies: ClassVar[str] = "keeps it"

    def __init__(self, workspace: "Workspace", what: str, mark: Mark, *, turn: bool) -> None:
        super().__init__(workspace, what)
        self._mark = mark
        self._about = _OF_TURN if turn else _OF_SESSION

    def rows(self) -> Sequence[Widget]:
        """Star, tags and note."""
        star = TickBox("among the best moments", self._mark.starred is not None, id="star", compact=True)
        tags = LineInput(" ".join(self._mark.tags), id="tags", placeholder="none")
        tags.select_on_focus = False  # another tag is added more often than all are replaced
        note = LinesInput(self._mark.note, id="note", placeholder="nothing")
        return (
            Row("star", [("star", star)], about=self._about),
            Row("tags", [("tags", tags)], about=_TAGS),
            Row("note", [("note", note)], about=f"ctrl+j: a new line · {self._about}"),
        )

    def on_mount(self) -> None:
        """Which tags there are already is told when it is known."""
        self._name_tags()

    @work(group="tags", exit_on_error=False)
    async def _name_tags(self) -> None:
        try:
            known = await asyncio.to_thread(lambda: self.workspace.store.known_tags())
        except OperatorError:
            return  # it is told when the mark is to be kept
        if known and is_there(self):
            row = self.row_of("tags")
            row.about = f"{_TAGS}; so far: {' '.join(known[:_KNOWN])}"
            if self.query_one("#tags").has_focus:
                self.say(row.about)

    def look(self, typed: Typed) -> Looked[Mark]:
        """What the mark is then."""
        try:
            tags = tags_of(str(typed["tags"]))
        except OperatorError as error:
            return Looked({"tags": sentence(error)})
        given = self._mark.starred if self._mark.starred is not None else time.time()
        starred = given if typed["star"] else None
        return Looked(result=replace(self._mark, starred=starred, tags=tags, note=str(typed["note"]).strip()))
