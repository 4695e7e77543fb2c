"""Looking over the form while it is filled: what is wrong at which field, what is known about it, what it comes to."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD
from backrooms_tui.templates.blanks import blanks_in
from backrooms_tui.templates.filled import FillError
from backrooms_tui.ui.amounts import dollars, limit, seconds, whole_number
from backrooms_tui.ui.ending_words import ending_words
from backrooms_tui.ui.screens.new.councils import models_within
from backrooms_tui.ui.screens.new.draft import Draft, folder, params_of
from backrooms_tui.ui.screens.new.ending import ending_text
from backrooms_tui.ui.screens.new.estimate import Estimate, estimate
from backrooms_tui.ui.widgets.field_row import sentence
from backrooms_tui.ui.widgets.model_text import about_model

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.conversation.casting import Choices
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.templates.document import Agent, Template

_NOBODY = "comes later, and so does everybody: nobody is there to begin — ctrl+g lets somebody be there"


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. Fields are called `variable:NAME`, `model:SEAT`, `params:SEAT`, and the rest as in `Draft`.

    `wrong` says what is wrong with a field and how to cure it, `notes` what is known about it, `warnings` what would
    keep it from being used now. `setup` is what all of it comes to, None where that cannot be said; `problem` is what
    is wrong with the whole. `reach` says of each world what it may read, write or reach.
    """

    wrong: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    choices: "Choices | None" = None
    setup: "Setup | None" = None
    estimate: Estimate | None = None
    reach: tuple[str, ...] = ()


def examine(workspace: "Workspace", template: "Template", name: str, draft: Draft) -> Examined:
    """Look over `draft` for `template`, known as `name`. Takes a few milliseconds, the first time half a second."""
    wrong: dict[str, str] = {}
    notes: dict[str, str] = {}
    warnings: dict[str, str] = {}
    for variable, about in template.variables.items():
        value = draft.variables.get(variable, "")
        if about.default is None and not value.strip():
            wrong[f"variable:{variable}"] = "needs a value"
    for seat, model in enumerate(draft.models, 1):
        key = f"model:{seat}"
        _look_at_model(workspace, key, model, wrong, notes, warnings)
        if key not in wrong and template.agents[seat - 1].world and not _is_world(workspace, model):
            wrong[key] = f"a world sits here, and {model.strip()} is a model — choose a world, such as cli"
    for seat, agent in enumerate(template.agents, 1):
        if agent.council is not None:
            _look_at_council(workspace, f"council:{seat}", agent, warnings)
    manager = draft.manager if draft.manager.strip() else template.rules.manager or ""
    if draft.order == "manager" and manager:
        _look_at_model(workspace, "manager", manager, wrong, notes, warnings, asked=True)
    for seat, text in enumerate(draft.params, 1):
        _try(wrong, f"params:{seat}", lambda text=text: params_of(text))  # type: ignore[misc]
    limits = {
        "max_turns": lambda: limit(draft.max_turns, "the turn limit"),
        "max_rounds": lambda: limit(draft.max_rounds, "the round limit"),
        "max_tokens": lambda: limit(draft.max_tokens, "the token limit"),
        "max_seconds": lambda: seconds(draft.max_seconds),
        "budget": lambda: dollars(draft.budget),
    }
    for key, read in limits.items():
        _try(wrong, key, read)
    if not any(key in wrong for key in limits):
        notes["max_turns"] = ending_text(template, draft, workspace.configuration.defaults)
    _try(wrong, "seed", lambda: whole_number(draft.seed, "the seed"))
    _try(wrong, "documents", lambda: folder(draft.documents))
    notes.update(draft.beside.told)
    if wrong:
        return Examined(wrong, notes, warnings)
    try:
        return _cast(workspace, template, name, draft, notes, warnings)
    except FillError as error:
        counting = _counting(template, error)
        if counting is None:
            return Examined(wrong, notes, warnings, problem=sentence(error))
        return Examined({f"variable:{counting}": f"{error.error.what} — {error.cure}"}, notes, warnings)
    except OperatorError as error:
        return Examined(wrong, notes, warnings, problem=sentence(error))


def _counting(template: "Template", error: FillError) -> str | None:
    """The variable that says how far rounds are counted, where that is what cannot be filled."""
    if error.path[-2:-1] != ("rounds",):
        return None
    place: Any = template
    for part in error.path:
        place = place[part] if isinstance(part, int) else getattr(place, part)
    used = blanks_in(place) if isinstance(place, str) else set()
    return next((name for name in template.variables if name in used), None)


def _cast(
    workspace: "Workspace",
    template: "Template",
    name: str,
    draft: Draft,
    notes: Mapping[str, str],
    warnings: Mapping[str, str],
) -> Examined:
    choices = draft.choices()
    setup = _setup(workspace, template, name, choices)
    from backrooms_tui.assembly.worlds.reach import told_reach

    cost = estimate(setup, workspace.catalogue.cost)
    # A blank may say how many rounds there are.
    notes = {**notes, "max_turns": ending_words(setup.rules)}
    wrong = {f"params:{setup.agents[0].seat}": _NOBODY} if _nobody_begins(setup) else {}
    reach = told_reach(workspace, setup)
    return Examined(wrong, notes, warnings, choices=choices, setup=setup, estimate=cost, reach=reach)


def own_setup(workspace: "Workspace", template: "Template", name: str, draft: Draft) -> "Setup":
    """What `draft` comes to without what its dialogs gave, with the ladder on where that is possible."""
    from backrooms_tui.conversation.casting import OwnRules

    alone = replace(draft.choices(), own_rules=OwnRules(), manners={})
    try:
        return _setup(workspace, template, name, replace(alone, ladder=True))
    except OperatorError:  # its steps, which were replaced or are not taken, may ask for a model that nobody has
        return _setup(workspace, template, name, replace(alone, ladder=False))


def _nobody_begins(setup: "Setup") -> bool:
    """Whether everybody comes later, and nothing brings anybody before the first turn."""
    comes = any(cue.brings for cue in setup.rules.cues if cue.turn == 1)
    return not comes and all(agent.absent for agent in setup.agents)


def _setup(workspace: "Workspace", template: "Template", name: str, choices: "Choices") -> "Setup":
    from backrooms_tui.assembly.worlds.worlds import configured_worlds
    from backrooms_tui.conversation.casting import CastingDefaults, cast

    mine, worlds = workspace.configuration.defaults, configured_worlds(workspace.configuration)
    defaults = CastingDefaults(mine.model, mine.params, mine.max_turns, mine.budget, worlds)
    return cast(template, name, choices, workspace.catalogue, defaults).setup


def _look_at_model(
    workspace: "Workspace",
    key: str,
    model: str,
    wrong: dict[str, str],
    notes: dict[str, str],
    warnings: dict[str, str],
    *,
    asked: bool = False,
) -> None:
    """What is known of `model`; where it is to be `asked`, a world will not do."""
    from backrooms_tui.conversation.casting import that_can_be_asked

    resolve = workspace.catalogue.resolve
    _try(wrong, key, lambda: that_can_be_asked(resolve(model)) if asked else resolve(model))
    if key in wrong:
        return
    notes[key], warning = about_model(workspace, model)
    if warning:
        warnings[key] = warning


def _is_world(workspace: "Workspace", model: str) -> bool:
    return workspace.catalogue.resolve(model).provider == WORLD


def _look_at_council(workspace: "Workspace", key: str, agent: "Agent", warnings: dict[str, str]) -> None:
    """What would keep members from being asked. A model that nobody knows is told when all is put together."""
    found: list[str] = []
    for model in dict.fromkeys(models_within(agent)):
        with suppress(OperatorError):
            _, warning = about_model(workspace, model)
            found += [f"{model}: {warning}"] if warning else []
    if found:
        warnings[key] = "; ".join(found)


def _try(wrong: dict[str, str], name: str, what: "Callable[[], object]") -> None:
    try:
        what()
    except OperatorError as error:
        wrong[name] = sentence(error)
