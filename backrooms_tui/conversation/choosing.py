"""The next speaker: whom the operator picked, who had this turn before, or whom the order of the rules chooses."""

from collections.abc import Awaitable, Callable
from random import Random

from backrooms_tui.conversation.asking import InnerCalls
from backrooms_tui.conversation.council.due import prepared
from backrooms_tui.conversation.orders import ORDERS
from backrooms_tui.conversation.orders.choice import Choice, Hold, Order, rules_of
from backrooms_tui.conversation.presence import agent_at
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.turns.answering import IN_SEAT_ORDER
from backrooms_tui.session.events import SpeakerChosen
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError

PICKED = "chosen by the operator"


class Choosing:
    """Chooses one speaker after the other. `commanded` says which world was given a command and has not answered;
    `rng` is used where the session has no seed of its own."""

    def __init__(
        self,
        publisher: Publisher,
        inner: InnerCalls,
        rng: Random,
        commanded: Callable[[SessionState], Awaitable[int | None]],
    ) -> None:
        self._publisher = publisher
        # The order of the rules, by its name; they may be changed.
        self._orders: dict[str, Order] = {}
        self._inner = inner
        self._commanded = commanded
        self._rng = rng
        # The seat that the operator wants to hear next.
        self.picked: int | None = None
        # Whether a turn was taken back after that: it is spoken again first.
        self._again = False

    def pick(self, seat: int) -> None:
        """The next turn is `seat`'s. Raises OperatorError for one that nobody has, or that may not speak."""
        agent = agent_at(self._state, seat)
        if agent.absent:
            raise OperatorError(f"{agent.name} is away", "bring it back first")
        if agent.muted:
            raise OperatorError(f"{agent.name} only listens", "let it speak again first")
        self.picked, self._again = seat, False

    def speak_again(self) -> None:
        """The last turn was taken back: it is its agent's turn again, before anybody that was picked until now."""
        self._again = True

    def nobody(self) -> Hold | None:
        """Why nobody may speak; None where somebody may."""
        agents = [agent for _, agent in sorted(self._state.agents.items())]
        if any(agent.speaks and not agent.is_world for agent in agents):
            return None
        agents = [agent for agent in agents if not agent.is_world]
        if not agents:
            return Hold("nobody is there who could give commands")
        away = _listed([agent.name for agent in agents if agent.absent], "away")
        muted = _listed([agent.name for agent in agents if not agent.absent], "muted")
        return Hold(f"nobody may speak: {', '.join(filter(None, (away, muted)))}")

    async def next(self) -> Choice | Hold:
        """Who speaks now, or why nobody does. It may be cancelled at any moment."""
        state = self._state
        hold = self.nobody()
        if hold is not None:
            return hold
        picked = self.picked if self.picked is not None and state.agents[self.picked].speaks else None
        # A turn that failed or was taken back belongs to the agent that had it.
        had = state.next_agent if state.attempts else None
        if had is not None and state.agents[had].speaks and (picked is None or self._again):
            taken_back = state.attempts[-1].trouble is None
            return Choice(had, "speaks this turn again" if taken_back else "tries this turn again")
        if picked is not None:
            return Choice(picked, PICKED)
        held = state.asking.seat  # what it asked for was not answered, or was and it may go on
        if held is not None and state.agents[held].speaks:
            return Choice(held, state.next_reason)
        begun = prepared(state)
        if begun is not None and state.agents[begun].speaks:
            return Choice(begun, state.next_reason)
        if rules_of(state).order not in IN_SEAT_ORDER:
            world = await self._commanded(state)
            if world is not None:
                return Choice(world, "answers a command")
        return await self._order().choose(state, self._drawing(), self._inner.ask)

    def announce(self, choice: Choice) -> None:
        """`choice` holds: its turn begins."""
        if choice.reason == PICKED or (self.picked is not None and not self._state.agents[self.picked].speaks):
            self.picked = None
        self._again = False
        self._publisher.emit(SpeakerChosen, agent=choice.seat, reason=choice.reason)

    def _order(self) -> Order:
        name = rules_of(self._state).order
        if name not in self._orders:
            self._orders[name] = ORDERS[name]()
        return self._orders[name]

    def _drawing(self) -> Random:
        """Randomness for this one choice: with a seed, the same wherever the session goes on from here."""
        setup = self._state.setup
        if setup is None or setup.seed is None:
            return self._rng
        return Random(f"{setup.seed}/speaker/{self._state.turn + 1}")

    @property
    def _state(self) -> SessionState:
        return self._publisher.state


def _listed(names: list[str], what: str) -> str:
    if not names:
        return ""
    joined = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{joined} {'is' if len(names) == 1 else 'are'} {what}"
