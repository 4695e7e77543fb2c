"""What an order of speakers is, and what all of them ask of a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from backrooms_tui.conversation.latest import latest_turns
from backrooms_tui.session.events import InnerPurpose
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import AgentState, SessionState


@dataclass(frozen=True, slots=True)
class Choice:
    """The seat that speaks next, and why."""

    seat: int
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Nobody is chosen: the conversation stands still, and why."""

    reason: str


class Ask(Protocol):
    """Asks a model something that is no turn; see `InnerCalls.ask`."""

    async def __call__(
        self,
        purpose: InnerPurpose,
        agent: int,
        model: str,
        system: str,
        prompt: str,
        *,
        max_tokens: int,
        longest: int | None = None,
    ) -> str:
        """The answer. Raises ProviderTrouble."""
        ...


class Order(Protocol):
    """Chooses the next speaker from what has happened."""

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """The next speaker of a session in which at least one agent may speak. It may be cancelled at any moment."""
        ...


def speakers(state: SessionState) -> list[AgentState]:
    """Those who may speak, in seat order."""
    return [agent for _, agent in sorted(state.agents.items()) if agent.speaks]


def candidates(state: SessionState, *, repeat: bool = False) -> list[AgentState]:
    """Those who may speak next: not the one who has just spoken, except with `repeat`, or where nobody else may. A
    world does not speak up by itself."""
    able = [agent for agent in speakers(state) if not agent.is_world] or speakers(state)
    last = state.turns.get(state.turn)
    if last is None or repeat:
        return able
    return [agent for agent in able if agent.seat != last.agent] or able


def spoke_last(state: SessionState) -> Mapping[int, int]:
    """The number of each seat's last turn; 0 for one that has had none."""
    latest = latest_turns(state)
    return {seat: latest[seat].turn if seat in latest else 0 for seat in state.agents}


def rules_of(state: SessionState) -> Rules:
    """The rules of the session."""
    return _setup(state).rules


def setup_of(state: SessionState, seat: int) -> AgentSetup:
    """What was decided about `seat` before it came."""
    return _setup(state).agent(seat)


def _setup(state: SessionState) -> Setup:
    if state.setup is None:
        raise ValueError("a session without a setup has no speakers")
    return state.setup
