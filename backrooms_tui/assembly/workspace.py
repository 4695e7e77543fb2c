"""What the person has on this machine: settings, models, templates, sessions. Each is made when it is first needed."""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from backrooms_tui.settings import folders
from backrooms_tui.settings.served import is_served

if TYPE_CHECKING:
    from backrooms_tui.providers.catalogue.catalogue import Catalogue
    from backrooms_tui.providers.registry import Providers
    from backrooms_tui.providers.servers.keys import Keys
    from backrooms_tui.settings.configuration import Configuration
    from backrooms_tui.store.database import Store


class Workspace:
    """The person's settings, catalogue, providers and store. Close it when done."""

    @cached_property
    def configuration(self) -> "Configuration":
        """The person's `config.toml`. Raises OperatorError with the place of a mistake."""
        from backrooms_tui.settings.loading import load_configuration

        return load_configuration()

    @cached_property
    def catalogue(self) -> "Catalogue":
        """Aliases, endpoints and the models that are known."""
        from backrooms_tui.providers.catalogue.catalogue import Catalogue
        from backrooms_tui.providers.servers.endpoints import with_presets

        endpoints = with_presets(self.configuration.endpoints)
        return Catalogue(
            self.configuration.aliases,
            endpoints,
            folders.models_dir(),
            any_file=not is_served(),
            worlds=self.configuration.worlds,
        )

    @cached_property
    def keys(self) -> "Keys":
        """Where keys are looked for: the environment, `.env` in the current folder, the system's keyring."""
        from backrooms_tui.providers.servers.keys import Keys

        return Keys(os.environ, Path.cwd() / ".env", use_keyring=True)

    @cached_property
    def providers(self) -> "Providers":
        """What reaches the models."""
        from backrooms_tui.providers.registry import Providers

        return Providers(
            self.catalogue,
            self.keys,
            models_dir=folders.models_dir(),
            stall_timeout=self.configuration.defaults.stall_timeout,
        )

    @cached_property
    def store(self) -> "Store":
        """The person's sessions. Raises OperatorError for a database that cannot be used."""
        from backrooms_tui.settings.database import database_place
        from backrooms_tui.store.database import open_store

        return open_store(database_place(self.configuration))

    def reconfigure(self, configuration: "Configuration") -> None:
        """Put a changed `configuration` to use: its aliases and endpoints mean what they say from here on.

        The database stays the one that is open. A turn in the middle of its words ends as it began. Raises
        OperatorError for an endpoint without an address, and nothing has changed then.
        """
        from backrooms_tui.providers.servers.endpoints import with_presets

        endpoints = with_presets(configuration.endpoints)
        catalogue = self.catalogue
        self.configuration = configuration
        changed = catalogue.reload(configuration.aliases, endpoints, configuration.worlds)
        if "providers" in self.__dict__:
            self.providers.forget(*changed, stall_timeout=configuration.defaults.stall_timeout)

    async def aclose(self) -> None:
        """Give back connections, memory and the database."""
        if "providers" in self.__dict__:
            await self.providers.aclose()
        self.close()

    def close(self) -> None:
        """Give back the database."""
        if "store" in self.__dict__:
            self.store.close()
