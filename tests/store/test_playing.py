"""Replay: the same events, when their time has come."""

import asyncio
import math

import pytest

from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Interjected,
    Paused,
    Resumed,
    TurnEnded,
    TurnFailed,
    TurnStarted,
)
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.store.database import Store
from backrooms_tui.store.player import Player
from tests.store.scripts import Script, keep


class QuickClock:
    """A clock whose time passes as fast as it is waited for."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.time += seconds


def night() -> Script:
    """Three turns of ten words, a word every tenth of a second, with an hour's pause after the second."""
    script = Script("night000").open()
    for turn in (1, 2, 3):
        if turn == 3:
            script.add(Paused, reason="the operator paused")
            script.add(Resumed, after=3600.0)
        script.start()
        for word in range(10):
            script.at = round(script.at + 0.09, 6)
            script.say([f"{word} "])
        script.end("".join(f"{word} " for word in range(10)))
    return script


async def played(player: Player, clock: QuickClock) -> list[tuple[float, AnyEvent]]:
    return [(clock.now(), event) async for event in player]


async def test_each_event_comes_when_its_time_has_come() -> None:
    clock, script = QuickClock(), night()
    out = await played(Player(script.events, clock), clock)
    assert [event for _, event in out] == script.events
    resumed = next(index for index, event in enumerate(script.events) if isinstance(event, Resumed))
    for index, (at, event) in enumerate(out):
        skipped = 3598.0 if index >= resumed else 0.0
        assert at - 100.0 == pytest.approx(event.at - script.events[0].at - skipped, abs=1e-4)


@pytest.mark.parametrize("speed", [0.5, 4.0, 64.0])
async def test_faster_and_slower(speed: float) -> None:
    clock, script = QuickClock(), night()
    out = await played(Player(script.events, clock, speed=speed), clock)
    whole = script.events[-1].at - script.events[0].at - 3598.0
    assert out[-1][0] - 100.0 == pytest.approx(whole / speed, abs=1e-4)


async def test_all_at_once() -> None:
    clock, script = QuickClock(), night()
    out = await played(Player(script.events, clock, speed=math.inf), clock)
    assert [event for _, event in out] == script.events
    assert clock.now() == 100.0


async def test_from_the_middle_of_a_wait() -> None:
    clock, script = QuickClock(), night()
    index = next(index for index, event in enumerate(script.events) if isinstance(event, Delta)) + 3
    since = script.events[index].at - 0.04
    out = await played(Player(script.events[index:], clock, since=since, speaking=True), clock)
    assert out[0][0] - 100.0 == pytest.approx(0.04, abs=1e-4)
    # Between turns an hour is a short wait, whatever has been of it already.
    resumed = next(index for index, event in enumerate(script.events) if isinstance(event, Resumed))
    clock = QuickClock()
    out = await played(Player(script.events[resumed:], clock, since=script.events[resumed].at - 1800), clock)
    assert out[0][0] - 100.0 == pytest.approx(2.0, abs=1e-4)


async def test_a_stored_session_plays_like_the_live_one(store: Store) -> None:
    script = Script(store.new_id()).open()
    for turn in range(60):
        script.speak(f"turn {turn} and so on")
    keep(store, script.events)
    clock = QuickClock()
    assert [event async for event in Player(store.events(script.session), clock, speed=math.inf)] == script.events


async def test_a_long_silence_within_a_turn_is_shortened_less() -> None:
    script = Script("night000").open()
    script.start()
    script.at += 20.0
    script.say(["late "])
    script.at += 9000.0  # the machine slept
    script.say(["later"])
    clock = QuickClock()
    out = await played(Player(script.events, clock), clock)
    assert out[-1][0] - 100.0 == pytest.approx(50.0, abs=0.1)


async def test_a_clock_that_was_set_back_is_no_wait() -> None:
    script = Script("night000").open()
    script.at -= 5000.0
    script.speak("hello there")
    clock = QuickClock()
    out = await played(Player(script.events, clock), clock)
    assert clock.now() < 101.0
    assert [event for _, event in out] == script.events


async def test_pausing_holds_the_next_event_until_it_is_resumed() -> None:
    clock, script = QuickClock(), night()
    player = Player(script.events, clock)
    out: list[AnyEvent] = []

    async def watch() -> None:
        async for event in player:
            out.append(event)
            if len(out) == 7:
                player.pause()

    watching = asyncio.ensure_future(watch())
    await until(lambda: len(out) == 7)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(out) == 7
    assert player.paused
    player.resume()
    await watching
    assert out == script.events


async def test_stepping_plays_one_turn_at_a_time() -> None:
    clock, script = QuickClock(), night()
    player = Player(script.events, clock)
    player.pause()
    out: list[AnyEvent] = []

    watching = asyncio.ensure_future(collect(player, out))
    for turn in (1, 2, 3):
        player.step()
        await until(lambda: player.paused)
        for _ in range(50):
            await asyncio.sleep(0)
        assert isinstance(out[-1], TurnEnded)
        assert out[-1].turn == turn
    await watching
    assert out == script.events


async def test_a_step_goes_through_an_attempt_that_is_tried_again() -> None:
    script = Script("night000").open()
    script.start()
    trouble = Trouble("timeout", "too slow", may_pass=True)
    script.add(TurnFailed, turn=1, agent=1, name="Explorer", attempt=1, trouble=trouble, retry_in=1.0)
    script.start(attempt=2)
    script.end("at last", attempt=2)
    script.add(Interjected, text="well")
    player = Player(script.events, QuickClock())
    player.step()
    out: list[AnyEvent] = []
    async for event in player:
        out.append(event)
        if isinstance(event, TurnEnded):
            assert player.paused
            player.resume()
    assert out == script.events


async def test_seeking_gives_out_what_came_before_without_waiting() -> None:
    clock, script = QuickClock(), night()
    player = Player(script.events, clock)
    player.seek(3)
    async for event in player:
        if isinstance(event, TurnStarted) and event.turn == 3:
            assert clock.now() == pytest.approx(100.0, abs=0.05)
            break
    with pytest.raises(ValueError, match="turn 2 has begun"):
        player.seek(2)


async def test_seeking_while_paused_stops_at_that_turn() -> None:
    clock, script = QuickClock(), night()
    player = Player(script.events, clock)
    player.pause()
    out: list[AnyEvent] = []

    watching = asyncio.ensure_future(collect(player, out))
    for _ in range(20):
        await asyncio.sleep(0)
    player.seek(2)
    await until(lambda: len(out) > 14)
    for _ in range(50):
        await asyncio.sleep(0)
    assert out == script.events[: len(out)]
    assert isinstance(script.events[len(out)], TurnStarted)
    assert script.events[len(out)].turn == 2
    player.speed = math.inf
    player.resume()
    await watching
    assert out == script.events


@pytest.mark.parametrize("speed", [0.0, -1.0, 0.4, 65.0, math.nan])
def test_speeds_that_cannot_be(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        Player([], QuickClock(), speed=speed)


async def collect(player: Player, out: list[AnyEvent]) -> None:
    async for event in player:
        out.append(event)  # noqa: PERF401, others look at the list meanwhile


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)
