"""Every agent says how much it wants to speak; the keenest does."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from backrooms_tui.conversation.orders.choice import Ask, Choice, Hold, candidates, setup_of, spoke_last
from backrooms_tui.conversation.orders.recent import recent_words
from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.session.trouble import ProviderTrouble

HIGHEST = 10
# Room for a model whose reasoning counts as well, and characters of an answer that are listened to.
_TOKENS = 512
_LONGEST = 80
# A model on this machine does not reason apart, and answers one after the other as fast as all at once; several short
# requests that were given up at the same time have made llama.cpp spin.
_LOCAL, _LOCAL_TOKENS = "local/", 24
_SCALE = re.compile(r"(?:/|\bout of|\bvon|\bsur|\bde|\bsu|\bof)\s*10\b|\b0\s*(?:-|–|to|bis|à|a)\s*10\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)?(?![\w%]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class _Bid:
    """How much an agent wants to speak, from 0 to 10; `note` says why it counts as 0 where it could not be read."""

    wish: float
    note: str = ""


class Bidding:
    """Each candidate rates its wish to speak in one short call: all at once, but for models on this machine."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """The one with the highest bid; of several, the one that has been silent longest."""
        among = candidates(state)
        if len(among) == 1:
            return Choice(among[0].seat, "nobody else may speak")
        async with asyncio.TaskGroup() as group:
            asked = {agent.seat: group.create_task(self._ask(agent, state, ask)) for agent in among}
        bids = {seat: task.result() for seat, task in asked.items()}
        highest = max(bid.wish for bid in bids.values())
        keenest = [seat for seat, bid in bids.items() if bid.wish == highest]
        last = spoke_last(state)
        seat = min(keenest, key=lambda seat: (last[seat], seat))
        why = "silent longest of the keenest" if len(keenest) > 1 else "wants to speak most"
        return Choice(seat, f"{why} (bids: {_told(bids, state)})")

    async def _ask(self, agent: AgentState, state: SessionState, ask: Ask) -> _Bid:
        if not agent.model.startswith(_LOCAL):
            return await _bid_of(agent, state, ask, _TOKENS)
        async with self._one_at_a_time:
            return await _bid_of(agent, state, ask, _LOCAL_TOKENS)


def wish_in(answer: str) -> float | None:
    """The one number from 0 to 10 in `answer`; None where there is none, or several. "7 out of 10" is 7."""
    numbers = {float(found.replace(",", ".")) for found in _NUMBER.findall(_SCALE.sub(" ", answer))}
    wish = numbers.pop() if len(numbers) == 1 else None
    return wish if wish is not None and 0 <= wish <= HIGHEST else None


async def _bid_of(agent: AgentState, state: SessionState, ask: Ask, tokens: int) -> _Bid:
    system = setup_of(state, agent.seat).system
    try:
        answer = await ask(
            "bid", agent.seat, agent.model, system, _question(agent, state), max_tokens=tokens, longest=_LONGEST
        )
    except ProviderTrouble:
        return _Bid(0.0, "could not be asked")
    wish = wish_in(answer)
    return _Bid(0.0, "no number in its answer") if wish is None else _Bid(wish)


def _question(agent: AgentState, state: SessionState) -> str:
    said = recent_words(state, agent.seat) or "(nothing has been said yet)"
    return (
        f"You are {agent.name}. What was said last:\n\n{said}\n\n"
        "Step aside for a moment; nobody else sees this. How much do you want to speak next? 0: you have nothing to "
        "add; 10: you must speak now. Answer with one number from 0 to 10, and nothing else:"
    )


def _told(bids: Mapping[int, _Bid], state: SessionState) -> str:
    return ", ".join(
        f"{state.agents[seat].name} {bid.wish:g}{f', {bid.note}' if bid.note else ''}" for seat, bid in bids.items()
    )
