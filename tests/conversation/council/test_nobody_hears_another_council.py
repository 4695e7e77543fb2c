"""Whatever the councils are like: no agent is ever sent another's council."""

import random
import re

import pytest

from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.providers.base import Request
from backrooms_tui.session.events import SessionOpened
from backrooms_tui.session.setup import AgentSetup, CouncilSetup, Rules
from tests.conversation.council.seated import Seats, agent

MARK = re.compile(r"mark-([\w.]+)-mark")


def drawn(rng: random.Random) -> tuple[tuple[AgentSetup, ...], Rules]:
    """A table of two to four, some of them with councils up to three deep."""
    hosts = tuple(_agent(rng, seat, f"a{seat}", depth=0) for seat in range(1, rng.randint(3, 5)))
    rules = Rules(
        mode=rng.choice(["turns", "turns", "statements", "debate"]),
        order=rng.choice(["round-robin", "round-robin", "random"]),
        max_rounds=rng.randint(3, 4),
        council_depth=rng.randint(1, 3),
        max_turns=14,
    )
    return hosts, rules


def _agent(rng: random.Random, seat: int, name: str, depth: int) -> AgentSetup:
    chance = 0.7 if depth == 0 else 0.35
    council = _council(rng, name, depth + 1) if depth < 3 and rng.random() < chance else None
    window = rng.choice([None, None, 3000])
    position = f"mark-{name}-mark: my position"
    return agent(seat, name, council, window=window, position=position)


def _council(rng: random.Random, host: str, depth: int) -> CouncilSetup:
    members = tuple(_agent(rng, seat, f"{host}.{seat}", depth) for seat in range(1, rng.randint(2, 4)))
    rules = Rules(max_turns=rng.randint(1, 4), mode=rng.choice(["turns", "turns", "statements"]))
    asked = rng.random() < 0.3
    return CouncilSetup(
        members,
        opening=rng.choice(["", "Talk."]),
        rules=rules,
        hears=rng.choice(["new", "all", "nothing"]),
        when="asked" if asked else "every",
        every=rng.choice([1, 1, 2]),
        ask="COUNCIL" if asked else "",
        memory=rng.choice(["fresh", "keep"]),
    )


def may_read(reader: str, speaker: str) -> bool:
    """A speaker's words reach its own table, the host of that table, and the councils held for those of its table."""
    table, _, _ = speaker.rpartition(".")
    # At the same table, or in a council (of a council) that serves somebody there, and heard on from it.
    if table == "" or reader.startswith(f"{table}."):
        return True
    return reader == table


@pytest.mark.parametrize("seed", range(120))
async def test_no_agent_is_ever_sent_the_council_of_another(seed: int) -> None:
    rng = random.Random(seed)
    hosts, rules = drawn(rng)

    def says(who: str, request: Request) -> str:
        asks = "COUNCIL\n" if rng.random() < 0.4 else ""
        return f"{asks}mark-{who}-mark says something " + "and more " * rng.randint(0, 20)

    seats = Seats(*hosts, rules=rules, seed=seed, says=says)
    if rng.random() < 0.3:
        await seats.run(3)
        if seats.state.status != "ended":
            seats.conversation.retry()
    if seats.state.status != "ended":
        await seats.run()

    assert seats.asked()
    for request in seats.provider.requests:
        sent = "\n".join([*(message.text for message in request.messages), request.system])
        for speaker in set(MARK.findall(sent)):
            assert may_read(request.system, speaker), f"{request.system} was sent words of {speaker}"
    _positions_stay(seats)
    _as_the_x_ray_has_it(seats)


def _positions_stay(seats: Seats) -> None:
    for request in seats.provider.requests:
        for message in request.messages:
            for whose in re.findall(r"mark-([\w.]+)-mark: my position", message.text):
                assert whose == request.system


def _as_the_x_ray_has_it(seats: Seats) -> None:
    """What the x-ray shows of each turn is what was sent, to the letter."""
    sessions = {seats.state.session: seats.heard.events}
    for session, event in seats.within:
        sessions.setdefault(session, []).append(event)
    sent = [(request.system, tuple(request.messages)) for request in seats.provider.requests]
    for events in sessions.values():
        assert isinstance(events[0], SessionOpened)
        for event in events:
            if event.kind == "turn_ended":
                seen = xray(events, event.turn)
                texts = [(message.role, message.text) for message in seen.messages]
                assert any(
                    system == seen.system and [(m.role, m.text) for m in messages] == texts for system, messages in sent
                )
                for message in seen.messages:
                    assert "\n\n".join(part.text for part in message.parts) == message.text


def test_the_rule_itself() -> None:
    assert may_read("a1", "a1.1")
    assert may_read("a1.2", "a1.1")
    assert may_read("a1.2.1", "a1.1")  # told by a1.2's ears, which heard it
    assert not may_read("a2", "a1.1")
    assert not may_read("a1", "a1.1.1")
    assert not may_read("a1.2", "a1.1.1")
