"""The dialog that plans a batch: which template, how often, with which models, and who judges."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.assembly.batches.planning import MOST, Wish, caution, planned
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.session.batch import Batch
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from backrooms_tui.ui.amounts import dollars, whole_number
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.model_text import about_model
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_NONE = ""  # in place of a rubric
_JOBS = 64


class PlanScreen(EditingDialog[Batch]):
    """Gives the batch that was planned; it is not kept yet. None where nothing is to be run."""

    CSS_PATH = "../rules/editing.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "#template"
    applies: ClassVar[str] = "runs it"
    models: ClassVar[Mapping[str, str]] = {"model": "Who speaks", "judge": "Who judges"}

    def __init__(self, workspace: "Workspace") -> None:
        super().__init__(workspace, "Run a template many times", new=True)
        self._templates = _templates()
        self._rubrics = _rubrics()

    def rows(self) -> Sequence[Widget]:
        """What is run, how often, and who judges."""
        names = [(Text(harmless_line(title), overflow="ellipsis"), name) for name, title in self._templates]
        template: Select[str] = Select(names, allow_blank=False, id="template", compact=True)
        rubrics = [(Text("nobody judges"), _NONE), *((Text(harmless_line(name)), name) for name in self._rubrics)]
        rubric: Select[str] = Select(rubrics, allow_blank=False, value=_NONE, id="rubric", compact=True)
        default = self.workspace.configuration.defaults.model or "local"
        return (
            Row("template", [("template", template)], about="its variables have their defaults"),
            Row("runs", [("runs", LineInput("20", id="runs"))], about="each is a session with a seed of its own"),
            Row("at once", [("jobs", LineInput("1", id="jobs"))], about="runs at the same time"),
            Row("seed", [("seed", LineInput(id="seed", placeholder="any"))], about="the same one makes the same seeds"),
            Row(
                "model",
                [("model", LineInput(id="model", placeholder=f"the template's, or {default}"))],
                about=f"in all seats; {_PICK}",
            ),
            Row("turns", [("turns", LineInput(id="turns", placeholder="as the template says"))], about="of each run"),
            Row("budget", [("budget", LineInput(id="budget", placeholder="none"))], about="USD for all together"),
            Row("title", [("title", LineInput(id="title", placeholder="the template's"))], about="runs get a number"),
            Row("rubric", [("rubric", rubric)], about="what each run is judged by"),
            Row("judge", [("judge", LineInput(id="judge", placeholder=default))], about=f"a model; {_PICK}"),
            Row(
                "judge fairly",
                [
                    ("hide", TickBox("hide names", id="hide", compact=True)),
                    ("swap", TickBox("swap", id="swap", compact=True)),
                ],
                about="judges see no names, and the agents in more than one order",
            ),
        )

    def lay_out(self) -> None:
        """Nobody is asked who judges while nobody does."""
        judged = self.query_one("#rubric", Select).value != _NONE
        for key in ("judge", "hide"):
            self.row_of(key).display = judged

    def look(self, typed: Typed) -> Looked[Batch]:
        """What is wrong with it, else what it comes to."""
        wrong: dict[str, str] = {}
        notes: dict[str, str] = {}
        warnings: dict[str, str] = {}
        texts = {key: str(value).strip() for key, value in typed.items()}
        numbers: dict[str, int | None] = {}
        for key, what, most in (
            ("runs", "how many runs", MOST),
            ("jobs", "how many at once", _JOBS),
            ("seed", "the seed", 2**63 - 1),
            ("turns", "the turns of a run", 10**6),
        ):
            try:
                numbers[key] = number = whole_number(texts[key], what)
                if number is not None and (number > most or (number < 1 and key in ("runs", "jobs"))):
                    raise OperatorError(f"{what} is a whole number from 1 to {most:,}")
            except OperatorError as error:
                wrong[key] = sentence(error)
        try:
            budget = dollars(texts["budget"])
        except OperatorError as error:
            wrong["budget"], budget = sentence(error), None
        judged = texts["rubric"] != _NONE
        for key in ("model", *(("judge",) if judged else ())):
            try:
                if texts[key]:
                    notes[key], warning = about_model(self.workspace, texts[key])
                    if warning:
                        warnings[key] = warning
            except OperatorError as error:
                wrong[key] = sentence(error)
        if wrong:
            return Looked(wrong, warnings, notes)
        choices = Choices(
            models=(texts["model"],) if texts["model"] else (), max_turns=numbers["turns"], title=texts["title"] or None
        )
        wish = Wish(
            runs=numbers["runs"] or 20,
            jobs=numbers["jobs"] or 1,
            seed=numbers["seed"],
            budget=budget or None,
            rubric=texts["rubric"],
            judges=(texts["judge"],) if judged and texts["judge"] else (),
            hide_names=judged and bool(typed["hide"]),
            swap=judged and bool(typed["swap"]),
        )
        try:
            batch = planned(self.workspace, texts["template"], choices, wish)
        except OperatorError as error:
            # Most often it is the length that is missing.
            return Looked({"turns" if "end these runs" in error.what else "template": sentence(error)}, warnings, notes)
        care = caution(batch)
        return Looked({}, warnings, {**notes, "jobs": care} if care else notes, batch)


_PICK = "ctrl+l searches the catalogue"


def _templates() -> list[tuple[str, str]]:
    """Name and title of each template."""
    from backrooms_tui.templates.loading import list_templates

    found = list_templates(folders.templates_dir())
    return [(one.source.name, f"{one.source.name} · {one.title}") for one in found if not one.hidden]


def _rubrics() -> list[str]:
    from backrooms_tui.judging.rubric_files import rubric_names

    return list(rubric_names(folders.rubrics_dir()))
