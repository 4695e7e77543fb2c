"""X-ray of a turn: exactly what was sent, where each piece of it comes from, what was left out, and what came back.

It is made of the session's events alone: the state as it was when the turn's last request left, seen from the
speaker's seat, as the conversation saw it then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from backrooms_tui.conversation.sending.hearing import away, hears
from backrooms_tui.conversation.sending.perspective import BETWEEN, Origin, Part, Perspective
from backrooms_tui.session.events import AnyEvent, ParameterOmitted, StopReason, TurnEnded, TurnFailed, TurnStarted
from backrooms_tui.session.setup import ParamValue, Role
from backrooms_tui.session.state import FailedAttempt, SessionState, TurnEntry, TurnInFlight, apply
from backrooms_tui.session.trouble import OperatorError, Trouble
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange
from backrooms_tui.session.world_tool import TOOLS, Tool, letters_of


@dataclass(frozen=True, slots=True)
class SentPart:
    """A piece of a message: a seed, a turn, a word between turns, the beginning of a round, what the agent was told of
    its own council, a memory, or a prompt that stands where nobody spoke.

    `turn` is the number of the turn that it is, or that it came after (0: before the first); None for seeds, memories
    and prompts. `name` says who spoke the turn.
    """

    origin: Origin
    text: str
    turn: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as it was sent, and what it is made of."""

    role: Role
    text: str
    parts: tuple[SentPart, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Turns that stood and were not sent: `hidden` for want of space, `missed` since the agent was away, `withheld`
    until the round is over."""

    hidden: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()
    withheld: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CacheReach:
    """How far the provider's cache reached: `tokens` of the `sent` tokens were read from it, counted by the provider.

    Where that is in the text is an estimate by characters: up to `offset` in message `message` (from 0), or in the
    system text where `message` is None, or within the tools, which come before it.
    """

    tokens: int
    sent: int
    message: int | None
    offset: int
    within_tools: bool = False

    @property
    def told(self) -> str:
        """In a sentence, with what is only an estimate named so."""
        share = f"{self.tokens:,} of {self.sent:,} tokens came from the provider's cache"
        if self.tokens >= self.sent:
            return f"{share}: all that was sent"
        if self.within_tools:
            return f"{share}; what it did not have began within the tools (estimated by length)"
        where = "the system text" if self.message is None else f"message {self.message + 1}"
        return (
            f"{share}; what it did not have began about {self.offset:,} characters into {where} (estimated by length)"
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `raw` is all of it where the guard cut it, `cut` says why. `trouble` is set where the attempt
    failed. `stop_reason` is None where it failed or still comes; `usage` is None where nobody counted. `exchanges` are
    what a world did."""

    text: str
    reasoning: str = ""
    raw: str = ""
    cut: str = ""
    marks: tuple[str, ...] = ()
    stop_reason: StopReason | None = None
    usage: Usage | None = None
    cost: float | None = None
    timings: Timings | None = None
    model: str = ""
    trouble: Trouble | None = None
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class XRay:
    """One turn, seen through. `omitted` says which of `params` the model does not take, and why, and why it was given
    no `tools` where it cannot call any; `attempts` are the earlier ones at this turn."""

    turn: int
    seat: int
    name: str
    attempt: int
    at: float
    model: str
    params: Mapping[str, ParamValue]
    system: str
    messages: tuple[SentMessage, ...]
    left_out: LeftOut
    reply: Reply | None = None
    attempts: tuple[FailedAttempt, ...] = ()
    omitted: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[Tool, ...] = ()

    @property
    def characters(self) -> int:
        """Length of all that was sent."""
        return letters_of(self.tools) + len(self.system) + sum(len(message.text) for message in self.messages)

    @property
    def cache(self) -> CacheReach | None:
        """How far the provider's cache reached; None where it read nothing from it, or did not say."""
        usage = self.reply.usage if self.reply is not None else None
        if usage is None or not usage.cache_read_tokens or not usage.input_tokens:
            return None
        tokens, sent = usage.cache_read_tokens, usage.input_tokens
        left = round(self.characters * min(tokens / sent, 1.0)) - letters_of(self.tools)
        if left < 0:
            return CacheReach(tokens, sent, None, 0, within_tools=True)
        places: list[tuple[int | None, int]] = [(None, len(self.system))]
        places += [(index, len(message.text)) for index, message in enumerate(self.messages)]
        for place, length in places:
            if left < length:
                return CacheReach(tokens, sent, place, left)
            left -= length
        return CacheReach(tokens, sent, *places[-1])


def xray(events: Iterable[AnyEvent], turn: int) -> XRay:
    """The last request for `turn` and what came of it, from all events of a session (deltas may be left out).

    Works for a turn that is being spoken or has failed, too. Raises OperatorError for a turn that never began.
    """
    state = SessionState()
    found: XRay | None = None
    refused: dict[tuple[int, str], dict[str, str]] = {}
    for event in events:
        apply(state, event)
        if isinstance(event, ParameterOmitted):
            model = state.in_flight.model if state.in_flight is not None else state.agents[event.agent].model
            refused.setdefault((event.agent, model), {})[event.name] = event.why
        elif isinstance(event, TurnStarted) and event.turn == turn and state.in_flight is not None:
            found = _sent(state, state.in_flight)
        elif isinstance(event, TurnEnded | TurnFailed) and event.turn == turn and found is not None:
            found = _known(replace(found, reply=_came_back(event)), refused)
    if found is None:
        raise OperatorError(f"there is no turn {turn}", f"turns go from 1 to {state.turn}")
    if state.in_flight is not None and state.in_flight.turn == turn:
        found = _known(replace(found, reply=_so_far(state.in_flight)), refused)
    return found


def xray_now(state: SessionState) -> XRay | None:
    """The turn that is being spoken, from the live state; None where nobody speaks.

    A turn that the operator edited after the request had left stands here as it reads now: `xray` of the events has
    it as it was sent. Which parameters were left out is known from the events alone.
    """
    flight = state.in_flight
    return None if flight is None else replace(_sent(state, flight), reply=_so_far(flight))


def _known(seen: XRay, refused: Mapping[tuple[int, str], Mapping[str, str]]) -> XRay:
    """With what its model is known not to take."""
    omitted = dict(refused.get((seen.seat, seen.model), {}))
    return replace(seen, omitted=omitted, tools=() if TOOLS in omitted else seen.tools)


def _sent(state: SessionState, flight: TurnInFlight) -> XRay:
    seat = flight.agent
    perspective = Perspective(state, seat)
    messages = tuple(
        SentMessage(message.role, message.text, tuple(_split(message.text, parts, state)))
        for message, parts in zip(perspective.messages, perspective.parts, strict=True)
    )
    return XRay(
        flight.turn,
        seat,
        flight.name,
        flight.attempt,
        flight.started,
        flight.model,
        dict(flight.params),
        state.setup.agent(seat).system if state.setup is not None else "",
        messages,
        replace(_left_out(state, seat), withheld=perspective.withheld),
        attempts=tuple(state.attempts),
        tools=state.agents[seat].tools,
    )


def _split(text: str, parts: Iterable[Part], state: SessionState) -> Iterator[SentPart]:
    start = 0
    for part in parts:
        turn = state.turns.get(part.turn) if part.origin == "turn" and part.turn is not None else None
        name = turn.name if turn is not None else ""
        yield SentPart(part.origin, text[start : start + part.length], part.turn, name)
        start += part.length + len(BETWEEN)


def _left_out(state: SessionState, seat: int) -> LeftOut:
    agent = state.agents[seat]
    hidden: list[int] = []
    missed: list[int] = []
    for index, entry in enumerate(state.entries):
        if not isinstance(entry, TurnEntry) or entry.retracted:
            continue
        if hears(agent, index, entry):
            if index < agent.first_entry:
                hidden.append(entry.turn)
        elif away(agent, index):
            missed.append(entry.turn)
    return LeftOut(tuple(hidden), tuple(missed))


def _came_back(event: TurnEnded | TurnFailed) -> Reply:
    if isinstance(event, TurnFailed):
        return Reply(event.text, event.reasoning, cost=event.cost, trouble=event.trouble)
    return Reply(
        event.text,
        event.reasoning,
        event.raw,
        event.cut,
        event.marks,
        event.stop_reason,
        event.usage,
        event.cost,
        event.timings,
        event.model,
        exchanges=event.exchanges,
    )


def _so_far(flight: TurnInFlight) -> Reply:
    return Reply("".join(flight.text), "".join(flight.reasoning))
