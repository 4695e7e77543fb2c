"""What a world knows about commands, as far as finding them in a text needs it."""

from typing import Literal, Protocol

# How a line stands in a text: marked as a command (by a prompt, a fence, a label, backticks), in a text of which each
# line may be one, or among other words.
Standing = Literal["marked", "alone", "among"]


class Grammar(Protocol):
    """The questions are about one line, without prompts and marks, of any content, and are answered fast."""

    def knows(self, line: str, standing: Standing) -> bool:
        """Whether `line`, which stands there like this, is a command. Among other words only what nobody says by
        chance is."""

    def goes_on(self, line: str) -> bool:
        """Whether the lines below the command `line` belong to it: its text is still to come."""

    def may_go_on(self, line: str) -> bool:
        """Whether the command `line` takes a text of several lines at all, be there some of it on the line already."""
