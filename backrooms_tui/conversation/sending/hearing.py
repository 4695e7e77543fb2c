"""Who hears what, and in which words. What is sent, what leaves a window and what a memory is made of all ask here."""

from backrooms_tui.session.state import (
    AgentState,
    CouncilEntry,
    Entry,
    RoundEntry,
    SessionState,
    TurnEntry,
    WordEntry,
)

COUNCIL = "[Your council has met. Only you have heard this:]"
COUNCIL_OVER = "[Your council is over. Now speak for yourself.]"


def hears(agent: AgentState, index: int, entry: Entry) -> bool:
    """Whether `agent` heard `entry`, which stands at `index` in the timeline.

    Nobody hears a notice, a turn or a word that was taken back, a turn of which only requests would be left, a word to
    somebody else, another's council, or what was said while they were away.
    """
    if isinstance(entry, TurnEntry):
        if entry.agent == agent.seat:
            return not entry.retracted and bool(entry.text.strip())
        return not entry.retracted and bool(entry.heard.strip()) and not away(agent, index)
    if isinstance(entry, WordEntry):
        return not entry.taken_back and entry.to in (0, agent.seat) and not away(agent, index)
    if isinstance(entry, CouncilEntry):
        return entry.agent == agent.seat and bool(entry.text.strip())
    if isinstance(entry, RoundEntry):
        return not entry.taken_back and not away(agent, index)
    return False


def away(agent: AgentState, index: int) -> bool:
    """Whether `agent` was not there when the entry at `index` came."""
    if agent.absent and index >= agent.away_since:
        return True
    return any(first <= index < after for first, after in agent.missed)


def named_from(state: SessionState) -> int | None:
    """The entry from which on turns are told with the name of who spoke: with the third agent that is there.

    None while no more than two have been. What was told before stays as it is, so that nothing sent changes.
    """
    came = sorted(entry for agent in state.agents.values() if (entry := _came(agent)) is not None)
    return came[2] if len(came) > 2 else None


def withheld(state: SessionState, index: int, seat: int) -> bool:
    """Whether the turn at `index` in the timeline is not told to `seat` yet: another's statement of the round that is
    not over."""
    entry = state.entries[index]
    if not isinstance(entry, TurnEntry) or entry.agent == seat or not in_statements(state) or not state.round:
        return False
    return not any(isinstance(later, RoundEntry) and not later.taken_back for later in state.entries[index:])


def heard_by(state: SessionState, seat: int, index: int) -> bool:
    """Whether `seat` was told of the entry at `index` in the timeline; as seat 0, the operator, who is always there,
    whether all were told who were there."""
    agent = state.agents.get(seat)
    return not withheld(state, index, seat) and (agent is None or hears(agent, index, state.entries[index]))


def in_statements(state: SessionState) -> bool:
    """Whether turns reach the others when the round is over."""
    return state.setup is not None and state.setup.rules.mode == "statements"


def told(entry: Entry, seat: int, *, named: bool, position: str = "") -> str:
    """The words in which `seat` is told of `entry`, which it hears; its own turns are its own words. `position` is what
    it stands for in a debate."""
    if isinstance(entry, TurnEntry):
        if entry.agent == seat:
            return entry.text
        return f"{entry.name}: {entry.heard}" if named else entry.heard
    if isinstance(entry, RoundEntry):
        return f"[{entry.text} Your position: {position}]" if position else f"[{entry.text}]"
    if isinstance(entry, CouncilEntry):
        return f"{COUNCIL}\n\n{entry.text}\n\n{COUNCIL_OVER}"
    if not isinstance(entry, WordEntry):
        return ""
    match entry.source, entry.to:
        case "operator", 0:
            return f"Operator: {entry.text}"
        case "operator", _:
            return f"Operator (only to you): {entry.text}"
        case "reminder", _:
            return f"[Reminder: {entry.text}]"
        case _, 0:
            happens = entry.text.strip()
            return happens if happens.startswith("[") and happens.endswith("]") else f"[{happens}]"
        case "agent", _ if entry.by:
            return f"[{entry.name} whispers to you: {entry.text}]"
        case "cue", _:
            return f"[Only you notice: {entry.text}]"
        case _:
            return f"[Only to you: {entry.text}]"


def _came(agent: AgentState) -> int | None:
    """The first entry that `agent` was there for; None where it has not come yet."""
    for first, after in agent.missed:
        if first == 0:
            return after
    return None if agent.absent and agent.away_since == 0 else 0
