"""Members of a council ask for what its rules let them, among themselves."""

from backrooms_tui.session.events import RequestMade
from backrooms_tui.session.setup import Rules
from tests.conversation.council.seated import Seats, agent, council

RULES = Rules(max_rounds=2, requests={"whisper": "allow", "leave": "allow", "invite": "allow", "note": "ask"})


async def test_members_whisper_and_leave_and_their_host_is_told_what_was_said() -> None:
    def says(who: str, request: object) -> str:
        lines = {"Mind": 'I wonder.\n!whisper Heart "the key"', "Heart": "I feel.\n!leave", "Ada": "Well."}
        return lines.get(who, "Hm.")

    seats = await Seats(agent(1, "Ada", council("Mind", "Heart", rules=RULES)), agent(2, "Bo"), says=says).run(2)
    made = [event for _, event in seats.within if isinstance(event, RequestMade)]
    assert {(one.name, one.outcome) for one in made} >= {("whisper", "done"), ("leave", "done")}
    assert "Mind: I wonder." in seats.provider.sent("Ada", 0)
    assert "!" not in seats.provider.sent("Ada", 0)
    assert "key" not in seats.provider.sent("Ada", 0)
    assert "key" in seats.provider.sent("Heart", 0)


async def test_nobody_is_invited_into_a_council() -> None:
    def says(who: str, request: object) -> str:
        return '!invite said/two "a friend" Dee' if who == "Mind" else "Hm."

    seats = await Seats(agent(1, "Ada", council("Mind", "Heart", rules=RULES)), agent(2, "Bo"), says=says).run(1)
    made = [event for _, event in seats.within if isinstance(event, RequestMade)]
    assert {(one.name, one.outcome) for one in made} == {("invite", "refused")}
    assert "nobody can be invited here" in seats.provider.sent("Mind", 1)


async def test_what_is_asked_in_a_council_waits_there() -> None:
    def says(who: str, request: object) -> str:
        return "Hm.\n!note well" if who == "Mind" else "Hm."

    seats = await Seats(agent(1, "Ada", council("Mind", "Heart", rules=RULES)), agent(2, "Bo"), says=says).run(2)
    inner = seats.conversation.councils[1]
    assert inner.asked is not None
    assert inner.asked.command == "!note well"
    assert seats.state.status == "paused"
    inner.decide("session")
    await seats.conversation.go_on()
    assert seats.state.turn == 2
