"""The last words of each agent."""

from backrooms_tui.session.state import SessionState, TurnEntry


def latest_turns(state: SessionState) -> dict[int, TurnEntry]:
    """The last turn that stands of every seat that has had one."""
    missing = {seat for seat, agent in state.agents.items() if agent.turns}
    found: dict[int, TurnEntry] = {}
    for entry in reversed(state.turns.values()):
        if not missing:
            break
        if entry.agent in missing:
            missing.remove(entry.agent)
            found[entry.agent] = entry
    return found
