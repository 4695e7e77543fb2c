"""What the worlds of a session may read, write or reach, said before the first turn."""

from collections.abc import Iterator

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds import Worlds
from backrooms_tui.conversation.council.members import members_of
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WorldSetup


def told_reach(workspace: Workspace, setup: Setup) -> tuple[str, ...]:
    """A line for each thing that a world of `setup` may read, write or reach, or that is denied to it, with the name of
    its seat. Nothing is started or asked for it."""
    everybody = (*setup.agents, *members_of(setup))
    return tuple(dict.fromkeys(line for agent in everybody if agent.kind == "world" for line in _of(workspace, agent)))


def _of(workspace: Workspace, agent: AgentSetup) -> Iterator[str]:
    name = harmless_line(agent.name)
    try:
        world = Worlds(workspace, "").of(agent)
        for line in world.reach((agent.world or WorldSetup()).permissions):
            yield f"{name} · {harmless_line(line)}"
    except OperatorError as error:  # it says so itself when it is to answer
        yield f"{name} · {harmless_line(error.what)}"
