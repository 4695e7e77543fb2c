"""Seats that are worlds, as a template has them: what such a seat may say, and what only means something to a model."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from backrooms_tui.session.world import BUILT_IN
from backrooms_tui.templates.findings import nearest
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.shape import Mistake

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent

# What the built-in world has. What others have is known only where they run.
ENVIRONMENTS = ("notes", "files", "search", "web", "clock", "dice")
# Everything that is not named.
EVERYTHING_ELSE = "*"
_CLI = "cli"
# Nobody would read or hear these, or they contradict that nobody but a world sits there.
_NOT_BOTH = ("model", "council")
_FOR_MODELS = ("system", "system_same", "history", "params", "talkativeness", "memory", "position", "reminder", "tools")
_FOR_WORLDS = ("environments", "notebook", "permissions")


def world_mistakes(path: KeyPath, agents: "Sequence[Agent]", *, council: bool) -> Iterator[Mistake]:
    """What is wrong about worlds among `agents`, whose keys begin with `path`: those of a template, or of a council."""
    worlds = [agent for agent in agents if agent.world]
    if len(worlds) == len(agents):
        whose = "its council" if council else "the template"
        what = "is a world, and nobody gives it commands" if len(worlds) == 1 else "are all worlds: nobody speaks"
        yield Mistake((*path, "agents"), what, f"add [[{_table(path)}]] without world to {whose}")
    for index, agent in enumerate(agents):
        of_agent: KeyPath = (*path, "agents", index)
        if agent.world:
            yield from _of_world(of_agent, agent)
        else:
            yield from _of_model(of_agent, agent, has_worlds=bool(worlds))


def unknown_environment(name: str) -> str | None:
    """What would be right in place of `name`, which is to be an environment of the built-in world; None where it is
    right."""
    if name in ENVIRONMENTS:
        return None
    if name == "exo":
        return "it is called notes here"
    near = nearest(name, ENVIRONMENTS)
    return f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(ENVIRONMENTS)}"


def unknown_permission(name: str) -> str | None:
    """The same for the name of a permission of the built-in world: an environment, one command of it (`files.rm`), or
    "*" for all that is not named."""
    return None if name == EVERYTHING_ELSE else unknown_environment(name.partition(".")[0])


def _of_world(path: KeyPath, agent: "Agent") -> Iterator[Mistake]:
    said = agent.model_fields_set
    for key in _NOT_BOTH:
        if key in said:
            cure = f"take it out, or take out world = {agent.world!r}"
            yield Mistake((*path, key), "cannot be where a world sits", cure)
    for key in _FOR_MODELS:
        if key in said:
            yield _hint((*path, key), "means nothing to a world", "take it out: a world only reads commands")
    if agent.world == _CLI:
        yield _hint((*path, "world"), "is what people type; the world itself is called exos", 'write world = "exos"')
    if agent.world != BUILT_IN:
        return
    for index, name in enumerate(agent.environments):
        right = unknown_environment(name)
        if right is not None:
            yield Mistake((*path, "environments", index), f"{name!r} is not there in the built-in world", right)
    for name in agent.permissions:
        right = unknown_permission(name)
        if right is not None:
            yield Mistake((*path, "permissions", name), "is not there in the built-in world", right)


def _of_model(path: KeyPath, agent: "Agent", *, has_worlds: bool) -> Iterator[Mistake]:
    for key in _FOR_WORLDS:
        if key in agent.model_fields_set:
            yield _hint((*path, key), "means nothing without a world", f'add world = "{BUILT_IN}", or take it out')
    if agent.model is not None and agent.model.strip().casefold() in (_CLI, f"world/{BUILT_IN}"):
        yield _hint((*path, "model"), "is a world and no model", f'write world = "{BUILT_IN}" in its place')
    elif agent.tools and not has_worlds:
        yield _hint((*path, "tools"), "gives it none: no world is at the table", 'add an agent with world = "exos"')


def _table(path: KeyPath) -> str:
    return ".".join([part for part in path if isinstance(part, str)] + ["agents"])


def _hint(path: KeyPath, what: str, cure: str) -> Mistake:
    return Mistake(path, what, cure, severity="warning")
