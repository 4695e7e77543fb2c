"""The form as a template of the person's own."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from backrooms_tui.session.setup import Remedy
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.new.draft import Draft
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from backrooms_tui.conversation.casting import Choices
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.rules import RemedyTable, RulesTable


def template_of(template: "Template", draft: Draft) -> "Template":
    """`template` with what the form says in place of its defaults. Raises OperatorError for a field that is wrong."""
    choices = draft.choices()
    variables = {
        name: about.model_copy(update={"default": choices.variables.get(name, about.default)})
        for name, about in template.variables.items()
    }
    agents = tuple(
        agent.model_copy(update={"model": model, "params": {**agent.params, **choices.seat_params.get(seat, {})}})
        for seat, (agent, model) in enumerate(zip(template.agents, choices.models, strict=True), 1)
    )
    heading = template.template.model_copy(update={"title": choices.title or template.title})
    return template.model_copy(
        update={"template": heading, "variables": variables, "agents": agents, "rules": _rules(template.rules, choices)}
    )


def _rules(rules: "RulesTable", choices: "Choices") -> "RulesTable":
    """`rules` with what was chosen. Where the ladder was put on and the template has none, it gets the standard one."""
    chosen: dict[str, object] = {
        key: getattr(choices, key)
        for key in ("order", "manager", "max_turns", "max_rounds", "max_tokens", "max_seconds", "budget")
        if getattr(choices, key) is not None
    }
    if choices.ladder:
        chosen |= {"use_ladder": True, "ladder": rules.ladder or _standard_ladder()}
    elif choices.ladder is False and rules.ladder:
        chosen["use_ladder"] = False
    return rules.model_copy(update=chosen)


def _standard_ladder() -> "tuple[RemedyTable, ...]":
    from backrooms_tui.templates.rules import RemedyTable
    from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

    # Only what a step says: a key that its remedy does not have is refused.
    said = ({field.name: getattr(step, field.name) for field in fields(step)} for step in STANDARD_LADDER)
    plain = {field.name: field.default for field in fields(Remedy)}
    return tuple(
        RemedyTable.model_validate(
            {"remedy": step.pop("kind"), **{key: value for key, value in step.items() if value != plain[key]}}
        )
        for step in said
    )


class SaveTemplateScreen(ModalScreen[Path | None]):
    """Asks under which name `template` is to be saved, and saves it into the person's templates folder."""

    CSS_PATH = "saving.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave it", show=False)]

    def __init__(self, template: "Template") -> None:
        super().__init__()
        self._template = template

    def compose(self) -> ComposeResult:
        """One line to write on."""
        from backrooms_tui.templates.writing import name_from

        with Vertical(id="dialog"):
            yield Label("Save as a template of your own", id="what")
            yield LineInput(name_from(self._template.title), id="name")
            yield Static(id="wrong")
            yield Label("enter saves it under this name · esc goes back", id="how")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save it, or say why that cannot be."""
        from backrooms_tui.settings import folders
        from backrooms_tui.templates.writing import save_template

        try:
            path = save_template(self._template, folders.ensure_private(folders.templates_dir()), event.value.strip())
        except OperatorError as error:
            self.query_one("#wrong", Static).update(shown_line(f"{error.what} — {error.cure}"))
        else:
            self.dismiss(path)

    def on_input_changed(self) -> None:
        """Another name, another try."""
        self.query_one("#wrong", Static).update("")
