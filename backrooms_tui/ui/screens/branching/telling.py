"""What is different in a branch, in few words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change, seated_told, short_model
from backrooms_tui.session.setup import Setup
from backrooms_tui.ui.widgets.marks import mark

AS_IT_WAS = "as it was"
_FEW = 60  # letters


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to become of a moment: the branches from `turn`, each with what is different in it, what they are called
    before that is said (None: as the session is), and for how many turns each talks by itself (None: not at all)."""

    turn: int
    changes: tuple[Change, ...]
    title: str | None = None
    turns: int | None = None


def change_told(change: Change, setup: Setup) -> str:
    """What is different: `② gpt · system text of ① · whisper to ② · seed 7`."""
    told: list[str] = []
    for seat, model in change.models.items():
        told.append(short_model(model) if seat == EVERYBODY else f"{mark(seat)} {short_model(model)}")
    for seat, params in change.params.items():
        told.append(" ".join([*([mark(seat)] if seat else []), *(f"{name}={value}" for name, value in params.items())]))
    for seat, manners in change.manners.items():
        own = setup.agent(seat).system if seat in {agent.seat for agent in setup.agents} else None
        system = "system" in manners and manners["system"] != own
        others = len(manners) - ("system" in manners)
        parts = [*(["system text"] if system else []), *(["manners"] if others else [])]
        if parts:
            told.append(f"{' and '.join(parts)} of {mark(seat)}")
    told += [f"turn {turn} edited" for turn in change.edits]
    told += ["words to all"] if change.words else []
    told += [f"whisper to {mark(seat)}" for seat, _ in change.whispers]
    told += [f"seed {change.seed}"] if change.seed is not None else []
    told += ["other rules"] if change.rules else []
    return " · ".join(told) or AS_IT_WAS


def named(changes: Sequence[Change], setup: Setup) -> tuple[Change, ...]:
    """`changes`, each called so that it is told from the others: by its models, by what is different in it where that
    is said in few words, or else by a number."""
    names = [f" with {seated_told(change.models)}" if change.models else "" for change in changes]
    if len(set(names)) < len(names):
        told = ["" if text == AS_IT_WAS else f" with {text}" for text in (change_told(one, setup) for one in changes)]
        if len(set(told)) == len(told) and all(len(text) <= _FEW for text in told):
            names = [text.replace(" · ", ", ") for text in told]
    called: list[str] = []
    for place, name in enumerate(names):
        alike = [index for index, other in enumerate(names) if other == name]
        count = f", {alike.index(place) + 1} of {len(alike)}" if len(alike) > 1 else ""
        called.append(f"{name}{count}")
    return tuple(replace(change, name=name) for change, name in zip(changes, called, strict=True))


def each_with(change: Change, seat: int, models: Sequence[str]) -> tuple[Change, ...]:
    """`change` once with each of `models` on `seat`, or on all of them."""
    kept = {} if seat == EVERYBODY else change.models
    return tuple(replace(change, models={**kept, seat: model}) for model in models)
