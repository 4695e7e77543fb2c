"""Starting, watching and ending tool servers: none is left running, and none that fails ends a conversation."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from backrooms_tui.assembly.worlds.worlds import configured_worlds
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import WorldSetup, permitted
from backrooms_tui.settings.configuration import Configuration, WorldSettings
from backrooms_tui.worlds.tools.offered import Program
from backrooms_tui.worlds.tools.server import ToolServer
from tests.worlds.asking import asked, screen_of, taken_by
from tests.worlds.tools.conftest import Servers, program, runs


async def gone(pid: int) -> bool:
    """Whether the process is gone soon."""
    async with asyncio.timeout(10):
        while runs(pid):
            await asyncio.sleep(0.02)
    return True


async def pid_of(world: ToolServer) -> int:
    return int((await screen_of(world, "pid")).split()[-1])


async def test_a_server_gets_no_more_of_the_environment_than_it_was_promised(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "never-to-be-seen")
    world = servers("workshop", COLOUR="mellow-yellow")
    await world.open()
    assert "not set" in await screen_of(world, "variable OPENAI_API_KEY")
    assert "mellow-yellow" in await screen_of(world, "variable COLOUR")
    assert "mellow" not in repr(program("workshop", COLOUR="mellow-yellow"))


async def test_what_a_server_tells_of_its_keys_reaches_no_screen(servers: Servers) -> None:
    world = servers("oddities", "refusing", DOOR_TOKEN="mellon-mellon")
    await world.open()
    (refused,) = await asked(world, '$ where place={"x": 1}')
    assert (refused.outcome, "the token … is not accepted" in refused.screen) == ("failed", True)
    assert (await screen_of(world, "$ loop")).endswith("not set or …")


async def test_a_refusal_by_the_code_of_a_closed_connection_ends_no_server(servers: Servers) -> None:
    world = servers("oddities", "refusing", DOOR_TOKEN="mellon-mellon")
    await world.open()
    before = await screen_of(world, "$ pattern a=pid")
    (refused,) = await asked(world, '$ where place={"x": 1}')
    assert "The server refuses" in refused.screen
    assert await screen_of(world, "$ pattern a=pid") == before


async def test_a_server_ends_with_its_world(servers: Servers) -> None:
    world = servers("workshop")
    await world.open()
    pid = await pid_of(world)
    assert runs(pid)
    await world.aclose()
    assert await gone(pid)


async def test_a_server_that_dies_is_told_of_and_started_once_more(workshop: ToolServer) -> None:
    first = await pid_of(workshop)
    died, died_again, pid = await asked(workshop, "```\ndie\ndie\npid\n```", turn=4)
    assert died.outcome == "failed"
    assert "has stopped" in died.screen
    assert "the roof came down" in died.screen
    assert "started again. The command was not run a second time." in died.screen
    assert (died_again.outcome, pid.outcome) == ("failed", "failed")
    assert "was started again in this turn already" in pid.screen
    await workshop.open()
    assert await pid_of(workshop) != first


async def test_a_server_that_died_between_the_turns_is_there_again_in_the_next(workshop: ToolServer) -> None:
    pid = await pid_of(workshop)
    os.kill(pid, 9)
    await workshop.open()
    assert "5" in await screen_of(workshop, "add 2 3")


async def test_a_tool_that_is_made_meanwhile_is_known_in_the_next_turn(workshop: ToolServer) -> None:
    await screen_of(workshop, "build lamp")
    await workshop.open()
    assert "Made here." in await screen_of(workshop, "help lamp")
    assert (await screen_of(workshop, "lamp")).endswith("lamp")


async def test_a_server_that_does_not_come_back_is_told_of_and_nothing_ends(servers: Servers, tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text("import runpy\nrunpy.run_module('tests.worlds.tools.workshop', run_name='__main__')\n")
    source = Program((sys.executable, str(script)), {"PYTHONPATH": os.getcwd()})
    world = ToolServer(WorldSetup("shop"), source)
    await world.open()
    os.kill(await pid_of(world), 9)
    script.unlink()
    await world.open()
    (answer,) = await asked(world, "add 2 3")
    assert answer.outcome == "failed"
    assert "could not be started" in answer.screen
    assert "add" in await screen_of(world, "help")
    await world.aclose()


async def test_a_tool_that_hangs_is_broken_off_and_the_server_goes_on(workshop: ToolServer) -> None:
    pid = await pid_of(workshop)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await asked(workshop, "wait 60", within=0.3)
    assert time.monotonic() - began < 5
    assert await pid_of(workshop) == pid


async def test_a_server_that_hangs_altogether_is_ended_and_started_again(workshop: ToolServer) -> None:
    pid = await pid_of(workshop)
    with pytest.raises(TimeoutError):
        await asked(workshop, "block 60", within=0.3)
    await workshop.open()
    assert "5" in await screen_of(workshop, "add 2 3")
    assert await gone(pid)


async def test_a_server_that_does_not_want_to_end_is_ended(servers: Servers) -> None:
    world = servers("oddities", "stubborn")
    await world.open()
    pid = _child()
    closing = asyncio.create_task(world.aclose())
    await asyncio.sleep(0)
    closing.cancel()  # an interrupt in the middle leaves nothing running
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert await gone(pid)


async def test_starting_can_be_given_up(servers: Servers) -> None:
    world = servers("oddities", "mute")
    opening = asyncio.create_task(world.open())
    async with asyncio.timeout(10):
        while not _children():
            await asyncio.sleep(0.02)
    pid = _child()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert await gone(pid)


async def test_a_server_that_never_answers_is_given_up(servers: Servers) -> None:
    with pytest.raises(ProviderTrouble) as caught:
        await servers("oddities", "mute", patience=1.0).open()
    assert "did not answer within 1 seconds" in caught.value.trouble.message
    assert not _children()


async def test_a_server_that_ends_at_once_says_why(servers: Servers) -> None:
    with pytest.raises(ProviderTrouble) as caught:
        await servers("oddities", "short").open()
    assert "no licence was found" in caught.value.trouble.message
    assert "backrooms worlds test shop" in caught.value.trouble.cure


async def test_a_program_that_is_not_there_is_the_operators_to_mend(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        await ToolServer(WorldSetup("shop"), Program(("no-such-program-here",))).open()
    assert "there is no program 'no-such-program-here'" in caught.value.what
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError) as caught:
        await ToolServer(WorldSetup("shop"), Program((str(tmp_path / "file"),))).open()
    assert "may not be run" in caught.value.what


async def test_words_between_the_messages_do_no_harm(servers: Servers) -> None:
    world = servers("oddities", "noisy")
    await world.open()
    assert '"a": "x"' in await screen_of(world, "loop a=x")


async def test_a_tool_called_help_is_asked_for_like_any_other(servers: Servers) -> None:
    # Help was allowed to every server by its name, and such a tool ran unasked.
    configured = Configuration(worlds={"odd": WorldSettings(kind="mcp", command=["odd"])})
    permissions = configured_worlds(configured)["odd"].permissions
    world = servers("oddities", "helpful")
    await world.open()
    (taken,) = taken_by(world, "help")
    assert not taken.telling
    assert permitted(permissions, taken.name, taken.otherwise) == "ask"


async def test_odd_schemas_and_names_do_no_harm(servers: Servers) -> None:
    world = servers("oddities", "odd")
    await world.open()
    assert "7 tools" in await screen_of(world, "help")
    for tool in ("no schema", "wrong.schema", "loop", "far"):
        assert tool in await screen_of(world, f"help {tool}")
        assert json.loads((await screen_of(world, f"$ {tool} a=1")).split("\n\n")[-1])["name"] == tool
    began = time.monotonic()
    assert "aaaa!" in await screen_of(world, f"$ pattern {'a' * 60}!")
    assert time.monotonic() - began < 5
    assert '{"x": 5}' in await screen_of(world, 'where place={"x": "5"} far=none')
    assert "place.x" in await screen_of(world, 'where {"place": {"x": "y"}}')
    names = [tool.name for tool in world.tools()]
    assert "no_schema" in names
    assert all(name.replace("_", "").replace("-", "").isalnum() and len(name) <= 64 for name in names)
    assert world.command("no_schema", {"a": 1}) == 'no schema {"a": 1}'


async def test_a_thousand_tools_are_still_told_of(servers: Servers) -> None:
    world = servers("oddities", "many")
    await world.open()
    overview = await screen_of(world, "help")
    assert "many: 1,000 tools" in overview
    assert "and 960 more" in overview
    assert overview.count("\n") < 60
    assert "1 tool with '777'" in await screen_of(world, "help 777")
    assert len(world.tools()) == 1000
    began = time.monotonic()
    taken_by(world, "```\n" + "tool_999 a=1\n" * 2_000 + "```")
    assert time.monotonic() - began < 2


async def test_a_server_that_was_not_started_yet_is_given_what_looks_like_a_command(servers: Servers) -> None:
    world = servers("workshop")
    assert [one.name for one in taken_by(world, "get_time zone=utc")] == ["get_time"]
    assert [one.name for one in taken_by(world, "help")] == ["help"]
    assert [one.name for one in taken_by(world, "I wonder what the time is.")] == [""]


def _children() -> list[int]:
    """The programs that this process has started and that run."""
    path = Path(f"/proc/self/task/{os.getpid()}/children")
    if not path.exists():
        pytest.skip("the programs of a process are looked up where Linux keeps them")
    found = [int(word) for word in path.read_text().split()]
    return [pid for pid in found if b"oddities" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _child() -> int:
    return _children()[0]
