"""The same moment with several models: a branch for each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change
from backrooms_tui.assembly.branching.moment import Moment
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.branching.telling import each_with
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from backrooms_tui.ui.widgets.model_text import about_model

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_MODELS = "one on each line: a branch for each · ctrl+l searches the catalogue and adds one"
_SEAT = "who speaks with them"


class SeveralModelsScreen(EditingDialog[tuple[Change, ...]]):
    """Gives `change` once for each model that is named; None where there is none."""

    CSS_PATH = "../rules/editing.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "#models"
    applies: ClassVar[str] = "makes a branch of each · ctrl+l adds one"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "add_model", "Add a model", priority=True, show=False),
    ]

    def __init__(self, workspace: "Workspace", moment: Moment, change: Change) -> None:
        super().__init__(workspace, f"The same moment, after turn {moment.turn}, with several models")
        self._moment = moment
        self._change = change

    def rows(self) -> Sequence[Widget]:
        """Whose models, and which."""
        agents = self._moment.setup.agents
        options = [(Text("everybody"), EVERYBODY)] + [
            (Text(harmless_line(f"{mark(agent.seat)} {agent.name} · {agent.model}"), overflow="ellipsis"), agent.seat)
            for agent in agents
        ]
        seat: Select[int] = Select(options, allow_blank=False, value=EVERYBODY, id="seat", compact=True)
        return (
            Row("models", [("models", LinesInput(id="models", placeholder="opus"))], about=_MODELS),
            Row("in the seat of", [("seat", seat)], about=_SEAT),
        )

    def look(self, typed: Typed) -> Looked[tuple[Change, ...]]:
        """A branch for each; what is known of them."""
        wrong: list[str] = []
        warnings: list[str] = []
        names = [name.strip() for line in str(typed["models"]).splitlines() for name in line.split(",")]
        models = list(dict.fromkeys(filter(None, names)))
        for model in models:
            try:
                _, warning = about_model(self.workspace, model)
                warnings += [f"{model}: {warning}"] if warning else []
            except OperatorError as error:
                wrong.append(sentence(error))
        if wrong or not models:
            return Looked({"models": "\n".join(wrong) or "name a model — type it, or search with ctrl+l"})
        branches = "a branch" if len(models) == 1 else f"{len(models)} branches"
        made = each_with(self._change, int(str(typed["seat"])), models)
        return Looked({}, {"models": " · ".join(warnings)} if warnings else {}, {"models": branches}, made)

    def action_add_model(self) -> None:
        """Search the catalogue for one more."""
        lines = self.query_one("#models", LinesInput)

        def picked(model: str | None) -> None:
            if model is not None:
                lines.text = "\n".join([*filter(None, lines.text.splitlines()), model])
                lines.move_cursor(lines.document.end)
            lines.focus()

        self.app.push_screen(ModelPicker(self.workspace, "", title="One more model"), picked)
