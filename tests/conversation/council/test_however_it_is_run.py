"""Stepped, paused, left and taken up again at any moment, a session with councils says the same as run in one go."""

import asyncio
import random
from dataclasses import replace

import pytest

from backrooms_tui.conversation.council.keeping import InMemory
from backrooms_tui.conversation.council.members import changed
from backrooms_tui.session.setup import AgentSetup, Rules
from backrooms_tui.session.state import CouncilEntry, SessionState, TurnEntry
from tests.conversation.council.seated import Seats
from tests.conversation.council.test_nobody_hears_another_council import drawn


class Sessions(InMemory):
    """Knows all that was kept."""

    def states(self) -> list[SessionState]:
        """All councils."""
        return list(self._kept.values())

    def turns(self, state: SessionState) -> list[object]:
        """What was said in `state` and, before each turn, in the councils for it."""
        said: list[object] = []
        councils: dict[int, list[object]] = {}
        for entry in state.entries:
            if isinstance(entry, CouncilEntry):
                councils[entry.agent] = [entry.text, self.turns(self._kept[entry.council])]
            elif isinstance(entry, TurnEntry):
                said += [councils.pop(entry.agent, None), (entry.name, entry.text)]
        return said


def table(seed: int) -> tuple[tuple[AgentSetup, ...], Rules]:
    """Agents without windows: how long a request was is counted by whoever has sent it."""
    hosts, rules = drawn(random.Random(seed))
    # In other orders who speaks in a round is not known, and a council may be held for somebody who does not.
    rules = replace(rules, order="round-robin")
    return changed(hosts, lambda agent: replace(agent, window=None)), rules


@pytest.mark.parametrize("seed", range(80))
async def test_the_same_is_said_however_it_is_run(seed: int) -> None:
    hosts, rules = table(seed)
    rng = random.Random(f"run {seed}")

    def says(who: str, request) -> str:
        # Everything that it was sent shows in what it says.
        sent = "\n".join(message.text for message in request.messages)
        return f"{'COUNCIL' if hash_of(sent) % 3 == 0 else 'Well.'}\n{who} read {hash_of(sent)}"

    kept = Sessions("s1")
    whole = await Seats(*hosts, rules=rules, seed=seed, says=says, keeping=kept).run()

    again = Sessions("s1")
    seats = Seats(*hosts, rules=rules, seed=seed, says=says, keeping=again)
    asked: list[str] = []
    for _ in range(2000):
        if seats.state.status == "ended":
            break
        how = rng.choice(["step", "step", "pause", "leave", "turns"])
        if how == "step":
            before = len(seats.asked())
            await seats.conversation.step()
            assert len(seats.asked()) - before <= 1
        elif how == "pause":
            after = rng.randint(1, 5)
            seats.provider.says = pausing(seats, says, after)
            await seats.run()
            seats.provider.says = says
        elif how == "turns":
            await seats.run(rng.randint(1, 3))
        else:
            await seats.conversation.aclose()
            asked += seats.asked()
            seats = Seats(*hosts, rules=rules, seed=seed, says=says, keeping=again, state=seats.state)
            if rng.random() < 0.5:
                await seats.conversation.pick_up_councils()
    asked += seats.asked()
    assert seats.state.status == "ended"
    assert sorted(asked) == sorted(whole.asked())
    assert again.turns(seats.state) == kept.turns(whole.state)
    assert seats.state.usage == whole.state.usage


def hash_of(text: str) -> int:
    """The same in every process."""
    return sum((index + 1) * ord(character) for index, character in enumerate(text)) % 100_003


def pausing(seats: Seats, says, after: int):
    """Says the same, and pauses the whole, or the innermost that can be paused, after so many requests."""
    left = after

    def say(who: str, request) -> str:
        nonlocal left
        left -= 1
        if left == 0:
            inside = seats.conversation
            while inside.councils and left == 0 and request.spoken % 2:
                inside = next(iter(inside.councils.values()))
            inside.pause()
        return says(who, request)

    return say


@pytest.mark.parametrize("seed", range(40))
async def test_left_at_any_moment_no_finished_turn_is_lost(seed: int) -> None:
    hosts, rules = table(seed)
    rng = random.Random(f"leave {seed}")
    kept = Sessions("s1")
    seats = Seats(*hosts, rules=rules, seed=seed, keeping=kept)
    known: dict[str, list[str]] = {}
    for _ in range(400):
        running = asyncio.ensure_future(seats.run())
        for _ in range(rng.randint(1, 60)):
            await asyncio.sleep(0)
        if rng.random() < 0.3:
            seats.conversation.stop_speaking()
        if not running.done():
            running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            assert seats.state.status == "paused"
        assert seats.provider.open == 0
        now = spoken(kept, seats.state)
        assert {session: now[session][: len(turns)] for session, turns in known.items()} == known
        known = now
        if seats.state.status == "ended":
            break
        if rng.random() < 0.4:
            await seats.conversation.aclose()
            seats = Seats(*hosts, rules=rules, seed=seed, keeping=kept, state=seats.state)
            await seats.conversation.pick_up_councils()
    assert seats.state.status == "ended"
    assert seats.state.councils == {}


def spoken(kept: Sessions, state: SessionState) -> dict[str, list[str]]:
    """The texts of all turns, by session."""
    return {one.session: [turn.text for turn in one.turns.values()] for one in (state, *kept.states()) if one.session}
