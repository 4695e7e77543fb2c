"""A session that another program records, as it grows."""

import asyncio
import os
from itertools import pairwise

import pytest

from backrooms_tui.session.events import AnyEvent, Delta, TurnEnded
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.following import followed, fresh, newest_living
from tests.store.elsewhere import Elsewhere
from tests.store.scripts import kept


class EveryTime:
    """Does not wait, but lets others have their turn; counts how often it was asked."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0.005)


class Following:
    """Follows in the background."""

    def __init__(self, store: Store, session: str, after: int = 0) -> None:
        self.clock = EveryTime()
        self.events: list[AnyEvent] = []
        self.task = asyncio.ensure_future(self._follow(store, session, after))

    async def _follow(self, store: Store, session: str, after: int) -> None:
        async for event in followed(store, session, self.clock, after=after):
            self.events.append(event)

    def said(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Delta))

    async def hears(self, text: str) -> None:
        async with asyncio.timeout(20):
            while text not in self.said():
                await asyncio.sleep(0.005)


async def test_what_was_said_comes_first_and_then_what_is_being_said_until_it_ends(store: Store, database: str) -> None:
    with Elsewhere(database) as other:
        other("speak one of many words")
        following = Following(store, other.session)
        await following.hears("one of many words")
        other("start")
        other("say two")
        await following.hears("two")
        other("say is not")
        await following.hears("is not")
        other("end two is not over")
        other("over")
        other.close()
        await asyncio.wait_for(following.task, 20)
        assert following.events == list(store.events(other.session))
        assert set(following.clock.waits) == {0.5}
        assert all(one.seq + 1 == next.seq for one, next in pairwise(following.events))


async def test_it_ends_when_the_program_is_killed(store: Store, database: str) -> None:
    with Elsewhere(database) as other:
        other("start")
        other("say half a")
        following = Following(store, other.session)
        await following.hears("half a")
        other.kill()
        await asyncio.wait_for(following.task, 20)
        assert following.events == list(store.events(other.session))


async def test_a_session_that_nobody_records_is_over_when_it_is_told(store: Store) -> None:
    script = kept(store, "one", "two")
    following = Following(store, script.session)
    await following.task
    assert following.events == script.events
    assert following.clock.waits == []
    rest = Following(store, script.session, after=script.events[-3].seq)
    await rest.task
    assert rest.events == script.events[-2:]


async def test_more_than_is_read_at_once(store: Store) -> None:
    script = kept(store, *(f"turn {number} has some words in it" for number in range(120)))
    following = Following(store, script.session)
    await following.task
    assert following.events == script.events
    assert sum(isinstance(event, TurnEnded) for event in following.events) == 120


async def test_one_look_tells_who_records_it_and_a_little_of_what_is_new(store: Store, database: str) -> None:
    with Elsewhere(database) as other:
        other("speak one two three")
        found = fresh(store, other.session, None)
        assert (found.events, found.summary.turns) == ([], 1)
        assert found.keeper is not None
        assert found.keeper.process == other.process.pid != os.getpid()
        last = found.summary.last_seq
        assert fresh(store, other.session, last).events == []
        other("start")
        other("say four")
        other("say five")
        events = fresh(store, other.session, last + 3).events
        assert [event.text for event in events if isinstance(event, Delta)] == ["five "]
    with pytest.raises(OperatorError, match="no session 'nowhere'"):
        fresh(store, "nowhere", None)


def test_the_newest_that_is_being_recorded(store: Store, database: str) -> None:
    kept(store, "long ago")
    assert newest_living(store) is None
    with Elsewhere(database) as first, Elsewhere(database) as second:
        second("speak one")
        first("speak one")
        newest = newest_living(store)
        assert newest is not None
        assert newest.id == first.session
    assert newest_living(store) is None
