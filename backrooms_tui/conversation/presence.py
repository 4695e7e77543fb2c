"""Who takes part: agents that only listen, leave, come back or join while the conversation runs."""

from collections.abc import Callable
from dataclasses import replace

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.session.events import AgentJoined, AgentLeft, AgentMuted, AgentReturned
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.session.trouble import OperatorError


class Presence:
    """The operator's commands over who takes part. `between_turns` does something at once, or, while somebody speaks,
    when that turn is over."""

    def __init__(self, publisher: Publisher, between_turns: Callable[[Callable[[], None]], None]) -> None:
        self._publisher = publisher
        self._between_turns = between_turns
        # Those that join when the turn that is being spoken is over.
        self._coming: list[AgentSetup] = []

    def mute(self, seat: int, on: bool) -> None:
        """Let `seat` only listen, or speak again. Raises OperatorError for a seat that nobody has."""
        agent = agent_at(self._state, seat)

        def change() -> None:
            if agent.muted != on:
                self._publisher.emit(AgentMuted, agent=seat, muted=on)

        self._between_turns(change)

    def send_away(self, seat: int, reason: str = "") -> None:
        """Let `seat` leave: it neither speaks nor hears. Raises OperatorError for a seat that nobody has."""
        agent = agent_at(self._state, seat)

        def change() -> None:
            if not agent.absent:
                self._publisher.emit(AgentLeft, agent=seat, reason=scrubbed(" ".join(reason.split())))

        self._between_turns(change)

    def bring_back(self, seat: int) -> None:
        """Let `seat` take part again. Raises OperatorError for a seat that nobody has."""
        agent = agent_at(self._state, seat)

        def change() -> None:
            if agent.absent:
                self._publisher.emit(AgentReturned, agent=seat)

        self._between_turns(change)

    def add(self, setup: AgentSetup) -> AgentSetup:
        """Let somebody new take part, on the next free seat and by a name that nobody else has.

        What comes back is the setup with which it joins. Raises OperatorError for a name without letters.
        """
        new = self.seated(setup)
        self._coming.append(new)

        def join() -> None:
            self._coming.remove(new)
            self._publisher.emit(AgentJoined, agent=new.seat, setup=new)

        self._between_turns(join)
        return new

    def seated(self, setup: AgentSetup) -> AgentSetup:
        """`setup` on the next free seat, by a name that nobody else has. Raises OperatorError for one without
        letters."""
        name = scrubbed(" ".join(setup.name.split()))
        if not name:
            raise OperatorError("an agent needs a name", "give it one")
        seat = max((*self._state.agents, *(coming.seat for coming in self._coming)), default=0) + 1
        return replace(setup, seat=seat, name=self._distinct(name), absent=False)

    def _distinct(self, name: str) -> str:
        """`name`, with a number behind it where somebody is called like that already."""
        called = [agent.name for agent in self._state.agents.values()] + [coming.name for coming in self._coming]
        taken = {" ".join(other.split()).casefold() for other in called}
        number, distinct = 1, name
        while distinct.casefold() in taken:
            number += 1
            distinct = f"{name} {number}"
        return distinct

    @property
    def _state(self) -> SessionState:
        return self._publisher.state


def agent_at(state: SessionState, seat: int) -> AgentState:
    """Who sits there. Raises OperatorError for a seat that nobody has."""
    if seat not in state.agents:
        raise OperatorError(f"there is no seat {seat}", f"seats go from 1 to {max(state.agents)}")
    return state.agents[seat]
