"""Asking a world as a conversation does, without one."""

import asyncio
import random

from backrooms_tui.session.state import SessionState
from backrooms_tui.worlds.base import Answer, Heard, Taken, View, World


def taken_by(world: World, text: str) -> list[Taken]:
    """What `world` takes as commands of what the agent on seat 1 said."""
    return list(world.take(Heard(1, "Explorer", 1, text), SessionState()))


async def asked(world: World, text: str, *, turn: int = 1, within: float = 30.0) -> list[Answer]:
    """The answers to all of it, in the turn `turn`; TimeoutError where one takes longer than `within` seconds."""
    state = SessionState()
    state.turn = turn
    answers = []
    for taken in world.take(Heard(1, "Explorer", turn, text), state):
        async with asyncio.timeout(within):
            answers.append(await world.answer(taken, View(state, 2, (), 0.0, random.Random(1))))
    return answers


async def screen_of(world: World, text: str) -> str:
    """The screen of the one command in `text`."""
    (answer,) = await asked(world, text)
    return answer.screen
