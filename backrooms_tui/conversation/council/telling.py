"""What a council hears of the conversation around it, and what its host is told of it."""

from collections.abc import Iterator

from backrooms_tui.conversation.council.due import last_council
from backrooms_tui.conversation.sending.hearing import hears, in_statements, told
from backrooms_tui.session.setup import CouncilSetup
from backrooms_tui.session.state import CouncilEntry, RoundEntry, SessionState, TurnEntry, WordEntry

LEFT_OUT = "(What came before is left out.)"


def heard(state: SessionState, seat: int, council: CouncilSetup, room: int | None) -> str:
    """What the host on `seat` has heard and said, all of it or since its last council; of what would be longer than
    `room` characters, the newest."""
    if council.hears == "nothing":
        return ""
    last = last_council(state, seat) if council.hears == "new" else None
    words: list[str] = []
    length = 0
    for word in _backwards(state, seat, last):
        length += len(word) + 2
        if room is not None and length > room and words:
            words.append(LEFT_OUT)
            break
        words.append(word)
    return "\n\n".join(reversed(words))


def transcript(council: SessionState, room: int | None) -> str:
    """What was said in `council`, with the names of who said it; councils within it stay there. Of what would be longer
    than `room` characters, the newest."""
    said: list[str] = []
    length = 0
    for entry in reversed(council.entries):
        if isinstance(entry, TurnEntry):
            if entry.retracted or not entry.heard.strip():
                continue
            word = f"{entry.name}: {entry.heard.strip()}"
        elif isinstance(entry, WordEntry) and entry.to == 0 and entry.source == "operator":
            word = told(entry, 0, named=True)
        else:
            continue
        length += len(word) + 2
        if room is not None and length > room and said:
            said.append(LEFT_OUT)
            break
        said.append(word)
    return "\n\n".join(reversed(said))


def _backwards(state: SessionState, seat: int, last: CouncilEntry | None) -> Iterator[str]:
    """What the agent on `seat` heard after `last` began, the newest first."""
    agent = state.agents[seat]
    statements = in_statements(state)
    # What is said in a round of statements is heard when the next one begins.
    withheld = statements
    for index in range(len(state.entries) - 1, -1, -1):
        entry = state.entries[index]
        known = last is not None and index < last.before
        begins = isinstance(entry, RoundEntry) and not entry.taken_back
        if known and (begins or not statements):
            return
        withheld = withheld and not begins
        if isinstance(entry, CouncilEntry) or not hears(agent, index, entry):
            continue
        if isinstance(entry, TurnEntry):
            others = entry.agent != seat
            if not (others and withheld) and (others or not known):
                yield f"{entry.name}: {(entry.heard if others else entry.text).strip()}"
        elif not known and (not isinstance(entry, WordEntry) or entry.source != "reminder"):
            yield told(entry, seat, named=True)
