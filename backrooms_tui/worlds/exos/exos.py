"""The built-in world."""

from collections.abc import Mapping, Sequence

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.world import Exchange, Outcome, Permission, permitted
from backrooms_tui.session.world_tool import Tool
from backrooms_tui.worlds.base import Answer, Heard, Past, Taken, View, World
from backrooms_tui.worlds.exos import misunderstanding, telling, writing
from backrooms_tui.worlds.exos.environment import Call, Environment, NotDone, Wish
from backrooms_tui.worlds.exos.language import Language, Parsed
from backrooms_tui.worlds.exos.table import Means, environments
from backrooms_tui.worlds.reading.commands import commands_in

_HISTORY = 20
_SAID = {"allow": "allowed", "ask": "asked for", "deny": "denied"}


class Exos(World):
    """Reads `<environment> <command> [parameters]` and answers with a screen. It is made from `means`; `there` are its
    environments, if they are not those that there are."""

    def __init__(self, means: Means, there: Sequence[Environment] | None = None) -> None:
        self._seat = means.seat
        self._environments = {one.name: one for one in (environments(means) if there is None else there)}
        self._language = Language(tuple(self._environments.values()))
        self._past = Past()
        self._history: dict[int, list[str]] = {}

    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        """See `World.reach`."""
        lines: list[str] = []
        for one in self._environments.values():
            now = permitted(permissions, one.name, one.otherwise)
            others = [
                f"{one.name}.{command.name} {_SAID[its]}"
                for command in one.commands
                if (its := permitted(permissions, f"{one.name}.{command.name}", command.otherwise or one.otherwise))
                != now
            ]
            but = f"; but {', '.join(others)}" if others else ""
            lines.append(f"{one.name}: {one.reach()} ({_SAID[now]}{but})")
        return tuple(lines)

    def subjects(self) -> Mapping[str, Permission]:
        """See `World.subjects`: the environments, and those of their commands for which something else holds."""
        found: dict[str, Permission] = {}
        for one in self._environments.values():
            found[one.name] = one.otherwise
            found |= {f"{one.name}.{its.name}": its.otherwise for its in one.commands if its.otherwise is not None}
        return found

    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        """See `World.take`."""
        found = commands_in(heard.text, self._language)
        if not found.commands:
            attempt = found.attempt or self._language.attempted(heard.text)
            return [Taken(heard.by, heard.turn, attempt, "")]
        return [self._taken(heard, command, state) for command in found.commands]

    async def answer(self, taken: Taken, view: View) -> Answer:
        """See `World.answer`."""
        self._catch_up(view)
        parsed = self._language.parse(taken.command)
        head = parsed.head
        if not taken.name or head.kind == "nothing":
            return self._not_understood(taken, parsed, view)
        if head.kind == "help":
            return self._help(taken, parsed, view)
        if head.kind == "history":
            return self._told_history(taken, view)
        return await self._run(taken, parsed, view)

    def greeting(self, view: View) -> Answer:
        """See `World.greeting`."""
        overview = self._overview(view)
        hint = "Type a command. `help ENVIRONMENT` says what there is in one."
        return Answer(f"{telling.NAME}\nTime: {telling.time_of(view.now)}\n\nWelcome.\n\n{overview}\n\n{hint}")

    def refused(self, taken: Taken, why: str) -> str:
        """See `World.refused`."""
        return f"{telling.NAME}\nCommand: {telling.shown(taken.command)}\n\n{why}"

    def tools(self) -> tuple[Tool, ...]:
        """See `World.tools`."""
        return tuple(
            Tool(writing.tool_name(one, command), telling.sentence(command.about), command.schema)
            for one in self._environments.values()
            for command in one.commands
        )

    def command(self, tool: str, arguments: Mapping[str, object]) -> str:
        """See `World.command`."""
        for one in self._environments.values():
            for command in one.commands:
                if tool == writing.tool_name(one, command):
                    return writing.written(one, command, arguments, self._language)
        return writing.unknown(tool, arguments)

    async def aclose(self) -> None:
        """See `World.aclose`."""
        for one in self._environments.values():
            await one.aclose()

    def _taken(self, heard: Heard, text: str, state: SessionState) -> Taken:
        parsed = self._language.parse(text)
        environment, command = parsed.head.environment, parsed.head.command
        if parsed.head.kind != "run" or environment is None or command is None:
            return Taken(heard.by, heard.turn, text, parsed.name, telling=True)
        reach = environment.reach()
        if command.reach is not None and parsed.trouble is None:
            reach = command.reach(Wish(heard.by, self._seat, parsed.arguments, state))
        otherwise = command.otherwise or environment.otherwise
        return Taken(heard.by, heard.turn, text, parsed.name, otherwise, reach)

    def _catch_up(self, view: View) -> None:
        """Apply what was changed since the last time, or all of it where the past is another."""
        afresh, news = self._past.news(view)
        if afresh:
            self._history.clear()
            for one in self._environments.values():
                one.clear()
        for exchange in news:
            self._remember(exchange)
            environment = self._environments.get(exchange.environment)
            if environment is not None:
                for change in exchange.changes:
                    environment.apply(exchange.by, change)

    def _remember(self, exchange: Exchange) -> None:
        if exchange.command:
            its = self._history.setdefault(exchange.by, [])
            its.append(exchange.command)
            del its[:-_HISTORY]

    async def _run(self, taken: Taken, parsed: Parsed, view: View) -> Answer:
        environment, command = parsed.head.environment, parsed.head.command
        assert environment is not None
        assert command is not None
        help = f"help {environment.name} {command.name}"
        if parsed.trouble is not None:
            usage = f"Usage: {environment.name} {command.name} {command.usage}".rstrip()
            text = "\n\n".join(part for part in (parsed.trouble.why, parsed.trouble.hint, usage) if part)
            return self._screen(taken, view, "Not done", text, help, "failed")
        agent = view.state.agents.get(taken.by)
        name = agent.name if agent is not None else "the operator"
        try:
            result = await command.run(Call(taken.by, name, taken.turn, parsed.arguments, view))
        except NotDone as trouble:
            told = telling.screen(taken.command, view.now, "Not done", trouble.why, trouble.hint or help)
            return Answer(told, "failed", environment.name)
        told = telling.screen(taken.command, view.now, result.title, result.text, result.hint)
        return Answer(told, result.outcome, environment.name, result.changes)

    def _help(self, taken: Taken, parsed: Parsed, view: View) -> Answer:
        head = parsed.head
        if head.word:
            return self._not_understood(taken, parsed, view)
        if head.environment is None:
            return self._screen(taken, view, "Help", self._overview(view), "help ENVIRONMENT says what there is in one")
        name = head.environment.name
        if head.command is None:
            text = telling.of_environment(head.environment, self._permissions(view))
            return self._screen(taken, view, name, text, f"help {name} COMMAND says more about one")
        text = telling.of_command(head.environment, head.command)
        return self._screen(taken, view, f"{name} {head.command.name}", text, f"help {name} lists the others")

    def _overview(self, view: View) -> str:
        return telling.overview(tuple(self._environments.values()), self._permissions(view))

    def _permissions(self, view: View) -> Mapping[str, Permission]:
        agent = view.state.agents.get(self._seat)
        return agent.permissions if agent is not None else {}

    def _told_history(self, taken: Taken, view: View) -> Answer:
        commands = self._history.get(taken.by, [])
        text = "\n".join(f"  {telling.shown(one)}" for one in commands) or "You have given no command yet."
        return self._screen(taken, view, "Your last commands", text, "help")

    def _not_understood(self, taken: Taken, parsed: Parsed, view: View) -> Answer:
        title, text, hint = misunderstanding.told(taken.command, parsed.head, self._language.heads)
        return self._screen(taken, view, title, text, hint, "unknown")

    def _screen(self, taken: Taken, view: View, title: str, text: str, hint: str, outcome: Outcome = "done") -> Answer:
        return Answer(telling.screen(taken.command, view.now, title, text, hint), outcome)
