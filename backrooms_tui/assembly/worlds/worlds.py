"""The worlds of a session: the built-in one, and those of the person's configuration."""

from collections.abc import Mapping

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import BUILT_IN, WorldSetup
from backrooms_tui.settings.configuration import Configuration, WorldSettings
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
            return self._built_in(setup, agent.seat)
        settings = self._workspace.configuration.worlds.get(setup.name)
        if settings is None:
            raise OperatorError(
                f"there is no world {setup.name!r} in your configuration",
                f"add a table [worlds.{setup.name}] to config.toml, or choose another with a branch",
            )
        return self._configured(setup, agent.seat, settings)

    def _configured(self, setup: WorldSetup, seat: int, settings: WorldSettings) -> World:
        keys = self._workspace.keys
        if settings.kind == "world-interface":
            from backrooms_tui.worlds.interface.address import DOCUMENTED, KEY
            from backrooms_tui.worlds.interface.interface import WorldInterface

            variable = settings.key_env or KEY
            key = keys.find(variable)
            return WorldInterface(setup, settings.url or DOCUMENTED, key.reveal() if key else "", variable)
        if settings.kind == "mcp":
            from backrooms_tui.worlds.tools.offered import Address, Program, Source
            from backrooms_tui.worlds.tools.server import ToolServer

            source: Source
            if settings.url is not None:
                key = keys.find(settings.key_env) if settings.key_env else None
                source = Address(settings.url, key.reveal() if key else "")
            else:
                found = {name: key.reveal() for name in settings.pass_env if (key := keys.find(name)) is not None}
                source = Program(tuple(settings.command), found)
            return ToolServer(setup, source)
        return self._built_in(setup, seat)

    def _built_in(self, setup: WorldSetup, seat: int) -> World:
        from backrooms_tui.conversation.sending.hearing import heard_by
        from backrooms_tui.stall.meaning import Meaning
        from backrooms_tui.worlds.exos.exos import Exos
        from backrooms_tui.worlds.exos.table import Means

        # A shared notebook is in the person's database; what it is not asked for is not read.
        shared = self._workspace.store.notebooks.of(setup.notebook) if setup.notebook.strip() else None
        return Exos(Means(setup, seat, Meaning.if_installed(), shared, heard_by))


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
