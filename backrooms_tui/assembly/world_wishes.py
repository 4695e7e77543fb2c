"""What a person wishes of the worlds at the table, held against those that are there."""

from collections.abc import Iterator

from backrooms_tui.conversation.casting import Choices
from backrooms_tui.conversation.council.members import members_of
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import BUILT_IN, WorldSetup
from backrooms_tui.templates.worlds import unknown_permission


def check_wishes(setup: Setup, choices: Choices) -> tuple[str, ...]:
    """What the person should know of the permissions, the notebook and the documents in `choices`.

    Raises OperatorError where there is no world to which they could apply, and for a name that nothing has there.
    """
    worlds = [agent.world or WorldSetup() for agent in (*setup.agents, *members_of(setup)) if agent.kind == "world"]
    wished = bool(choices.permissions or choices.notebook is not None or choices.documents is not None)
    if wished and not worlds:
        raise OperatorError(
            "permissions, a notebook and documents are for a world, and none is at the table",
            "seat one with --lm MODEL cli, or choose a template that has one, such as exos",
        )
    return tuple(_of_permissions(choices, worlds))


def _of_permissions(choices: Choices, worlds: list[WorldSetup]) -> Iterator[str]:
    elsewhere = [world.name for world in worlds if world.name != BUILT_IN]
    for name in choices.permissions:
        cure = unknown_permission(name)
        if cure is None:
            continue
        if not elsewhere:
            raise OperatorError(f"nothing is called {name!r} in the built-in world", cure)
        yield f"{name} is not in the built-in world; whether {' or '.join(elsewhere)} has it is known when it runs."
