"""What agents' own requests do to the state of a session: votes that are open, who may not speak for a while, and what
was taken back of all that."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from backrooms_tui.session.entries import NoticeEntry, TurnEntry, WordEntry
from backrooms_tui.session.request_events import REQUESTS, RequestMade, RequestName, RequestUndone, VoteClosed
from backrooms_tui.session.request_lines import parted
from backrooms_tui.session.setup import Rules
from backrooms_tui.session.world import permitted

if TYPE_CHECKING:
    from backrooms_tui.session.state import SessionState

_QUOTED = 60


@dataclass(slots=True)
class Vote:
    """A vote that `by` has called in `turn`. `waited` are the seats that it waits for, `cast` what each is for.
    `closed` is the turn after which it was over, and where in the timeline that is told; None while it is open."""

    id: str
    turn: int
    by: int
    question: str
    options: tuple[str, ...]
    waited: tuple[int, ...]
    cast: dict[int, str] = field(default_factory=dict)
    closed: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A request, and how many entries stood in the timeline before it."""

    event: RequestMade
    at: int


@dataclass(slots=True)
class Requests:
    """Requests by their ids: all that were `made` in turns that stand, and those of them that are `undone`; the votes,
    and who only listens until a turn is over, by seat. `once` is what rules allowed that hold no longer. `last` is what
    has happened last, with its effects."""

    made: dict[str, Made] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    votes: dict[str, Vote] = field(default_factory=dict)
    mutes: dict[int, int] = field(default_factory=dict)
    once: set[RequestName] = field(default_factory=set)
    last: RequestMade | RequestUndone | VoteClosed | None = None

    @property
    def vote(self) -> Vote | None:
        """The vote that is open."""
        return next((vote for vote in reversed(self.votes.values()) if vote.closed is None), None)

    @property
    def standing(self) -> dict[str, RequestMade]:
        """Those that were done and not undone, the oldest first."""
        return {
            id: made.event for id, made in self.made.items() if made.event.outcome == "done" and id not in self.undone
        }

    def begin_later(self, entries: int) -> None:
        """The timeline is held without its first `entries`: what was told there is not the state's to strike."""
        self.made = {id: replace(made, at=made.at - entries) for id, made in self.made.items()}
        for vote in self.votes.values():
            if vote.closed is not None:
                vote.closed = (vote.closed[0], vote.closed[1] - entries)

    def owed(self, seq: int) -> int:
        """How many effects of the last one are still to come after event `seq`."""
        return 0 if self.last is None else max(0, self.last.seq + self.last.effects - seq)


def names_on(state: "SessionState", seat: int) -> tuple[RequestName, ...]:
    """What the agent on `seat` may ask for, with or without the operator's leave."""
    agent = state.agents.get(seat)
    if state.setup is None or agent is None or agent.is_world:
        return ()
    rules = state.setup.rules.requests
    if not rules and not agent.permissions:
        return ()
    return tuple(
        name for name in REQUESTS if permitted(agent.permissions, name, permitted(rules, name, "deny")) != "deny"
    )


def names_heard(state: "SessionState", seat: int) -> tuple[RequestName, ...]:
    """What is read as a request in the words of the agent on `seat`: what it may ask for, and what the rules let agents
    ask for, or once did, and it may not. It was told of that, so it is refused, and never said to all."""
    agent = state.agents.get(seat)
    if state.setup is None or agent is None or agent.is_world:
        return ()
    known = {*allowed(state.setup.rules), *state.requests.once, *names_on(state, seat)}
    return tuple(name for name in REQUESTS if name in known)


def allowed(rules: Rules) -> tuple[RequestName, ...]:
    """What agents may ask for by `rules`, with or without the operator's leave."""
    return tuple(name for name in REQUESTS if permitted(rules.requests, name, "deny") != "deny")


def made(event: RequestMade, state: "SessionState") -> None:
    """A request was looked at."""
    requests = state.requests
    requests.made[event.id] = Made(event, len(state.entries))
    requests.last = event
    state.asking.done(event.agent, event.agent, event.name, event.text)
    if event.outcome != "done":
        return
    name = _name(state, event.agent)
    if event.name == "note":
        _tell(state, event, f"{name} notes: {event.said}")
    elif event.name == "mute":
        requests.mutes[event.to] = event.turn + event.turns
    elif event.name == "vote" and event.vote:
        vote = requests.votes.get(event.vote)
        if vote is not None:
            vote.cast[event.agent] = event.said
        _tell(state, event, f"{name} votes for “{event.said}”")
    elif event.name == "vote":
        waited = tuple(seat for seat, agent in state.agents.items() if agent.speaks and not agent.is_world)
        requests.votes[event.id] = Vote(event.id, event.turn, event.agent, event.said, event.options, waited)


def undone(event: RequestUndone, state: "SessionState") -> None:
    """The operator has undone a request."""
    requests = state.requests
    requests.last = event
    made = requests.made.get(event.request)
    if made is None:  # a piece of a session that begins later
        return
    requests.undone.add(event.request)
    _forget(state, made)
    if made.event.name in ("whisper", "note"):
        _take_back(state, made.at, made.event.effects)
    line = " ".join(made.event.text.split())
    line = line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"
    _tell(state, event, f"undone, of {_name(state, event.agent)}: {line}")


def closed(event: VoteClosed, state: "SessionState") -> None:
    """A vote is over."""
    state.requests.last = event
    vote = state.requests.votes.get(event.vote)
    if vote is not None:
        vote.closed = (state.turn, len(state.entries))


def turn_taken_back(state: "SessionState", turn: int) -> None:
    """What was asked for in `turn` was not: nobody is told of it any more, and it may be asked for anew."""
    requests = state.requests
    for id, made in [(id, made) for id, made in requests.made.items() if made.event.turn == turn]:
        if id not in requests.undone:
            _forget(state, made)
        _take_back(state, made.at, made.event.effects)
        requests.undone.discard(id)
        del requests.made[id]
    for vote in requests.votes.values():
        if vote.closed is not None and vote.closed[0] >= turn:
            _take_back(state, vote.closed[1], 1)
            vote.closed = None


def muted(state: "SessionState", seat: int, seq: int) -> None:
    """Somebody else than the agents has decided whether `seat` speaks: that holds."""
    last = state.requests.last
    if last is None or not last.seq < seq <= last.seq + last.effects:
        state.requests.mutes.pop(seat, None)


def edited(entry: TurnEntry) -> None:
    """The words of a turn are others: what others hear of them is without its requests, as before."""
    if entry.heard_as is not None:
        entry.heard_as = parted(entry.text, {request.name for request in entry.requests})[1]


def _forget(state: "SessionState", made: Made) -> None:
    """What it changed in votes, and who may not speak."""
    event, requests = made.event, state.requests
    if event.outcome != "done":
        return
    if event.name == "mute":
        requests.mutes.pop(event.to, None)
    elif event.name == "vote" and event.vote:
        vote = requests.votes.get(event.vote)
        if vote is not None:
            vote.cast.pop(event.agent, None)
    elif event.name == "vote":
        requests.votes.pop(event.id, None)


def _take_back(state: "SessionState", at: int, effects: int) -> None:
    """What was told with these `effects`, from this place in the timeline on, is no longer there for anybody; where
    there were none, what the operator alone was told."""
    for index in range(max(0, at), min(at + max(effects, 1), len(state.entries))):
        entry = state.entries[index]
        word = isinstance(entry, WordEntry) and entry.source in ("agent", "request")
        if isinstance(entry, WordEntry | NoticeEntry) and (word or not effects):
            state.entries[index] = replace(entry, taken_back=True)
            state.revision += 1


def _name(state: "SessionState", seat: int) -> str:
    return state.agents[seat].name if seat in state.agents else f"seat {seat}"


def _tell(state: "SessionState", event: RequestMade | RequestUndone, text: str) -> None:
    state.entries.append(NoticeEntry(text, event.at, "info", event.agent))
