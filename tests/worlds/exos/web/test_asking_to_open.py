"""Where the web is asked for, the operator sees the exact address before anything is reached."""

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.table import Means
from tests.conversation.playing import PatientClock, PlayedProvider
from tests.worlds.exos.web.conftest import Net
from tests.worlds.exos.web.site import answer


def talking(net: Net, *replies: str) -> Conversation:
    """An explorer at a world whose web is asked for."""
    provider = PlayedProvider(*replies)
    setup = WorldSetup(permissions={"web": "ask"})
    seats = (
        AgentSetup(1, "Ada", "played/one"),
        AgentSetup(2, "Screen", "world/exos", kind="world", guard=False, world=setup),
    )
    return Conversation(
        Setup("A test", "test", seats, Rules()),
        session="s1",
        speaker_for=lambda reference: (provider, reference.partition("/")[2]),
        price=lambda reference, usage: 0.0,
        clock=PatientClock(),
        world_for=lambda agent: Exos(Means(setup, agent.seat), [net.web]),
    )


async def test_the_address_is_shown_and_opened_when_it_is_allowed(net: Net) -> None:
    net.site.pages |= {"/": answer(b"<p><a href=/deep>deeper</a>"), "/deep": answer(b"<p>deep down")}
    conversation = talking(net, f"web open {net.one}/", "web open 1")
    await conversation.run(4)
    asked = conversation.asked
    assert asked is not None
    assert asked.command == f"web open {net.one}/"
    assert asked.reach == f"opens {net.one}/ (host one.example.org)"
    assert net.site.heads == []
    assert net.asked == []
    conversation.decide("once")
    await conversation.run(3)
    # A number is shown as what it leads to.
    asked = conversation.asked
    assert asked is not None
    assert asked.command == "web open 1"
    assert asked.reach == f"opens {net.one}/deep (host one.example.org)"
    assert net.site.paths == ["/"]
    conversation.decide("deny", "not so deep")
    await conversation.run(1)
    assert net.site.paths == ["/"]
    assert "not so deep" in conversation.state.turns[4].text
    await conversation.aclose()


async def test_loopback_gets_nowhere_though_it_is_allowed(net: Net) -> None:
    conversation = talking(net, f"web open http://127.0.0.2:{net.site.port}/")
    await conversation.run(2)
    assert conversation.asked is not None
    conversation.decide("session")
    await conversation.run(1)
    assert net.site.heads == []
    assert conversation.state.turns[2].exchanges[0].outcome == "failed"
    await conversation.aclose()
