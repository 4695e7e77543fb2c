"""When a context window is nearly full: what an agent no longer sees.

The oldest turns after the template's history leave the request, half a window at a time: each move breaks the
provider's prompt cache once, so moves have to be rare.
"""

from dataclasses import dataclass

from backrooms_tui.conversation.sending.hearing import hears
from backrooms_tui.session.state import AgentState, CouncilEntry, RoundEntry, SessionState, TurnEntry, WordEntry

# English prose runs at 4 to 4.5 characters a token with the tokenizers in use; 3 leaves room for code and other
# languages until the provider's own count is known.
CHARACTERS_A_TOKEN = 3.0
# Room kept for the reply where no max_tokens is set.
DEFAULT_REPLY = 1024
# After a move, the request fills this share of what the window can hold.
KEPT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Move:
    """A new beginning of what an agent sees: the first entry of the timeline, and how many turns are hidden in all."""

    first_entry: int
    turns: int


def estimated_tokens(characters: int, measured: tuple[int, int] | None) -> int:
    """Tokens of a request of `characters`, by the last request's (characters, tokens) where the provider told them."""
    if measured is not None and measured[0] > 0 and measured[1] > 0:
        return round(characters * measured[1] / measured[0])
    return round(characters / CHARACTERS_A_TOKEN)


def move_if_full(
    state: SessionState, agent: AgentState, characters: int, measured: tuple[int, int] | None
) -> Move | None:
    """The move that makes room for the next reply; None where there is room, or no window is known."""
    if agent.window is None:
        return None
    reply = agent.params.get("max_tokens")
    reserve = min(int(reply) if isinstance(reply, int | float) else DEFAULT_REPLY, agent.window // 2)
    room = agent.window - reserve
    tokens = estimated_tokens(characters, measured)
    # Two per cent for a chat template's own tokens.
    if tokens <= room * 0.98:
        return None
    return _move(state, agent, characters, characters * (room * KEPT_SHARE / tokens))


def move_after_refusal(state: SessionState, agent: AgentState, characters: int) -> Move | None:
    """The move after a provider said that the request is too long: half of what was sent stays."""
    return _move(state, agent, characters, characters * KEPT_SHARE)


def _move(state: SessionState, agent: AgentState, characters: int, kept: float) -> Move | None:
    """Hide entries from the oldest on until at most `kept` characters remain; the last two turns always stay."""
    entries = state.entries
    heard = [index for index in range(agent.first_entry, len(entries)) if hears(agent, index, entries[index])]
    turns = [index for index in heard if isinstance(entries[index], TurnEntry)]
    if len(turns) <= 2:
        return None
    remaining = characters
    first = agent.first_entry
    hidden = 0
    for index in heard:
        entry = entries[index]
        if index >= turns[-2]:
            break
        # A request that opens with somebody else's words reads better than one that opens with an answer.
        opens = not (isinstance(entry, TurnEntry) and entry.agent == agent.seat)
        if remaining <= kept and opens and index > agent.first_entry:
            break
        if isinstance(entry, TurnEntry):
            remaining -= len(entry.text if entry.agent == agent.seat else entry.heard)
        elif isinstance(entry, WordEntry | RoundEntry | CouncilEntry):
            remaining -= len(entry.text)
        hidden += isinstance(entry, TurnEntry)
        first = index + 1
    if hidden == 0:
        return None
    return Move(first, agent.hidden_turns + hidden)
