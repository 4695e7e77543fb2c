"""Tools that agents may call: the commands of the worlds at the table, and what a call of one comes to.

A call becomes the text of its command at the end of what the agent said, as if it had been typed. So both ways are
answered, asked about, recorded and replayed alike, and what a model is sent of the past is plain text for every model.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.turns.answering import Answering
from backrooms_tui.conversation.turns.said_to_worlds import NAMELESS
from backrooms_tui.providers.base import ToolCall
from backrooms_tui.session.events import Noticed, ToolsGiven
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import Permission, WorldSetup, permitted
from backrooms_tui.session.world_tool import Tool
from backrooms_tui.worlds.base import Heard, World

# OpenAI takes no more, and a model that reads more has hardly room for anything else.
MOST = 128
_LONGEST_NAME = 64
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Given:
    """The tools that a model is given for one turn, and the world and the name that each has there."""

    tools: tuple[Tool, ...] = ()
    sources: Mapping[str, tuple[World, str]] = field(default_factory=dict)

    def commands(self, calls: Sequence[ToolCall], said: str, state: SessionState) -> tuple[str, ...]:
        """The commands that `calls` come to; but for those that stand in what was `said` already: models that see
        their past as text now and then type the command that they call."""
        typed = self._understood(said, state)
        lines = [self.command(call) for call in calls]
        return tuple(line for line in lines if not typed or not self._understood(line, state) & typed)

    def _understood(self, text: str, state: SessionState) -> set[str]:
        if not text.strip():
            return set()
        worlds = {id(world): world for world, _ in self.sources.values()}.values()
        return {one.command for world in worlds for one in world.take(Heard(0, "", 0, text), state) if one.name}

    def command(self, call: ToolCall) -> str:
        """The command that `call` comes to, never empty. What nobody can read stays as the model wrote it: what is
        wrong with it is its answer."""
        world, name = self.sources.get(call.name, (None, call.name))
        arguments = _read(call.arguments)
        if world is not None and arguments is not None:
            try:
                command = world.command(name, arguments)
            except Exception:
                command = ""
            if command.strip():
                return command
        return f"{name} {call.arguments}".strip() or NAMELESS


class Calling:
    """Gathers the tools of the worlds at the table, and records what a model is given."""

    def __init__(self, publisher: Publisher, worlds: Answering) -> None:
        self._publisher = publisher
        self._worlds = worlds
        # What each world's tools came to with its permissions.
        self._kept: dict[int, tuple[Sequence[Tool], Mapping[str, Permission], tuple[Tool, ...]]] = {}
        self._told: set[tuple[int, str]] = set()

    async def given(self, seat: int) -> Given:
        """The tools for the next turn of `seat`: none for an agent that is not to have any. A world that does not
        start has none, and a notice says so."""
        state = self._state
        if state.setup is None or not state.setup.agent(seat).tools:
            return Given()
        found: list[tuple[str, World, Tool]] = []
        for other, agent in sorted(state.agents.items()):
            if agent.is_world and agent.speaks and (world := await self._opened(other)) is not None:
                found += [(agent.name, world, tool) for tool in self._allowed(other, world)]
        if len(found) > MOST:
            self._tell(seat, f"there are {len(found):,} tools: {state.agents[seat].name} is given the first {MOST}")
        given = _named(found[:MOST])
        if given.tools != state.agents[seat].tools:
            self._publisher.emit(ToolsGiven, agent=seat, tools=given.tools)
        return given

    async def _opened(self, seat: int) -> World | None:
        setup = self._state.setup
        assert setup is not None
        try:
            async with asyncio.timeout((setup.agent(seat).world or WorldSetup()).timeout):
                return await self._worlds.opened(seat)
        except ProviderTrouble as error:
            why = error.trouble.message
        except OperatorError as error:
            why = error.what
        except TimeoutError:
            why = "it did not start in time"
        except Exception as error:
            why = f"{type(error).__name__}: {error}"[:300]
        self._tell(seat, f"no tools of {self._state.agents[seat].name}: {why}")
        return None

    def _allowed(self, seat: int, world: World) -> tuple[Tool, ...]:
        """The tools of the world on `seat` but those that are denied: calling one would come to nothing."""
        tools, permissions = world.tools(), self._state.agents[seat].permissions
        known = self._kept.get(seat)
        if known is None or known[0] != tools or known[1] != permissions:
            kept = tuple(tool for tool in tools if not self._denied(world, tool, permissions))
            self._kept[seat] = known = (tools, dict(permissions), kept)
        return known[2]

    def _denied(self, world: World, tool: Tool, permissions: Mapping[str, Permission]) -> bool:
        taken = world.take(Heard(0, "", 0, world.command(tool.name, {})), self._state)
        said = {permitted(permissions, one.name, one.otherwise) for one in taken if one.name}
        return said == {"deny"}

    def _tell(self, seat: int, text: str) -> None:
        if (seat, text) not in self._told:
            self._told.add((seat, text))
            self._publisher.emit(Noticed, level="warning", text=scrubbed(text), agent=seat)

    @property
    def _state(self) -> SessionState:
        return self._publisher.state


def _named(found: Sequence[tuple[str, World, Tool]]) -> Given:
    """The tools under names of their own: where two worlds have one of the same name, the world's comes before it."""
    often = Counter(tool.name for _, _, tool in found)
    tools: list[Tool] = []
    sources: dict[str, tuple[World, str]] = {}
    for world_name, world, tool in found:
        whole = tool.name if often[tool.name] == 1 else f"{world_name}_{tool.name}"
        name = stem = (_NOT_IN_A_NAME.sub("_", whole).strip("_") or "tool")[:_LONGEST_NAME]
        number = 1
        while name in sources:
            number += 1
            name = f"{stem[: _LONGEST_NAME - 1 - len(str(number))]}_{number}"
        sources[name] = (world, tool.name)
        tools.append(Tool(name, tool.description, tool.schema))
    return Given(tuple(tools), sources)


def _read(arguments: str) -> Mapping[str, object] | None:
    """The arguments of a call; None where they are no JSON object. Some models write the object into a string."""
    if not arguments.strip():
        return {}
    try:
        value = json.loads(arguments)
        if isinstance(value, str):
            value = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return {} if value is None else value if isinstance(value, dict) else None
