"""Which fields a template asks for."""

from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Select, Static

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.ui.screens.new.draft import params_text
from backrooms_tui.ui.screens.new.fields import Row
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.settings.configuration import Defaults
    from backrooms_tui.templates.document import Template, Variable
    from backrooms_tui.templates.loading import TemplateSummary

_ORDERS = {"round-robin": "everybody in seat order"}
_PARAMS = "parameters, such as temperature=0.7 max_tokens=300; what is left out is as the template has it"
_RULES = "turns, US dollars, and a seed that repeats a run where the models can; empty is as it says"


def rows_of(template: "Template", mine: "Defaults") -> list[Widget]:
    """Variables, seats, rules and the title, with the template's own values in them, or else the person's defaults."""
    rows: list[Widget] = [_variable(number, *one) for number, one in enumerate(template.variables.items())]
    rows += [Static("", classes="gap"), *_seats(template, mine), Static("", classes="gap"), *_rules(template, mine)]
    title = LineInput(placeholder=template.title, id="title")
    return [*rows, Row("title", [("title", title)], about="what the session is called in the list")]


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
        fields: list[tuple[str, Widget]] = [
            (f"model:{seat}", LineInput(model, placeholder="model", id=f"model-{seat}")),
            (f"params:{seat}", LineInput(placeholder=asked, id=f"params-{seat}")),
        ]
        # A name that is a blank is shown once it is filled.
        rows.append(Row(seat_name(seat, "" if "{" in agent.name else agent.name), fields, about=_PARAMS))
    return rows


def _rules(template: "Template", mine: "Defaults") -> list[Widget]:
    rules = template.rules
    turns = rules.max_turns or mine.max_turns
    budget = rules.budget if rules.budget is not None else mine.budget
    fields: list[tuple[str, Widget]] = [
        ("max_turns", LineInput(placeholder=f"{turns} turns" if turns else "no turn limit", id="max_turns")),
        ("budget", LineInput(placeholder=f"${budget:g}" if budget else "no budget ($)", id="budget")),
        ("seed", LineInput(placeholder="no seed", id="seed")),
    ]
    stops = f"; {' or '.join(rules.stop)} on a line of its own ends it" if rules.stop else ""
    order = Static(shown_line(f"{_ORDERS.get(rules.order, rules.order)}{stops}"))
    return [Row("ends after", fields, about=_RULES), Row("order", [("order", order)])]
