"""The worlds of a conversation that is being set up: what the built-in one may do, and what is told of all of them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.session.world import BUILT_IN
from backrooms_tui.settings.served import is_served
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from backrooms_tui.session.setup import Setup

_WEB = (("web: as set", ""), ("web: off", "deny"), ("web: ask", "ask"), ("web: on", "allow"))
_OWN_NOTEBOOK = "notebook: its own"
# What is asked in each of the fields, by their ids.
ABOUT = {
    "web": "whether it may open public pages; as set: as settings and template say",
    "notebook": "a name: its notes are kept in this notebook, which your sessions can share",
    "documents": "a folder of this machine: its texts and PDFs may be searched and read",
}
ABOUT_WORLD = "the world of this seat: type a name, or press enter to see which there are"


def world_row() -> Row:
    """What may be chosen for the built-in world; out of sight where it is not at the table."""
    web: Select[str] = Select(_WEB, allow_blank=False, value="", id="web", compact=True)
    notebook = LineInput(placeholder=_OWN_NOTEBOOK, id="notebook")
    fields: list[tuple[str, Widget]] = [("web", web), ("notebook", notebook)]
    if not is_served():  # the folders of this machine are not for whoever looks from elsewhere
        fields.append(("documents", LineInput(placeholder="documents folder", id="documents")))
    row = Row("world", fields)
    row.display = False
    return row


def has_built_in(setup: "Setup") -> bool:
    """Whether the built-in world sits at the table of `setup`."""
    return any(agent.world is not None and agent.world.name == BUILT_IN for agent in setup.agents)


def notebook_told(setup: "Setup") -> str:
    """The notebook of the built-in world as the template has it, where nothing is typed."""
    from backrooms_tui.session.harmless import harmless_line

    worlds = [agent.world for agent in setup.agents if agent.world is not None and agent.world.name == BUILT_IN]
    notebooks = {world.notebook for world in worlds}
    if len(notebooks) > 1:
        return "notebook: as set"
    name = harmless_line("".join(notebooks))
    return f"notebook: {name}" if name else _OWN_NOTEBOOK


def by_world(setup: "Setup", told: Sequence[str]) -> Mapping[int, tuple[str, ...]]:
    """Of what `told_reach` says, what belongs to which seat, without the seat's name."""
    from backrooms_tui.session.harmless import harmless_line

    found: dict[int, tuple[str, ...]] = {}
    for agent in setup.agents:
        head = f"{harmless_line(agent.name)} · "
        if agent.kind == "world":
            found[agent.seat] = tuple(line.removeprefix(head) for line in told if line.startswith(head))
    return found
