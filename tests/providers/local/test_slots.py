"""The queue before a loaded model: in order, whoever leaves costs nothing, and threads may share it."""

import asyncio
import threading

import pytest

from backrooms_tui.providers.local.slots import Slots


async def until(condition: "asyncio.Event") -> None:
    async with asyncio.timeout(10):
        await condition.wait()


class Speaker:
    """Holds a place until it may leave."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self.has_it = asyncio.Event()
        self.may_leave = asyncio.Event()
        self.task = asyncio.ensure_future(self._speak())

    async def _speak(self) -> None:
        async with self._slots.one():
            self.has_it.set()
            await self.may_leave.wait()


async def test_the_first_two_speak_and_the_others_follow_in_order() -> None:
    slots = Slots(2)
    speakers = [Speaker(slots) for _ in range(5)]
    await until(speakers[1].has_it)
    for gone, next_one in ((1, 2), (0, 3), (2, 4)):
        assert [one.has_it.is_set() for one in speakers[next_one:]] == [False] * (5 - next_one)
        speakers[gone].may_leave.set()
        await until(speakers[next_one].has_it)
    for one in speakers:
        one.may_leave.set()
    await asyncio.gather(*(one.task for one in speakers))


async def test_who_leaves_the_queue_keeps_nobody_waiting() -> None:
    slots = Slots(1)
    first, second, third = (Speaker(slots) for _ in range(3))
    await until(first.has_it)
    second.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second.task
    first.may_leave.set()
    await until(third.has_it)
    third.may_leave.set()
    await third.task


async def test_who_is_called_at_the_moment_of_leaving_passes_the_place_on() -> None:
    slots = Slots(1)
    first, second, third = (Speaker(slots) for _ in range(3))
    await until(first.has_it)
    await asyncio.sleep(0)
    first.may_leave.set()
    first.task.add_done_callback(lambda _: second.task.cancel())
    await until(third.has_it)
    third.may_leave.set()
    await third.task


async def test_a_speaker_who_breaks_off_gives_the_place_back() -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="broken off"):
        async with slots.one():
            raise ValueError("broken off")
    async with asyncio.timeout(10), slots.one():
        pass


async def test_event_loops_in_other_threads_wait_in_the_same_queue() -> None:
    slots = Slots(1)
    spoke: list[int] = []

    async def speak(number: int) -> None:
        for _ in range(50):
            async with slots.one():
                assert slots._free == 0
                await asyncio.sleep(0)
                spoke.append(number)

    threads = [threading.Thread(target=lambda number=number: asyncio.run(speak(number))) for number in range(3)]
    for thread in threads:
        thread.start()
    async with asyncio.timeout(30):
        await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))

    assert len(spoke) == 150
