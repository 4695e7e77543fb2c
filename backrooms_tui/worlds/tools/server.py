"""A tool server as a world: its tools are commands, with help made from their schemas."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import Permission, WorldSetup, permitted
from backrooms_tui.session.world_tool import Tool
from backrooms_tui.worlds.base import Answer, Heard, Taken, View, World
from backrooms_tui.worlds.longest import cut
from backrooms_tui.worlds.tools.arguments import Wrong, arguments_of
from backrooms_tui.worlds.tools.connection import PATIENCE, Connection, Gone
from backrooms_tui.worlds.tools.guide import about, listed, nearest, overview
from backrooms_tui.worlds.tools.naming import called
from backrooms_tui.worlds.tools.offered import Offer, Offered, Program, Source
from backrooms_tui.worlds.tools.reading import Call, Commands, named, said_in
from backrooms_tui.worlds.tools.results import contents_of, screen_of

_SAID = {"allow": "allowed", "ask": "asked for each time", "deny": "denied"}
# What tells about a server, and reads nothing of it.
TELLING = ("help", "resources", "prompts")
READING = "resources.read"


class ToolServer(World):
    """The MCP server at `source`, as `setup` has it. It has `patience` seconds to start."""

    def __init__(self, setup: WorldSetup, source: Source, patience: float = PATIENCE) -> None:
        self._setup = setup
        self._source = source
        self._patience = patience
        self._connection: Connection | None = None
        self._offer: Offer | None = None
        self._tools: dict[str, Offered] = {}
        # The turn in which it was started again, so that this happens once in each; and why it is not there.
        self._again: int | None = None
        self._gone = ""
        self._doubtful = False

    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        """See `World.reach`."""
        rest = permitted(permissions, "any tool", "ask")
        lines = [f"tools of {self._described}: {_SAID[rest]}"]
        lines += [f"{name}: {_SAID[said]}" for name, said in sorted(permissions.items()) if name != "*"]
        return tuple(lines)

    def subjects(self) -> Mapping[str, Permission]:
        """See `World.subjects`: the tools are known once it was open."""
        named: dict[str, Permission] = dict.fromkeys(self._tools, "ask")
        if self.offer.resources:
            named[READING] = "ask"
        return {**named, "*": "ask"}

    @property
    def offer(self) -> Offer:
        """What the server offers; nothing as long as it was never open."""
        return self._offer or Offer()

    async def open(self) -> None:
        """See `World.open`. A server that has worked before and does not come back is told of in its answers."""
        connection = self._connection
        if connection is not None and await self._answers(connection, look=True):
            return
        self._again, self._gone = None, ""
        try:
            await self._start()
        except (ProviderTrouble, OperatorError) as error:
            if self._offer is None:
                raise
            self._gone = _why(error)

    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        """See `World.take`."""
        said = said_in(heard.text, self._tools)
        if not said.calls:
            return [Taken(heard.by, heard.turn, said.attempt, "")]
        return [self._taken(heard, call) for call in said.calls]

    async def answer(self, taken: Taken, view: View) -> Answer:
        """See `World.answer`."""
        call = self._call(taken)
        if call is None:
            return Answer(self.refused(taken, self._not_understood(taken.command)), "unknown")
        if taken.name in TELLING and call.word not in self._tools:
            return Answer(self._shown(taken, self._told(call)))
        tool = self._tools.get(call.word)
        arguments: dict[str, Any] = {}
        if tool is not None:
            try:
                arguments = arguments_of(tool.schema, call.rest)
            except Wrong as wrong:
                lines = "\n".join(f"  {line}" for line in wrong.lines)
                told = f"{tool.name} was not run:\n{lines}\n\nhelp {tool.name} tells its arguments."
                return Answer(self.refused(taken, told), "failed")
        try:
            connection = await self._there(view)
        except (ProviderTrouble, OperatorError) as error:
            return Answer(self.refused(taken, _why(error)), "failed")
        except Gone as gone:
            return Answer(self.refused(taken, gone.why), "failed")
        try:
            return await self._run(connection, taken, tool, call, arguments)
        except Gone as gone:
            return Answer(self.refused(taken, await self._after(gone, view)), "failed")

    def greeting(self, view: View) -> Answer:
        """See `World.greeting`."""
        return Answer(self._source.masked(overview(self._setup.name, self.offer)))

    def refused(self, taken: Taken, why: str) -> str:
        """See `World.refused`."""
        return self._source.masked(f"Command: {taken.command}\n\n{why}" if taken.command else why)

    def tools(self) -> tuple[Tool, ...]:
        """See `World.tools`."""
        return tuple(
            Tool(name, self._source.masked(self._tools[own].description), self._tools[own].schema)
            for name, own in called(self._tools).items()
        )

    def command(self, tool: str, arguments: Mapping[str, object]) -> str:
        """See `World.command`."""
        own = called(self._tools).get(tool, tool)
        if not arguments:
            return own
        return f"{own} {json.dumps(dict(arguments), ensure_ascii=False, default=str)}"

    async def aclose(self) -> None:
        """See `World.aclose`."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.aclose()

    async def _answers(self, connection: Connection, look: bool = False) -> bool:
        """Whether the server is there. It is asked where a command was broken off, and at the begin of a turn."""
        if not connection.alive or ((look or self._doubtful) and not await connection.responds()):
            return False
        self._doubtful = False
        self._learn(connection.offer)
        return True

    def _learn(self, offer: Offer) -> None:
        if offer is not self._offer:
            self._offer = offer
            self._tools = {tool.name: tool for tool in offer.tools}

    async def _start(self) -> None:
        try:
            import mcp  # noqa: F401 - asked for before anything is started
        except ImportError:
            raise OperatorError(
                f"the tool server {self._setup.name} needs the package mcp", "pip install 'backrooms-tui[worlds]'"
            ) from None
        await self.aclose()
        connection = Connection(self._setup.name, self._source, self._patience)
        await connection.open()
        self._connection, self._doubtful = connection, False
        self._learn(connection.offer)

    async def _there(self, view: View) -> Connection:
        """The server, started again where it has gone, once a turn. Raises what starting raises, or Gone."""
        connection = self._connection
        if connection is not None and await self._answers(connection):
            return connection
        if self._gone:
            raise Gone(self._gone)
        if self._again == view.state.turn:
            raise Gone(f"The tool server {self._setup.name} has stopped, and was started again in this turn already.")
        self._again = view.state.turn
        await self._start()
        assert self._connection is not None
        return self._connection

    async def _after(self, gone: Gone, view: View) -> str:
        """What is told of a server that ended in the middle of a command. It is started again; the command, which may
        be half done, is not run again."""
        try:
            await self._there(view)
        except (ProviderTrouble, OperatorError) as error:
            return f"{gone.why}\n{_why(error)}"
        except Gone:
            return gone.why
        return f"{gone.why}\nIt was started again. The command was not run a second time."

    async def _run(
        self, connection: Connection, taken: Taken, tool: Offered | None, call: Call, arguments: dict[str, Any]
    ) -> Answer:
        """Run it on the server. Raises Gone where that ends meanwhile."""
        from mcp.shared.exceptions import MCPError

        # Cancelled in the middle, it is not known whether the server still listens.
        self._doubtful = True
        try:
            if tool is None:
                read = await connection.ask(lambda client: client.read_resource(call.rest))
                answer = Answer(self._shown(taken, contents_of(read)))
            else:
                result = await connection.ask(lambda client: client.call_tool(tool.name, arguments))
                said = screen_of(result)
                if result.is_error:
                    answer = Answer(self._shown(taken, f"{tool.name} failed:\n{said}"), "failed")
                else:
                    answer = Answer(self._shown(taken, said))
        except MCPError as error:
            self._doubtful = False
            return Answer(self.refused(taken, f"The server refuses: {_line(error)}"), "failed")
        except (ValueError, RuntimeError) as error:
            self._doubtful = False
            told = f"The server's answer cannot be read: {_line(error)}"
            return Answer(self.refused(taken, told), "failed")
        self._doubtful = False
        return answer

    def _taken(self, heard: Heard, call: Call) -> Taken:
        tool = self._tools.get(call.word)
        if tool is not None or not self._tools:
            reads = "; it says that it only reads" if tool is not None and tool.reads_only else ""
            name = call.word.lower() if tool is None and call.word.lower() in TELLING else call.word
            tells = tool is None and name in TELLING
            reach = f"tool of {self._described}{reads}"
            return Taken(heard.by, heard.turn, call.line, name, "allow" if tells else "ask", reach, telling=tells)
        if call.word == "read":
            return Taken(heard.by, heard.turn, call.line, READING, "ask", f"reads {call.rest} of {self._described}")
        asks = f"asks {self._described} what it offers"
        return Taken(heard.by, heard.turn, call.line, call.word, "allow", asks, telling=True)

    def _call(self, taken: Taken) -> Call | None:
        """The command as it was read; None where none was understood, or there is no such tool (any more)."""
        call = Commands(self._tools).call(taken.command) if taken.name else None
        return call if call and (call.word in self._tools or call.word in (*TELLING, "read")) else None

    def _told(self, call: Call) -> str:
        if call.word == "resources":
            return listed("resources", self.offer.resources, "\nread URI shows one")
        if call.word == "prompts":
            return listed("prompts", self.offer.prompts, "")
        if (asked := named(call.rest, self._tools)) and not asked.rest:
            return about(self._tools[asked.word])
        return overview(self._setup.name, self.offer, call.rest)

    def _not_understood(self, command: str) -> str:
        word = command.split(maxsplit=1)[0] if command else ""
        near = nearest(word, self.offer) if word else ""
        return f"This is no command of {self._setup.name}.{near} Type help for its tools."

    def _shown(self, taken: Taken, text: str) -> str:
        return f"Command: {taken.command}\n\n{cut(self._source.masked(text))}"

    @property
    def _described(self) -> str:
        here = isinstance(self._source, Program)
        where = f"{self._source.where}, a program on this machine" if here else self._source.where
        return f"{self._setup.name} ({where})"


def _why(error: ProviderTrouble | OperatorError) -> str:
    text = error.trouble.message if isinstance(error, ProviderTrouble) else error.what
    return f"{text[:1].upper()}{text[1:]}."


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
