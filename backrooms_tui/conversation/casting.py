"""From a template and a person's choices to a setup: who sits where, with which model, under which rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import AgentSetup, ParamValue, Rules, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.filling import FilledAgent, SeatChoice, fill, variable_values
from backrooms_tui.templates.seating import seat_models

if TYPE_CHECKING:
    from backrooms_tui.providers.catalogue import Catalogue, ResolvedModel
    from backrooms_tui.templates.document import Template

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose beside the template. Everything left out comes from the template, then from the defaults.

    `models` is one reference for all seats, or one a seat. `params` are for every seat, `seat_params` for one.
    `max_turns` and `budget` (USD) overrule the template's rules.
    """

    models: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    seat_params: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    max_turns: int | None = None
    budget: float | None = None
    seed: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class CastingDefaults:
    """What holds where neither the person nor the template says anything: the person's `[defaults]`."""

    model: str | None = "local"
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    max_turns: int = 0
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """A setup, and what the person should be told about it before the first turn."""

    setup: Setup
    notices: tuple[str, ...] = ()


def cast(template: "Template", name: str, choices: Choices, catalogue: "Catalogue", defaults: CastingDefaults) -> Cast:
    """Fill the seats of `template`, known as `name`.

    Raises OperatorError for a model, variable or parameter that is not there, and where the numbers do not fit.
    """
    resolved = [catalogue.resolve(model) for model in seat_models(template, choices.models, defaults.model)]
    seats = [SeatChoice(model.reference, _maker(model), model.display_name) for model in resolved]
    for seat in choices.seat_params:
        if not 1 <= seat <= len(seats):
            raise OperatorError(f"there is no seat {seat} in {template.title!r}", f"seats go from 1 to {len(seats)}")
    filled = fill(template, choices.variables, seats)
    agents = tuple(_agent(agent, model, choices, defaults) for agent, model in zip(filled, resolved, strict=True))
    rules = Rules(
        stop=tuple(template.rules.stop),
        max_turns=_first(choices.max_turns, template.rules.max_turns or None, defaults.max_turns) or 0,
        budget=_first(choices.budget, template.rules.budget, defaults.budget),
        order=template.rules.order,
    )
    setup = Setup(
        title=choices.title or template.title,
        template=name,
        agents=agents,
        rules=rules,
        variables=variable_values(template, choices.variables),
        seed=choices.seed,
    )
    return Cast(setup, tuple(dict.fromkeys(notice for model in resolved for notice in model.notices)))


def with_windows(setup: Setup, windows: Mapping[str, int | None]) -> Setup:
    """`setup` with the context windows (in tokens, by model reference) that the providers told themselves.

    A seat of a model on this machine that asks for another `context` gets that: it is what will be loaded.
    """
    return replace(setup, agents=tuple(replace(agent, window=_window(agent, windows)) for agent in setup.agents))


def _maker(model: "ResolvedModel") -> str:
    """Who made it, as a template may say it: nobody says "made by local"."""
    return "" if model.company == model.provider else model.company


def _window(agent: AgentSetup, windows: Mapping[str, int | None]) -> int | None:
    asked = agent.params.get("context")
    if isinstance(asked, int) and agent.model.startswith(("local/", "ollama/")):
        return asked
    return windows.get(agent.model) or agent.window


def _agent(filled: FilledAgent, model: "ResolvedModel", choices: Choices, defaults: CastingDefaults) -> AgentSetup:
    wishes = {**choices.params, **choices.seat_params.get(filled.seat, {})}
    params = {**defaults.params, **filled.params, **{name: checked(name, value) for name, value in wishes.items()}}
    return AgentSetup(
        seat=filled.seat,
        name=filled.name,
        model=model.reference,
        system=filled.system,
        history=filled.history,
        params=params,
        kind=filled.kind,
        asked=model.asked,
        company=model.company,
        window=model.window,
    )


def _first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)
