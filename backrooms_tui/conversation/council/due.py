"""Whose council talks before the next turn, and who speaks after a council has met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backrooms_tui.conversation.stopping import said_stop
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Rules
from backrooms_tui.session.state import CouncilEntry, Entry, SessionState, TurnEntry


@dataclass(frozen=True, slots=True)
class Due:
    """The council of the agent on `seat` is to be held; `turn` is the turn that it serves, as far as one can tell."""

    seat: int
    turn: int


def due(state: SessionState, seat: int) -> bool:
    """Whether the council of `seat` is to be held before its next turn: it is open, or one is due and was not held for
    that turn. A turn that is spoken again has the council that was held before."""
    agent = _agent(state, seat)
    if agent is None or agent.council is None:
        return False
    if seat in state.councils:
        return True
    council = agent.council
    if council.when == "every" and state.agents[seat].turns % max(1, council.every):
        return False
    for entry in _since_own_turn(state, seat):
        if isinstance(entry, CouncilEntry) and entry.agent == seat:
            return False
        if isinstance(entry, TurnEntry):
            return council.when == "every" or said_stop(entry.text, (council.ask,)) is not None
    return council.when == "every"


def due_before(state: SessionState, seat: int, turns: int | None = None) -> list[Due]:
    """The councils that are held before `seat` speaks: its own, and at the same time those of the others that speak in
    this round where what they hear does not depend on it. `turns` is how many turns are still to be spoken."""
    first = state.turn + 1
    setup = state.setup
    if setup is None or not any(agent.council for agent in setup.agents):
        return []
    own = [Due(seat, first)] if due(state, seat) else []
    waiting = [number for number, _ in _after(state, seat) if number not in state.spoke]
    if setup.rules.max_turns:
        waiting = waiting[: max(0, setup.rules.max_turns - first)]
    if turns is not None:
        waiting = waiting[: max(0, turns - 1)]
    beside = (
        Due(number, first + ahead)
        for ahead, number in enumerate(waiting, 1)
        if _apart(_council(state, number), setup.rules) and due(state, number)
    )
    return [*own, *beside] if setup.rules.mode == "statements" or own else own


def prepared(state: SessionState) -> int | None:
    """The seat that was chosen to speak and whose council is open, or has met, since the last turn."""
    seat = state.next_agent
    if seat is None or (seat not in state.councils and not state.agents[seat].councils):
        return None
    if seat in state.councils:
        return seat
    for entry in reversed(state.entries):
        if isinstance(entry, CouncilEntry) and entry.agent == seat:
            return seat
        if isinstance(entry, TurnEntry) and not entry.retracted:
            return None
    return None


def last_council(state: SessionState, seat: int) -> CouncilEntry | None:
    """The last council of `seat` that is over."""
    if not state.agents[seat].councils:
        return None
    mine = (entry for entry in reversed(state.entries) if isinstance(entry, CouncilEntry) and entry.agent == seat)
    return next(mine, None)


def _apart(council: CouncilSetup | None, rules: Rules) -> bool:
    """Whether it can be held before the others of this round have spoken."""
    if council is None:
        return False
    if rules.mode == "statements":
        return True
    return rules.mode == "turns" and rules.order == "round-robin" and council.hears == "nothing"


def _after(state: SessionState, seat: int) -> Sequence[tuple[int, bool]]:
    """The other seats that may speak, in order after `seat`, as pairs of seat and whether it comes after it."""
    others = [number for number, agent in sorted(state.agents.items()) if agent.speaks and number != seat]
    return sorted(((number, number > seat) for number in others), key=lambda one: (not one[1], one[0]))


def _since_own_turn(state: SessionState, seat: int) -> Iterator[Entry]:
    """The entries from the end back to the last turn of `seat` that stands, that one included."""
    for entry in reversed(state.entries):
        if not isinstance(entry, TurnEntry):
            yield entry
        elif entry.agent == seat and not entry.retracted:
            yield entry
            return


def _council(state: SessionState, seat: int) -> CouncilSetup | None:
    agent = _agent(state, seat)
    return agent.council if agent is not None else None


def _agent(state: SessionState, seat: int) -> AgentSetup | None:
    return state.setup.agent(seat) if state.setup is not None else None
