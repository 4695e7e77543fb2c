"""`backrooms worlds`, and conversations with servers of one's own at the table."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import CommandLine
from tests.cli.test_in_a_terminal import Terminal, pty
from tests.worlds.interface.server import Odd, WorldInterfaceServer

pytest.importorskip("mcp", reason="tool servers need the extra `worlds`")

KEY = "sesame-opens-5021"


def _tools(module: str, *words: str, more: str = "") -> str:
    """A table [worlds.shop] for a test server, which finds the tests as the program does."""
    command = json.dumps([sys.executable, "-m", module, *words])
    return f'[worlds.shop]\nkind = "mcp"\ncommand = {command}\npass_env = ["PYTHONPATH"]\n{more}\n'


ASKED = b"a word to the agent: "
WORKSHOP = "tests.worlds.tools.workshop"
TIME = ("mcp_server_time", "--local-timezone", "Europe/Berlin")


def _exchanges(backrooms: CommandLine) -> list[dict[str, Any]]:
    events = backrooms("replay", "last", "--format", "jsonl").events()
    return [one for event in events if event["kind"] == "turn_ended" for one in event.get("exchanges", ())]


@pytest.fixture
def far(backrooms: CommandLine) -> Iterator[WorldInterfaceServer]:
    with WorldInterfaceServer(key=KEY) as server:
        backrooms.configure(f'[worlds.far]\nkind = "world-interface"\nurl = "{server.url}/v1"\n')
        yield server


def test_a_conversation_goes_on_where_a_server_answers_500(backrooms: CommandLine, far: WorldInterfaceServer) -> None:
    speaker = backrooms.script("explorer", "exo create_note the door hums", "```\nexo notes\n```", "exo notes")
    ran = backrooms("run", "cli", "--lm", speaker, "world/far", "--max-turns", "2", WORLD_INTERFACE_KEY=KEY)
    assert "Note 1 created" in ran.out
    far.script(Odd(500, "TypeError: undefined", "text/plain"))
    ran = backrooms("run", "cli", "--lm", speaker, "world/far", "--max-turns", "6", WORLD_INTERFACE_KEY=KEY)
    assert "status 500: TypeError: undefined" in ran.out
    assert "1. the door hums" in ran.out
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["failed", "done", "done"]
    assert f"commands go to the world-interface server at {far.url}" in ran.out
    assert KEY not in ran.out + ran.err + backrooms("replay", "last", "--format", "jsonl").out
    assert set(far.keys) == {f"Bearer {KEY}"}


def test_a_key_that_is_missing_is_a_screen_that_says_so(backrooms: CommandLine, far: WorldInterfaceServer) -> None:
    ran = backrooms("run", "cli", "--lm", backrooms.script("explorer", "help"), "world/far", "--max-turns", "2")
    assert "set WORLD_INTERFACE_KEY to its key" in ran.out


def test_a_tool_server_answers_where_its_tool_is_allowed(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(*TIME, more='allow = ["get_current_time"]'))
    speaker = backrooms.script("explorer", "get_current_time timezone=Asia/Tokyo", "convert_time UTC 12:00 Asia/Tokyo")
    ran = backrooms("run", "cli", "--lm", speaker, "world/shop", "--max-turns", "4")
    assert '"timezone": "Asia/Tokyo"' in ran.out
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["done", "denied"]
    assert [one["name"] for one in _exchanges(backrooms)] == ["get_current_time", "convert_time"]


@pytest.mark.skipif(pty is None, reason="needs a pseudo-terminal")
def test_tools_are_approved_by_hand(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(*TIME))
    speaker = backrooms.script("explorer", "convert_time UTC 12:00 Asia/Tokyo", "get_current_time UTC")
    command = [sys.executable, "-m", "backrooms_tui", "run", "cli", "--lm", speaker, "world/shop", "--max-turns", "4"]
    terminal = Terminal(command, backrooms)
    try:
        seen = terminal.read(ASKED)
        assert b"convert_time UTC 12:00 Asia/Tokyo" in seen
        assert b"it says that it only reads" in seen
        terminal.seen = b""
        terminal.type(b"a\n")
        assert b"get_current_time UTC" in terminal.read(ASKED)
        terminal.type(b"d not now\n")
        terminal.read()
        assert terminal.process.wait(30) == 0
    finally:
        terminal.close()
    allowed, denied = _exchanges(backrooms)
    assert (allowed["outcome"], "+9.0h" in allowed["screen"]) == ("done", True)
    assert (denied["outcome"], "not now" in denied["screen"]) == ("denied", True)


def test_a_server_that_dies_does_not_end_a_conversation(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(WORKSHOP, more='allow = ["*"]'))
    speaker = backrooms.script("explorer", "die", "add 2 3")
    backrooms("run", "cli", "--lm", speaker, "world/shop", "--max-turns", "4")
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["failed", "done"]


def test_a_tool_that_hangs_is_timed_out_and_the_conversation_goes_on(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(WORKSHOP, more='allow = ["*"]\ntimeout = 0.5'))
    speaker = backrooms.script("explorer", "wait 60", "add 2 3")
    ran = backrooms("run", "cli", "--lm", speaker, "world/shop", "--max-turns", "4")
    assert "There was no answer within 0.5 seconds." in ran.out
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["timed_out", "done"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="looks for a process by its number")
def test_an_interrupt_leaves_no_program_running(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(WORKSHOP, more='allow = ["*"]'))
    speaker = backrooms.script("explorer", "pid", "wait 60")
    process = backrooms.start("run", "cli", "--lm", speaker, "world/shop", "--max-turns", "9", "--format", "jsonl")
    assert process.stdout is not None
    number = 0
    for line in process.stdout:
        event = json.loads(line)
        if event["kind"] == "turn_ended" and event.get("exchanges"):
            number = int(event["text"].split()[-1])
        if event["kind"] == "turn_started" and event["turn"] == 4:
            break
    os.kill(number, 0)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("the server is still there")


def test_a_server_that_cannot_be_started_is_trouble_with_a_cure(backrooms: CommandLine) -> None:
    backrooms.configure('[worlds.shop]\nkind = "mcp"\ncommand = ["no-such-program-here"]\n')
    speaker = backrooms.script("explorer", "help")
    ran = backrooms("run", "cli", "--lm", speaker, "world/shop", "--max-turns", "2", status=None)
    assert ran.status != 0
    assert "there is no program 'no-such-program-here'" in ran.out + ran.err
    assert "`command` in [worlds.shop]" in ran.out + ran.err


def test_worlds_are_listed_with_where_they_are_and_what_they_may(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(*TIME, more='deny = ["convert_time"]') + '[worlds.exos]\ndeny = ["web"]\n')
    listed = {one["name"]: one for one in backrooms("worlds", "list", "--json").json()}
    assert list(listed) == ["exos", "shop"]
    assert listed["exos"]["permissions"] == {"web": "deny"}
    assert (listed["shop"]["kind"], listed["shop"]["permissions"]["convert_time"]) == ("mcp", "deny")
    assert "mcp_server_time" in backrooms("worlds", "list").out


def test_a_world_is_shown_with_what_it_offers(backrooms: CommandLine) -> None:
    backrooms.configure(_tools(*TIME, more='deny = ["convert_time"]'))
    shown = backrooms("worlds", "show", "shop", "--json").json()
    permissions = {tool["name"]: tool["permission"] for tool in shown["tools"]}
    assert permissions == {"get_current_time": "ask", "convert_time": "deny"}
    assert "asked for each time" in shown["reach"][0]
    text = backrooms("worlds", "show", "world/shop").out
    assert "get_current_time  ask" in text
    assert "dice roll" in backrooms("worlds", "show", "cli").out
    wrong = backrooms("worlds", "show", "shopp", status=2)
    assert "did you mean shop?" in wrong.err


def test_a_world_is_tested_with_a_command(backrooms: CommandLine, far: WorldInterfaceServer) -> None:
    tested = backrooms("worlds", "test", "far", "exo", "notes", WORLD_INTERFACE_KEY=KEY)
    assert "(none)" in tested.out
    failed = backrooms("worlds", "test", "far", "exo notes", "--json", WORLD_INTERFACE_KEY="wrong-key", status=3).json()
    assert failed["answers"][0]["outcome"] == "failed"
    backrooms.configure(_tools(*TIME))
    assert '"timezone": "UTC"' in backrooms("worlds", "test", "shop", "get_current_time", "UTC").out
    assert "2 tools" in backrooms("worlds", "test", "shop").out


def test_the_doctor_looks_at_each_world(backrooms: CommandLine, far: WorldInterfaceServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        backrooms.configure(
            f'[worlds.far]\nkind = "world-interface"\nurl = "{far.url}"\n'
            f'[worlds.away]\nkind = "world-interface"\nurl = "{nobody}"\n'
            '[worlds.lost]\nkind = "mcp"\ncommand = ["no-such-program-here"]\n' + _tools(*TIME)
        )
        found = backrooms("doctor", "--json", status=None).json()
    worlds = {one["name"]: (one["state"], one["says"]) for one in found if one["group"] == "Worlds"}
    assert worlds["far"] == ("ok", f"world-interface server: {far.url} answers")
    assert worlds["away"][0] == "note"
    assert "does not answer" in worlds["away"][1]
    assert "there is no program no-such-program-here" in worlds["lost"][1]
    assert worlds["shop"][0] == "ok"


def test_notebooks_that_sessions_share_are_listed_read_and_removed(backrooms: CommandLine) -> None:
    assert "There is none yet" in backrooms("worlds", "notebooks").out
    backrooms.configure('[worlds.exos]\nnotebook = "the far door"\n')
    backrooms("worlds", "test", "exos", 'notes create "the door hums"')
    (listed,) = backrooms("worlds", "notebooks", "--json").json()
    assert (listed["name"], listed["notes"]) == ("the far door", 1)
    assert "the far door" in backrooms("worlds", "notebooks").out
    assert "1. the door hums" in backrooms("worlds", "notebooks", "the far door").out
    assert "did you mean" in backrooms("worlds", "notebooks", "the far dor", status=2).err
    backrooms("worlds", "notebooks", "the far door", "--delete", "--yes")
    assert backrooms("worlds", "notebooks", "--json").json() == []
