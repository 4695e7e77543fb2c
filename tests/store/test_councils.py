"""Councils in the store, in both kinds of database: kept beside the session that they serve, several at a time."""

import asyncio

import pytest

from backrooms_tui.assembly.keeping_councils import StoredCouncils
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.setup import Rules, Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store
from backrooms_tui.store.recorder import Recorder
from tests.conversation.council.seated import Saying, agent, council

MARA = agent(1, "Mara", council("Owl"))
HOSTS = (agent(1, "Lab", council(MARA, "Jon")), agent(2, "State", council("Kim", "Lee")))


async def played(store: Store, *, turns: int | None = None) -> str:
    """A session of statements by two with councils; its id."""
    provider, session = Saying(), store.new_id()
    recorder = Recorder(store)
    conversation = Conversation(
        Setup("A test", "test", HOSTS, Rules(mode="statements", max_rounds=2), seed=1),
        session=session,
        speaker_for=lambda reference: (provider, reference),
        price=lambda reference, usage: 0.01,
        listeners=[recorder],
        keeping=StoredCouncils(store),
    )
    await conversation.run(turns)
    await conversation.aclose()
    await recorder.aclose()
    return session


async def test_councils_are_found_by_the_turns_that_they_serve(store: Store) -> None:
    session = await played(store)
    held = await asyncio.to_thread(store.councils, session)
    assert [(one.serves_turn, one.serves_agent, one.turns) for one in held] == [
        (1, 1, 2),
        (2, 2, 2),
        (3, 1, 2),
        (4, 2, 2),
    ]
    assert [one.title for one in held][:2] == ["Council of Lab · Round 1", "Council of State · Round 1"]
    assert [one.serves_agent for one in store.councils(held[0].id)] == [1]
    assert store.councils(held[1].id) == []
    assert store.living() == {}


async def test_totals_count_what_councils_took_once(store: Store) -> None:
    session = await played(store)
    state = store.state(session)
    # Four statements, and four councils of two turns, of which two have a council of one turn each time.
    assert round(state.cost, 6) == round(0.01 * (4 + 4 * 2 + 2), 6)
    assert round(store.summary(session).cost, 6) == round(state.cost, 6)
    assert round(store.totals().cost, 6) == round(state.cost, 6)
    assert store.totals().sessions == 1


async def test_councils_of_a_session_in_the_trash_are_not_given(store: Store) -> None:
    session = await played(store, turns=1)
    assert len(store.councils(session)) == 1
    store.put_away(session)
    assert store.councils(session) == []
    store.bring_back(session)
    assert len(store.councils(session)) == 1


async def test_a_council_goes_with_the_session_that_it_served(store: Store) -> None:
    session = await played(store)
    ids = [one.id for one in store.councils(session)]
    ids += [one.id for council_id in list(ids) for one in store.councils(council_id)]
    assert len(ids) == 6
    store.delete(session)
    for id in ids:
        with pytest.raises(OperatorError):
            store.summary(id)
