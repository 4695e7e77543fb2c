"""Where the web is asked for, the operator sees the exact address before anything is reached."""

from tests.worlds.exos.at_a_table import talking
from tests.worlds.exos.web.conftest import Net
from tests.worlds.exos.web.site import answer


async def test_the_address_is_shown_and_opened_when_it_is_allowed(net: Net) -> None:
    net.site.pages |= {"/": answer(b"<p><a href=/deep>deeper</a>"), "/deep": answer(b"<p>deep down")}
    conversation = talking({"web": "ask"}, [f"web open {net.one}/", "web open 1"], [net.web])
    await conversation.run(4)
    asked = conversation.asked
    assert asked is not None
    assert asked.command == f"web open {net.one}/"
    assert asked.reach == f"opens one.example.org: {net.one}/"
    assert net.site.heads == []
    assert net.asked == []
    conversation.decide("once")
    await conversation.run(3)
    # A number is shown as what it leads to.
    asked = conversation.asked
    assert asked is not None
    assert asked.command == "web open 1"
    assert asked.reach == f"opens one.example.org: {net.one}/deep"
    assert net.site.paths == ["/"]
    conversation.decide("deny", "not so deep")
    await conversation.run(1)
    assert net.site.paths == ["/"]
    assert "not so deep" in conversation.state.turns[4].text
    await conversation.aclose()


async def test_loopback_gets_nowhere_though_it_is_allowed(net: Net) -> None:
    conversation = talking({"web": "ask"}, [f"web open http://127.0.0.2:{net.site.port}/"], [net.web])
    await conversation.run(2)
    assert conversation.asked is not None
    conversation.decide("session")
    await conversation.run(1)
    assert net.site.heads == []
    assert conversation.state.turns[2].exchanges[0].outcome == "failed"
    await conversation.aclose()
