"""Which fields a template asks for, and what stands in them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, Select, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.screens.new.beside import Beside
from backrooms_tui.ui.screens.new.draft import Draft, params_text
from backrooms_tui.ui.screens.new.worlds import ABOUT_WORLD, world_row
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.order_select import ABOUT_ORDER, order_select
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.settings.configuration import Defaults
    from backrooms_tui.templates.document import Template, Variable
    from backrooms_tui.templates.loading import TemplateSummary

_PARAMS = "such as temperature=0.7 max_tokens=300; ctrl+g: its reminder, memory, guard"
_LIMITS = "whichever comes first; tokens in and out; empty: as it says; 0: no limit"
_LADDER = "step in when the talk goes in circles"
_OWN_LADDER = "the steps that the template has, one after another while the talk stalls"
_STANDARD_LADDER = "the standard steps: a nudge, then another subject, while the talk stalls"
_MANAGER = "the model that picks: type a name, or press enter to search the catalogue"
_TITLE = "what the session is called, and a seed that repeats a run where the models can"


def rows_of(template: "Template", mine: "Defaults") -> list[Widget]:
    """Variables, seats, rules and the title, with the template's own values in them, or else the person's defaults."""
    rows: list[Widget] = [_variable(number, *one) for number, one in enumerate(template.variables.items())]
    rows += [Static("", classes="gap"), *_seats(template, mine), world_row()]
    rows += [Static("", classes="gap"), *_rules(template, mine)]
    fields: list[tuple[str, Widget]] = [
        ("title", LineInput(placeholder=template.title, id="title")),
        ("seed", LineInput(placeholder="no seed", id="seed")),
    ]
    return [*rows, Row("title", fields, about=_TITLE)]


def draft_of(rows: Iterable[Row], beside: Beside) -> Draft:
    """What stands in `rows` now, with what the dialogs gave."""
    variables: dict[str, str] = {}
    models: dict[int, str] = {}
    params: dict[int, str] = {}
    others: dict[str, str] = {}
    ladder: bool | None = None
    for row in rows:
        for key, field in row.fields.items():
            kind, _, name = key.partition(":")
            if not row.display and kind in ("web", "notebook", "documents"):
                continue
            value = field.text if isinstance(field, LineInput) else field.value if isinstance(field, Select) else ""
            text = value if isinstance(value, str) else ""
            if kind == "variable":
                variables[name] = text
            elif kind == "model":
                models[int(name)] = text
            elif kind == "params":
                params[int(name)] = text
            elif kind == "ladder":
                ladder = isinstance(field, Checkbox) and field.value
            elif kind not in ("template", "rules", "council"):
                others[kind] = text
    # A world has no parameters, and those of the seats after it stay theirs.
    by_seat = tuple(params.get(seat, "") for seat in models)
    return Draft(variables, tuple(models.values()), by_seat, ladder=ladder, beside=beside, **others)


def option_of(name: str, summary: "TemplateSummary") -> Text:
    """A template in the list: its name, and what it is."""
    what = f"✗ {summary.problem}" if summary.problem else summary.title
    seats = f", {summary.seats} agents" if summary.seats else ""
    own = "" if summary.source.origin == "built-in" else ", your own"
    return Text(harmless_line(f"{name} · {what}{seats}{own}"), overflow="ellipsis", no_wrap=True)


def seat_name(seat: int, name: str) -> Content:
    """A seat's mark and who sits there."""
    return Content.assemble(mark(seat), " ", shown_line(name))


def _variable(number: int, name: str, about: "Variable") -> Row:
    field: Widget
    if about.choices:
        options = [(Text(harmless_line(choice)), choice) for choice in about.choices]
        value = about.default if about.default is not None else about.choices[0]
        field = Select(options, allow_blank=False, value=value, id=f"variable-{number}", compact=True)
    else:
        field = LineInput(about.default or "", id=f"variable-{number}")
    return Row(name.replace("_", " "), [(f"variable:{name}", field)], about=about.help)


def _seats(template: "Template", mine: "Defaults") -> list[Widget]:
    from backrooms_tui.templates.seating import seat_models

    rows: list[Widget] = []
    seats = zip(template.agents, seat_models(template, (), mine.model), strict=True)
    for seat, (agent, model) in enumerate(seats, 1):
        asked = params_text({**mine.params, **agent.params}) or "parameters"
        # Where the template has a world another world can sit, but no model; and a world has no parameters.
        sits = LineInput(model, placeholder="world" if agent.world else "model", id=f"model-{seat}")
        fields: list[tuple[str, Widget]] = [(f"model:{seat}", sits)]
        if not agent.world:
            fields.append((f"params:{seat}", LineInput(placeholder=asked, id=f"params-{seat}")))
        # A name that is a blank is shown once it is filled.
        about = ABOUT_WORLD if agent.world else _PARAMS
        rows.append(Row(seat_name(seat, "" if "{" in agent.name else agent.name), fields, about=about))
        if agent.council is not None:
            rows.append(Row("", [(f"council:{seat}", Static("", id=f"council-{seat}"))]))
    return rows


def _rules(template: "Template", mine: "Defaults") -> list[Widget]:
    rules = template.rules
    manager = LineInput(placeholder=rules.manager or f"the model of {mark(1)}", id="manager")
    managing = Row("manager", [("manager", manager)], about=_MANAGER)
    managing.display = rules.order == "manager"
    # What the dialog of all rules gave, in words; out of sight while there is nothing.
    beside = Row("rules", [("rules", Static("", id="rules"))])
    beside.display = False
    ladder = TickBox(_LADDER, rules.use_ladder and bool(rules.ladder), id="ladder", compact=True)
    return [
        Row("ends after", _limits(template, mine), about=_LIMITS),
        Row("order", [("order", order_select(rules.order, id="order"))], about=ABOUT_ORDER),
        managing,
        Row("ladder", [("ladder", ladder)], about=_OWN_LADDER if rules.ladder else _STANDARD_LADDER),
        beside,
    ]


def _limits(template: "Template", mine: "Defaults") -> list[tuple[str, Widget]]:
    """Fields that say what they count until a number stands in them, and how much it is where somebody set it."""
    rules = template.rules
    turns = rules.max_turns or mine.max_turns
    budget = rules.budget if rules.budget is not None else mine.budget
    placeholders = {
        "max_turns": f"{turns} turns" if turns else "turns",
        "max_rounds": f"{rules.told_rounds} rounds" if rules.told_rounds else "rounds",
        "max_tokens": f"{rules.max_tokens} tokens" if rules.max_tokens else "tokens",
        "max_seconds": f"{rules.max_seconds:g} seconds" if rules.max_seconds else "seconds",
        "budget": f"${budget:g}" if budget else "dollars",
    }
    return [(key, LineInput(placeholder=what, id=key)) for key, what in placeholders.items()]
