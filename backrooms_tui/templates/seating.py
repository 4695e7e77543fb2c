"""Which model sits where."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template


def seat_models(template: "Template", chosen: Sequence[str], fallback: str | None) -> list[str]:
    """A model reference for each seat, in seat order.

    The person's choice wins: one model serves every seat, as many models as seats sit one in each. Without a choice
    each seat has the template's own model, or else `fallback` (the configured default). Raises OperatorError where the
    numbers do not fit, and where a seat is left without a model.
    """
    seats = template.seats
    if len(chosen) == 1:
        return [chosen[0]] * seats
    if chosen:
        if len(chosen) == seats:
            return list(chosen)
        places = f"{seats} seats" if seats != 1 else "one seat"
        what = f"{template.title!r} has {places}, and {len(chosen)} models were given"
        raise OperatorError(what, f"give one model for all seats{f', or {seats} models' if seats > 1 else ''}")
    models: list[str] = []
    for number, agent in enumerate(template.agents, 1):
        model = agent.model or fallback
        if not model:
            raise OperatorError(
                f"no model was chosen for seat {number} of {template.title!r}", "give one with --lm MODEL"
            )
        models.append(model)
    return models
