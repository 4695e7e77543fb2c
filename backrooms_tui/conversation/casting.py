"""From a template and a person's choices to a setup: who sits where, with which model, under which rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypedDict, TypeVar

from backrooms_tui.conversation.council.members import changed, councils_of, members_of
from backrooms_tui.conversation.requests.telling import all_with_manual
from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import (
    AgentSetup,
    CouncilSetup,
    Cue,
    Memory,
    ParamValue,
    Remedy,
    Reminder,
    Rules,
    Setup,
)
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD, Permission, WorldSetup
from backrooms_tui.templates.consistency import LEAST_ROUNDS, too_few_rounds
from backrooms_tui.templates.filled import FilledAgent, FilledCouncil, FilledRules, SeatChoice
from backrooms_tui.templates.filling import fill, variable_values
from backrooms_tui.templates.filling_rules import fill_rules
from backrooms_tui.templates.findings import did_you_mean
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.rules import COUNCIL_ROUNDS
from backrooms_tui.templates.seating import seat_models
from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

if TYPE_CHECKING:
    from backrooms_tui.providers.catalogue.catalogue import Catalogue, ResolvedModel
    from backrooms_tui.templates.document import Agent, Template
    from backrooms_tui.templates.rules import RulesTable

T = TypeVar("T")
# What people type for the built-in world.
CLI = "cli"
_STRICTNESS: dict[Permission, int] = {"allow": 0, "ask": 1, "deny": 2}


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
    requests: Mapping[str, Permission]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person chose beside the template. Everything left out comes from the template, then from the defaults.

    `models` is one reference for all seats, or one a seat. Members of councils have a model that the template gives
    them, else their agent's; one reference for all is for them, too, unless it is for the `seats_only`. `params` are
    for everybody, `seat_params` for one seat.
    `order` and `manager` (a model) overrule the template's rules, and so do the limits: `budget` is in USD,
    `max_tokens` counts what goes in and out in all, `max_seconds` the time in which it runs; 0 is no limit. `ladder`
    puts the ladder against stalling on, the standard one where the template has none, or off. `permissions`, the
    `notebook` and the folder of `documents` are for the worlds at the table; `requests` are what agents may ask for.
    `own_rules` are all other rules, `manners` is by seat.
    """

    models: tuple[str, ...] = ()
    seats_only: bool = False
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
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    notebook: str | None = None
    documents: str | None = None
    requests: Mapping[str, Permission] = field(default_factory=dict)
    own_rules: OwnRules = field(default_factory=OwnRules)
    manners: Mapping[int, Manners] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CastingDefaults:
    """What holds where neither the person nor the template says anything: the person's `[defaults]`, and what the
    configuration says of worlds, by their names."""

    model: str | None = "local"
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    max_turns: int = 0
    budget: float | None = None
    worlds: Mapping[str, WorldSetup] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cast:
    """A setup, and what the person should be told about it before the first turn."""

    setup: Setup
    notices: tuple[str, ...] = ()


def cast(template: "Template", name: str, choices: Choices, catalogue: "Catalogue", defaults: CastingDefaults) -> Cast:
    """Fill the seats of `template`, known as `name`.

    Raises OperatorError for a model, variable or parameter that is not there, and where the numbers do not fit.
    """
    everybody = len(choices.models) == 1 and not choices.seats_only
    seated = [
        _seated(agent, catalogue.resolve(model), catalogue, alike=everybody)
        for agent, model in zip(template.agents, seat_models(template, choices.models, defaults.model), strict=True)
    ]
    seats = [seat.choice for seat in seated]
    for seat in (*choices.seat_params, *choices.manners):
        if not 1 <= seat <= len(seats):
            raise OperatorError(f"there is no seat {seat} in {template.title!r}", f"seats go from 1 to {len(seats)}")
    casting = _Casting(choices, defaults, catalogue)
    agents = tuple(
        casting.agent(agent, seat) for agent, seat in zip(fill(template, choices.variables, seats), seated, strict=True)
    )
    rules = casting.rules(template.rules, fill_rules(template, choices.variables, seats))
    setup = Setup(
        title=choices.title or template.title,
        template=name,
        agents=all_with_manual(agents, rules),
        rules=rules,
        variables=variable_values(template, choices.variables),
        seed=choices.seed,
    )
    models = (*(model for seat in seated for model in seat.models), *casting.resolved)
    return Cast(setup, tuple(dict.fromkeys(notice for model in models for notice in model.notices)))


def models_of(setup: Setup) -> tuple[str, ...]:
    """Every model that a session with `setup` may ask, by its full reference: in the seats, in councils at any depth,
    to pick who speaks, and on the ladder."""
    every_rules = (setup.rules, *(council.rules for council in councils_of(setup)))
    beside = (model for rules in every_rules for model in (rules.manager, *(step.model for step in rules.ladder)))
    everybody = (*setup.agents, *members_of(setup))
    named = (*(agent.model for agent in everybody if agent.kind == "model"), *beside)
    return tuple(dict.fromkeys(model for model in named if model))


def with_windows(setup: Setup, windows: Mapping[str, int | None]) -> Setup:
    """`setup` with the context windows (in tokens, by model reference) that the providers told themselves.

    A seat of a model on this machine that asks for another `context` gets that: it is what will be loaded.
    """
    return replace(setup, agents=changed(setup.agents, lambda agent: replace(agent, window=_window(agent, windows))))


@dataclass(frozen=True, slots=True)
class _Seated:
    """The model in a seat, and those of its council."""

    model: "ResolvedModel"
    members: tuple["_Seated", ...] = ()

    @property
    def choice(self) -> SeatChoice:
        """The same as templates know it."""
        model, members = self.model, tuple(member.choice for member in self.members)
        # Nobody says "made by local".
        maker = "" if model.company == model.provider else model.company
        return SeatChoice(model.reference, maker, model.display_name, members)

    @property
    def models(self) -> "Iterator[ResolvedModel]":
        """All of them."""
        yield self.model
        for member in self.members:
            yield from member.models


def _seated(agent: "Agent", model: "ResolvedModel", catalogue: "Catalogue", *, alike: bool) -> _Seated:
    """`agent` with `model`, and its council: `alike`, everybody has that one. Raises OperatorError."""
    members = agent.council.agents if agent.council is not None else ()
    models = (_for_member(member, model, catalogue, alike=alike) for member in members)
    seated = (_seated(*pair, catalogue, alike=alike) for pair in zip(members, models, strict=True))
    return _Seated(model, tuple(seated))


def _for_member(member: "Agent", model: "ResolvedModel", catalogue: "Catalogue", *, alike: bool) -> "ResolvedModel":
    """What sits on a seat of a council whose agent has `model`. Raises OperatorError."""
    named = f"{WORLD}/{member.world}" if member.world else None if alike else member.model
    return catalogue.resolve(named) if named else model


class _Casting:
    """What a template says and what the person chose, put together; and the models that the rules speak of."""

    def __init__(self, choices: Choices, defaults: CastingDefaults, catalogue: "Catalogue") -> None:
        self._choices = choices
        self._defaults = defaults
        self._catalogue = catalogue
        self.resolved: list[ResolvedModel] = []

    def agent(self, filled: FilledAgent, seated: _Seated) -> AgentSetup:
        """One at the table: the person may have chosen something for this seat alone. Raises OperatorError."""
        choices = self._choices
        wishes = {**choices.params, **choices.seat_params.get(filled.seat, {})}
        return replace(self._agent(filled, seated, wishes), **choices.manners.get(filled.seat, Manners()))

    def _agent(self, filled: FilledAgent, seated: _Seated, wishes: Mapping[str, object]) -> AgentSetup:
        model, council = seated.model, filled.council
        if model.provider == WORLD:
            return self._world(filled, model)
        if filled.world is not None:
            raise OperatorError(
                f"seat {filled.seat} is a world, and {model.asked} is a model", f"choose a world for it, such as {CLI}"
            )
        wished = {name: checked(name, value) for name, value in wishes.items()}
        return AgentSetup(
            seat=filled.seat,
            name=filled.name,
            model=model.reference,
            system=filled.system,
            history=filled.history,
            params={**self._defaults.params, **filled.params, **wished},
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
            position=filled.position,
            tools=filled.tools,
            council=self._council(council, seated.members) if council is not None else None,
        )

    def _world(self, filled: FilledAgent, model: "ResolvedModel") -> AgentSetup:
        """A seat that answers commands. Nobody's wishes for models are for it."""
        return AgentSetup(
            seat=filled.seat,
            name=filled.name,
            model=model.reference,
            kind="world",
            asked=model.asked,
            company=model.company,
            description=filled.description,
            guard=False,
            absent=filled.absent,
            world=world_setup(
                filled.world or WorldSetup(model.model),
                self._defaults.worlds.get(model.model),
                model.model,
                self._choices,
            ),
        )

    def _council(self, filled: FilledCouncil, members: tuple[_Seated, ...]) -> CouncilSetup:
        table, params = filled.table, self._choices.params
        rules = self._written(table.rules, filled.rules)
        agents = (self._agent(agent, seat, params) for agent, seat in zip(filled.agents, members, strict=True))
        return CouncilSetup(
            agents=all_with_manual(agents, rules),
            opening=filled.opening,
            rules=rules if table.rules.limited else replace(rules, max_rounds=COUNCIL_ROUNDS),
            hears=table.hears,
            when=table.when,
            every=table.every,
            ask=table.ask.strip(),
            memory=table.memory,
        )

    def rules(self, written: "RulesTable", filled: FilledRules) -> Rules:
        """Those of the session: what the person chose, else the template's, else the defaults. Raises OperatorError."""
        chosen = self._choices
        order = chosen.order or written.order
        if order not in ORDERS:
            raise OperatorError(f"{order!r} is not an order that is known", did_you_mean(order, ORDERS))
        if chosen.manager and order != "manager":
            raise OperatorError(
                f"a manager picks nobody in the order {order!r}", "add --order manager, or leave --manager out"
            )
        steps, own = self._ladder(written, filled), chosen.own_rules.copy()
        own.pop("ladder", None)  # among the steps already
        table = written.model_copy(update={"order": order, "manager": chosen.manager or written.manager})
        rules = self._written(table, replace(filled, ladder=steps), climbs=True)
        own["requests"] = {**own.get("requests", rules.requests), **chosen.requests}
        rules = replace(
            rules,
            max_turns=_first(chosen.max_turns, written.max_turns or None, self._defaults.max_turns) or 0,
            budget=_first(chosen.budget, written.budget, self._defaults.budget),
            max_rounds=_first(chosen.max_rounds, rules.max_rounds) or 0,
            max_tokens=_first(chosen.max_tokens, written.max_tokens) or 0,
            max_seconds=float(_first(chosen.max_seconds, written.max_seconds) or 0.0),
            **own,
        )
        if rules.mode == "debate" and rules.max_rounds < LEAST_ROUNDS:
            raise OperatorError(f"max_rounds {too_few_rounds(rules.max_rounds)[0]}", f"at least {LEAST_ROUNDS}")
        return rules

    def _written(self, written: "RulesTable", filled: FilledRules, *, climbs: bool = False) -> Rules:
        """What the template says. The ladder is that of `filled` where it `climbs`, or is used anyway."""
        steps = filled.ladder if climbs or written.use_ladder else ()
        labels = filled.rounds.labels if filled.rounds is not None else ()
        return Rules(
            mode=written.mode,
            rounds=filled.rounds,
            council_depth=written.council_depth,
            stop=tuple(written.stop),
            max_turns=written.max_turns,
            budget=written.budget,
            order=written.order,
            manager=self._reference(written.manager or "") if written.order == "manager" else "",
            repeat=written.repeat,
            play=written.play,
            max_rounds=written.max_rounds or len(labels),
            max_tokens=written.max_tokens,
            max_seconds=float(written.max_seconds),
            stop_votes=written.stop_votes,
            cues=filled.cues,
            ladder=tuple(replace(step, model=self._reference(step.model)) for step in steps),
            stall_at=float(written.stall_at),
            requests=written.requests.named,
        )

    def _ladder(self, written: "RulesTable", filled: FilledRules) -> tuple[Remedy, ...]:
        wished, own = self._choices.ladder, self._choices.own_rules.get("ladder")
        steps = filled.ladder if own is None else own
        if wished is None:
            return steps if own is not None or written.use_ladder else ()
        return (steps or STANDARD_LADDER) if wished else ()

    def _reference(self, model: str) -> str:
        """The full reference of what a person calls `model`; nothing of nothing."""
        if not model:
            return ""
        resolved = that_can_be_asked(self._catalogue.resolve(model))
        self.resolved.append(resolved)
        return resolved.reference


def that_can_be_asked(model: "ResolvedModel") -> "ResolvedModel":
    """`model`, where it is one. Raises OperatorError for a world: it answers commands, and nobody's questions."""
    provider, _, name = model.reference.partition("/")
    if provider == WORLD:
        raise OperatorError(f"{name} is a world, not a model", "choose a model: backrooms models list")
    return model


def world_setup(written: WorldSetup, configured: WorldSetup | None, name: str, chosen: Choices) -> WorldSetup:
    """The world `name` as a template has `written` it, within what the person has `configured` for it, and with what
    was `chosen` for this session, which wins."""
    mine = configured or WorldSetup(name)
    permissions = dict(mine.permissions)
    for what, permission in written.permissions.items():
        stricter = what not in permissions or _STRICTNESS[permission] > _STRICTNESS[permissions[what]]
        permissions[what] = permission if stricter else permissions[what]
    return WorldSetup(
        name=name,
        permissions={**permissions, **chosen.permissions},
        environments=written.environments or mine.environments,
        notebook=_first(chosen.notebook, written.notebook or None, mine.notebook) or "",
        documents=_first(chosen.documents, mine.documents) or "",
        timeout=mine.timeout,
    )


def _window(agent: AgentSetup, windows: Mapping[str, int | None]) -> int | None:
    asked = agent.params.get("context")
    if isinstance(asked, int) and agent.model.startswith(("local/", "ollama/")):
        return asked
    return windows.get(agent.model) or agent.window


def _first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)
