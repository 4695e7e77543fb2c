"""What is being said: rows that grow at their end, and that look as the turn will look when it is whole."""

from collections.abc import Sequence
from typing import Protocol

from backrooms_tui.session.state import FailedAttempt
from backrooms_tui.ui.widgets.drawing import Manner, attempt_rows, compact_row, reasoning_head, turn_head
from backrooms_tui.ui.widgets.flow import Flow, Row
from backrooms_tui.ui.widgets.screens import answer_words, is_screen, screen_flow

_CARET = "▍"


class Ending(Protocol):
    """What stands after the last entry, as rows."""

    rows: list[Row]


class Both:
    """What is said in councils (`held`), and after it what is being said (`tail`)."""

    def __init__(self, held: Ending, tail: Ending, *, compact: bool) -> None:
        self.rows = [*held.rows, *([] if compact else [Row(())]), *tail.rows]


class Tail:
    """The turn that is being spoken, laid out in `manner`."""

    def __init__(self, manner: Manner) -> None:
        self.rows: list[Row] = []
        self._manner = manner
        self._mark = self._name = self._text = self._reasoning = ""
        self._turn: int | None = None
        self._attempts: tuple[FailedAttempt, ...] = ()
        self._speaking = True
        self._head: list[Row] = []
        self._spoken = self._new_flow()
        self._thought = self._new_flow()
        self._words = 0

    def say(
        self,
        mark: str,
        name: str,
        text: str,
        reasoning: str,
        turn: int | None,
        attempts: Sequence[FailedAttempt],
        speaking: bool,
    ) -> bool:
        """Take in all that was said so far. Whether that is anything new."""
        said = (mark, name, turn, tuple(attempts), speaking)
        same = said == (self._mark, self._name, self._turn, self._attempts, self._speaking)
        if same and (text, reasoning) == (self._text, self._reasoning) and self.rows:
            return False
        if not same or not text.startswith(self._text) or not reasoning.startswith(self._reasoning):
            self._mark, self._name, self._turn, self._attempts, self._speaking = said
            self._text, self._reasoning = text, reasoning
            self.lay_anew(self._manner)
            return True
        more, more_thought = text[len(self._text) :], reasoning[len(self._reasoning) :]
        self._text, self._reasoning = text, reasoning
        self._grow(more, more_thought)
        return True

    def lay_anew(self, manner: Manner) -> None:
        """Lay all of it out in another manner."""
        self._manner = manner
        self._spoken, self._thought, self._words = self._new_flow(), self._new_flow(thought=True), 0
        if not manner.compact:
            self._head = [turn_head(self._turn, self._mark, self._name, manner), *attempt_rows(self._attempts, manner)]
        self.rows = []
        self._grow(self._text, self._reasoning)

    def _grow(self, text: str, reasoning: str) -> None:
        if self._manner.compact:
            said = answer_words(self._text) if is_screen(self._mark, self._manner.seats) else self._text
            said = said or ("thinking …" if self._reasoning else "…")
            self.rows = [compact_row(self._turn, self._mark, said, self._manner)]
            return
        if reasoning:
            self._words = len(self._reasoning.split())
            if self._manner.reasoning:
                self._thought.feed(reasoning)
        head = self._head
        if self._reasoning:
            head = [*head, reasoning_head(self._words, self._manner, going_on=not self._text), *self._thought.rows]
        before = len(self.rows)
        changed = self._spoken.feed(text) if text else len(self._spoken.rows)
        if before and len(head) + changed < before and not reasoning:
            self.rows[len(head) + changed :] = self._spoken.rows[changed:]
        else:
            self.rows = [*head, *self._spoken.rows]
        if self._speaking:
            self._add_caret()

    def _add_caret(self) -> None:
        if self._spoken.rows:
            last = self._spoken.rows[-1]
            self.rows[-1] = Row((*last.pieces, (_CARET, "bullet")), last.fill)
        else:
            self.rows.append(Row(((_CARET, "bullet"),)))

    def _new_flow(self, *, thought: bool = False) -> Flow:
        manner = self._manner
        if thought:
            return Flow(manner.width, plain="reasoning", wanted=manner.wanted, indent=2)
        if is_screen(self._mark, manner.seats):
            return screen_flow(manner)
        return Flow(manner.width, wanted=manner.wanted)
