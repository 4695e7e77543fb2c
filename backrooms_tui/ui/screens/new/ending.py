"""What a conversation will end by, as a person reads it while the form is filled."""

from typing import TYPE_CHECKING

from backrooms_tui.ui.screens.new.draft import Draft, dollars, limit, seconds

if TYPE_CHECKING:
    from backrooms_tui.settings.configuration import Defaults
    from backrooms_tui.templates.document import Template


def ending_text(template: "Template", draft: Draft, mine: "Defaults") -> str:
    """All limits that hold: what is typed, else the template's, else the person's defaults, and the stop texts.

    Raises OperatorError for a limit that cannot be read.
    """
    rules = template.rules
    turns = _first(limit(draft.max_turns, "the turn limit"), rules.max_turns or None, mine.max_turns)
    rounds = _first(limit(draft.max_rounds, "the round limit"), rules.max_rounds)
    tokens = _first(limit(draft.max_tokens, "the token limit"), rules.max_tokens)
    lasting = _first(seconds(draft.max_seconds), rules.max_seconds)
    budget = _first(dollars(draft.budget), rules.budget, mine.budget)
    counted = ((turns, "turn"), (rounds, "round"), (tokens, "token"), (lasting, "second"))
    parts = [_counted(number, what) for number, what in counted if number]
    if budget:
        parts.append(f"${budget:,.2f}" if budget >= 0.01 else f"${budget:g}")
    limits = " or ".join(parts) or "no turn limit"
    if not rules.stop:
        return limits if parts else f"{limits}: it goes on until you end it"
    votes = f" from {rules.stop_votes} agents" if rules.stop_votes > 1 else ""
    return f"{limits}; {' or '.join(rules.stop)} on a line of its own{votes} ends it"


def _first(*values: float | None) -> float:
    return next((value for value in values if value is not None), 0)


def _counted(number: float, what: str) -> str:
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.10g}"
    return f"{text} {what}" if number == 1 else f"{text} {what}s"
