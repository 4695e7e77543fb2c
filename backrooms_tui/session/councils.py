"""What councils do to the state of the session whose turns they serve."""

from typing import TYPE_CHECKING

from backrooms_tui.session.entries import CouncilEntry, OpenCouncil
from backrooms_tui.session.events import CouncilEnded, CouncilOpened

if TYPE_CHECKING:
    from backrooms_tui.session.state import SessionState


def opened(event: CouncilOpened, state: "SessionState") -> None:
    """A council begins to talk."""
    state.councils[event.agent] = OpenCouncil(event.council, event.turn, event.at, len(state.entries))


def ended(event: CouncilEnded, state: "SessionState") -> None:
    """A council is over: what it took is its agent's."""
    open = state.councils.pop(event.agent, None)
    began = open.began if open is not None else event.at
    state.entries.append(
        CouncilEntry(
            event.council,
            event.turn,
            event.agent,
            event.text,
            event.detail,
            event.turns,
            event.usage,
            event.cost,
            began,
            event.at,
            open.before if open is not None else len(state.entries),
        )
    )
    agent = state.agents[event.agent]
    agent.councils += 1
    agent.usage = agent.usage + event.usage
    agent.cost += event.cost or 0.0
