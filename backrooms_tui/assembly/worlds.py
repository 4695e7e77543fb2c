"""The worlds of a session: the built-in one, and those of the person's configuration."""

from collections.abc import Mapping

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import BUILT_IN, WorldSetup
from backrooms_tui.settings.configuration import Configuration
from backrooms_tui.worlds.base import World


class Worlds:
    """Makes the worlds of `session`, with what they need of the person's workspace."""

    def __init__(self, workspace: Workspace, session: str) -> None:
        self._workspace = workspace
        self._session = session

    def of(self, agent: AgentSetup) -> World:
        """The world on the seat of `agent`. Raises OperatorError for one that is not configured (any more)."""
        setup = agent.world or WorldSetup()
        if setup.name == BUILT_IN:
            from backrooms_tui.worlds.exos.exos import Exos

            return Exos(setup)
        settings = self._workspace.configuration.worlds.get(setup.name)
        if settings is None:
            raise OperatorError(
                f"there is no world {setup.name!r} in your configuration",
                f"add a table [worlds.{setup.name}] to config.toml, or choose another with a branch",
            )
        raise NotImplementedError


def configured_worlds(configuration: Configuration) -> Mapping[str, WorldSetup]:
    """What the person's configuration says of worlds, by their names."""
    return {
        name: WorldSetup(
            name,
            permissions=settings.permissions,
            notebook=settings.notebook,
            documents=settings.documents,
            timeout=settings.timeout,
        )
        for name, settings in configuration.worlds.items()
    }
