"""The marks of the turns that a screen shows: they are read, shown, and changed by the person's keys."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from backrooms_tui.session.mark import Mark
from backrooms_tui.session.state import TurnEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.presence import is_there
from backrooms_tui.ui.screens.stage.scene import Scene
from backrooms_tui.ui.widgets.marks import mark as sign_of

if TYPE_CHECKING:
    from backrooms_tui.ui.screens.stage.watching import WatchingScreen

_GROUP = "marks"


class TurnMarks:
    """For `screen`, whose session they belong to."""

    def __init__(self, screen: "WatchingScreen") -> None:
        self._screen = screen
        self._kept: dict[int, Mark] = {}
        self._one_by_one = asyncio.Lock()

    def read(self) -> None:
        """Show what is marked now; they may have been changed elsewhere."""
        if self._screen.query(Scene):
            self._screen.run_worker(self._read(), group=_GROUP, exit_on_error=False)

    def star(self) -> None:
        """Give the chosen turn a star, or take it away."""
        if (entry := self._turn_to_mark()) is not None:
            self._screen.run_worker(self._change(entry.turn, starred_or_not, _told), group=_GROUP, exit_on_error=False)

    def write(self) -> None:
        """Ask for star, tags and note of the chosen turn."""
        if (entry := self._turn_to_mark()) is not None:
            self._ask(entry)

    def _turn_to_mark(self) -> TurnEntry | None:
        entry = self._screen.chosen_turn()
        if entry is None:
            self._screen.say("There is no turn to mark yet")
        elif entry.retracted:
            self._screen.say("This turn was taken back: choose one that stands")
        else:
            return entry
        return None

    async def _read(self) -> None:
        screen = self._screen
        async with self._one_by_one:
            try:
                kept = await asyncio.to_thread(lambda: screen.backrooms.workspace.store.marks(screen.watched))
            except OperatorError as error:
                screen.say(f"{error.what}; {error.cure}", wrong=True)
            else:
                self._show(kept)

    async def _change(self, turn: int, make: Callable[[Mark], Mark], told: Callable[[int, Mark], str]) -> None:
        screen = self._screen
        async with self._one_by_one:  # one key after another
            try:
                await screen.recorded()
                _, after = await asyncio.to_thread(
                    lambda: screen.backrooms.workspace.store.mark(screen.watched, turn, make)
                )
            except OperatorError as error:
                screen.say(f"{error.what}; {error.cure}", wrong=True)
                return
            self._show({**self._kept, turn: after})
        if is_there(screen):
            screen.say(told(turn, after))

    def _ask(self, entry: TurnEntry) -> None:
        from backrooms_tui.ui.screens.marking.marking import MarkScreen

        screen, before = self._screen, self._kept.get(entry.turn, Mark())

        def kept(after: Mark | None) -> None:
            if after is not None:
                change = self._change(
                    entry.turn,
                    lambda now: now.with_changes(before, after),
                    lambda turn, _: f"The mark of turn {turn} is kept",
                )
                screen.run_worker(change, group=_GROUP, exit_on_error=False)

        what = f"Turn {entry.turn} · {sign_of(entry.agent)} {entry.name}"
        # At once, whatever is being read: the next key is meant for the dialog.
        screen.app.push_screen(MarkScreen(screen.backrooms.workspace, what, before, turn=True), kept)

    def _show(self, kept: dict[int, Mark]) -> None:
        self._kept = kept
        if is_there(self._screen):
            for scene in self._screen.query(Scene):
                scene.show_marks(kept)


def starred_or_not(mark: Mark) -> Mark:
    """With a star, given now, where there was none; else without."""
    return replace(mark, starred=time.time() if mark.starred is None else None)


def _told(turn: int, mark: Mark) -> str:
    return f"★ Turn {turn} has a star" if mark.starred is not None else f"The star of turn {turn} is gone"
