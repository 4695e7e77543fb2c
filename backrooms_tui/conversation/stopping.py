"""When a conversation ends by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from backrooms_tui.session.events import EndReason
from backrooms_tui.session.state import SessionState, TurnEntry


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a session is over, as the `ended` event says it."""

    reason: EndReason
    detail: str


def said_stop(text: str, stops: Iterable[str]) -> str | None:
    """The stop text that stands alone on a line of `text`, or None.

    Inside a longer sentence it ends nothing: agents talk about `^C^C` without meaning it. Blanks around it and the
    backticks or asterisks of Markdown do not count.
    """
    wanted = {stop.strip(): stop for stop in stops if stop.strip()}
    if not wanted:
        return None
    for line in text.splitlines():
        bare = line.strip()
        found = wanted.get(bare) or wanted.get(bare.strip("`*").strip())
        if found is not None:
            return found
    return None


def ending(state: SessionState) -> Ending | None:
    """Why the session ends now, before another turn begins; None where it goes on."""
    rules = state.setup.rules if state.setup is not None else None
    if rules is None:
        return None
    last = state.turns.get(state.turn)
    stopped = _stopped_by(last, rules.stop)
    if stopped is not None:
        return stopped
    if rules.max_turns and state.turn >= rules.max_turns:
        turns = "turn" if rules.max_turns == 1 else "turns"
        return Ending("max_turns", f"The limit of {rules.max_turns} {turns} is reached.")
    if rules.budget and state.cost >= rules.budget:
        return Ending("budget", f"The budget of ${rules.budget:.2f} is spent: ${state.cost:.4f} so far.")
    return None


def _stopped_by(last: TurnEntry | None, stops: tuple[str, ...]) -> Ending | None:
    if last is None:
        return None
    stop = said_stop(last.text, stops)
    return Ending("stop", f"{last.name} ended the conversation with {stop}.") if stop is not None else None
