"""Models that cannot be asked here, and the ones that took their seats later on in the same session.

A log of another tool names the models of that time and place. Who goes on with it gives the seats models that are at
hand; a branch from a turn before that would ask for those of the log again.
"""

from collections.abc import Mapping

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.agent import AgentState


def in_their_stead(workspace: Workspace, session: str, agents: Mapping[int, AgentState]) -> dict[int, AgentState]:
    """Of `agents`, as they were at a turn of `session`: for each whose model cannot be asked now, the same seat as it
    is at the session's end, where its model can be. Looks at keys and files only, and reads no more than the end."""
    usable = workspace.providers.usable
    lost = [seat for seat, agent in agents.items() if not usable(agent.model).yes]
    if not lost:
        return {}
    now = workspace.store.state_at(session, workspace.store.summary(session).last_seq, held=1).agents
    return {seat: now[seat] for seat in lost if seat in now and usable(now[seat].model).yes}
