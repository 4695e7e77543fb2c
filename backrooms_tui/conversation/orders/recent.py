"""The last few words of a conversation, for a model that is asked about it."""

from itertools import islice

from backrooms_tui.conversation.sending.hearing import hears, told, withheld
from backrooms_tui.session.state import CouncilEntry, RoundEntry, SessionState, TurnEntry, WordEntry

TURNS = 6
# Characters of one turn: its beginning and its end, where people are addressed.
_HEAD, _TAIL = 200, 400


def recent_words(state: SessionState, seat: int = 0, turns: int = TURNS) -> str:
    """The last `turns` turns and the words between them as `seat` heard them, or what all could hear for seat 0.

    One paragraph each, with the speaker's name. Empty where nothing was said.
    """
    found: list[str] = []
    left = turns
    for back, entry in enumerate(islice(reversed(state.entries), 50 * turns)):
        index = len(state.entries) - 1 - back
        if isinstance(entry, WordEntry) and entry.source == "reminder":
            continue
        if not _public(state, index) if seat == 0 else not hears(state.agents[seat], index, entry):
            continue
        if isinstance(entry, CouncilEntry) or (seat and withheld(state, index, seat)):
            continue
        words = told(entry, seat, named=True)
        if isinstance(entry, TurnEntry):
            found.append(f"You: {clipped(words)}" if entry.agent == seat else clipped(words))
            left -= 1
        else:
            found.append(clipped(words))
        if not left:
            break
    return "\n\n".join(reversed(found))


def clipped(text: str) -> str:
    """`text`, without its middle where it is long."""
    return text if len(text) <= _HEAD + _TAIL + 10 else f"{text[:_HEAD]} […] {text[-_TAIL:]}"


def _public(state: SessionState, index: int) -> bool:
    entry = state.entries[index]
    if isinstance(entry, TurnEntry):
        return not entry.retracted and bool(entry.heard.strip())
    if isinstance(entry, RoundEntry):
        return not entry.taken_back
    return isinstance(entry, WordEntry) and entry.to == 0 and not entry.taken_back
