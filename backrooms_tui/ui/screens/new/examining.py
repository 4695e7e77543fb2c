"""Looking over the form while it is filled: what is wrong at which field, what is known about it, what it comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.new.draft import Draft, dollars, limit, params_of, seconds, whole_number
from backrooms_tui.ui.screens.new.ending import ending_text
from backrooms_tui.ui.screens.new.estimate import Estimate, estimate
from backrooms_tui.ui.widgets.model_text import price_text, window_text

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.conversation.casting import Choices
    from backrooms_tui.session.setup import Setup
    from backrooms_tui.templates.document import Template


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. Fields are called `variable:NAME`, `model:SEAT`, `params:SEAT`, and the rest as in `Draft`.

    `wrong` says what is wrong with a field and how to cure it, `notes` what is known about it, `warnings` what would
    keep it from being used now. `setup` is what all of it comes to, None where something is wrong; `problem` is what
    is wrong with the whole.
    """

    wrong: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    choices: "Choices | None" = None
    setup: "Setup | None" = None
    estimate: Estimate | None = None


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
        _look_at_model(workspace, f"model:{seat}", model, wrong, notes, warnings)
    manager = draft.manager if draft.manager.strip() else template.rules.manager or ""
    if draft.order == "manager" and manager:
        _look_at_model(workspace, "manager", manager, wrong, notes, warnings)
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
    if wrong:
        return Examined(wrong, notes, warnings)
    try:
        return _cast(workspace, template, name, draft, notes, warnings)
    except OperatorError as error:
        return Examined(wrong, notes, warnings, problem=sentence(error))


def _cast(
    workspace: "Workspace",
    template: "Template",
    name: str,
    draft: Draft,
    notes: Mapping[str, str],
    warnings: Mapping[str, str],
) -> Examined:
    from backrooms_tui.conversation.casting import CastingDefaults, cast

    mine = workspace.configuration.defaults
    defaults = CastingDefaults(mine.model, mine.params, mine.max_turns, mine.budget)
    choices = draft.choices()
    setup = cast(template, name, choices, workspace.catalogue, defaults).setup
    cost = estimate(setup, workspace.catalogue.cost)
    return Examined({}, notes, warnings, choices=choices, setup=setup, estimate=cost)


def _look_at_model(
    workspace: "Workspace",
    key: str,
    model: str,
    wrong: dict[str, str],
    notes: dict[str, str],
    warnings: dict[str, str],
) -> None:
    _try(wrong, key, lambda: workspace.catalogue.resolve(model))
    if key in wrong:
        return
    notes[key], warning = about_model(workspace, model)
    if warning:
        warnings[key] = warning


def about_model(workspace: "Workspace", text: str) -> tuple[str, str]:
    """What is known of the model that `text` means, and what keeps it from being used now ("" for nothing)."""
    resolved = workspace.catalogue.resolve(text)
    found = workspace.catalogue.listings(resolved.reference)
    entry = next((one for one in found if one.means == resolved.reference), None)
    window = resolved.window or (entry.window if entry is not None else None)
    price = price_text(entry) if entry is not None else "free" if _is_free(workspace, resolved.reference) else ""
    price = f"{price} a million" if "/" in price else price
    size = f"{window_text(window)} tokens" if window else ""
    parts = [resolved.display_name, price, size, *resolved.notices]
    use = workspace.providers.usable(resolved.reference)
    if use.yes:
        parts.append(use.why)
    return " · ".join(part for part in parts if part), "" if use.yes else use.why


def sentence(error: OperatorError) -> str:
    """What is wrong, and the cure, on one line."""
    return f"{error.what} — {error.cure}" if error.cure else error.what


def _try(wrong: dict[str, str], name: str, what: "Callable[[], object]") -> None:
    try:
        what()
    except OperatorError as error:
        wrong[name] = sentence(error)


def _is_free(workspace: "Workspace", reference: str) -> bool:
    from backrooms_tui.session.usage import Usage

    return workspace.catalogue.cost(reference, Usage(1000, 1000)) == 0
