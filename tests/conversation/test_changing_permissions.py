"""Permissions are changed while something is asked for, and what was allowed for the session is taken back."""

from dataclasses import replace

import pytest

from backrooms_tui.session.events import PermissionAsked
from backrooms_tui.session.world import Permission
from tests.conversation.office import Desk, Office
from tests.conversation.requests.asking import Table

ASK: dict[str, Permission] = {"put": "ask"}


async def asking(permissions: dict[str, Permission] = ASK) -> Office:
    """An office in which the desk wants to run `put lamp`, and the operator is asked."""
    office = Office("put lamp", "look", "put key", permissions=permissions)
    await office.conversation.run()
    assert office.conversation.asked is not None
    return office


def questions(room: Office | Table) -> list[str]:
    return [event.command for event in room.heard.events if isinstance(event, PermissionAsked)]


async def test_a_change_that_does_not_touch_it_leaves_the_question_as_it_was() -> None:
    office = await asking()
    asked = office.conversation.asked
    office.conversation.change_permissions(2, {**ASK, "look": "deny"})
    assert office.conversation.asked is asked
    await office.conversation.go_on()
    assert office.conversation.asked is asked
    assert questions(office) == ["put lamp"]
    office.conversation.decide("once")
    await office.conversation.step()
    assert office.said()[1] == ("CLI", "done: put lamp")


@pytest.mark.parametrize("now", [{"put": "ask"}, {"*": "ask"}, {"put": "ask", "*": "deny"}])
async def test_where_the_new_permissions_still_ask_it_stands(now: dict[str, Permission]) -> None:
    office = await asking()
    asked = office.conversation.asked
    office.conversation.change_permissions(2, now)
    assert office.conversation.asked is asked


async def test_where_they_allow_it_runs_and_where_they_deny_it_is_refused() -> None:
    office = await asking()
    office.conversation.change_permissions(2, {"put": "allow"})
    assert office.conversation.asked is None
    await office.conversation.step()
    assert office.said()[1] == ("CLI", "done: put lamp")
    office = await asking()
    office.conversation.change_permissions(2, {"put": "deny"})
    assert office.conversation.asked is None
    await office.conversation.step()
    assert "not allowed here" in office.said()[1][1]


async def test_allowed_and_asked_for_again_before_it_goes_on_is_the_same_question() -> None:
    office = await asking()
    asked = office.conversation.asked
    office.conversation.change_permissions(2, {"put": "allow"})
    office.conversation.change_permissions(2, ASK)
    assert office.conversation.asked is asked
    assert questions(office) == ["put lamp"]


async def test_where_nothing_is_said_of_it_any_more_the_world_decides() -> None:
    office = await asking()
    office.conversation.change_permissions(2, {})
    await office.conversation.step()
    assert office.said()[1] == ("CLI", "done: put lamp")


async def test_what_a_world_asks_for_by_itself_is_asked_on_until_it_is_named() -> None:
    class Careful(Desk):
        def take(self, heard, state):  # type: ignore[no-untyped-def]
            return [replace(one, otherwise="ask") if one.name == "put" else one for one in super().take(heard, state)]

    office = Office("put lamp", "look", desks={"CLI": Careful("put", "look")})
    await office.conversation.run()
    asked = office.conversation.asked
    office.conversation.change_permissions(2, {"look": "deny"})
    assert office.conversation.asked is asked
    office.conversation.change_permissions(2, {"put": "allow"})
    assert office.conversation.asked is None


async def test_what_was_allowed_for_the_session_is_known_and_can_be_taken_back() -> None:
    office = await asking()
    office.conversation.decide("session")
    assert office.state.agents[2].granted == {"put"}
    await office.conversation.step()
    office.conversation.change_permissions(2, ASK)
    assert office.state.agents[2].granted == set()
    await office.conversation.run()
    assert office.conversation.asked is not None
    assert office.conversation.asked.command == "put key"


async def test_what_was_allowed_for_the_session_and_taken_back_before_it_ran_is_asked_for_again() -> None:
    office = await asking()
    office.conversation.decide("session")
    office.conversation.change_permissions(2, ASK)
    await office.conversation.step()
    assert office.conversation.asked is not None
    assert office.state.turn == 1
    office.conversation.decide("once")
    office.conversation.change_permissions(2, {**ASK, "look": "deny"})
    await office.conversation.step()
    assert office.said()[1] == ("CLI", "done: put lamp")


async def test_a_request_that_waits_stands_until_the_rules_say_otherwise() -> None:
    table = await Table("!leave", "Well.", requests={"leave": "ask"}).run(2)
    asked = table.conversation.asked
    assert asked is not None
    rules = table.state.setup.rules  # type: ignore[union-attr]
    table.conversation.change_rules(replace(rules, requests={"leave": "ask", "note": "allow"}))
    assert table.conversation.asked is asked
    table.conversation.change_rules(replace(rules, requests={"leave": "deny"}))
    assert table.conversation.asked is None
    await table.conversation.run(1)
    assert table.outcomes() == [("leave", "denied")]


async def test_a_request_that_was_done_is_not_asked_about_again() -> None:
    table = await Table('!note "one"', "Well.", requests={"note": "ask"}).run(1)
    table.conversation.change_permissions(1, {"note": "allow"})
    await table.conversation.run(0)
    assert table.outcomes() == [("note", "done")]
    table.conversation.change_permissions(1, {"note": "ask"})
    assert table.conversation.asked is None


async def test_other_rules_for_a_request_hold_also_for_whom_it_was_allowed_for_the_session() -> None:
    table = await Table('!note "one"', requests={"note": "ask"}, names=("Ada",)).run(1)
    table.conversation.decide("session")
    await table.conversation.run(1)
    assert table.state.agents[1].granted == {"note"}
    rules = table.state.setup.rules  # type: ignore[union-attr]
    table.conversation.change_rules(replace(rules, requests={"note": "deny"}))
    await table.conversation.run(1)
    assert table.outcomes() == [("note", "done"), ("note", "done"), ("note", "denied")]
    assert table.state.agents[1].granted == set()


async def test_other_rules_hold_whoever_was_allowed_more_and_who_was_denied_stays_denied() -> None:
    table = await Table("Well.", requests={"note": "ask", "vote": "ask"}).run(1)
    table.conversation.change_permissions(1, {"note": "allow", "vote": "allow"})
    table.conversation.change_permissions(2, {"note": "deny"})
    rules = table.state.setup.rules  # type: ignore[union-attr]
    table.conversation.change_rules(replace(rules, requests={"note": "deny", "vote": "ask"}))
    assert table.state.agents[1].permissions == {"vote": "allow"}
    table.conversation.change_rules(replace(rules, requests={"note": "allow", "vote": "ask"}))
    assert table.state.agents[2].permissions == {"note": "deny"}


async def test_a_request_that_was_allowed_for_the_session_is_asked_for_again() -> None:
    table = await Table('!note "one"', requests={"note": "ask"}, names=("Ada",)).run(1)
    table.conversation.decide("session")
    await table.conversation.run(1)
    table.conversation.change_permissions(1, {"note": "ask"})
    await table.conversation.run(1)
    assert table.conversation.asked is not None
