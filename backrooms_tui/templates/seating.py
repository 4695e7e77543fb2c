"""Which model sits where."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template


def seat_models(template: "Template", chosen: Sequence[str], fallback: str | None) -> list[str]:
    """A model reference for each seat, in seat order.

    The person's choice wins: one model serves every seat that is no world, as many models as seats sit one in each; as
    many as there are seats for models will do. Without a choice each seat has the template's own model, or else
    `fallback` (the configured default). Raises OperatorError where the numbers do not fit, and where a seat is left
    without a model.
    """
    seats = template.seats
    speaking = sum(not agent.world for agent in template.agents)
    if len(chosen) == 1 and seats > 1:
        chosen = list(chosen) * speaking
    if chosen:
        if len(chosen) == seats:
            return list(chosen)
        if len(chosen) == speaking:
            models = iter(chosen)
            return [f"{WORLD}/{agent.world}" if agent.world else next(models) for agent in template.agents]
        places = f"{seats} seats" if seats != 1 else "one seat"
        what = f"{template.title!r} has {places}, and {len(chosen)} models were given"
        raise OperatorError(what, f"give one model for all seats{f', or {seats} models' if seats > 1 else ''}")
    own: list[str] = []
    for number, agent in enumerate(template.agents, 1):
        model = f"{WORLD}/{agent.world}" if agent.world else agent.model or fallback
        if not model:
            raise OperatorError(
                f"no model was chosen for seat {number} of {template.title!r}", "give one with --lm MODEL"
            )
        own.append(model)
    return own
