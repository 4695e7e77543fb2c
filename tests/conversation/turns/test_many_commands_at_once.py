"""Of one message a world answers so many commands, and says how many are left: every world in the same way."""

from collections.abc import Mapping

import pytest

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.base import Heard, World
from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.table import Means
from backrooms_tui.worlds.interface.interface import WorldInterface
from backrooms_tui.worlds.tools.offered import Address
from backrooms_tui.worlds.tools.server import ToolServer
from tests.conversation.office import Desk, Office, calling

LEFT = "8 commands of one message are answered. 3 more were left: give them again in your next message."


def typed(command: str, many: int) -> str:
    return "\n".join([command] * many)


def outcomes(office: Office, turn: int = 2) -> list[str]:
    return [one.outcome for one in office.state.turns[turn].exchanges]


@pytest.mark.parametrize(
    ("desks", "command"),
    [
        ({"CLI": Desk("put")}, "put lamp"),
        ({"CLI": Exos(Means(WorldSetup(), 2))}, "clock now"),
    ],
    ids=["desk", "exos"],
)
async def test_typed_commands_beyond_eight_are_told_of(desks: Mapping[str, World], command: str) -> None:
    office = Office(typed(command, 11), desks=desks)
    await office.conversation.run(2)
    assert outcomes(office) == ["done"] * 8 + ["unknown"]
    last = office.state.turns[2].exchanges[-1]
    assert (last.command, LEFT in last.screen) == ("(3 more)", True)


@pytest.mark.parametrize(
    ("world", "command"),
    [
        (WorldInterface(WorldSetup(), "http://127.0.0.1:9"), "search query doors"),
        (ToolServer(WorldSetup(), Address("http://127.0.0.1:9")), 'put_there {"what": "lamp"}'),
    ],
    ids=["world-interface", "tools"],
)
def test_no_world_drops_some_by_itself(world: World, command: str) -> None:
    found = world.take(Heard(1, "Ada", 1, typed(command, 11)), SessionState())
    assert [one.command for one in found] == [command] * 11


async def test_calls_and_typed_commands_count_alike() -> None:
    calls = (("put", f'{{"what": "{number}"}}') for number in range(6))
    office = Office(calling(*calls, words=typed("look", 5)))
    await office.conversation.run(2)
    assert outcomes(office) == ["done"] * 8 + ["unknown"]
    assert LEFT in office.said()[1][1]


async def test_each_message_counts_by_itself() -> None:
    office = Office(typed("look", 8), typed("look", 9), names=("Ada", "Bo"))
    for _ in range(9):
        office.conversation.whisper(3, "look")
    await office.conversation.run(3)
    assert outcomes(office, 3) == ["done"] * (9 + 8 + 8) + ["unknown"]
    assert "1 more was left" in office.said()[2][1]


async def test_of_several_worlds_the_one_that_understands_them_tells() -> None:
    office = Office(typed("b", 10) + "\na", desks={"Left": Desk("a"), "Right": Desk("b")})
    await office.conversation.run(3)
    assert outcomes(office) == ["done"]
    assert outcomes(office, 3) == ["done"] * 8 + ["unknown"]
    assert "2 more were left" in office.said()[2][1]


async def test_it_is_told_in_an_order_without_seats_too() -> None:
    office = Office(typed("put lamp", 9), "And on.", names=("Ada", "Bo"), order="random")
    await office.conversation.run(4)
    told = [text for name, text in office.said() if name == "CLI"]
    assert told
    assert all("1 more was left" in text for text in told)


async def test_what_is_left_is_not_asked_for() -> None:
    office = Office(typed("look", 8) + "\nput lamp", permissions={"put": "ask"})
    await office.conversation.run(2)
    assert office.conversation.asked is None
    assert "1 more was left" in office.said()[1][1]
