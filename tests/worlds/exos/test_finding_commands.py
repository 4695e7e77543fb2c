"""What the built-in world takes as a command, and what it does not."""

import time

import pytest

from tests.worlds.exos.visiting import SEAT, Visit, content

FORGIVEN = {
    "notes list": "notes list",
    "NOTES LIST": "NOTES LIST",
    "  $ notes list  ": "notes list",
    "> notes list": "notes list",
    "exOS> notes list": "notes list",
    "exOS v0.5> notes list": "notes list",
    "guest@far-end:~$ notes list": "notes list",
    "guest@far-end:/dreams/one $ notes list": "notes list",
    "C:\\DREAMS> notes list": "notes list",
    "`notes list`": "notes list",
    "**notes list**": "notes list",
    "- notes list": "notes list",
    "Command: notes list": "notes list",
    "**Command:** `notes list`": "notes list",
    "/notes list": "notes list",
    "```\nnotes list\n```": "notes list",
    "```bash\n$ notes list\n```": "notes list",
    "~~~\nnotes list\n~~~": "notes list",
    "I wonder what is there.\n\nnotes list\n\nLet us see.": "notes list",
    "I shall try `notes list` now.": "notes list",
    "Here it comes:\n```\nnotes list\n": "notes list",
    "The `find` command is not for me. I use `notes list` and see.": "notes list",
    "notes.list": "notes.list",
    "notes_list": "notes_list",
    "notes.list()": "notes.list()",
    "exo notes": "exo notes",
    '{"name": "notes_list", "arguments": {}}': "notes_list",
}


@pytest.mark.parametrize("said", FORGIVEN)
async def test_a_command_is_found_in_what_stands_around_it(said: str) -> None:
    visit = Visit()
    taken = visit.take(said)
    assert [(one.command, one.name) for one in taken] == [(FORGIVEN[said], "notes.list")]
    assert f"Command: {FORGIVEN[said]}" in await visit.say(said)


PROSE = (
    "I would like to search for meaning in the dark.",
    "Search for the door, she said, and the files will open.",
    "Find yourself a chair and make some notes.",
    "The notes list every door that was ever opened here.",
    "Help me understand what the clock now shows, and why the dice roll on.",
    "# Notes\n\nIt was late. The clock had stopped.",
    "time flies like an arrow, and nobody here knows where it goes or why",
    "Roll the dice.\n\nOr do not: nothing here depends on chance, and history repeats itself.",
    "```python\nfind = lambda x: x\nhistory = [1, 2]\nprint(dice)\n```\nThat is how it goes.",
    "Nothing more to say here, I think.",
    "What one can do here:\n- notes list: shows the notes\n- notes delete 1: removes one\n* files ls\nAnd so on.",
    "I know these:\n- `notes list`: shows the notes\n- **`notes delete 1`** - removes one\n1. `files ls` (looks)",
    "## Notes list\n\nThere were many of them.",
    "The `find` command is defined in the shell. The `ls` function lists files, and `pwd` shows where one is.",
    "It was the best of times.\ncat sat on the mat, and then the\nls of the evening came.",
)


@pytest.mark.parametrize("said", PROSE)
async def test_prose_is_no_command(said: str) -> None:
    visit = Visit()
    assert visit.commands(said) == []
    screen = await visit.say(said)
    assert "help" in screen
    assert visit.exchanges[-1].outcome == "unknown"


async def test_several_commands_are_run_in_their_order() -> None:
    visit = Visit()
    assert visit.commands("notes list\nls\nclock now") == ["notes list", "ls", "clock now"]
    assert visit.commands("```\n$ ls\n$ cat README.txt\n```\nThen I wait.") == ["ls", "cat README.txt"]


TEXTS = {
    "notes create The door\nIt is green.\n\nIt never opens.": ("The door", "It is green.\n\nIt never opens."),
    "notes create The door\n```\nIt is green.\n  It never opens.\n```\nThat is all.": (
        "The door",
        "It is green.\n  It never opens.",
    ),
    "notes create The door << END\nIt is green.\nnotes list\nEND\nand on": ("The door", "It is green.\nnotes list"),
    "```\nnotes create The door\nIt is green.\n```": ("The door", "It is green."),
    'notes create "The door" "It is green."': ("The door", "It is green."),
    "notes create “The door” “It is green.”": ("The door", "It is green."),
    "notes create 'The door' It is green.": ("The door", "It is green."),
    "notes create The door: it is green": ("The door", "it is green"),
    "notes create The door | it is green": ("The door", "it is green"),
    'notes create title="The door" text="It is green."': ("The door", "It is green."),
    'notes create --title "The door" --text "It is green."': ("The door", "It is green."),
    "notes create --title=Door --text=It is green.": ("Door", "It is green."),
    'notes create {"title": "The door", "text": "It is\\ngreen."}': ("The door", "It is\ngreen."),
    'notes create {\n  "title": "The door",\n  "text": "It is green."\n}': ("The door", "It is green."),
    'notes create "The door" "It is green.\nIt never opens."': ("The door", "It is green.\nIt never opens."),
    'notes.create(title="The door", text="It is green.")': ("The door", "It is green."),
    'create_note("The door", "It is green.")': ("The door", "It is green."),
    "exo create_note The door: it is green": ("The door", "it is green"),
    '{"tool": "create_note", "input": {"title": "The door", "content": "It is green."}}': ("The door", "It is green."),
}


@pytest.mark.parametrize("said", TEXTS)
async def test_a_text_of_several_words_and_lines_arrives_whole(said: str) -> None:
    visit = Visit()
    await visit.say(said)
    assert [one.name for one in visit.exchanges] == ["notes.create"]
    change = visit.exchanges[0].changes[0]
    assert (change["title"], change["text"]) == TEXTS[said]


async def test_help_is_there_at_every_level() -> None:
    visit = Visit()
    for name in ("notes", "files", "clock", "dice"):
        assert name in await visit.say("help")
    for said in ("help notes", "notes help", "notes --help", "notes", "man notes", "`notes help`"):
        assert "notes create TITLE: TEXT" in await visit.say(said)
    for said in ("help notes create", "notes create --help", "notes help create", "help create_note"):
        assert "For example:" in await visit.say(said)
    assert {one.name for one in visit.exchanges} == {"help"}
    assert {one.outcome for one in visit.exchanges} == {"done"}


async def test_what_is_not_understood_is_told_with_what_is_near_it() -> None:
    visit = Visit()
    assert "Did you mean notes list" in await visit.say("note lst")
    assert "Did you mean notes search" in await visit.say("$ notes serach doors")
    assert "clock" in await visit.say("clok now")
    assert "No model stands behind this world" in await visit.say("exo gen a poem about doors")
    assert "is missing" in await visit.say("notes read")
    assert "is a whole number" in await visit.say("notes list soon")
    assert "Did you mean title?" in await visit.say('notes create {"titel": "x"}')
    assert "not whole" in await visit.say('notes create {"title": "x"')


async def test_help_says_what_is_not_simply_allowed() -> None:
    visit = Visit()
    visit.state.agents[SEAT].permissions = {"files": "deny", "dice": "ask"}
    screen = await visit.say("help")
    assert "folders and files of text (not allowed here)" in screen
    assert "a choice among things (the operator is asked)" in screen
    assert visit.world.subjects()["notes"] == "allow"


async def test_each_has_a_history_of_their_own() -> None:
    visit = Visit()
    await visit.say("notes list", by=1)
    await visit.say("dice roll", by=2)
    first, second = await visit.say("history", by=1), await visit.say("history", by=2)
    assert "notes list" in first
    assert "dice roll" not in first
    assert "notes list" not in second


async def test_only_the_environments_that_are_set_up_are_there() -> None:
    visit = Visit(environments=["notes", "dice"])
    screen = await visit.say("help")
    assert "notes" in screen
    assert "files" not in screen
    assert "is not a command here" in await visit.say("ls")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        "notes create " + "a b " * 2_500_000,
        "notes create {" * 500_000,
        '"' * 1_000_000 + "\nnotes list",
        'notes create "x\n' * 300_000,
        "`notes list` " * 500_000,
        "```\n" * 1_000_000,
        "notes create {\n}\n" * 300_000,
        "notes create a" + ' "b' * 500_000,
        "$ " * 1_000_000,
        "\n" * 5_000_000,
        "{" * 1_000_000,
        "[" * 1_000_000 + "]" * 1_000_000,
        '{"name":' * 100_000,
        "> " * 1_000_000 + "notes list",
        "echo " + "> " * 9_000 + "x",
        "echo " + " " * 15_000 + "x",
        "notes create x <<" + " " * 50_000 + "y",
        "guest@" * 100_000,
    ],
    ids=lambda text: repr(text[:12]),
)
async def test_a_turn_of_megabytes_is_answered_at_once(text: str) -> None:
    visit = Visit()
    begun = time.process_time()
    await visit.say(text)
    # A tenth of this is usual; a machine that is busy may take longer.
    assert time.process_time() - begun < 2.0
    assert len(visit.exchanges) <= 50


async def test_a_screen_has_the_head_that_people_know() -> None:
    lines = (await Visit().say("I look around.\n$ notes list")).split("\n")
    assert lines[:3] == ["exOS v0.5", "Command: notes list", "Time: 2026-11-22 02:53:20 UTC"]
    assert content("\n".join(lines)).startswith("Notes\n")
