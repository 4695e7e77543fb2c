"""The built-in world."""

from collections.abc import Mapping, Sequence

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.world import Permission, WorldSetup
from backrooms_tui.worlds.base import Answer, Heard, Taken, View, World


class Exos(World):
    """Reads `<environment> <command> [parameters]` and answers with a screen."""

    def __init__(self, setup: WorldSetup) -> None:
        self._setup = setup

    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        """See `World.reach`."""
        return ()

    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        """See `World.take`."""
        return [Taken(heard.by, heard.turn, heard.text.strip(), "help")]

    async def answer(self, taken: Taken, view: View) -> Answer:
        """See `World.answer`."""
        return Answer(f"exOS\nCommand: {taken.command}")

    def greeting(self, view: View) -> Answer:
        """See `World.greeting`."""
        return Answer("exOS")
