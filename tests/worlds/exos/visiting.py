"""Somebody at the built-in world: what they say becomes turns of a session, as in a conversation."""

import dataclasses
from collections.abc import Sequence
from random import Random

from backrooms_tui.session.events import TurnEnded, TurnRetracted
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.taking_part import seated
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange, WorldSetup
from backrooms_tui.worlds.base import Heard, Taken, View
from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.meaning import Meaning
from backrooms_tui.worlds.exos.notes.notebook import SharedNotebook
from backrooms_tui.worlds.exos.table import Means

SEAT = 9
NOW = 1_795_316_000.0  # 2026-11-22 02:53:20 UTC


class Visit:
    """A session in which two agents and the operator (0) give commands to one world."""

    def __init__(
        self,
        *,
        environments: Sequence[str] = (),
        meaning: Meaning | None = None,
        notebook: SharedNotebook | None = None,
        state: SessionState | None = None,
    ) -> None:
        setup = WorldSetup(environments=tuple(environments))
        self.means = Means(setup, SEAT, meaning, notebook)
        self.world = Exos(self.means)
        self.state = state or SessionState(started=NOW - 100)
        if not self.state.agents:
            for seat, name in ((1, "Ada"), (2, "Ben"), (SEAT, "CLI")):
                self.state.agents[seat] = seated(AgentSetup(seat, name, "scripted/x.txt"))
        self.exchanges: list[Exchange] = []

    def take(self, text: str, by: int = 1) -> list[Taken]:
        """What is taken as commands."""
        return list(self.world.take(Heard(by, f"agent {by}", 1, text), self.state))

    def commands(self, text: str) -> list[str]:
        """The commands that were understood."""
        return [taken.command for taken in self.take(text) if taken.name]

    async def say(self, text: str, by: int = 1) -> str:
        """The screens that `text` comes to, in a turn of the world's."""
        done: list[Exchange] = []
        for taken in self.take(text, by):
            view = View(self.state, SEAT, tuple(done), NOW, Random(7))
            answer = await self.world.answer(taken, view)
            done.append(
                Exchange(
                    taken.by,
                    taken.turn,
                    taken.command,
                    taken.name,
                    answer.outcome,
                    answer.screen,
                    answer.environment,
                    answer.changes,
                )
            )
        self.exchanges += done
        self._keep(tuple(done))
        return "\n\n".join(one.screen for one in done)

    async def outcome(self, text: str, by: int = 1) -> str:
        """How the last command of `text` went."""
        await self.say(text, by)
        return self.exchanges[-1].outcome

    def take_back(self) -> None:
        """The world's last turn never was."""
        turn = self.state.turn
        apply(self.state, TurnRetracted(seq=self.state.seq + 1, at=NOW, turn=turn, agent=SEAT))

    def again(self) -> "Visit":
        """The same session, with a world that has just been made."""
        other = Visit(state=self.state)
        other.means = self.means
        other.world = Exos(self.means)
        return other

    def branch(self, turn: int) -> "Visit":
        """Another session, that was the same up to `turn`."""
        other = Visit()
        other.means, other.world = self.means, Exos(self.means)
        for number in range(1, turn + 1):
            other._keep(tuple(dataclasses.replace(one) for one in self.state.turns[number].exchanges))
        return other

    def _keep(self, exchanges: tuple[Exchange, ...]) -> None:
        event = TurnEnded(
            seq=self.state.seq + 1,
            at=NOW,
            turn=self.state.turn + 1,
            agent=SEAT,
            name="CLI",
            attempt=1,
            text="\n\n".join(one.screen for one in exchanges),
            reasoning="",
            stop_reason="end",
            usage=Usage(),
            cost=0.0,
            timings=Timings(),
            model="world/exos",
            exchanges=exchanges,
        )
        apply(self.state, event)


def content(screen: str) -> str:
    """A screen without its head."""
    return screen.partition("\n\n")[2]
