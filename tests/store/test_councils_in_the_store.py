"""A council is a session that goes with the one it serves: nothing lists it, and what happens to that happens to it."""

import pytest

from backrooms_tui.session.events import CouncilEnded, CouncilOpened, Serves
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Usage
from backrooms_tui.store.database import Store
from tests.store.scripts import BEGAN, Script, keep


@pytest.fixture
def three(store: Store) -> tuple[str, str, str]:
    """A session, the council that it has, and the council of one of its members."""
    outer, council, within = (store.new_id() for _ in range(3))
    script = Script(outer).open("Forecast")
    script.add(CouncilOpened, turn=1, agent=1, council=council)
    took = {"turns": 2, "usage": Usage(30, 12, 4), "cost": 0.5}
    script.add(CouncilEnded, turn=1, agent=1, council=council, text="Mara: wait", detail="two turns", **took)
    script.speak("we wait")
    keep(store, script.events)
    for id, serves in ((council, Serves(outer, 1, 1)), (within, Serves(council, 2, 2))):
        script = Script(id, BEGAN + 1).open("Council", serves=serves)
        script.speak("a whispered heron")
        keep(store, script.events)
    return outer, council, within


def test_it_is_neither_listed_nor_added_up(store: Store, three: tuple[str, str, str]) -> None:
    outer, council, within = three
    assert [one.id for one in store.list_sessions()] == [outer]
    assert store.totals().sessions == 1
    assert store.find("last") == outer
    assert store.find(within) == within  # who knows its id may see it
    with pytest.raises(OperatorError):
        store.find("Council")
    summary = store.summary(council)
    assert (summary.serves, summary.serves_turn, summary.serves_agent) == (outer, 1, 1)
    assert store.state(within).serves == Serves(council, 2, 2)


def test_what_it_took_is_the_agents_and_the_sessions(store: Store, three: tuple[str, str, str]) -> None:
    outer, *_ = three
    agent, summary = store.state(outer).agents[1], store.summary(outer)
    assert (agent.councils, agent.cost, summary.cost) == (1, 0.75, 0.75)
    assert (summary.turns, store.problems()) == (1, [])


def test_what_was_said_in_it_is_found(store: Store, three: tuple[str, str, str]) -> None:
    assert {hit.session for hit in store.search("heron")} == set(three[1:])


def test_it_goes_into_the_trash_and_comes_back_with_the_session(store: Store, three: tuple[str, str, str]) -> None:
    outer, council, within = three
    store.put_away(outer)
    assert [one.id for one in store.in_trash()] == [outer]
    assert store.search("heron") == []
    for id in (council, within):
        with pytest.raises(OperatorError, match="in the trash"):
            store.summary(id)
    store.bring_back(outer)
    assert {hit.session for hit in store.search("heron")} == {council, within}


def test_it_is_deleted_with_the_session(store: Store, three: tuple[str, str, str]) -> None:
    outer, council, within = three
    store.delete(outer)
    for id in (council, within):
        with pytest.raises(OperatorError, match="no session"):
            store.summary(id)
    assert store.search("heron") == []
