"""When a conversation ends by itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from backrooms_tui.conversation.latest import latest_turns
from backrooms_tui.session.events import EndReason
from backrooms_tui.session.setup import Rules
from backrooms_tui.session.state import SessionState


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


@dataclass(frozen=True, slots=True)
class Beside:
    """What councils that are not over have taken so far: USD, and tokens in and out."""

    cost: float = 0.0
    tokens: int = 0


NOTHING_BESIDE = Beside()


def ending(state: SessionState, now: float | None = None, beside: Beside = NOTHING_BESIDE) -> Ending | None:
    """Why the session ends before another turn begins; None where it goes on.

    `now` is in Unix seconds, for the time limit; the time of the last event where it is left out. `beside` counts
    against the limits of money and tokens.
    """
    rules = state.setup.rules if state.setup is not None else None
    if rules is None:
        return None
    stopped = _stopped(state, rules)
    if stopped is not None:
        return stopped
    if rules.max_turns and state.turn >= rules.max_turns:
        return Ending("max_turns", f"The limit of {_counted(rules.max_turns, 'turn')} is reached.")
    if rules.max_rounds and state.rounds >= rules.max_rounds:
        return Ending("max_rounds", f"The limit of {_counted(rules.max_rounds, 'round')} is reached.")
    return used_up(state, now, beside)


def used_up(state: SessionState, now: float | None = None, beside: Beside = NOTHING_BESIDE) -> Ending | None:
    """Whether tokens, time or money are used up, as `ending` has them."""
    rules = state.setup.rules if state.setup is not None else None
    if rules is None or not (rules.max_tokens or rules.max_seconds or rules.budget):
        return None
    tokens = state.usage.input_tokens + state.usage.output_tokens + beside.tokens
    cost = state.cost + beside.cost
    if rules.max_tokens and tokens >= rules.max_tokens:
        limit = _counted(rules.max_tokens, "token")
        return Ending("max_tokens", f"The limit of {limit} is reached: {tokens:,} so far, in and out.")
    if rules.max_seconds and ran(state, now) >= rules.max_seconds:
        return Ending("max_seconds", f"The limit of {_lasting(rules.max_seconds)} is reached.")
    if rules.budget and cost >= rules.budget:
        return Ending("budget", f"The budget of ${rules.budget:.2f} is spent: ${cost:.4f} so far.")
    return None


def ran(state: SessionState, now: float | None = None) -> float:
    """Seconds in which the session has run up to `now` (Unix seconds; by default its last event)."""
    if state.running_since is None:
        return state.ran
    return state.ran + max(0.0, (state.last if now is None else now) - state.running_since)


def leaving(state: SessionState) -> str | None:
    """Why the one that has just spoken leaves: it said a stop text, and not enough others have. None where it stays.

    One that was brought back since is not asked to leave a second time for the same words.
    """
    rules = state.setup.rules if state.setup is not None else None
    last = state.turns.get(state.turn)
    if rules is None or last is None or rules.stop_votes <= 1:
        return None
    stop = said_stop(last.heard, rules.stop)
    agent = state.agents[last.agent]
    if agent.is_world or stop is None or agent.absent or _stopped(state, rules) is not None:
        return None
    # From the end: the last turn is never far from it.
    place = next(index for index in range(len(state.entries) - 1, -1, -1) if state.entries[index] is last)
    if any(first > place for first, _ in agent.missed):
        return None
    return f"having said {stop}"


def _stopped(state: SessionState, rules: Rules) -> Ending | None:
    last = state.turns.get(state.turn)
    # What stands on a world's screen is nobody's word.
    said = last is not None and not state.agents[last.agent].is_world
    stop = said_stop(last.heard, rules.stop) if last is not None and said else None
    if last is None or stop is None:
        return None
    if rules.stop_votes <= 1:
        return Ending("stop", f"{last.name} ended the conversation with {stop}.")
    # The votes that stand: of those that said it as their last word, and have gone since.
    latest = latest_turns(state)
    voters = [
        seat
        for seat, turn in sorted(latest.items())
        if not state.agents[seat].is_world
        and (state.agents[seat].absent or turn is last)
        and said_stop(turn.heard, rules.stop) is not None
    ]
    there = {seat for seat, agent in state.agents.items() if not agent.absent and not agent.is_world}
    if len(voters) < min(rules.stop_votes, len(there | set(voters))):
        return None
    names = [state.agents[seat].name for seat in voters]
    told = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return Ending("stop", f"{told} ended the conversation with {stop}.")


def _counted(number: int, of: str) -> str:
    return f"{number:,} {of}" if number == 1 else f"{number:,} {of}s"


def _lasting(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:g} second" if seconds == 1 else f"{seconds:g} seconds"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.3g} minutes"
    return f"{seconds / 3600:.3g} hours"
