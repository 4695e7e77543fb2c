"""A room in which a model calls tools: those of desks, worlds that know a few words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.providers.base import Finish, TextChunk, ToolCall
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.world import Permission, WorldSetup
from backrooms_tui.session.world_tool import Tool
from backrooms_tui.worlds.base import Answer, Heard, Taken, View, World
from tests.conversation.playing import WHOLE, PatientClock, PlayedProvider
from tests.conversation.playing import Heard as Listening
from tests.conversation.playing import Part as Played


class Desk(World):
    """Knows some words, each a command on a line of its own: `word` or `word {"json": …}`."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.down: Exception | None = None

    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        return ()

    async def open(self) -> None:
        if self.down is not None:
            raise self.down

    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        lines = [line for line in heard.text.splitlines() if line.split(" ")[0] in self.words]
        found = [Taken(heard.by, heard.turn, line, line.split(" ")[0]) for line in lines]
        return found or [Taken(heard.by, heard.turn, heard.text, "")]

    async def answer(self, taken: Taken, view: View) -> Answer:
        return Answer(f"done: {taken.command}" if taken.name else "what?", "done" if taken.name else "unknown")

    def greeting(self, view: View) -> Answer:
        return Answer("a desk")

    def tools(self) -> tuple[Tool, ...]:
        return tuple(Tool(word, f"To {word}.", {"type": "object"}) for word in self.words)

    def command(self, tool: str, arguments: Mapping[str, object]) -> str:
        return f"{tool} {json.dumps(arguments)}" if arguments else tool


class Office:
    """Ada, whose model plays `replies`, and a desk on each seat after hers."""

    def __init__(
        self,
        *replies: str | Iterable[Played],
        desks: Mapping[str, World] | None = None,
        tools: bool = True,
        guard: bool = False,
        permissions: Mapping[str, Permission] | None = None,
        state: SessionState | None = None,
        names: Sequence[str] = ("Ada",),
        **rules: Any,
    ) -> None:
        self.provider, self.heard = PlayedProvider(*replies), Listening()
        self.desks = dict(desks or {"CLI": Desk("put", "look")})
        seats = [
            AgentSetup(seat, name, "played/one", "", tools=tools, guard=guard) for seat, name in enumerate(names, 1)
        ]
        for seat, name in enumerate(self.desks, len(names) + 1):
            world = WorldSetup("desk", permissions or {}, timeout=1.0)
            seats.append(AgentSetup(seat, name, "world/desk", kind="world", guard=False, world=world))
        self.conversation = Conversation(
            Setup("A test", "test", tuple(seats), Rules(**rules)),
            session="s1",
            speaker_for=lambda reference: (self.provider, reference.partition("/")[2]),
            price=lambda reference, usage: 0.5,
            listeners=[self.heard],
            clock=PatientClock(),
            state=state,
            world_for=lambda agent: self.desks[agent.name],
        )

    @property
    def state(self) -> SessionState:
        return self.conversation.state

    def said(self) -> list[tuple[str, str]]:
        return [(turn.name, turn.text) for _, turn in sorted(self.state.turns.items())]

    def given(self, request: int = -1) -> list[str]:
        return [tool.name for tool in self.provider.requests[request].tools]

    def told(self) -> list[str]:
        return [event.text for event in self.heard.events if event.kind == "noticed"]


def calling(*calls: tuple[str, str], words: str = "", finish: Finish = WHOLE) -> list[Played]:
    return [*([TextChunk(words)] if words else []), *(ToolCall(*call) for call in calls), finish]
