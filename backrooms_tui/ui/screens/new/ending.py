"""What the conversation that the form describes will end by."""

from typing import TYPE_CHECKING

from backrooms_tui.session.setup import Rules
from backrooms_tui.ui.amounts import dollars, limit, seconds
from backrooms_tui.ui.ending_words import ending_words
from backrooms_tui.ui.screens.new.draft import Draft

if TYPE_CHECKING:
    from backrooms_tui.settings.configuration import Defaults
    from backrooms_tui.templates.document import Template


def ending_text(template: "Template", draft: Draft, mine: "Defaults") -> str:
    """All limits that hold: what is typed, else the template's, else the person's defaults, and the stop texts.

    Raises OperatorError for a limit that cannot be read.
    """
    rules, own = template.rules, draft.beside.rules
    return ending_words(
        Rules(
            stop=own.get("stop", rules.stop),
            stop_votes=own.get("stop_votes", rules.stop_votes),
            max_turns=int(_first(limit(draft.max_turns, "the turn limit"), rules.max_turns or None, mine.max_turns)),
            max_rounds=int(_first(limit(draft.max_rounds, "the round limit"), rules.max_rounds)),
            max_tokens=int(_first(limit(draft.max_tokens, "the token limit"), rules.max_tokens)),
            max_seconds=_first(seconds(draft.max_seconds), rules.max_seconds),
            budget=_first(dollars(draft.budget), rules.budget, mine.budget),
        )
    )


def _first(*values: float | None) -> float:
    return next((value for value in values if value is not None), 0)
