"""What one agent is sent: the session as it looks from one seat.

Own turns are the assistant's, everything heard is the user's, the template's history comes first, then what the agent
keeps of what it is no longer sent. It only ever appends: request n+1 begins with the messages of request n and the
reply to it, so that a provider's prompt cache and llama.cpp's KV cache keep working. A reminder is put in a little
before the end, once, and stays there, so everything before it keeps. Others' statements come when their round is over,
an agent's own council right before its turn. Only an edit, a retry, a moved window, a new memory or another way of
making up rounds changes what was sent before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from backrooms_tui.conversation.sending.hearing import away, hears, in_statements, named_from, told
from backrooms_tui.session.setup import Memory, Message, Role
from backrooms_tui.session.state import CouncilEntry, Entry, RoundEntry, SessionState, TurnEntry, WordEntry

# Models want a user message before they speak. These stand where nobody has said one.
OPENING = "(You speak first.)"
GO_ON = "(Nobody else has spoken. Go on.)"
UNDER_WAY = "(The conversation is under way. You speak next.)"

# What the memory of an agent is called in what it is sent.
_MEMORY_TITLE: dict[Memory, str] = {
    "drop": "What you remember",
    "summary": "Summary of what was said before",
    "notebook": "Your notebook",
}

Origin = Literal[
    "seed",
    "memory",
    "turn",
    "operator",
    "cue",
    "remedy",
    "reminder",
    "agent",
    "request",
    "round",
    "council",
    "prompt",
]


@dataclass(frozen=True, slots=True)
class Part:
    """Where a piece of a message comes from; pieces of one message are parted by `BETWEEN`.

    `length` is in characters. `turn` is the number of the turn that was said, or that the word came after.
    """

    origin: Origin
    length: int
    turn: int | None = None


BETWEEN = "\n\n"


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
        if self._councils:
            council = self._told_council()
            if self._waits_for_user():
                return (*self._messages, Message("user", council))
            return (*self._messages[:-1], Message("user", f"{self._messages[-1].text}{BETWEEN}{council}"))
        if self._waits_for_user():
            return (*self._messages, Message("user", self._prompt()))
        return tuple(self._messages)

    @property
    def parts(self) -> Sequence[Sequence[Part]]:
        """What each of `messages` is made of."""
        self._catch_up()
        made = [tuple(parts) for parts in self._parts]
        if self._councils:
            council = tuple(Part("council", len(text), turn) for text, turn in self._councils)
            made[-1:] = [*made[-1:], council] if self._waits_for_user() else [(*made[-1], *council)]
        elif self._waits_for_user():
            made.append((Part("prompt", len(self._prompt())),))
        return tuple(made)

    @property
    def withheld(self) -> tuple[int, ...]:
        """The turns that the agent is told when the round is over."""
        self._catch_up()
        return tuple(entry.turn for entry, _ in self._statements)

    @property
    def characters(self) -> int:
        """Length of everything sent, the system text included."""
        self._catch_up()
        return self._characters + sum(len(text) + len(BETWEEN) for text, _ in self._councils)

    def _rebuild(self) -> None:
        state, agent = self._state, self._state.agents[self._seat]
        self._built_from = self._grounds()
        self._next_entry = agent.first_entry
        self._last_turn = _turn_before(state, agent.first_entry)
        # Whether others have spoken, unheard, since the agent last heard or said something.
        self._unheard = agent.hidden_turns > 0
        # What the agent is told of its council before its next turn, each with the turn that it came after.
        self._councils: list[tuple[str, int]] = []
        # Others' statements of the round that is not over, each with whether it is told with a name.
        self._statements: list[tuple[TurnEntry, bool]] = []
        self._in_rounds = in_statements(state) and any(
            isinstance(entry, RoundEntry) for entry in islice(state.entries, agent.first_entry)
        )
        self._messages: list[Message] = []
        self._parts: list[list[Part]] = []
        self._characters = 0
        if state.setup is not None:
            setup = state.setup.agent(self._seat)
            self._characters = len(setup.system)
            for message in setup.history:
                self._add(message.role, message.text, "seed")
            if agent.memory:
                title = _MEMORY_TITLE[setup.memory]
                self._add("user", f"[{title}]\n{agent.memory}\n[End of: {title}]", "memory")
        # Reminders go no further back than here.
        self._head = len(self._messages)

    def _catch_up(self) -> None:
        state, agent = self._state, self._state.agents[self._seat]
        if self._built_from != self._grounds():
            self._rebuild()
        entries = state.entries
        if self._next_entry >= len(entries):
            return
        named = named_from(state)
        while self._next_entry < len(entries):
            index, entry = self._next_entry, entries[self._next_entry]
            self._next_entry += 1
            if isinstance(entry, TurnEntry) and not entry.retracted:
                self._last_turn = entry.turn
            if isinstance(entry, RoundEntry) and not entry.taken_back:
                self._end_round()
            if hears(agent, index, entry):
                self._hear(entry, named is not None and index >= named)
            elif isinstance(entry, TurnEntry) and away(agent, index):
                self._unheard = self._unheard or not entry.retracted

    def _grounds(self) -> tuple[object, ...]:
        """What changes what was sent before, when it changes."""
        agent, setup = self._state.agents[self._seat], self._state.setup
        if setup is None:
            return self._state.revision, agent.first_entry, agent.memory
        own = setup.agent(self._seat)
        # The manner of keeping counts as soon as something is kept.
        manner = own.memory if agent.memory else None
        at_once = not in_statements(self._state)
        return self._state.revision, agent.first_entry, agent.memory, manner, own.system, at_once

    def _hear(self, entry: Entry, named: bool) -> None:
        if isinstance(entry, RoundEntry):
            self._begin_round(entry)
        elif isinstance(entry, CouncilEntry):
            self._councils.append((told(entry, self._seat, named=named), self._last_turn))
        elif isinstance(entry, WordEntry):
            text = told(entry, self._seat, named=named)
            if entry.source == "reminder":
                self._remind(text, entry.depth)
            else:
                self._add("user", text, entry.source, self._last_turn)
        elif isinstance(entry, TurnEntry):
            if self._in_rounds and entry.agent != self._seat:
                self._statements.append((entry, named))
            else:
                self._say(entry, named)

    def _say(self, entry: TurnEntry, named: bool) -> None:
        role: Role = "assistant" if entry.agent == self._seat else "user"
        if role == "assistant":
            councils, self._councils = self._councils, []
            for council, turn in councils:
                self._add("user", council, "council", turn)
        self._add(role, told(entry, self._seat, named=named), "turn", entry.turn)

    def _begin_round(self, entry: RoundEntry) -> None:
        setup = self._state.setup
        position = setup.agent(self._seat).position if setup is not None and setup.rules.mode == "debate" else ""
        self._add("user", told(entry, self._seat, named=False, position=position), "round", self._last_turn)

    def _end_round(self) -> None:
        """The next round begins, and the statements of this one are heard."""
        statements, self._statements = self._statements, []
        for statement, named in statements:
            self._say(statement, named)
        self._in_rounds = in_statements(self._state)

    def _add(self, role: Role, text: str, origin: Origin, turn: int | None = None) -> None:
        if role == "assistant" and self._waits_for_user():
            self._append("user", self._prompt(), Part("prompt", len(self._prompt())))
        part = Part(origin, len(text), turn)
        if role == "user" and self._messages and self._messages[-1].role == "user":
            self._merge(len(self._messages) - 1, text, part)
        else:
            self._append(role, text, part)
        self._unheard = False

    def _remind(self, text: str, depth: int) -> None:
        """Put a reminder before the last `depth` messages: into the user's message that is there."""
        if self._waits_for_user():
            self._append("user", self._prompt(), Part("prompt", len(self._prompt())))
        place = max(len(self._messages) - depth, self._head)
        part = Part("reminder", len(text), self._last_turn)
        if place < len(self._messages) and self._messages[place].role == "user":
            self._merge(place, text, part, first=True)
        else:
            self._merge(place - 1, text, part)

    def _told_council(self) -> str:
        return BETWEEN.join(text for text, _ in self._councils)

    def _append(self, role: Role, text: str, part: Part) -> None:
        self._messages.append(Message(role, text))
        self._parts.append([part])
        self._characters += len(text)

    def _merge(self, place: int, text: str, part: Part, *, first: bool = False) -> None:
        old, parts = self._messages[place].text, self._parts[place]
        self._messages[place] = Message("user", f"{text}{BETWEEN}{old}" if first else f"{old}{BETWEEN}{text}")
        parts.insert(0 if first else len(parts), part)
        self._characters += len(text) + len(BETWEEN)

    def _waits_for_user(self) -> bool:
        return not self._messages or self._messages[-1].role == "assistant"

    def _prompt(self) -> str:
        if self._unheard:
            return UNDER_WAY
        return GO_ON if self._messages else OPENING


def _turn_before(state: SessionState, entry: int) -> int:
    """The turn that stood before this entry of the timeline; 0 for none."""
    for earlier in reversed(state.entries[:entry]):
        if isinstance(earlier, TurnEntry) and not earlier.retracted:
            return earlier.turn
    return 0
