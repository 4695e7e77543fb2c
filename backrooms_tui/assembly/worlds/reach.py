"""What the worlds of a session may read, write or reach, said before the first turn."""

from collections.abc import Iterator, Mapping

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.worlds import Worlds
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


def reach_notices(workspace: Workspace, setup: Setup) -> Mapping[str, int | None]:
    """The same for the head of a session: one notice for each world, with a line for each thing; it reads well in one
    line, too. Each with the seat that it is about, None where that is one in a council."""
    everybody = [*((agent, agent.seat) for agent in setup.agents), *((agent, None) for agent in members_of(setup))]
    found: dict[str, int | None] = {}
    for agent, seat in everybody:
        if agent.kind == "world":
            found.setdefault(_notice(workspace, agent), seat)
    return found


def _of(workspace: Workspace, agent: AgentSetup) -> Iterator[str]:
    name = harmless_line(agent.name)
    try:
        world = Worlds(workspace, "").of(agent)
        for line in world.reach((agent.world or WorldSetup()).permissions):
            yield f"{name} · {harmless_line(line)}"
    except OperatorError as error:  # it says so itself when it is to answer
        yield f"{name} · {harmless_line(error.what)}"


def _notice(workspace: Workspace, agent: AgentSetup) -> str:
    name = harmless_line(agent.name)
    lines = [line.removeprefix(f"{name} · ") for line in _of(workspace, agent)]
    if len(lines) < 2:
        return f"{name} · {''.join(lines)}"
    each = [*(f"{line};" for line in lines[:-1]), f"{lines[-1]}."]
    return "\n".join((f"What {name} may read, write and reach:", *each))
