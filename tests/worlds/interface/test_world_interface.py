"""A world-interface server at the table: whatever it answers is a screen, and the conversation goes on."""

import json
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from backrooms_tui.session.trouble import ProviderTrouble
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.interface.address import asked_at
from backrooms_tui.worlds.interface.interface import WorldInterface
from backrooms_tui.worlds.longest import LONGEST
from tests.hostile import HOSTILE
from tests.worlds.asking import asked, screen_of, taken_by
from tests.worlds.interface.server import Odd, WorldInterfaceServer

SETUP = WorldSetup("far")
KEY = "sesame-opens-5021"


@pytest.fixture
def server() -> Iterator[WorldInterfaceServer]:
    with WorldInterfaceServer() as running:
        yield running


@pytest_asyncio.fixture
async def world(server: WorldInterfaceServer) -> AsyncIterator[WorldInterface]:
    made = WorldInterface(SETUP, server.url)
    yield made
    await made.aclose()


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_an_address_may_be_given_with_or_without_its_path(ending: str) -> None:
    assert asked_at(f"http://localhost:3000{ending}") == "http://localhost:3000/v1/chat/completions"


async def test_a_command_gets_the_screen_of_the_server(world: WorldInterface, server: WorldInterfaceServer) -> None:
    assert "Note 1 created" in await screen_of(world, "I will keep this.\n```\nexo create_note the door hums\n```")
    assert "1. the door hums" in await screen_of(world, "exo notes")
    assert server.commands == ["exo create_note the door hums", "exo notes"]


async def test_several_commands_of_one_turn_are_answered_one_by_one(world: WorldInterface) -> None:
    first, second = await asked(world, "```\nexo create_note one\nexo notes\n```")
    assert "Note 1 created" in first.screen
    assert "1. one" in second.screen


def test_permissions_know_environments_and_their_commands() -> None:
    world = WorldInterface(SETUP, "http://127.0.0.1:1")
    said = "exo notes\nweb open example.org\nsearch the far door\nhelp"
    assert [one.name for one in taken_by(world, said)] == ["exo.notes", "web.open", "search", "help"]
    assert {one.otherwise for one in taken_by(world, said)} == {"allow"}
    assert "http://127.0.0.1:1" in taken_by(world, "help")[0].reach


async def test_prose_is_not_sent(world: WorldInterface, server: WorldInterfaceServer) -> None:
    (answer,) = await asked(world, "Search parties went out at dawn. The web of lights was beautiful, and so I slept.")
    assert answer.outcome == "unknown"
    assert "help" in answer.screen
    assert server.commands == []


async def test_a_server_that_is_busy_is_asked_once_more(world: WorldInterface, server: WorldInterfaceServer) -> None:
    server.script(Odd(503, "later", "text/plain"))
    assert "(none)" in await screen_of(world, "exo notes")
    assert len(server.commands) == 2


async def test_a_500_is_shown_and_the_command_is_not_sent_twice(
    world: WorldInterface, server: WorldInterfaceServer
) -> None:
    server.script(Odd(500, "TypeError", "text/plain"))
    assert "status 500: TypeError" in await screen_of(world, "exo create_note lamp")
    assert len(server.commands) == 1


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (Odd(500, "TypeError: undefined", "text/plain"), "status 500: TypeError: undefined"),
        (Odd(500, ""), "status 500."),
        (Odd(502, "<html><body><h1>Bad &amp; sad</h1></body></html>", "text/html"), "status 502: Bad & sad"),
        (Odd(200, "<!doctype html><title>Login</title>", "text/html"), "with: Login"),
        (Odd(200, '{"choices": [{"message": {"con'), "did not answer with JSON"),
        (Odd(200, '{"choices": []}'), "holds no screen"),
        (Odd(200, '{"choices": [{"message": null}]}'), "holds no screen"),
        (Odd(200, "[1]"), "holds no screen"),
        (Odd(200, '{"choices": [{"message": {"content": " "}}]}'), "empty screen"),
        (Odd(200, '{"error": {"message": "the moon is down"}}'), "the moon is down"),
        (Odd(200, ""), "did not answer with JSON"),
        (Odd(200, b"\xff\xfe\x00broken", "text/plain; charset=hex"), "did not answer with JSON"),
        (Odd(302, "moved"), "status 302"),
        (Odd(429, "slow down"), "slow down"),
    ],
)
async def test_whatever_a_server_answers_is_a_screen(
    world: WorldInterface, server: WorldInterfaceServer, odd: Odd, said: str
) -> None:
    server.script(odd, odd)
    (answer,) = await asked(world, "exo notes")
    assert answer.outcome == "failed"
    assert said in answer.screen
    assert "Command: exo notes" in answer.screen
    server.calm()
    assert "(none)" in await screen_of(world, "exo notes")


async def test_a_stream_is_read_as_well(world: WorldInterface, server: WorldInterfaceServer) -> None:
    pieces = [json.dumps({"choices": [{"delta": {"content": text}}]}) for text in ("exOS", " v0.5", "\nhello")]
    body = "".join(f"data: {piece}\n\n" for piece in [*pieces[:2], "{broken", pieces[2], "[DONE]"])
    server.script(Odd(200, body, "text/event-stream"))
    assert await screen_of(world, "help") == "exOS v0.5\nhello"


async def test_a_screen_of_ten_megabytes_is_cut(world: WorldInterface, server: WorldInterfaceServer) -> None:
    server.script(Odd(200, json.dumps({"choices": [{"message": {"content": "x" * 10_000_000}}]})))
    screen = await screen_of(world, "help")
    assert len(screen) < LONGEST + 100
    assert "cut: 9,980,000 more characters" in screen


async def test_more_than_anybody_reads_is_left(world: WorldInterface, server: WorldInterfaceServer) -> None:
    server.script(Odd(200, b"x" * 17_000_000))
    (answer,) = await asked(world, "help")
    assert answer.outcome == "failed"
    assert "too large" in answer.screen


@pytest.mark.parametrize("odd", [Odd(200, '{"choices"' * 40, pace=0.05), Odd(200, '{"ch', hangs=True)])
async def test_a_slow_drip_ends_when_the_time_is_up(
    world: WorldInterface, server: WorldInterfaceServer, odd: Odd
) -> None:
    server.script(odd)
    with pytest.raises(TimeoutError):  # the conversation says so on the screen
        await asked(world, "help", within=0.5)
    assert "(none)" in await screen_of(world, "exo notes")


async def test_where_nothing_has_ever_answered_the_conversation_is_told_and_later_it_is_an_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        world = WorldInterface(SETUP, f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ProviderTrouble) as trouble:
            await world.open()
        await world.aclose()
    assert "nothing answers at http://127.0.0.1" in trouble.value.trouble.message
    server = WorldInterfaceServer()
    with server:
        world = WorldInterface(SETUP, server.url)
        await world.open()
        assert server.commands == []
    await world.open()
    (answer,) = await asked(world, "help")
    await world.aclose()
    assert answer.outcome == "failed"


async def test_a_server_that_is_not_there_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        world = WorldInterface(SETUP, f"http://127.0.0.1:{taken.getsockname()[1]}")
        (answer,) = await asked(world, "help")
        await world.aclose()
    assert answer.outcome == "failed"
    assert "Nothing answers at http://127.0.0.1" in answer.screen


async def test_a_key_opens_and_is_never_shown() -> None:
    with WorldInterfaceServer(key=KEY) as server:
        for key, said in (("", "set FAR_KEY to its key"), ("wrong-key-77", "look at the key in FAR_KEY")):
            world = WorldInterface(SETUP, server.url, key, "FAR_KEY")
            (answer,) = await asked(world, "exo notes")
            assert said in answer.screen
            assert answer.outcome == "failed"
            await world.aclose()
        world = WorldInterface(SETUP, server.url, KEY)
        server.script(Odd(500, f"bad header: Bearer {KEY}"))
        screen = await screen_of(world, "exo notes")
        assert "bad header" in screen
        assert KEY not in screen
        assert "(none)" in await screen_of(world, "exo notes")
        assert KEY not in "".join(world.reach({}))
        await world.aclose()


async def test_any_text_gets_an_answer(world: WorldInterface) -> None:
    for text in (*HOSTILE, "", "\0", "\ud800 exo notes", "```\n\ud800\n```", "exo " * 50_000, "```\n" * 5_000):
        for answer in await asked(world, text):
            assert answer.outcome in ("done", "unknown", "failed")
