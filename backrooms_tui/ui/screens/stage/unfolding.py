"""Councils on a screen that is watched: which are unfolded, what was said in them, and the way into one."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import CouncilEntry, SessionState, TurnEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.asking import Choose
from backrooms_tui.ui.screens.stage.scene import TIMELINE
from backrooms_tui.ui.widgets.councils import MOST, Talk
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.ui.screens.stage.watching import WatchingScreen

_KEPT = 256  # councils whose words are held: more than are ever in sight at once
_BACK = 200  # entries before a turn among which its council is looked for
_GROUP = "councils"


class Unfolding:
    """The councils on `screen`. Its transcripts ask it which are unfolded (`depth`) and for their words (`talk`), which
    are read beside the screen, and shown when they are there."""

    def __init__(self, screen: "WatchingScreen") -> None:
        self._screen = screen
        self._all = 0
        self._depths: dict[str, int] = {}
        self._talks: OrderedDict[str, Talk] = OrderedDict()
        self._wanted: dict[str, None] = {}
        self._reading: set[str] = set()
        self._asked = False

    # What transcripts ask --------------------------------------------------------------

    def depth(self, council: str) -> int:
        """How many levels of it are unfolded."""
        return self._depths.get(council, self._all)

    def talk(self, council: str) -> Talk | None:
        """What was said in it, as far as that was read."""
        talk = self._talks.get(council)
        if talk is not None:
            self._talks.move_to_end(council)
        elif council not in self._reading:
            self._wanted[council] = None
            if not self._asked:
                self._asked = True
                self._screen.call_later(self._read_on)
        return talk

    # What the person does --------------------------------------------------------------

    def deeper(self) -> None:
        """Unfold the chosen council by one more level, and fold it where there is none."""
        state = self._screen.seen_state
        found = self._chosen()
        if state is None or not found:
            self._screen.say(_NONE)
            return
        for council, seat in found:
            depth = self.depth(council)
            self._depths[council] = depth + 1 if depth < _levels(state, seat) else 0
        self._try_again()
        self._show()

    def all_deeper(self) -> None:
        """Unfold all councils by one more level, and fold them where there is none."""
        state = self._screen.seen_state
        levels = max((_levels(state, seat) for seat in state.agents), default=1) if state is not None else 1
        self._depths.clear()
        self._all = self._all + 1 if self._all < levels else 0
        self._try_again()
        self._show()
        deep = "" if self._all <= 1 else f", {self._all} levels deep"
        self._screen.say(f"Councils are unfolded{deep}" if self._all else "Councils are folded")

    def open(self) -> None:
        """Go into the chosen council; ask which, where several stand there."""
        screen, found = self._screen, self._chosen()
        if not found:
            screen.say(_NONE)
        elif len(found) == 1:
            self._go_in(found[0][0])
        else:
            state = screen.seen_state
            names = {seat: agent.name for seat, agent in state.agents.items()} if state is not None else {}
            lines = [f"council of {mark(seat)} {names.get(seat, '')}" for _, seat in found]
            screen.choose(Choose("Go into which?", lines), lambda place: self._go_in(found[place][0]))

    def _go_in(self, council: str) -> None:
        opening = self._open(council)
        self._screen.run_worker(opening, group="going in", exclusive=True, exit_on_error=False)

    async def _open(self, council: str) -> None:
        screen = self._screen
        try:
            # One that has just begun may still be on its way to the store.
            await screen.recorded()
            await asyncio.to_thread(screen.backrooms.workspace.store.summary, council)
        except OperatorError as error:
            screen.say(f"{error.what}; {error.cure}", wrong=True)
        else:
            if is_there(screen) and screen.is_current:
                screen.backrooms.show_replay(council, follow=True)

    # Finding and reading --------------------------------------------------------------

    def _chosen(self) -> list[tuple[str, int]]:
        """The councils (ids, and the seats that they serve) at the chosen entry; without one those that are held now,
        of the active pane where it has one, or the last that was held."""
        scene = self._screen.scene
        source = scene.source_for(scene.active)
        selected = scene.transcript(scene.active).selected
        if selected is not None and selected < len(source):
            return self._at(selected)
        state = self._screen.seen_state
        if state is not None and state.councils:
            open = state.councils
            seats = [scene.active] if scene.active in open else list(open)
            return [(open[seat].council, seat) for seat in seats]
        for held in (source, scene.source_for(TIMELINE)):
            for index in range(len(held) - 1, max(-1, len(held) - 1 - _BACK), -1):
                found = [entry for entry in held.block(index) if isinstance(entry, CouncilEntry)]
                if found:
                    return [(found[-1].council, found[-1].agent)]
        return []

    def _at(self, index: int) -> list[tuple[str, int]]:
        scene = self._screen.scene
        source = scene.source_for(scene.active)
        entry = source.entry(index)
        if isinstance(entry, TurnEntry):
            # Rounds hold councils of all before the first speaks: a turn's own may stand far above it.
            for before in range(index, max(-1, index - _BACK), -1):
                for one in source.block(before):
                    if isinstance(one, CouncilEntry) and (one.turn, one.agent) == (entry.turn, entry.agent):
                        return [(one.council, one.agent)]
        return [(one.council, one.agent) for one in source.block(index) if isinstance(one, CouncilEntry)]

    def _read_on(self) -> None:
        self._asked = False
        if is_there(self._screen):
            self._screen.run_worker(self._read(), group=_GROUP, exit_on_error=False)

    async def _read(self) -> None:
        store = self._screen.backrooms.workspace.store
        wanted, self._wanted = list(self._wanted), {}
        self._reading.update(wanted)
        try:
            for council, talk in await asyncio.to_thread(lambda: list(_talks(store, wanted))):
                self._talks[council] = talk
        finally:
            self._reading.difference_update(wanted)
        while len(self._talks) > _KEPT:
            self._talks.popitem(last=False)
        if is_there(self._screen):
            self._show()

    def _try_again(self) -> None:
        """What could not be read may be read by now."""
        for council in [council for council, talk in self._talks.items() if talk.wrong]:
            del self._talks[council]

    def _show(self) -> None:
        self._screen.scene.show_councils(self)


_NONE = "No council stands here: click on one, or choose it with shift+up and shift+down"


def _talks(store: "Store", councils: Iterable[str]) -> Iterable[tuple[str, Talk]]:
    for council in councils:
        try:
            turns = store.summary(council).turns
            entries = store.entries(council, 1, min(turns, MOST)) if turns else store.entries(council, 1, 1)
            yield council, Talk(entries, max(0, turns - MOST))
        except OperatorError as error:
            yield council, Talk(wrong=error.what)


def _levels(state: SessionState, seat: int) -> int:
    """How many levels of councils an agent has, at most."""
    if state.setup is None:
        return 1
    agents = [agent for agent in state.setup.agents if agent.seat == seat]
    return max(1, min(_deepest(agents), max(1, state.setup.rules.council_depth)))


def _deepest(agents: Iterable[AgentSetup]) -> int:
    return max((1 + _deepest(agent.council.agents) for agent in agents if agent.council is not None), default=0)


def whose_council(state: SessionState, seat: int) -> str:
    """`council of ① Ada`."""
    agent = state.agents.get(seat)
    return f"council of {mark(seat)}" + (f" {agent.name}" if agent is not None else "")
