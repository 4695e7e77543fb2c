"""The environments that there are, and what each is made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backrooms_tui.session.world import WorldSetup
from backrooms_tui.worlds.exos.clock import Clock
from backrooms_tui.worlds.exos.dice import Dice
from backrooms_tui.worlds.exos.environment import Environment
from backrooms_tui.worlds.exos.files.files import Files
from backrooms_tui.worlds.exos.meaning import Meaning as Meaning
from backrooms_tui.worlds.exos.notes.notebook import SharedNotebook
from backrooms_tui.worlds.exos.notes.notes import Notes
from backrooms_tui.worlds.exos.searching.said import Hears
from backrooms_tui.worlds.exos.searching.search import Search
from backrooms_tui.worlds.exos.web.web import Web


@dataclass(frozen=True, slots=True)
class Means:
    """What an environment may be made from: what is set up for the world, its `seat`, and `meaning` where the optional
    package is installed, the `notebook` that it shares with other sessions, if it does, and who `hears` what."""

    setup: WorldSetup
    seat: int = 0
    meaning: Meaning | None = None
    notebook: SharedNotebook | None = None
    hears: Hears | None = None


# In the order of the help. Making one is cheap and reads nothing.
MAKERS: Mapping[str, Callable[[Means], Environment]] = {
    "notes": lambda means: Notes(means.meaning, means.notebook),
    "files": lambda _: Files(),
    "search": lambda means: Search(means.setup.documents, means.hears, means.meaning, means.setup.timeout / 3),
    "web": lambda _: Web(),
    "clock": lambda _: Clock(),
    "dice": lambda _: Dice(),
}


def environments(means: Means) -> tuple[Environment, ...]:
    """Those that the setup names, or all."""
    wanted = {name.strip().casefold() for name in means.setup.environments} or set(MAKERS)
    return tuple(make(means) for name, make in MAKERS.items() if name in wanted)
