"""The time that is handed in, and chance that repeats itself with a seed."""

from tests.worlds.exos.visiting import Visit, content


async def test_the_clock_tells_the_time_of_the_conversation() -> None:
    visit = Visit()
    assert "02:53:20 UTC" in content(await visit.say("clock now"))
    assert "Sunday, 22 November 2026" in content(await visit.say("date"))
    assert "1 minute 40 seconds" in content(await visit.say("clock elapsed"))


async def test_the_same_seed_rolls_the_same() -> None:
    commands = ("dice roll 4d6+2", "roll", "flip 5", "choose left | right | neither", "dice shuffle a, b, c, d")
    first, second = Visit(), Visit()
    assert [await first.say(one) for one in commands] == [await second.say(one) for one in commands]


async def test_a_roll_adds_up() -> None:
    screen = content(await Visit().say("dice roll 3d6 + 1d4 - 2"))
    total = int(screen.split("\n")[0].rpartition(" ")[2])
    rolled = [
        int(number)
        for line in screen.split("\n")
        if "d" in line and line.startswith("  ")
        for number in line.split(":")[1].split()
    ]
    assert len(rolled) == 4
    assert total == sum(rolled) - 2


async def test_what_cannot_be_rolled_is_said() -> None:
    visit = Visit()
    for said in ("dice roll 101d6", "dice roll 1d0", "dice roll 99d2+99d2", "dice roll 1d9999999"):
        assert "There are 1 to 100 dice" in await visit.say(said)
    for said in ("dice roll cheese", "dice roll 2d6 2d6", "dice roll " + "+1" * 30):
        assert "are no dice" in await visit.say(said)
    assert "1 to 100 times" in await visit.say("dice coin 1000")
    assert "2 to 200 things" in await visit.say("dice choose alone")
