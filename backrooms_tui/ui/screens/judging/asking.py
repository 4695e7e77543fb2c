"""The form that asks for a judgement: by which rubric, by which models, how often, and how fairly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.assembly.batches.standing_still import ON_THIS_MACHINE
from backrooms_tui.formats.outgoing.judged import figure
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.judgement import Judgement, Rubric
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.model_picker import ModelPicker
from backrooms_tui.ui.widgets.model_text import about_model
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.assembly.judging import Wishes
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.judging.rubric_files import RubricSummary
    from backrooms_tui.store.summaries import SessionSummary

MOST = 100  # times that one judge is asked
_RUBRIC = "what is scored; a rubric of your own is a file in the rubrics folder"
_MODELS = "one on each line · ctrl+l searches the catalogue and adds one"
_REPEATS = "how often each judge is asked; it never sees what was said before"
_FAIR = "so that no judge goes by a name, or by who stands first"
_MATTER = "each round by itself in place of the whole; what councils told their agents, or only what all heard"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A judgement that is asked for."""

    rubric: Rubric
    wishes: "Wishes"


def known_rubrics() -> "list[RubricSummary]":
    """All rubrics there are, the built-in ones last. Raises OperatorError for a folder that cannot be read."""
    from backrooms_tui.judging.rubric_files import list_rubrics

    return list_rubrics(folders.rubrics_dir())


class AskToJudge(EditingDialog[Wanted]):
    """Gives what is wanted for `session`, None where nothing is. It begins with what was asked for last, else as the
    judgement `before` was made."""

    CSS_PATH = "../rules/editing.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "#rubric"
    applies: ClassVar[str] = "judges · ctrl+l adds a model"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "add_model", "Add a model", priority=True, show=False),
    ]
    # What the person chose last, for the next time.
    _last: ClassVar[Mapping[str, object]] = {}

    def __init__(
        self,
        workspace: "Workspace",
        session: "SessionSummary",
        rubrics: "Sequence[RubricSummary]",
        before: Judgement | None = None,
    ) -> None:
        super().__init__(workspace, f"Judge “{session.title or session.id}”", new=True)
        self._session = session
        self._rubrics = {one.name: one for one in rubrics}
        self._before = before

    def rows(self) -> Sequence[Widget]:
        """The rubric, the judges, and how."""
        last = type(self)._last
        names = [
            (Text(harmless_line(f"{one.name} · {_about(one)}"), overflow="ellipsis"), one.name)
            for one in self._rubrics.values()
        ]
        judges = dict.fromkeys(verdict.judge for verdict in self._before.verdicts) if self._before is not None else {}
        before = self._before.rubric.name if self._before is not None else ""
        named = (name for name in (last.get("rubric"), before, self._likely) if name in self._rubrics)
        rubric: Select[str] = Select(
            names, allow_blank=False, value=next(named, Select.NULL), id="rubric", compact=True
        )
        models = str(last.get("models") or "\n".join(judges))
        tick = {key: TickBox(title, bool(last.get(key)), id=key, compact=True) for key, title in _TICKS}
        return (
            Row("rubric", [("rubric", rubric)], about=_RUBRIC),
            Row("judges", [("models", LinesInput(models, id="models", placeholder="opus"))], about=_MODELS),
            Row("repeats", [("repeats", LineInput(str(last.get("repeats") or 1), id="repeats"))], about=_REPEATS),
            Row("fair", [("hide_names", tick["hide_names"]), ("swap", tick["swap"])], about=_FAIR),
            Row("judged is", [("by_round", tick["by_round"]), ("councils", tick["councils"])], about=_MATTER),
        )

    @property
    def _likely(self) -> str:
        """The rubric that is called as the template, or the first."""
        named = (name for name in self._rubrics if self._session.template.startswith(name))
        return next(named, next(iter(self._rubrics), ""))

    def look(self, typed: Typed) -> Looked[Wanted]:
        """The rubric's measures, what is known of the models, how many verdicts it comes to."""
        wrong: dict[str, str] = {}
        warnings: dict[str, str] = {}
        notes: dict[str, str] = {}
        rubric = self._looked_for_rubric(str(typed["rubric"]), wrong, notes)
        models = self._looked_for_models(str(typed["models"]), wrong, warnings)
        repeats = _times(str(typed["repeats"]), wrong)
        if rubric is None or models is None or repeats is None:
            return Looked(wrong, warnings, notes)
        from backrooms_tui.assembly.judging import Wishes

        wishes = Wishes(models, repeats, **{key: bool(typed[key]) for key, _ in _TICKS})
        notes["repeats"] = self._estimate(wishes, rubric)
        return Looked({}, warnings, notes, Wanted(rubric, wishes))

    def _looked_for_rubric(self, name: str, wrong: dict[str, str], notes: dict[str, str]) -> Rubric | None:
        one = self._rubrics.get(name)
        if one is None or one.rubric is None:
            wrong["rubric"] = one.problem if one is not None else "choose a rubric"
            return None
        notes["rubric"] = " · ".join(
            f"{measure.name} {figure(measure.low)}–{figure(measure.high)}{' each' if measure.of == 'agent' else ''}"
            for measure in one.rubric.measures
        )
        return one.rubric

    def _looked_for_models(self, text: str, wrong: dict[str, str], warnings: dict[str, str]) -> tuple[str, ...] | None:
        models = tuple(dict.fromkeys(filter(None, (name.strip() for name in text.replace(",", "\n").splitlines()))))
        mistakes: list[str] = []
        hindered: list[str] = []
        for model in models:
            try:
                _, warning = about_model(self.workspace, model)
                hindered += [f"{model}: {warning}"] if warning else []
            except OperatorError as error:
                mistakes.append(sentence(error))
        if mistakes or not models:
            wrong["models"] = "\n".join(mistakes) or "name a model — type it, or search with ctrl+l"
            return None
        if hindered:
            warnings["models"] = " · ".join(hindered)
        return models

    def _estimate(self, wishes: "Wishes", rubric: Rubric) -> str:
        """How many verdicts, and how many calls those are where every answer counts at once."""
        agents = max(1, len(self._session.agents))
        rounds = max(1, ceil(self._session.turns / agents)) if wishes.by_round else 1
        each = wishes.repeats * rounds * (2 if wishes.swap and agents > 1 else 1)
        scores = sum(agents if measure.of == "agent" else 1 for measure in rubric.measures)
        # A model on this machine is asked for one score at a time, and for the summary by itself.
        calls = sum(each * (scores + 1 if self._here(model) else 1) for model in wishes.models)
        verdicts = each * len(wishes.models)
        about = "about " if wishes.by_round else ""
        return f"{about}{_count(verdicts, 'verdict')}, {_count(calls, 'call')} or more"

    def _here(self, model: str) -> bool:
        return self.workspace.catalogue.resolve(model).reference.startswith(ON_THIS_MACHINE)

    def accept(self, result: Wanted) -> None:
        """Begin with the same the next time."""
        type(self)._last = self.typed

    def action_add_model(self) -> None:
        """Search the catalogue for one more."""
        lines = self.query_one("#models", LinesInput)

        def picked(model: str | None) -> None:
            if model is not None:
                lines.text = "\n".join([*filter(None, lines.text.splitlines()), model])
                lines.move_cursor(lines.document.end)
            lines.focus()

        self.app.push_screen(ModelPicker(self.workspace, "", title="One more judge"), picked)


_TICKS = (
    ("hide_names", "hide names"),
    ("swap", "both orders"),
    ("by_round", "each round"),
    ("councils", "councils, too"),
)


def _about(rubric: "RubricSummary") -> str:
    return rubric.rubric.title if rubric.rubric is not None else f"✗ {rubric.problem}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _times(text: str, wrong: dict[str, str]) -> int | None:
    number = int(text) if text.strip().isdecimal() and len(text) < 9 else 0
    if not 1 <= number <= MOST:
        wrong["repeats"] = f"write a number from 1 to {MOST}"
        return None
    return number
