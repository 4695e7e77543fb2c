"""A tool server at the table: its tools are commands, with help made from their schemas."""

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.tools.server import ToolServer
from tests.hostile import HOSTILE
from tests.worlds.asking import asked, screen_of, taken_by
from tests.worlds.tools.conftest import program

# One server for all of them: to start it takes longer than what it is asked here.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop() -> AsyncIterator[ToolServer]:
    world = ToolServer(WorldSetup("shop"), program("workshop"))
    await world.open()
    yield world
    await world.aclose()


async def test_help_tells_tools_and_their_arguments(workshop: ToolServer) -> None:
    overview = await screen_of(workshop, "help")
    assert "The workshop: 14 tools" in overview
    assert "add       Add two whole numbers." in overview
    assert "Measure twice." in overview
    one = await screen_of(workshop, "help paint")
    assert "colour: one of red, green" in one
    assert "layers: a whole number, may be left out" in one
    assert "parts: a list of text, may be left out" in one
    assert "Usage: paint colour=red" in one
    assert "says that it changes nothing" in await screen_of(workshop, "help add")
    assert "1 tool with 'numbers'" in await screen_of(workshop, "help numbers")
    assert "Did you mean paint" in await screen_of(workshop, "help pant")
    assert workshop.greeting(None).screen.startswith("The workshop")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [
        "add 2 3",
        "add a=2 b=3",
        "add b: 3 a: 2",
        "add --a 2 --b=3",
        'add {"a": 2, "b": "3"}',
        'add {\n  "a": 2,\n  "b": 3\n}',
        "add(a=2, b=3)",
        "add(2, 3)",
        "ADD a=2 b=3",
        '{"name": "add", "arguments": {"a": 2, "b": 3}}',
        "I will try the tool.\n\n```\nadd a=2 b=3\n```\nThat should do.",
        "guest@far:~$ add a=2 b=3",
    ],
)
async def test_arguments_are_read_however_they_are_written(workshop: ToolServer, said: str) -> None:
    (answer,) = await asked(workshop, said)
    assert answer.outcome == "done"
    assert answer.screen.endswith("\n\n5")


async def test_arguments_become_what_the_schema_wants(workshop: ToolServer) -> None:
    said = 'paint colour=RED layers="3" parts=door,window dry=yes'
    assert "3 of red on ['door', 'window'] dry" in await screen_of(workshop, said)
    assert "1 of green on ['a b'] wet" in await screen_of(workshop, "paint green parts=['a b']")
    assert "HELLO THERE, WORLD = FINE" in await screen_of(workshop, "shout hello there, world = fine")
    assert "TWO\nLINES" in await screen_of(workshop, '```\nshout text="two\nlines"\n```')


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("add a=1", "b is missing; it is a whole number, such as b=1"),
        ("add a=1 b=two", "b cannot be two; it is a whole number"),
        ("add 1 2 3", "'3' is one too many; write a=1 b=1"),
        ("paint colour=blue", "colour cannot be blue; it is one of red, green"),
        ("paint color=red", "color is no argument of this tool; did you mean colour?"),
        ("paint red shade=dark", "shade is no argument of this tool; known are colour, layers, parts, dry"),
        ('add {"a": 1,', "not JSON at character"),
        ("add {1, 2}", "have to be a JSON object"),
    ],
)
async def test_wrong_arguments_are_told_with_what_would_be_right(workshop: ToolServer, said: str, wrong: str) -> None:
    (answer,) = await asked(workshop, f"$ {said}")
    assert answer.outcome == "failed"
    assert wrong in answer.screen
    assert "was not run" in answer.screen


async def test_results_of_every_kind_are_screens(workshop: ToolServer) -> None:
    assert "here it is\n\n[image: image/png, 70 bytes]" in await screen_of(workshop, "picture")
    assert "[note://one]\nattached words" in await screen_of(workshop, "attach")
    (broken,) = await asked(workshop, "break_it")
    assert (broken.outcome, "break_it failed" in broken.screen) == ("failed", True)
    long = await screen_of(workshop, "long count=3000000")
    assert len(long) < 21_000
    assert "cut: 2,980,000 more characters" in long


async def test_resources_are_listed_and_read(workshop: ToolServer) -> None:
    listed = await screen_of(workshop, "resources")
    assert "plan://house  The plan of the house" in listed
    assert (await screen_of(workshop, "read plan://house")).endswith("four walls")
    assert "[image/png, 70 bytes]" in await screen_of(workshop, "read plan://photo")
    (none,) = await asked(workshop, "read plan://nothing")
    assert (none.outcome, "refuses" in none.screen) == ("failed", True)
    assert "ask_for_help  Ask for help." in await screen_of(workshop, "prompts")


async def test_a_tool_is_asked_for_and_telling_about_it_is_not(workshop: ToolServer) -> None:
    said = taken_by(workshop, "```\nhelp\nadd 1 2\nread plan://house\nresources\npid\n```")
    assert [(one.name, one.otherwise) for one in said] == [
        ("help", "allow"),
        ("add", "ask"),
        ("resources.read", "ask"),
        ("resources", "allow"),
        ("pid", "ask"),
    ]
    assert "says that it only reads" in said[1].reach
    assert "says that it only reads" not in said[4].reach
    assert sys.executable in said[4].reach
    assert workshop.reach({"*": "deny", "add": "allow"})[0].endswith("denied")


async def test_prose_is_no_command(workshop: ToolServer) -> None:
    said = "Add a little salt, and wait a while.\nHelp yourself, read the paper, shout if you want.\nPaint dries."
    (answer,) = await asked(workshop, said)
    assert answer.outcome == "unknown"
    said = "Now I know what to do.\nadd salt: two spoons of it\nshout (as loud as one can) and listen"
    assert [one.name for one in taken_by(workshop, said)] == [""]
    (near,) = await asked(workshop, "$ pante colour=red")
    assert (near.outcome, "Did you mean paint" in near.screen) == ("unknown", True)


async def test_models_are_told_of_tools_and_their_calls_are_commands(workshop: ToolServer) -> None:
    tools = {tool.name: tool for tool in workshop.tools()}
    assert tools["add"].schema["required"] == ["a", "b"]
    command = workshop.command("shout", {"text": 'two\nlines, "quoted" — and more'})
    assert "\n" not in command
    (taken,) = taken_by(workshop, command)
    assert (taken.command, taken.name) == (command, "shout")
    assert 'TWO\nLINES, "QUOTED" — AND MORE' in await screen_of(workshop, command)
    assert workshop.command("pid", {}) == "pid"


async def test_half_a_character_does_no_harm(workshop: ToolServer) -> None:
    assert "\ufffd" in await screen_of(workshop, 'shout {"text": "\\ud800"}')
    assert "5" in await screen_of(workshop, "add 2 3")


async def test_any_text_gets_an_answer(workshop: ToolServer) -> None:
    for text in (*HOSTILE, "", "\0", "```\n\ud800\n```", "add {" * 9_000, "shout " + "(" * 9_000, "paint '" * 9_000):
        for answer in await asked(workshop, text):
            assert answer.outcome in ("done", "unknown", "failed")
