"""From a template and a person's choices to a setup: who sits where, with which model, under which rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypedDict, TypeVar

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import AgentSetup, Cue, Memory, ParamValue, Remedy, Reminder, Rules, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.filling import FilledAgent, SeatChoice, fill, variable_values
from backrooms_tui.templates.filling_rules import FilledRules, fill_rules
from backrooms_tui.templates.findings import did_you_mean
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.seating import seat_models
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

if TYPE_CHECKING:
    from backrooms_tui.providers.catalogue import Catalogue, ResolvedModel
    from backrooms_tui.templates.document import Template

T = TypeVar("T")


class Manners(TypedDict, total=False):
    """Those fields of one `AgentSetup` that the person wants otherwise than the template has them."""

    description: str
    talkativeness: float
    reminder: Reminder | None
    memory: Memory
    guard: bool
    absent: bool
    system: str


class OwnRules(TypedDict, total=False):
    """Those fields of `Rules` that the person wants otherwise, the ones apart that `Choices` has by name.

    `ladder` are the steps in place of the template's; a step's `model` is what a person calls it.
    """

    stop: tuple[str, ...]
    stop_votes: int
    repeat: bool
    play: bool
    cues: tuple[Cue, ...]
    ladder: tuple[Remedy, ...]
    stall_at: float


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose beside the template. Everything left out comes from the template, then from the defaults.

    `models` is one reference for all seats, or one a seat. `params` are for every seat, `seat_params` for one.
    `order` and `manager` (a model) overrule the template's rules, and so do the limits: `budget` is in USD,
    `max_tokens` counts what goes in and out in all, `max_seconds` the time in which it runs; 0 is no limit. `ladder`
    puts the ladder against stalling on, the standard one where the template has none, or off. `own_rules` are all
    other rules, `manners` is by seat.
    """

    models: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    seat_params: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    max_turns: int | None = None
    budget: float | None = None
    seed: int | None = None
    title: str | None = None
    order: str | None = None
    manager: str | None = None
    max_rounds: int | None = None
    max_tokens: int | None = None
    max_seconds: float | None = None
    ladder: bool | None = None
    own_rules: OwnRules = field(default_factory=OwnRules)
    manners: Mapping[int, Manners] = field(default_factory=dict)


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
    for seat in (*choices.seat_params, *choices.manners):
        if not 1 <= seat <= len(seats):
            raise OperatorError(f"there is no seat {seat} in {template.title!r}", f"seats go from 1 to {len(seats)}")
    filled = fill(template, choices.variables, seats)
    agents = tuple(_agent(agent, model, choices, defaults) for agent, model in zip(filled, resolved, strict=True))
    ruling = _Ruling(template, fill_rules(template, choices.variables, seats), choices, defaults, catalogue)
    rules = ruling.rules()
    setup = Setup(
        title=choices.title or template.title,
        template=name,
        agents=agents,
        rules=rules,
        variables=variable_values(template, choices.variables),
        seed=choices.seed,
    )
    everybody = (*resolved, *ruling.resolved)
    return Cast(setup, tuple(dict.fromkeys(notice for model in everybody for notice in model.notices)))


def models_of(setup: Setup) -> tuple[str, ...]:
    """Every model that a session with `setup` may ask, by its full reference: in the seats, to pick who speaks, and on
    the ladder."""
    rules = setup.rules
    named = (*(agent.model for agent in setup.agents), rules.manager, *(step.model for step in rules.ladder))
    return tuple(dict.fromkeys(model for model in named if model))


def with_windows(setup: Setup, windows: Mapping[str, int | None]) -> Setup:
    """`setup` with the context windows (in tokens, by model reference) that the providers told themselves.

    A seat of a model on this machine that asks for another `context` gets that: it is what will be loaded.
    """
    return replace(setup, agents=tuple(replace(agent, window=_window(agent, windows)) for agent in setup.agents))


class _Ruling:
    """The rules of a session, and the models that they speak of."""

    def __init__(
        self,
        template: "Template",
        filled: FilledRules,
        choices: Choices,
        defaults: CastingDefaults,
        catalogue: "Catalogue",
    ) -> None:
        self._template = template
        self._filled = filled
        self._choices = choices
        self._defaults = defaults
        self._catalogue = catalogue
        self.resolved: list[ResolvedModel] = []

    def rules(self) -> Rules:
        """What the person chose, else the template's, else the defaults. Raises OperatorError."""
        written, chosen = self._template.rules, self._choices
        order = chosen.order or written.order
        if order not in ORDERS:
            raise OperatorError(f"{order!r} is not an order that is known", did_you_mean(order, ORDERS))
        manager = chosen.manager or written.manager or ""
        if chosen.manager and order != "manager":
            raise OperatorError(
                f"a manager picks nobody in the order {order!r}", "add --order manager, or leave --manager out"
            )
        rules = Rules(
            stop=tuple(written.stop),
            max_turns=_first(chosen.max_turns, written.max_turns or None, self._defaults.max_turns) or 0,
            budget=_first(chosen.budget, written.budget, self._defaults.budget),
            order=order,
            manager=self._reference(manager) if order == "manager" else "",
            repeat=written.repeat,
            play=written.play,
            max_rounds=_first(chosen.max_rounds, written.max_rounds) or 0,
            max_tokens=_first(chosen.max_tokens, written.max_tokens) or 0,
            max_seconds=float(_first(chosen.max_seconds, written.max_seconds) or 0.0),
            stop_votes=written.stop_votes,
            cues=self._filled.cues,
            ladder=tuple(replace(step, model=self._reference(step.model)) for step in self._ladder()),
            stall_at=float(written.stall_at),
        )
        own = chosen.own_rules.copy()
        own.pop("ladder", None)  # in it already
        return replace(rules, **own)

    def _ladder(self) -> tuple[Remedy, ...]:
        wished, own = self._choices.ladder, self._choices.own_rules.get("ladder")
        steps = self._filled.ladder if own is None else own
        if wished is None:
            return steps if own is not None or self._template.rules.use_ladder else ()
        return (steps or STANDARD_LADDER) if wished else ()

    def _reference(self, model: str) -> str:
        """The full reference of what a person calls `model`; nothing of nothing."""
        if not model:
            return ""
        resolved = self._catalogue.resolve(model)
        self.resolved.append(resolved)
        return resolved.reference


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
    agent = AgentSetup(
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
        description=filled.description,
        talkativeness=filled.talkativeness,
        reminder=filled.reminder,
        memory=filled.memory,
        guard=filled.guard,
        absent=filled.absent,
    )
    return replace(agent, **choices.manners.get(filled.seat, Manners()))


def _first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)
