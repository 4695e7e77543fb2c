"""One step of the ladder: what is done against a conversation that stalls."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.session.setup import Remedy, RemedyKind
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.screens.rules.expressed import mistakes_in
from backrooms_tui.ui.screens.rules.reading import (
    complaint,
    fraction,
    key_of,
    model_of,
    number_text,
    tell_of_model,
    topics_of,
    topics_text,
    whole,
)
from backrooms_tui.ui.screens.rules.telling import KINDS
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

# What each kind of step has.
_HAS: Mapping[str, tuple[str, ...]] = {
    "nudge": ("text",),
    "topic": ("topics", "afresh"),
    "temperature": ("temperature", "turns"),
    "model": ("model", "turns"),
    "call": ("text",),
    "end": ("text",),
}
_CURES = {
    "topics": "write one on each line",
    "temperature": "give it one, such as 1.1",
    "model": "type a name, or press enter to search the catalogue",
    "turns": "such as 4",
}
_WORDS = {
    "nudge": "empty is: you are going in circles, say something new",
    "call": "what you are told; empty is that it goes in circles",
    "end": "why it ended; empty is that it went in circles",
}


class StepScreen(EditingDialog[Remedy]):
    """Gives the changed `step`, None where it stays as it is."""

    models: ClassVar[Mapping[str, str]] = {"model": "Model that speaks meanwhile"}
    applies: ClassVar[str] = "keeps it"

    def __init__(self, workspace: "Workspace", title: str, step: Remedy, *, new: bool = False) -> None:
        super().__init__(workspace, title, new=new)
        self._step = step

    def rows(self) -> Sequence[Widget]:
        """The kind, and everything that one of the kinds has."""
        step = self._step
        options = [(Text(f"{kind} · {what}", overflow="ellipsis", no_wrap=True), kind) for kind, what in KINDS.items()]
        kind: Select[str] = Select(options, allow_blank=False, value=step.kind, id="kind", compact=True)
        topics = LinesInput(topics_text(step.topics), id="topics")
        return (
            Row("step", [("kind", kind)], about="what is done: type to search, enter opens"),
            Row("words", [("text", LinesInput(step.text, id="text"))], about="what is said"),
            Row("topics", [("topics", topics)], about="one on each line; a line that is moved in goes on"),
            Row(
                "begin afresh",
                [("afresh", TickBox("what was said before is sent no longer", step.afresh, id="afresh", compact=True))],
                about="a loop that a model has before its eyes it continues",
            ),
            Row(
                "temperature",
                [("temperature", LineInput(number_text(step.temperature), id="temperature"))],
                about="for all; 0 is steady, 1 is lively, up to 2",
            ),
            Row(
                "model",
                [("model", LineInput(step.model, placeholder="model", id="model"))],
                about="type a name, or press enter to search the catalogue",
            ),
            Row("turns", [("turns", LineInput(str(step.turns), id="turns"))], about="how many turns it lasts"),
        )

    def lay_out(self) -> None:
        """What the kind has."""
        kind = str(self.query_one("#kind", Select).value)
        for key in ("text", "topics", "afresh", "temperature", "model", "turns"):
            self.row_of(key).display = key in _HAS[kind]
        self.query_one("#text", LinesInput).placeholder = _WORDS.get(kind, "")

    def look(self, typed: Typed) -> Looked[Remedy]:
        """Only what the kind has counts."""
        step = self._step
        wrong: dict[str, str] = {}
        notes: dict[str, str] = {}
        warnings: dict[str, str] = {}
        kind = cast("RemedyKind", typed["kind"])
        topics = str(typed["topics"])
        has: dict[str, object] = {
            "text": str(typed["text"]).strip() if typed["text"] != step.text else step.text,
            "topics": step.topics if topics == topics_text(step.topics) else topics_of(topics),
            "afresh": typed["afresh"],
            "temperature": fraction(str(typed["temperature"])),
            "model": str(typed["model"]).strip(),
            "turns": whole(str(typed["turns"])),
        }
        has = {key: value for key, value in has.items() if key in _HAS[kind]}
        if has.get("model"):
            has["model"] = model_of(self.workspace, "model", str(has["model"]), step.model, wrong)
        data = {key: list(value) if isinstance(value, tuple) else value for key, value in has.items()}
        said = {key: value for key, value in data.items() if value not in ("", [])}
        for mistake in mistakes_in({"ladder": [{"remedy": kind, **said}]}, ()):
            wrong.setdefault(key_of(mistake), complaint(mistake, _CURES))
        if wrong:
            return Looked(wrong)
        if has.get("model"):
            tell_of_model(self.workspace, "model", str(has["model"]), notes, warnings)
        return Looked({}, warnings, notes, Remedy(kind, **has))  # type: ignore[arg-type]
