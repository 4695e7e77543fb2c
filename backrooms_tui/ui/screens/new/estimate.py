"""What the first turns will cost, before anybody is asked: an estimate from prices and lengths."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.usage import Usage

if TYPE_CHECKING:
    from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Rules, Setup

TURNS = 10
# Where nobody says how long a reply may be, in tokens.
REPLY = 300
# A short call that asks who speaks next: what it says itself, the last words that it repeats at most, its answer.
_QUESTION, _RECENT, _ANSWER = 150, 1000, 20
# English text, and near enough for others: four letters a token.
_LETTERS = 4
# Anthropic and OpenAI cache a prompt's beginning from this many tokens on.
_CACHED_FROM = 1024
# Anthropic's cache is written to at a price of its own.
_PAID_WRITES = ("anthropic",)


# Turns in councils that are counted one by one; where there are more, the estimate says that it is too low.
_MOST_WITHIN = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """USD for the first `turns` turns, as far as prices are known; `unpriced` are the models without a known price.

    `within` are the turns in councils that are in it, `more` whether there will be more of them than were counted.
    Councils that are held only when an agent asks for them are not in it: `asked` says that there are such.
    """

    turns: int
    cost: float
    unpriced: tuple[str, ...] = ()
    within: int = 0
    more: bool = False
    asked: bool = False


def estimate(
    setup: "Setup", price: "Callable[[str, Usage], float | None]", turns: int = TURNS, *, said: int = 0
) -> Estimate:
    """What `turns` turns of `setup` cost, fewer where its rules end it before. `price` is USD for a model's usage.
    Before the first of them `said` tokens have been said.

    Whoever is there from the beginning speaks in seat order, whatever the order is: the lengths are the same.
    Each agent's prompt is its system text, its history, and all turns so far; each reply is as long as it may be
    (`max_tokens`), or 300 tokens. The beginning that an agent has sent before counts as read from the cache, at the
    cache's price where its model has one. Where models are asked who speaks next, those short calls are in it, and so
    are the turns of councils, to the last of each: what was said there is in its agent's prompt from then on.
    """
    counted = _Counting(price, setup.rules.council_depth)
    turns = counted.talk(setup.agents, setup.rules, turns, said)
    unpriced = tuple(dict.fromkeys(counted.unpriced))
    return Estimate(turns, counted.cost, unpriced, counted.within, counted.more, counted.asked)


class _Counting:
    """Adds up what the turns of a talk cost, and those of the councils in it, `depth` deep."""

    def __init__(self, price: "Callable[[str, Usage], float | None]", depth: int) -> None:
        self._price = price
        self._depth = depth
        self.cost = 0.0
        self.unpriced: list[str] = []
        self.within = 0
        self.more = False
        self.asked = False

    def talk(self, agents: "Sequence[AgentSetup]", rules: "Rules", turns: int, said: int, deep: int = 0) -> int:
        """Count up to `turns` turns of `agents`, who have heard `said` tokens; how many there are."""
        here = [agent for agent in agents if not agent.absent] or list(agents)
        for limit in (rules.max_turns, rules.max_rounds * len(here)):
            turns = min(turns, limit or turns)
        choosing = _choosing(rules, here, agents[0].model)
        sent: dict[int, int] = {}
        # What each has heard in its councils, and what had been said when the last one began.
        private: dict[int, int] = {}
        heard: dict[int, int] = {}
        for turn in range(turns):
            agent = here[turn % len(here)]
            council = agent.council
            if council is not None and self._is_due(council, turn // len(here), deep):
                new = said - heard.get(agent.seat, 0)
                heard[agent.seat] = said
                private[agent.seat] = private.get(agent.seat, 0) + self._council(council, said, new, deep + 1)
            if deep:
                self.within += 1
                if self.within >= _MOST_WITHIN:
                    self.more = True
                    return turn
            for model in choosing:
                self._add(model, Usage(_QUESTION + min(said, _RECENT), _ANSWER))
            prompt, reply = _beginning(agent) + said + private.get(agent.seat, 0), _reply(agent)
            before = sent.get(agent.seat, 0)
            read = before if before >= _CACHED_FROM else 0
            write = prompt - read if agent.model.partition("/")[0] in _PAID_WRITES and prompt >= _CACHED_FROM else 0
            self._add(agent.model, Usage(prompt, reply, read, write))
            sent[agent.seat] = prompt
            said += reply
        return turns

    def _is_due(self, council: "CouncilSetup", turn: int, deep: int) -> bool:
        """Whether the council is held before its agent's turn `turn` (from 0), as far as that is known before."""
        if deep >= self._depth or self.more:
            return False
        self.asked = self.asked or council.when == "asked"
        return council.when == "every" and turn % council.every == 0

    def _council(self, council: "CouncilSetup", said: int, new: int, deep: int) -> int:
        """Count one council. Gives how many tokens are said in it."""
        begun = {"new": new, "all": said, "nothing": 0}[council.hears] + len(council.opening) // _LETTERS
        limited = council.rules.max_turns or council.rules.max_rounds
        turns = self.talk(council.agents, council.rules, _MOST_WITHIN if limited else TURNS, begun, deep)
        here = [agent for agent in council.agents if not agent.absent] or list(council.agents)
        return sum(_reply(here[turn % len(here)]) for turn in range(turns))

    def _add(self, model: str, usage: Usage) -> None:
        spent = self._price(model, usage)
        if spent is None:
            self.unpriced.append(model)
        self.cost += spent or 0.0


def estimate_text(found: Estimate) -> str:
    """The estimate as a person reads it."""
    number = {10: "ten"}.get(found.turns, str(found.turns))
    noun = "turn" if found.turns == 1 else "turns"
    if found.unpriced and not found.cost:
        return "no price is known for these models"
    if not found.cost:
        return "free: these models cost nothing"
    amount = f"${found.cost:.2f}" if found.cost >= 0.1 else f"${found.cost:.4f}" if found.cost >= 0.0001 else "<$0.0001"
    within = f" and {found.within:,} in councils" if found.within else ""
    left_out = ["the models whose price nobody knows"] if found.unpriced else []
    left_out += ["councils that are asked for"] if found.asked else []
    without = f", without {' and '.join(left_out)}" if left_out else ""
    about = "more than" if found.more else "about"
    return f"{about} {amount} for {number} {noun}{within}, an estimate{without}"


def _choosing(rules: "Rules", here: "Sequence[AgentSetup]", first: str) -> list[str]:
    """The models that are asked before each turn who takes it."""
    if rules.order == "manager":
        return [rules.manager or first]
    return [agent.model for agent in here] if rules.order == "bidding" and len(here) > 1 else []


def _beginning(agent: "AgentSetup") -> int:
    letters = len(agent.system) + sum(len(message.text) for message in agent.history)
    return letters // _LETTERS + 4 * (1 + len(agent.history))


def _reply(agent: "AgentSetup") -> int:
    asked = agent.params.get("max_tokens")
    return asked if isinstance(asked, int) and asked > 0 else REPLY
