"""Notes: kept, read, changed and found."""

import pytest

from backrooms_tui.stall.meaning import Meaning
from tests.worlds.exos.visiting import Visit, content

NEEDS_MEANING = pytest.mark.skipif(not Meaning.installed(), reason="the optional package is not installed")


async def told(visit: Visit, *commands: str) -> str:
    for command in commands:
        screen = await visit.say(command)
    return content(screen)


async def test_notes_are_numbered_read_changed_and_removed() -> None:
    visit = Visit()
    await told(visit, "notes create The door: it is green", "notes create The stairs: they go down")
    assert "2  The stairs" in await told(visit, "notes list")
    assert "they go down" in await told(visit, "notes read 2")
    assert "they go down" in await told(visit, "notes read the stairs")
    assert "they go down" in await told(visit, "notes read #2.")
    await told(visit, "notes append 2 for ever", "notes update 1 It is red now.")
    assert "they go down\nfor ever" in await told(visit, "notes read 2")
    assert "It is red now." in await told(visit, "notes read door")
    await told(visit, 'notes update 1 title="The red door"')
    assert "The red door\n\nIt is red now." in await told(visit, "notes read 1")
    assert "by Ada" in await told(visit, "notes read 1")
    await told(visit, "notes delete 1")
    assert "There is no note 1" in await told(visit, "notes read 1")
    # A number is never used twice.
    await told(visit, "notes delete 2")
    assert "Note 3 is kept" in await told(visit, "notes create another")


async def test_a_note_without_a_title_is_called_by_its_first_words() -> None:
    visit = Visit()
    text = "I walked for hours through rooms that all looked the same, and then I heard the hum."
    await visit.say(f"notes create {text}")
    change = visit.exchanges[0].changes[0]
    assert change["text"] == text
    assert change["title"] == "I walked for hours through rooms that all looked the same…"


async def test_a_long_list_comes_in_pages() -> None:
    visit = Visit()
    for number in range(45):
        await visit.say(f"notes create number {number}")
    first = await told(visit, "notes list")
    assert "45 notes" in first
    assert "page 1 of 3: notes list 2" in first
    assert "number 44" in await told(visit, "notes list 3")
    assert "number 44" in await told(visit, "notes list 99")


async def test_notes_are_found_by_words_without_meaning_and_that_is_said() -> None:
    visit = Visit()
    await told(visit, "notes create The door: it is green", "notes create The lamp: green, green light")
    found = await told(visit, "notes search green door")
    assert found.index("The door") < found.index("The lamp")
    assert "(all words)" in found
    assert "(some words)" in found
    assert "by meaning too" in found
    assert "None of 2 notes fits" in await told(visit, "notes find elephants")


@NEEDS_MEANING
async def test_notes_are_found_by_what_they_mean() -> None:
    visit = Visit(meaning=Meaning())
    await told(
        visit,
        "notes create Supper: we ate soup and bread at the kitchen table",
        "notes create Weather: heavy rain fell on the roof all night",
        "notes create Accounts: the invoice was paid in full by the bank",
    )
    found = await told(visit, "notes search a meal that was cooked")
    rows = [line for line in found.split("\n") if line.startswith("     ")]
    assert "Supper" in rows[0]
    assert "meaning 0." in rows[0]
    assert "Weather" in (await told(visit, "exo search_notes storm and thunder")).split("\n")[2]


async def test_what_a_note_cannot_take_is_said_and_changes_nothing() -> None:
    visit = Visit()
    assert "up to 20,000 letters" in await told(visit, f"notes create long: {'x' * 20_001}")
    assert "up to 120 letters" in await told(visit, f'notes create "{"y" * 121}" "z"')
    assert "has a title or a text" in await told(visit, "notes create ``")
    assert visit.exchanges[-1].outcome == "failed"
    assert "There are none yet" in await told(visit, "notes list")


async def test_a_hostile_title_stays_on_its_line() -> None:
    visit = Visit()
    await visit.say('notes create {"title": "a\\nb\\r\\u001b[2Jc\\u2028d", "text": "one\\u001b]52;c;x\\u0007\\ntwo"}')
    change = visit.exchanges[0].changes[0]
    assert change["text"] == "one\x1b]52;c;x\x07\ntwo"
    rows = [line for line in content(await visit.say("notes list")).splitlines() if line.startswith("     1")]
    assert rows == ["     1  a b \x1b[2Jc d"]


async def test_what_is_taken_back_was_never_noted() -> None:
    visit = Visit()
    await told(visit, "notes create one", "notes create two")
    visit.take_back()
    listed = await told(visit, "notes list")
    assert "one" in listed
    assert "two" not in listed
    assert "Note 2 is kept" in await told(visit, "notes create other")


async def test_a_branch_has_the_notes_up_to_its_turn_and_goes_its_own_way() -> None:
    visit = Visit()
    await told(visit, "notes create one", "notes create two", "notes create three")
    branch = visit.branch(2)
    await branch.say("notes create apart")
    listed = content(await branch.say("notes list"))
    assert ["one" in listed, "two" in listed, "three" in listed, "apart" in listed] == [True, True, False, True]
    assert "apart" not in await told(visit, "notes list")
