"""What a person wishes of the worlds at the table, held against those that are there."""

from collections.abc import Iterator

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.worlds import Worlds
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.conversation.council.members import members_of
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import BUILT_IN, WorldSetup
from backrooms_tui.templates.findings import nearest
from backrooms_tui.templates.worlds import unknown_permission


def check_wishes(workspace: Workspace, setup: Setup, choices: Choices) -> tuple[str, ...]:
    """What the person should know of the permissions, the notebook and the documents in `choices`.

    Raises OperatorError where there is no world to which they could apply, and for a name that nothing has there.
    """
    worlds = [agent for agent in (*setup.agents, *members_of(setup)) if agent.kind == "world"]
    wished = bool(choices.permissions or choices.notebook is not None or choices.documents is not None)
    if wished and not worlds:
        raise OperatorError(
            "permissions, a notebook and documents are for a world, and none is at the table",
            "seat one with --lm MODEL cli, or choose a template that has one, such as exos",
        )
    return tuple(_of_permissions(workspace, choices, worlds))


def _of_permissions(workspace: Workspace, choices: Choices, worlds: list[AgentSetup]) -> Iterator[str]:
    names = [(agent.world or WorldSetup()).name for agent in worlds]
    elsewhere = list(dict.fromkeys(name for name in names if name != BUILT_IN))
    built_in = next((agent for agent, name in zip(worlds, names, strict=True) if name == BUILT_IN), None)
    for name in choices.permissions:
        cure = unknown_permission(name)
        if cure is None and built_in is not None:
            cure = _unknown_command(workspace, built_in, name)
        if cure is None:
            continue
        if not elsewhere:
            raise OperatorError(f"nothing is called {name!r} in the built-in world", cure)
        yield f"{name} is not in the built-in world; whether {' or '.join(elsewhere)} has it is known when it runs."


def _unknown_command(workspace: Workspace, agent: AgentSetup, name: str) -> str | None:
    """What would be right in place of `name`, where that is to be one command of the built-in world (`files.rm`) and
    is none; None otherwise."""
    environment, dot, command = name.partition(".")
    if not dot:
        return None
    # A tool is called after its command.
    own = [tool.name for tool in Worlds(workspace, "").of(agent).tools() if tool.name.startswith(f"{environment}_")]
    known = [f"{environment}.{tool.removeprefix(f'{environment}_')}" for tool in own]
    if f"{environment}.{command}" in known or not known:
        return None
    near = nearest(name, known)
    return f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"
