"""Branches with a difference: one moment of a session, gone on with in several ways at once."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from backrooms_tui.assembly.continuing import branch
from backrooms_tui.assembly.opening import Opened, make_ready
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Manners, models_of
from backrooms_tui.providers.base import Progress
from backrooms_tui.providers.catalogue.catalogue import ResolvedModel
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import ParamValue, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble

EVERYBODY = 0  # in place of a seat
_ASKING = 5.0  # seconds that a provider has to tell its model's window
_LIMITS = frozenset({"budget", "max_rounds", "max_seconds", "max_tokens", "max_turns", "stop", "stop_votes"})
_BRANCH_OF = re.compile(r" · from turn \d+( with [^·]{1,80})?(, \d+ of \d+)?$")


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in a branch. Seats count from 1; `EVERYBODY` is all of them.

    `models` are what a person calls them, by seat. `params` come on top of what a seat has. `edits` are turns of the
    past that say something else, `words` are said to all at the beginning, `whispers` to one seat. `manners` are what
    is otherwise about a seat, its system text above all, and `rules` those of the rules that are otherwise, by the
    names of their fields. `seed` is in place of the session's own. `name` says what sets it apart from others that are
    made with it.
    """

    models: Mapping[int, str] = field(default_factory=dict)
    params: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    edits: Mapping[int, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    whispers: tuple[tuple[int, str], ...] = ()
    manners: Mapping[int, Manners] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    name: str = ""

    @property
    def limits(self) -> bool:
        """Whether it says when the branch is over."""
        return not _LIMITS.isdisjoint(self.rules)


def variations(
    change: Change, models: Sequence[Mapping[int, str]], times: int = 1, *, seed: int | None = None
) -> list[Change]:
    """`change` with each of `models` (by seat, as `Change` has them), `times` times each.

    Where there is a seed, the change's own or else the session's (`seed`), each time but the first has another one:
    the same seed would say the same again.
    """
    first = change.seed if change.seed is not None else seed
    made: list[Change] = []
    for seated, number in product(models or [{}], range(times)):
        told = f" with {seated_told(seated)}" if seated else ""
        counted = f", {number + 1} of {times}" if times > 1 else ""
        drawn = change.seed if first is None or not number else first + number
        made.append(replace(change, models={**change.models, **seated}, seed=drawn, name=f"{told}{counted}"))
    return made


@dataclass(frozen=True, slots=True)
class _Seat:
    """What a seat goes on with: another model, or its own, and these parameters on top of its own."""

    seat: int
    model: ResolvedModel | None
    params: Mapping[str, ParamValue]


async def open_branches(
    workspace: Workspace, session: str, turn: int, changes: Sequence[Change], *, title: str | None = None
) -> list[Opened]:
    """A branch of `session` from the end of `turn` for each of `changes`, in order. Nothing is asked of a model yet.

    Each is called `title`, or as the session is with "from turn N", and by what sets it apart. All that can be found
    wrong is found before the first one is made: OperatorError for a session, turn, seat, model or parameter that is
    not there, and for keys that are missing. What goes wrong after that takes all of them back. Close each of them.
    """
    store = workspace.store
    source = await asyncio.to_thread(store.state, session)
    before = (await asyncio.to_thread(store.summary, session)).title
    if turn not in source.turns:
        _no_turn(source, turn)
    if turn != source.turn:  # others may have joined since
        place = await asyncio.to_thread(store.place_of_turn, session, turn)
        agents = (await asyncio.to_thread(store.state_at, session, place)).agents
    else:
        agents = source.agents
    seated = [_seats(workspace, sorted(agents), turn, change) for change in changes]
    chosen = {one.model.reference: one.model for seats in seated for one in seats if one.model is not None}
    workspace.providers.require(chosen)
    windows = dict(
        zip(chosen, await asyncio.gather(*(_window(workspace, one) for one in chosen.values())), strict=True)
    )
    head = title if title is not None else branch_title(before, turn)
    opened: list[Opened] = []
    try:
        for change, seats in zip(changes, seated, strict=True):
            called = f"{head}{change.name}"
            opened.append(await branch(workspace, session, turn, title=called, setup=_with_seed(change.seed)))
            _apply(opened[-1], change, seats, windows)
            # Kept before it counts as made.
            await opened[-1].conversation.settled()
    except BaseException:
        await take_back(workspace, opened)
        raise
    return opened


async def take_back(workspace: Workspace, opened: Sequence[Opened]) -> None:
    """All or none: where one of several could not be made, the others are not kept either."""
    for one in opened:
        with suppress(OperatorError):
            await one.aclose()
        with suppress(OperatorError):
            await asyncio.to_thread(workspace.store.delete, one.conversation.state.session)


def model_notices(workspace: Workspace, changes: Sequence[Change]) -> tuple[str, ...]:
    """What the person should know about the models of `changes`: retired names and the like."""
    models = dict.fromkeys(model for change in changes for model in change.models.values())
    return tuple(dict.fromkeys(notice for one in models for notice in workspace.catalogue.resolve(one).notices))


async def get_ready(workspace: Workspace, opened: Sequence[Opened], progress: Callable[[Progress], None]) -> None:
    """Fetch and load what `opened` need before their next turns, telling `progress`. Raises OperatorError for a key
    that is missing or where nobody could pick who speaks, and ProviderTrouble."""
    for setup in map(_played, opened):
        if setup.rules.order == "manual":
            raise OperatorError(
                "in the order 'manual' somebody picks who speaks, and here is nobody who could",
                "leave out --run, and go on with the branches in the application: backrooms",
            )
        workspace.providers.require(models_of(setup))
        await make_ready(workspace, setup, progress)


def _seats(workspace: Workspace, seats: Sequence[int], turn: int, change: Change) -> list[_Seat]:
    """What those of `seats` go on with that are changed. Raises OperatorError for whatever is not there."""
    named = {*change.models, *change.params, *change.manners, *(seat for seat, _ in change.whispers)}
    for seat in sorted(named - {EVERYBODY, *seats}):
        raise OperatorError(f"there is no seat {seat}", f"seats go from 1 to {max(seats)}")
    for edited in change.edits:
        if not 1 <= edited <= turn:
            raise OperatorError(f"turn {edited} is not in the branch", f"edit turns from 1 to {turn}")
    found: list[_Seat] = []
    for seat in seats:
        asked = change.models.get(seat, change.models.get(EVERYBODY))
        wishes = {**change.params.get(EVERYBODY, {}), **change.params.get(seat, {})}
        if asked is not None or wishes:
            model = workspace.catalogue.resolve(asked) if asked is not None else None
            found.append(_Seat(seat, model, {name: checked(name, value) for name, value in wishes.items()}))
    return found


def _apply(opened: Opened, change: Change, seats: Sequence[_Seat], windows: Mapping[str, int | None]) -> None:
    conversation = opened.conversation
    for one in seats:
        model, params = one.model, {**conversation.state.agents[one.seat].params, **one.params}
        if model is None:
            conversation.change_seat(one.seat, params=params)
        else:
            window = windows[model.reference]
            conversation.change_seat(one.seat, model=model.reference, asked=model.asked, window=window, params=params)
    setup = conversation.state.setup
    assert setup is not None
    if change.rules:
        conversation.change_rules(replace(setup.rules, **change.rules))
    everybody = change.manners.get(EVERYBODY, Manners())
    for agent in setup.agents:
        manners = Manners(**{**everybody, **change.manners.get(agent.seat, {})})
        if manners:
            conversation.change_agent(replace(agent, **manners))
    for turn, text in change.edits.items():
        conversation.edit(turn, text)
    for text in change.words:
        conversation.interject(text)
    for seat, text in change.whispers:
        conversation.whisper(seat, text)


async def _window(workspace: Workspace, model: ResolvedModel) -> int | None:
    """In tokens, as the provider tells it, or as the catalogue does."""
    provider, name = workspace.providers.for_reference(model.reference)
    try:
        async with asyncio.timeout(_ASKING):
            return await provider.window(name) or model.window
    except (ProviderTrouble, TimeoutError):
        return model.window  # it will say so itself when it is to speak


def _with_seed(seed: int | None) -> Callable[[Setup], Setup] | None:
    return None if seed is None else lambda setup: replace(setup, seed=seed)


def _played(opened: Opened) -> Setup:
    """The setup with the models that the seats have now."""
    state = opened.conversation.state
    assert state.setup is not None
    joined = {one.seat: one for one in state.setup.agents}
    agents = tuple(
        replace(joined[seat], model=agent.model) for seat, agent in sorted(state.agents.items()) if seat in joined
    )
    return replace(state.setup, agents=agents)


def _no_turn(state: SessionState, turn: int) -> None:
    if not state.turn:
        raise OperatorError(f"nothing has been said in session {state.session}", "let it talk first")
    raise OperatorError(f"session {state.session} has no turn {turn}", f"its turns go from 1 to {state.turn}")


def branch_title(title: str, turn: int) -> str:
    """What a branch from the end of `turn` of a session of this title is called. Of a branch, the first part counts."""
    return f"{_BRANCH_OF.sub('', title)} · from turn {turn}"


def seated_told(models: Mapping[int, str]) -> str:
    """Models by seat, as a title has them: `opus`, or `gpt as 2`."""
    return " and ".join(
        short_model(model) if seat == EVERYBODY else f"{short_model(model)} as {seat}" for seat, model in models.items()
    )


def short_model(model: str) -> str:
    """A model's own name, without its provider and a file's ending."""
    return harmless_line(model).rpartition("/")[2].removesuffix(".gguf").removesuffix(".txt")[:40]
