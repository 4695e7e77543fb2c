"""A template as each agent would receive it: every blank filled, with the models that would sit there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.checking import checked_template, render_findings
from backrooms_tui.templates.describing import council_note
from backrooms_tui.templates.filling import FilledAgent, SeatChoice, fill
from backrooms_tui.templates.reading import read_text
from backrooms_tui.templates.seating import seat_models
from backrooms_tui.ui.showing import shown, shown_line
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.providers.catalogue.catalogue import Catalogue
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.loading import TemplateSource


def preview(source: "TemplateSource", catalogue: "Catalogue", default_model: str) -> Content:
    """What the file at `source` comes to, or everything that is wrong with it. Reads the file; never raises."""
    try:
        text = read_text(source.path)
    except OperatorError as error:
        return Content("\n").join([_bad(f"✗ {error.what}"), shown_line(error.cure)])
    template, findings = checked_template(text, source.path.name)
    lines = [_bad(line) for line in render_findings(findings)]
    if template is None:
        cure = "Press e to mend it." if source.origin == "personal" else ""
        return Content("\n").join([Content("It cannot be played:").stylize("bold"), *lines, Content(""), Content(cure)])
    try:
        return Content("\n").join([*_template(template, catalogue, default_model), *lines])
    except OperatorError as error:
        return Content("\n").join([_bad(f"✗ {error.what}"), shown_line(error.cure)])


def _bad(text: str) -> Content:
    return shown_line(text).stylize("$text-error")


def _template(template: "Template", catalogue: "Catalogue", default_model: str) -> Iterator[Content]:
    yield shown_line(template.title).stylize("bold")
    if template.description:
        yield shown(template.description).stylize("$text-muted")
    values: dict[str, str] = {}
    for name, variable in template.variables.items():
        if variable.default is None:
            values[name] = variable.choices[0] if variable.choices else f"⟨{name}⟩"
        value = values.get(name, variable.default or "")
        yield Content.assemble(shown_line(f"{name} = ").stylize("$text-muted"), shown_line(value))
    seats, unknown = [], []
    for reference in seat_models(template, (), default_model):
        try:
            model = catalogue.resolve(reference)
        except OperatorError as error:
            unknown.append(error.what)
            seats.append(SeatChoice(reference))
        else:
            seats.append(SeatChoice(model.reference, model.company, model.display_name))
    for problem in dict.fromkeys(unknown):
        yield shown_line(f"! {problem}").stylize("$text-warning")
    for agent, seat in zip(fill(template, values, seats), seats, strict=True):
        yield Content("")
        yield from _agent(agent, seat)
    if rules := _rules(template):
        yield Content("")
        yield shown_line(f"Ends {rules}").stylize("$text-muted")


def _agent(agent: FilledAgent, seat: SeatChoice, within: str = "") -> Iterator[Content]:
    """An agent, and its council after it. `within` is the mark of the agent whom it serves, in a council."""
    params = "".join(f" · {name} {value}" for name, value in agent.params.items())
    called = f"{within}·{agent.seat}" if within else mark(agent.seat)
    # A member has its agent's model, unless the template says otherwise.
    model = (agent.model or "") if within else seat.model_reference
    told = " · ".join(part for part in (model, params.removeprefix(" · ")) if part)
    yield Content.assemble(
        shown_line(f"{called} {agent.name}").stylize("bold $text-primary"),
        shown_line(f"  {told}").stylize("$text-muted"),
    )
    nothing = "(no system text)" if agent.world is None else "a world: it answers commands"
    yield shown(agent.system.strip()) if agent.system.strip() else Content(nothing).stylize("$text-muted")
    if agent.position:
        yield Content.assemble(("── stands for ", "$text-muted"), shown(agent.position))
    for message in agent.history:
        role = "heard" if message.role == "user" else "said"
        yield Content.assemble((f"── {role} ", "$text-muted"), shown(message.text.strip()))
    if agent.council is None:
        return
    yield Content("")
    council = f"{called} {agent.name} {council_note(agent.council.table)}"
    yield shown_line(council).stylize("bold $text-muted")
    if agent.council.opening:
        yield Content.assemble(("── heard ", "$text-muted"), shown(agent.council.opening))
    for member in agent.council.agents:
        yield Content("")
        yield from _agent(member, seat, called)


def _rules(template: "Template") -> str:
    rules = template.rules
    ends = [f"when an agent writes a line {' or '.join(rules.stop)}"] if rules.stop else []
    if rules.max_turns:
        ends.append(f"after {rules.max_turns} turns")
    if rounds := rules.told_rounds:
        ends.append(f"after {rounds} rounds")
    elif rounds is None and rules.rounds is not None:
        ends.append(f"after {rules.rounds.name} {rules.rounds.last}")
    if rules.budget:
        ends.append(f"when ${rules.budget:g} are spent")
    return ", or ".join(ends)
