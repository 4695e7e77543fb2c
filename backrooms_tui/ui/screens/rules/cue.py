"""One cue: what happens by itself before a turn."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import AgentSetup, Cue
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.screens.rules.expressed import mistakes_in
from backrooms_tui.ui.screens.rules.reading import complaint, key_of, whole
from backrooms_tui.ui.screens.rules.telling import name_of
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_CURES = {"turn": "such as 20: the turn before which it happens", "text": "say what happens"}


class CueScreen(EditingDialog[Cue]):
    """Gives the changed `cue`, None where it stays as it is. `turn` says how many turns are over by now."""

    applies: ClassVar[str] = "keeps it"

    def __init__(
        self,
        workspace: "Workspace",
        title: str,
        cue: Cue,
        agents: Sequence[AgentSetup],
        turn: Callable[[], int],
        *,
        new: bool = False,
    ) -> None:
        super().__init__(workspace, title, new=new)
        self._cue = cue
        self._agents = agents
        self._turn = turn

    def rows(self) -> Sequence[Widget]:
        """When, to whom, what, and who comes or goes with it."""
        cue = self._cue
        return (
            Row(
                "before turn",
                [("turn", LineInput(str(cue.turn), id="turn"))],
                about="the turn before which it happens; the first that can be is the next one",
            ),
            Row("text", [("text", LinesInput(cue.text, id="text"))], about="what happens, as it is said"),
            Row("heard by", [("to", self._seats("to", "all", cue.to))], about="to all, or to one agent alone"),
            Row("brings", [("brings", self._seats("brings", "nobody", cue.brings))], about="who comes in with it"),
            Row(
                "sends away",
                [("sends_away", self._seats("sends_away", "nobody", cue.sends_away))],
                about="who leaves after it",
            ),
        )

    def _seats(self, key: str, nobody: str, value: int) -> Select[int]:
        seats = dict.fromkeys([*(agent.seat for agent in self._agents), *([value] if value else [])])
        options = [(Text(nobody), 0)]
        options += [
            (Text(harmless_line(name_of(seat, self._agents)), overflow="ellipsis", no_wrap=True), seat)
            for seat in seats
        ]
        return Select(options, allow_blank=False, value=value, id=key.replace("_", "-"), compact=True)

    def look(self, typed: Typed) -> Looked[Cue]:
        """In the words of the template checker, and not before the next turn."""
        cue = self._cue
        text = cue.text if typed["text"] == cue.text else str(typed["text"]).strip()
        turn = whole(str(typed["turn"]))
        seats = {key: seat for key in ("to", "brings", "sends_away") if isinstance(seat := typed[key], int) and seat}
        data = {"turn": turn, "text": text, **seats}
        wrong: dict[str, str] = {}
        for mistake in mistakes_in({"cues": [data]}, self._agents):
            if mistake.severity == "error":
                wrong.setdefault(key_of(mistake), complaint(mistake, _CURES))
        over = self._turn()
        if "turn" not in wrong and isinstance(turn, int) and turn <= over:
            wrong["turn"] = f"turn {turn} is over — a new cue can come from turn {over + 1} on"
        if wrong or not isinstance(turn, int):
            return Looked(wrong)
        return Looked(result=Cue(turn, text, **seats))
