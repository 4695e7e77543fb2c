"""Where everything is asked for, the help is not; and where nobody is there to be asked, that is said once."""

from backrooms_tui.assembly.worlds.deciding import Unattended
from tests.worlds.exos.at_a_table import talking


async def test_help_is_given_without_asking() -> None:
    conversation = talking({"*": "ask"}, ["help", "help notes", "history", "notes list"])
    await conversation.run(8)
    assert [turn.exchanges[0].outcome for _, turn in sorted(conversation.state.turns.items()) if turn.exchanges] == [
        "done"
    ] * 3
    assert conversation.asked is not None
    assert conversation.asked.command == "notes list"
    await conversation.aclose()


async def test_help_says_what_there_is_where_all_is_denied_and_can_be_denied_itself() -> None:
    conversation = talking({"*": "deny"}, ["help", "notes list"])
    await conversation.run(4)
    assert "(not allowed here)" in conversation.state.turns[2].text
    assert conversation.state.turns[4].exchanges[0].outcome == "denied"
    await conversation.aclose()
    conversation = talking({"help": "deny"}, ["help"])
    await conversation.run(2)
    assert conversation.state.turns[2].exchanges[0].outcome == "denied"
    await conversation.aclose()


async def test_where_nobody_is_there_to_be_asked_the_screen_says_it_once() -> None:
    conversation = talking({"notes": "ask"}, ["notes list"])
    await conversation.run(2)
    alone = Unattended()
    assert alone.deny(conversation) is not None
    await conversation.go_on()
    assert conversation.state.turns[2].text.endswith("\n\nNobody is there to allow it.")
    await conversation.aclose()


async def test_the_operator_is_told_beforehand_that_a_private_address_opens_nothing() -> None:
    conversation = talking({"web": "ask"}, ["web open http://127.0.0.1/"])
    await conversation.run(2)
    assert conversation.asked is not None
    assert conversation.asked.reach == "opens nothing: 127.0.0.1 is not on the public internet"
    await conversation.aclose()
