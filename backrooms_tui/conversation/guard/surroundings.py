"""What stands around a line: code, a block quote, a quotation, a list or a talk that was announced, a terminal."""

from collections.abc import Sequence

from backrooms_tui.conversation.guard.narration import announces, recalls, terminal
from backrooms_tui.conversation.guard.quotation import Quotation
from backrooms_tui.conversation.guard.speech import FIELD, field

REMEMBERED = 1200


class Surroundings:
    """Follows a text line by line. `names` are the others' names, folded."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self.quotation = Quotation()
        self.after_field = False
        self._fence = ""
        self._after_blank = True
        self._after_code = False
        self._quoted = False
        self._announced = False
        self._terminal = False
        self._labelled = False
        self._paragraph = ""
        self._above = ""

    @property
    def fenced(self) -> bool:
        """Whether the line stands inside a code fence."""
        return bool(self._fence)

    def protects(self, head: str) -> bool:
        """Whether nothing in the line that begins with `head` is the agent's own voice: code or a block quote."""
        if self._fence:
            return not head.lstrip().startswith(self._fence)
        return head.lstrip(" ").startswith(">") or self._is_code(head)

    def excuses(self, head: str) -> bool:
        """Whether a label at the start of the line is quoted, listed or recounted rather than somebody's voice."""
        if self.protects(head) or self._quoted or self._announced or self._terminal:
            return True
        if recalls(self._above if self._after_blank else self._paragraph, self._names):
            self._announced = True
        return self._announced

    def pass_line(self, head: str, tail: str, labelled: bool) -> None:
        """The line is over. `labelled`: it began with the name of somebody."""
        plain = head.strip()
        if self._fence:
            if plain.startswith(self._fence) and not plain.strip(self._fence[0]):
                self._fence = ""
            return
        if not plain:
            self._pass_blank()
            return
        if plain.startswith(("```", "~~~")):
            words = plain.lstrip(plain[0])
            # ```like this``` is inline code.
            self._fence = "" if "`" in words else plain[: len(plain) - len(words)]
        self.quotation.end_line(tail.rstrip()[-1:])
        self._follow(head, tail, labelled)
        self.after_field = field(head)
        self._after_code = self._is_code(head)
        self._after_blank = False
        self._quoted = self.quotation.is_open

    def _pass_blank(self) -> None:
        self.quotation.end_paragraph()
        self._quoted = self.quotation.is_open
        if self._paragraph:
            self._above = self._paragraph
        self._paragraph = ""
        self._labelled = self._terminal = self.after_field = False
        self._after_blank = True

    def _follow(self, head: str, tail: str, labelled: bool) -> None:
        words = head if len(tail) <= len(head) else f"{head} {tail}"
        shown = terminal(head)
        if shown is not None:
            self._terminal = shown
        # In a talk that is recounted, people speak who take no part in this one.
        if labelled or (self._announced and FIELD.match(head)):
            self._labelled = True
            return
        if not self._labelled or announces(tail, self._names):
            # The first line without a name ends what was announced; the speech of a named one may have several lines.
            self._announced = announces(head, self._names) or announces(tail, self._names)
        self._paragraph = f"{self._paragraph} {words}"[-REMEMBERED:]

    def _is_code(self, head: str) -> bool:
        return head.startswith(("    ", "\t")) and (self._after_blank or self._after_code)
