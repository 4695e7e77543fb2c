"""What one agent is sent: the session as it looks from one seat.

Own turns are the assistant's, everything heard is the user's, the template's history comes first. It only ever
appends: request n+1 begins with the messages of request n and the reply to it, so that a provider's prompt cache and
llama.cpp's KV cache keep working. Only an edit, a retry or a moved window changes what was sent before.
"""

from collections.abc import Sequence

from backrooms_tui.session.setup import Message
from backrooms_tui.session.state import Entry, SessionState, TurnEntry, WordEntry

# Models want a user message before they speak. These stand where nobody has said one.
OPENING = "(You speak first.)"
GO_ON = "(Nobody else has spoken. Go on.)"


class Perspective:
    """The growing request of one seat. It reads the state and keeps what it has built, so that a turn costs the same
    early and late in a session."""

    def __init__(self, state: SessionState, seat: int) -> None:
        self._state = state
        self._seat = seat
        self._rebuild()

    @property
    def messages(self) -> Sequence[Message]:
        """What the agent is sent if it speaks now: it starts and ends with the user and alternates."""
        self._catch_up()
        if self._messages and self._messages[-1].role == "user":
            return tuple(self._messages)
        return (*self._messages, Message("user", self._prompt()))

    @property
    def characters(self) -> int:
        """Length of everything sent, the system text included."""
        self._catch_up()
        return self._characters

    def _rebuild(self) -> None:
        state, agent = self._state, self._state.agents[self._seat]
        self._revision, self._first_entry = state.revision, agent.first_entry
        self._next_entry = agent.first_entry
        self._labelled = len(state.agents) > 2
        self._messages: list[Message] = []
        self._characters = 0
        if state.setup is not None:
            setup = state.setup.agent(self._seat)
            self._characters = len(setup.system)
            for message in setup.history:
                self._add(message.role == "assistant", message.text)

    def _catch_up(self) -> None:
        state = self._state
        if self._revision != state.revision or self._first_entry != state.agents[self._seat].first_entry:
            self._rebuild()
        entries = state.entries
        while self._next_entry < len(entries):
            self._hear(entries[self._next_entry])
            self._next_entry += 1

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry, TurnEntry):
            if entry.retracted or not entry.text.strip():
                return
            own = entry.agent == self._seat
            self._add(own, entry.text if own or not self._labelled else f"{entry.name}: {entry.text}")
        elif isinstance(entry, WordEntry):
            if entry.to == 0:
                self._add(False, f"Operator: {entry.text}")
            elif entry.to == self._seat:
                self._add(False, f"Operator (only to you): {entry.text}")

    def _add(self, own: bool, text: str) -> None:
        messages = self._messages
        if own and (not messages or messages[-1].role == "assistant"):
            self._append(Message("user", self._prompt()))
        if messages and not own and messages[-1].role == "user":
            merged = Message("user", f"{messages[-1].text}\n\n{text}")
            messages[-1] = merged
            self._characters += len(text) + 2
            return
        self._append(Message("assistant" if own else "user", text))

    def _append(self, message: Message) -> None:
        self._messages.append(message)
        self._characters += len(message.text)

    def _prompt(self) -> str:
        return GO_ON if self._messages else OPENING
