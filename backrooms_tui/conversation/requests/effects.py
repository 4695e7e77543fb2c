"""What a request, its undoing and the end of a vote do: the events that follow them at once.

They follow from the event itself, so that a session that was left between the two is brought up to date when it is
taken up again, and nothing is done twice.
"""

from dataclasses import replace

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.session.event import Event
from backrooms_tui.session.events import (
    AgentJoined,
    AgentLeft,
    AgentMuted,
    AgentReturned,
    Interjected,
    RequestMade,
    RequestUndone,
    VoteClosed,
    Whispered,
)
from backrooms_tui.session.state import SessionState

Recorded = RequestMade | RequestUndone | VoteClosed
Effect = tuple[type[Event], dict[str, object]]
_SHOWN = 120


def record(publisher: Publisher, event: type[Recorded], **fields: object) -> None:
    """Make `event` happen, and what it does."""
    draft = event(seq=0, at=0.0, **fields)  # type: ignore[arg-type]
    effects = _effects(draft, publisher.state)
    publisher.emit(event, **{**fields, "effects": len(effects)})
    for kind, values in effects:
        publisher.emit(kind, **values)


def complete(publisher: Publisher) -> None:
    """Make happen what is still owed: whoever ran the session was stopped in the middle of it."""
    state = publisher.state
    last, owed = state.requests.last, state.requests.owed(state.seq)
    if last is not None and owed:
        for kind, values in _effects(replace(last, effects=0), state)[-owed:]:
            publisher.emit_at(state.last, kind, **values)


def take_back(publisher: Publisher, turn: int) -> None:
    """Undo, before `turn` is taken back, what its requests did to who takes part."""
    state = publisher.state
    for made in reversed([made for made in state.requests.standing.values() if made.turn == turn]):
        match made.name:
            case "leave" if state.agents[made.agent].absent:
                publisher.emit(AgentReturned, agent=made.agent)
            case "invite" if made.invited is not None and not state.agents[made.invited.seat].absent:
                publisher.emit(AgentLeft, agent=made.invited.seat)
            case "mute" if made.to in state.requests.mutes:
                publisher.emit(AgentMuted, agent=made.to, muted=False)


def _effects(event: Recorded, state: SessionState) -> list[Effect]:
    if isinstance(event, RequestUndone):
        made = state.requests.made[event.request].event
        return _undoing(made, state)
    if isinstance(event, VoteClosed):
        counted = ", ".join(f"{option} {votes}" for option, votes in event.votes.items())
        silent = f"; {event.silent} did not vote" if event.silent else ""
        return [_to_all(f"The vote on “{event.question}” is over: {counted}{silent}.")]
    return _doing(event, state)


def _doing(made: RequestMade, state: SessionState) -> list[Effect]:
    name = _name(state, made.agent)
    if made.outcome != "done":
        line = " ".join(made.text.split())
        line = line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
        return [(Whispered, {"to": made.agent, "text": f"Not done: {line} ({made.why})", "source": "request"})]
    match made.name:
        case "whisper":
            told = {"to": made.to, "text": made.said, "source": "agent", "by": made.agent, "name": name}
            return [(Whispered, told)]
        case "vote" if not made.vote:
            options = ", ".join(f"“{option}”" for option in made.options)
            how = 'Vote with a line of your own: !vote "option". Nobody learns who voted for what.'
            return [_to_all(f"{name} calls a vote: “{made.said}” The options: {options}. {how}")]
        case "invite" if made.invited is not None:
            joins = {"agent": made.invited.seat, "setup": made.invited}
            return [(AgentJoined, joins), _to_all(f"{_plain(made.invited.name)} joins, invited by {name}.")]
        case "leave":
            word = f": “{made.said}”" if made.said else "."
            return [(AgentLeft, {"agent": made.agent}), _to_all(f"{name} leaves{word}")]
        case "mute":
            turns = "1 turn" if made.turns == 1 else f"{made.turns} turns"
            muted = f"{_name(state, made.to)} only listens for {turns}, as {name} wished."
            return [(AgentMuted, {"agent": made.to, "muted": True}), _to_all(muted)]
    return []


def _undoing(made: RequestMade, state: SessionState) -> list[Effect]:
    match made.name:
        case "vote" if not made.vote:
            return [_to_all(f"The vote on “{made.said}” does not count.")]
        case "invite" if made.invited is not None:
            name = _plain(made.invited.name)
            return [(AgentLeft, {"agent": made.invited.seat}), _to_all(f"{name} leaves again.")]
        case "leave":
            return [(AgentReturned, {"agent": made.agent}), _to_all(f"{_name(state, made.agent)} is back.")]
        case "mute":
            return [(AgentMuted, {"agent": made.to, "muted": False}), _to_all(speaks_again(state, made.to))]
    return []


def speaks_again(state: SessionState, seat: int) -> str:
    """What all are told of one that was muted."""
    return f"{_name(state, seat)} may speak again."


def _to_all(text: str) -> Effect:
    return Interjected, {"text": text, "source": "request"}


def _name(state: SessionState, seat: int) -> str:
    return _plain(state.agents[seat].name)


def _plain(name: str) -> str:
    return " ".join(name.split())
