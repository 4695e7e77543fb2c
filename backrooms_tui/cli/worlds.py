"""`backrooms worlds`: what answers commands."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.interrupting import run_interruptible
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import BUILT_IN, Permission, WorldSetup, permitted

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.worlds.base import World

_KINDS = {"built-in": "built in", "world-interface": "world-interface server", "mcp": "tool server"}


@click.group()
def worlds() -> None:
    """List, show and test worlds: what answers commands.

    \b
    exos          the one that is built in; also called cli
    world/NAME    one of yours: a table [worlds.NAME] in config.toml
    """


@dataclass(frozen=True, slots=True)
class Known:
    """A world that can be named: `where` is a server's address or command, "" for the built-in one."""

    name: str
    kind: str
    where: str
    permissions: Mapping[str, Permission]
    setup: WorldSetup

    @property
    def said(self) -> str:
        """Its permissions on a line."""
        return ", ".join(f"{name} {said}" for name, said in sorted(self.permissions.items())) or "as usual"


@worlds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
def list_(as_json: bool) -> None:
    """List the worlds that can take part."""
    from backrooms_tui.assembly.workspace import Workspace

    known = list(_known(Workspace()))
    if as_json:
        print_json([_as_json(one) for one in known])
        return
    rows = [(one.name, _KINDS[one.kind], one.where or "here", one.said) for one in known]
    print_table(("world", "kind", "where", "permissions"), rows, stretch=2)


@worlds.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def show(ctx: click.Context, name: str, as_json: bool) -> None:
    """Say what the world NAME may read, write or reach, and what it offers. A tool server is started for it."""
    ctx.exit(run_interruptible(_show(name, as_json)))


@worlds.command()
@click.argument("name")
@click.argument("command", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def test(ctx: click.Context, name: str, command: tuple[str, ...], as_json: bool) -> None:
    """Start the world NAME and run COMMAND (help where none is given), without asking.

    \b
    backrooms worlds test exos clock now
    backrooms worlds test mytools get_current_time timezone=Europe/Berlin
    """
    ctx.exit(run_interruptible(_test(name, " ".join(command) or "help", as_json)))


@worlds.command()
@click.argument("name", required=False)
@click.option("--delete", is_flag=True, help="Remove the notebook NAME with its notes.")
@click.option("--yes", is_flag=True, help="Do not ask before removing it.")
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
def notebooks(name: str | None, delete: bool, yes: bool, as_json: bool) -> None:
    """List the notebooks that sessions share, or print the notes of the notebook NAME."""
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        if name is None:
            _list_notebooks(workspace, as_json)
            return
        notes = workspace.store.notebooks.read(name)
        if delete:
            count = f"{len(notes)} note{'' if len(notes) == 1 else 's'}"
            if yes or click.confirm(f"Remove the notebook {harmless_line(name)} with {count}?"):
                workspace.store.notebooks.delete(name)
                click.echo(f"Removed {harmless_line(name)}.")
        elif as_json:
            print_json([{"number": one.number, "title": one.title, "text": one.text, "by": one.by} for one in notes])
        else:
            told = [harmless(f"{one.number}. {one.title}\n{one.text}".rstrip()) for one in notes]
            click.echo("\n\n".join(told) or "It has no notes.")
    finally:
        workspace.close()


def _list_notebooks(workspace: "Workspace", as_json: bool) -> None:
    found = workspace.store.notebooks.list()
    if as_json:
        print_json(
            [
                {
                    "name": one.name,
                    "notes": one.notes,
                    "changed": datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds"),
                }
                for one in found
            ]
        )
    elif found:
        rows = [(one.name, str(one.notes), _when(one.at)) for one in found]
        print_table(("notebook", "notes", "changed"), rows)
    else:
        click.echo(
            f'There is none yet. Name one: notebook = "NAME" in [worlds.{BUILT_IN}] or at an agent of a template.'
        )


def _when(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - the person's own time


async def _show(name: str, as_json: bool) -> int:
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    one = _named(workspace, name)
    world = _world(workspace, one)
    reach = list(world.reach(one.permissions))
    try:
        if one.kind == "mcp":
            await world.open()
        tools = world.tools()
    finally:
        await world.aclose()
        await workspace.aclose()
    offered = [(tool.name, permitted(one.permissions, tool.name, _usual(one.kind)), tool.description) for tool in tools]
    if as_json:
        listed = [{"name": tool, "permission": said, "description": about} for tool, said, about in offered]
        print_json({**_as_json(one), "reach": reach, "tools": listed})
        return 0
    click.echo(f"{one.name}: {_KINDS[one.kind]}{f' · {harmless_line(one.where)}' if one.where else ''}")
    for line in reach:
        click.echo(f"  {harmless_line(line)}")
    if offered:
        click.echo()
        rows = [(tool, said if one.kind == "mcp" else "", _first(about)) for tool, said, about in offered]
        if one.kind == "mcp":
            print_table(("tool", "permission", "what it does"), rows, stretch=2)
        else:
            # As it is typed: a tool's name has no space in it.
            told = [(name.replace("_", " ", 1), about) for name, _, about in rows]
            print_table(("command", "what it does"), told, stretch=1)
    return 0


async def _test(name: str, command: str, as_json: bool) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.session.state import SessionState
    from backrooms_tui.worlds.base import Heard, View

    workspace = Workspace()
    one = _named(workspace, name)
    world = _world(workspace, one)
    screens: list[dict[str, str]] = []
    try:
        await world.open()
        state, rng = SessionState(), random.Random()
        for taken in world.take(Heard(0, "Operator", 0, command), state):
            try:
                async with asyncio.timeout(one.setup.timeout):
                    answer = await world.answer(taken, View(state, 1, (), _now(), rng))
                outcome, screen = answer.outcome, answer.screen
            except TimeoutError:
                outcome = "timed_out"
                screen = world.refused(taken, f"There was no answer within {one.setup.timeout:g} seconds.")
            screens.append({"command": taken.command, "name": taken.name, "outcome": outcome, "screen": screen})
        count = len(world.tools())
    finally:
        await world.aclose()
        await workspace.aclose()
    if as_json:
        print_json({**_as_json(one), "tools": count, "answers": screens})
    else:
        for answered in screens:
            click.echo(harmless(answered["screen"]))
    return 0 if all(answered["outcome"] == "done" for answered in screens) else 3


def _known(workspace: "Workspace") -> Iterator[Known]:
    from backrooms_tui.assembly.worlds.worlds import configured_worlds

    settings = workspace.configuration.worlds
    setups = configured_worlds(workspace.configuration)
    for name in dict.fromkeys((BUILT_IN, *sorted(settings))):
        setup = setups.get(name, WorldSetup(name))
        given = settings.get(name)
        where = (given.url or " ".join(given.command)) if given is not None else ""
        yield Known(name, given.kind if given is not None else "built-in", where, setup.permissions, setup)


def _named(workspace: "Workspace", name: str) -> Known:
    """The world that a person calls `name`. Raises OperatorError where there is none."""
    from difflib import get_close_matches

    plain = name.strip().removeprefix("world/")
    known = {one.name: one for one in _known(workspace)}
    found = known.get(BUILT_IN if plain == "cli" and "cli" not in known else plain)
    if found is None:
        near = get_close_matches(plain, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise OperatorError(f"there is no world {plain!r}", f"{hint}; yours are tables [worlds.NAME] in config.toml")
    return found


def _world(workspace: "Workspace", one: Known) -> "World":
    from backrooms_tui.assembly.worlds.worlds import Worlds
    from backrooms_tui.session.setup import AgentSetup

    agent = AgentSetup(seat=1, name=one.name, model=f"world/{one.name}", kind="world", world=one.setup)
    return Worlds(workspace, "").of(agent)


def _usual(kind: str) -> Permission:
    return "ask" if kind == "mcp" else "allow"


def _as_json(one: Known) -> dict[str, Any]:
    return {"name": one.name, "kind": one.kind, "where": one.where, "permissions": dict(one.permissions)}


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _now() -> float:
    from time import time

    return time()
