"""A session as a chat for fine-tuning: what one agent was told and what it said, as hosted services take it.

One line of JSON, `{"messages": [{"role": ..., "content": ...}, ...]}`: the agent's system text, then its template's
history and everything it heard and said, as it was sent. This is here and not among the formats because who hears what,
and in which words, is the conversation's to say.
"""

import json
from collections.abc import Iterator
from typing import TextIO

from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.trouble import OperatorError

# Some readers take these for the end of a line. In JSON they stand only within texts, where they may be written so.
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


def write_chat(record: Record, out: TextIO, agent: str = "") -> None:
    """Write the session as `agent` (a seat or a name; the first one that is no world where it is empty) has lived it:
    own turns as the assistant's, everything heard as the user's. Nothing is left out for want of room in its window,
    nor is it told what it had summed up instead.

    What it heard after its last turn is left out: there is nothing to learn from it. Raises OperatorError for an agent
    that is not there, and for one that has said nothing.
    """
    state = SessionState()
    for event in record.events(deltas=False):
        apply(state, event)
    seat = _seat(state, agent)
    lived = state.agents[seat]
    if lived.is_world:
        name = harmless_line(lived.name)
        raise OperatorError(f"{name} is a world, which nobody trains", "choose another with --agent")
    if not lived.turns:
        name = harmless_line(lived.name)
        raise OperatorError(f"{name} has said nothing in session {record.id}", "choose another with --agent")
    lived.first_entry, lived.hidden_turns, lived.memory = 0, 0, ""
    line = json.dumps({"messages": list(_messages(state, seat))}, ensure_ascii=False)
    out.write(line.translate(_LINE_ENDS) + "\n")


def _seat(state: SessionState, agent: str) -> int:
    for seat, one in sorted(state.agents.items()):
        if agent == str(seat) or (not agent and not one.is_world) or agent.casefold() == one.name.casefold():
            return seat
    agents = ", ".join(f"{seat} {harmless_line(one.name)}" for seat, one in sorted(state.agents.items()))
    raise OperatorError(f"session {state.session} has no agent {agent!r}", f"its agents are {agents}")


def _messages(state: SessionState, seat: int) -> Iterator[dict[str, str]]:
    assert state.setup is not None
    if system := state.setup.agent(seat).system:
        yield {"role": "system", "content": system}
    heard = Perspective(state, seat)
    told = list(zip(heard.messages, heard.parts, strict=True))
    while told and not any(part.origin == "turn" for part in told[-1][1] if told[-1][0].role == "assistant"):
        told.pop()
    for message, _ in told:
        yield {"role": message.role, "content": message.text}
