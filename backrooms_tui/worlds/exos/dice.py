"""Dice, coins and choices, from the randomness that the conversation hands in: with a seed they repeat themselves."""

import re
from random import Random

from backrooms_tui.worlds.exos.environment import Call, Command, Environment, NotDone, Parameter, Result
from backrooms_tui.worlds.exos.telling import counted, one_line

_DICE = 100
_SIDES = 1_000_000
_TERMS = 10
_CHOICES = 200
_SHOWN = 200  # of a choice
_TERM = re.compile(r"([+-]?)\s*(?:(\d{0,6})\s*d\s*(\d{1,9}|%)|(\d{1,9}))", re.I)
_HOW = "Such as: dice roll 2d6+1"


class Dice(Environment):
    """`dice roll 2d6+1`, `dice coin`, `dice choose a | b | c`."""

    name = "dice"
    about = "chance: dice, coins, a choice among things"
    also = ("chance", "random")

    @property
    def commands(self) -> tuple[Command, ...]:
        """See `Environment.commands`."""
        return (
            Command(
                "roll",
                "roll dice, and add up",
                self._roll,
                (Parameter("dice", "how many of which, such as 2d6+1; d6 if left out", required=False, rest=True),),
                more=f"Up to {_DICE} dice with up to {_SIDES:,} sides each.",
                also=("throw", "dice"),
                alone=("roll",),
                examples=("dice roll", "dice roll 2d6+1", "dice roll 4d6 - 2"),
            ),
            Command(
                "coin",
                "toss a coin",
                self._coin,
                (Parameter("times", "how many times", "integer", required=False),),
                also=("flip", "toss"),
                alone=("flip", "coin"),
            ),
            Command(
                "choose",
                "choose one of several things",
                self._choose,
                (Parameter("things", "the things, parted by | or commas", rest=True, body=True),),
                also=("pick",),
                alone=("choose", "pick"),
                examples=("dice choose the left door | the right door",),
            ),
            Command(
                "shuffle",
                "put several things in a new order",
                self._shuffle,
                (Parameter("things", "the things, parted by | or commas", rest=True, body=True),),
                also=("mix",),
            ),
        )

    def reach(self) -> str:
        """See `Environment.reach`."""
        return "reads and writes nothing"

    async def _roll(self, call: Call) -> Result:
        given = call.text("dice", "1d6").strip() or "1d6"
        total, told = _rolled(given[:200], call.view.rng)
        return Result(f"{one_line(given, 60)}: {total}", told)

    async def _coin(self, call: Call) -> Result:
        times = call.number("times", 1)
        if not 1 <= times <= _DICE:
            raise NotDone(f"A coin is tossed 1 to {_DICE} times.")
        sides = [call.view.rng.choice(("heads", "tails")) for _ in range(times)]
        if times == 1:
            return Result(sides[0].capitalize())
        heads = sides.count("heads")
        return Result(f"{heads} heads, {times - heads} tails", ", ".join(sides))

    async def _choose(self, call: Call) -> Result:
        things = _things(call.text("things"))
        return Result("Chosen", call.view.rng.choice(things), f"out of {counted(len(things), 'thing')}")

    async def _shuffle(self, call: Call) -> Result:
        things = _things(call.text("things"))
        call.view.rng.shuffle(things)
        return Result("A new order", "\n".join(f"  {place}  {thing}" for place, thing in enumerate(things, 1)))


def _rolled(given: str, rng: Random) -> tuple[int, str]:
    at, dice, terms = 0, 0, 0
    total = 0
    told: list[str] = []
    given = given.strip()
    while at < len(given):
        found = _TERM.match(given, at)
        terms += 1
        if found is None or terms > _TERMS or (terms > 1 and not found[1]):
            raise NotDone(f"{one_line(given, 40)} are no dice.", _HOW)
        sign = -1 if found[1] == "-" else 1
        if found[4]:
            total += sign * int(found[4])
        else:
            count, sides = int(found[2] or 1), 100 if found[3] == "%" else int(found[3])
            dice += count
            if not (count >= 1 and dice <= _DICE and 1 <= sides <= _SIDES):
                raise NotDone(f"There are 1 to {_DICE} dice, with 1 to {_SIDES:,} sides.", _HOW)
            rolled = [rng.randint(1, sides) for _ in range(count)]
            total += sign * sum(rolled)
            told.append(f"  {count}d{sides}: {' '.join(map(str, rolled))}")
        at = found.end()
        while at < len(given) and given[at].isspace():
            at += 1
    return total, "\n".join(told)


def _things(given: str) -> list[str]:
    for mark in ("|", "\n", ",", ";", " or "):
        if mark in given:
            things = [one_line(one, _SHOWN) for one in given.split(mark, _CHOICES * 4) if one.strip()]
            break
    else:
        things = [one_line(one, _SHOWN) for one in given.split()]
    if not 2 <= len(things) <= _CHOICES:
        raise NotDone(f"There are 2 to {_CHOICES} things to choose from, parted by | or commas.")
    return things
