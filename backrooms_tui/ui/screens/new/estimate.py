"""What the first turns will cost, before anybody is asked: an estimate from prices and lengths."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.usage import Usage

if TYPE_CHECKING:
    from backrooms_tui.session.setup import AgentSetup, Setup

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


@dataclass(frozen=True, slots=True)
class Estimate:
    """USD for the first `turns` turns, as far as prices are known; `unpriced` are the models without a known price."""

    turns: int
    cost: float
    unpriced: tuple[str, ...] = ()


def estimate(
    setup: "Setup", price: "Callable[[str, Usage], float | None]", turns: int = TURNS, *, said: int = 0
) -> Estimate:
    """What `turns` turns of `setup` cost, fewer where its rules end it before. `price` is USD for a model's usage.
    Before the first of them `said` tokens have been said.

    Whoever is there from the beginning speaks in seat order, whatever the order is: the lengths are the same.
    Each agent's prompt is its system text, its history, and all turns so far; each reply is as long as it may be
    (`max_tokens`), or 300 tokens. The beginning that an agent has sent before counts as read from the cache, at the
    cache's price where its model has one. Where models are asked who speaks next, those short calls are in it.
    """
    here = [agent for agent in setup.agents if not agent.absent] or list(setup.agents)
    for limit in (setup.rules.max_turns, setup.rules.max_rounds * len(here)):
        turns = min(turns, limit or turns)
    cost, unpriced = 0.0, []
    sent: dict[int, int] = {}
    for turn in range(turns):
        agent = here[turn % len(here)]
        prompt, reply = _beginning(agent) + said, _reply(agent)
        before = sent.get(agent.seat, 0)
        read = before if before >= _CACHED_FROM else 0
        write = prompt - read if agent.model.partition("/")[0] in _PAID_WRITES and prompt >= _CACHED_FROM else 0
        asked = [(model, Usage(_QUESTION + min(said, _RECENT), _ANSWER)) for model in _choosing(setup, here)]
        for model, usage in (*asked, (agent.model, Usage(prompt, reply, read, write))):
            spent = price(model, usage)
            if spent is None:
                unpriced.append(model)
            cost += spent or 0.0
        sent[agent.seat] = prompt
        said += reply
    return Estimate(turns, cost, tuple(dict.fromkeys(unpriced)))


def estimate_text(found: Estimate) -> str:
    """The estimate as a person reads it."""
    number = {10: "ten"}.get(found.turns, str(found.turns))
    noun = "turn" if found.turns == 1 else "turns"
    if found.unpriced and not found.cost:
        return "no price is known for these models"
    if not found.cost:
        return "free: these models cost nothing"
    amount = f"${found.cost:.2f}" if found.cost >= 0.1 else f"${found.cost:.4f}" if found.cost >= 0.0001 else "<$0.0001"
    more = ", without the models whose price nobody knows" if found.unpriced else ""
    return f"about {amount} for {number} {noun}, an estimate{more}"


def _choosing(setup: "Setup", here: "Sequence[AgentSetup]") -> list[str]:
    """The models that are asked before each turn who takes it."""
    if setup.rules.order == "manager":
        return [setup.rules.manager or setup.agents[0].model]
    return [agent.model for agent in here] if setup.rules.order == "bidding" and len(here) > 1 else []


def _beginning(agent: "AgentSetup") -> int:
    letters = len(agent.system) + sum(len(message.text) for message in agent.history)
    return letters // _LETTERS + 4 * (1 + len(agent.history))


def _reply(agent: "AgentSetup") -> int:
    asked = agent.params.get("max_tokens")
    return asked if isinstance(asked, int) and asked > 0 else REPLY
