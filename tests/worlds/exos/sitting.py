"""A session with two agents at the built-in world, as a conversation keeps it: commands in, screens out."""

from collections.abc import Mapping, Sequence
from random import Random

from backrooms_tui.session.events import SessionOpened, TurnEnded, TurnRetracted, Whispered
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.session.world import Exchange, Permission, WorldSetup
from backrooms_tui.session.world_events import PermissionsChanged
from backrooms_tui.worlds.base import Heard, Taken, View
from backrooms_tui.worlds.exos.environment import Environment
from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.table import Means

NAMES = {1: "Ada", 2: "Ben", 3: "Screen"}
WORLD = 3


class Sitting:
    """Ada (seat 1) and Ben (seat 2) before a screen (seat 3) with the environments `there`."""

    def __init__(
        self,
        there: Sequence[Environment],
        permissions: Mapping[str, Permission] | None = None,
        rules: Rules | None = None,
    ) -> None:
        self.means = Means(WorldSetup(), WORLD)
        self.world = Exos(self.means, there)
        self.there = there
        self.state = SessionState()
        self.last: Sequence[Exchange] = ()
        agents = tuple(
            AgentSetup(seat, name, "scripted/x")
            if seat != WORLD
            else AgentSetup(seat, name, "world/exos", kind="world")
            for seat, name in NAMES.items()
        )
        apply(self.state, SessionOpened(seq=1, at=1.0, session="s", setup=Setup("t", "cli", agents, rules or Rules())))
        if permissions is not None:
            apply(self.state, PermissionsChanged(seq=self._seq, at=2.0, agent=WORLD, permissions=permissions))

    def says(
        self,
        text: str,
        by: int = 1,
        exchanges: Sequence[Exchange] = (),
        *,
        reasoning: str = "",
        heard: str | None = None,
    ) -> None:
        """A turn of an agent, or of the world; what the others `heard` of it, where that is not all."""
        event = TurnEnded(
            seq=self._seq,
            at=10.0 + self.state.turn,
            turn=self.state.turn + 1,
            agent=by,
            name=NAMES[by],
            attempt=1,
            model="m",
            text=text,
            reasoning=reasoning,
            heard=heard,
            stop_reason="end",
            usage=Usage(),
            cost=0.0,
            timings=Timings(),
            exchanges=tuple(exchanges),
        )
        apply(self.state, event)

    def whispers(self, text: str, to: int) -> None:
        """The operator tells one agent something."""
        apply(self.state, Whispered(seq=self._seq, at=5.0, text=text, to=to))

    def retract(self) -> None:
        """The last turn is taken back."""
        turn = self.state.turn
        apply(self.state, TurnRetracted(seq=self._seq, at=6.0, turn=turn, agent=self.state.turns[turn].agent))

    def taken(self, text: str, by: int = 1) -> Sequence[Taken]:
        """What of `text` are commands."""
        return self.world.take(Heard(by, NAMES.get(by, "Operator"), self.state.turn, text), self.state)

    async def gives(self, text: str, by: int = 1) -> str:
        """An agent's turn, and the world's; its screens."""
        if by:
            self.says(text, by)
        done: list[Exchange] = []
        for one in self.taken(text, by):
            view = View(self.state, WORLD, tuple(done), 1000.0, Random(1))
            said = await self.world.answer(one, view)
            done.append(
                Exchange(
                    one.by, one.turn, one.command, one.name, said.outcome, said.screen, said.environment, said.changes
                )
            )
        self.last = done
        screen = "\n\n".join(one.screen for one in done)
        self.says(screen, WORLD, done)
        return screen

    @property
    def outcome(self) -> str:
        """How the last command went."""
        return self.last[-1].outcome

    def again(self, there: Sequence[Environment]) -> None:
        """The same session at a world that has seen nothing yet, as after a restart or in a branch."""
        self.world, self.there = Exos(self.means, there), there

    @property
    def _seq(self) -> int:
        return self.state.seq + 1
