"""Finding whom an agent invites: a model that can be asked here, by the name that the agent calls it."""

import asyncio

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.providers.catalogue.naming_files import require_listed
from backrooms_tui.providers.catalogue.references import ModelReference
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import WORLD

_ASKING = 5.0  # seconds that a provider has to tell its model's window


class Inviting:
    """Makes the setups of those that agents invite, with the person's default parameters."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def somebody(self, model: str, persona: str, name: str) -> AgentSetup:
        """Whoever is called `model` by people and agents, to be `persona`, by this `name` or else the model's own.

        Raises OperatorError for a model that is not known, or whose key is missing, for a world, and for a file that
        the person has not made a model: a script is spoken word for word, whatever the file is.
        """
        catalogue, providers = self._workspace.catalogue, self._workspace.providers
        resolved = catalogue.resolve(model)
        if resolved.provider == WORLD:
            raise OperatorError(f"{resolved.asked} is a world, and only the operator can bring one", "invite a model")
        require_listed(ModelReference.parse(resolved.reference), catalogue.aliases, catalogue.models_dir)
        usable = await asyncio.to_thread(providers.usable, resolved.reference)
        if not usable.yes:
            raise OperatorError(f"{resolved.reference} cannot be asked here: {usable.why}", "invite another")
        provider, own = providers.for_reference(resolved.reference)
        try:
            async with asyncio.timeout(_ASKING):
                window = await provider.window(own) or resolved.window
        except (ProviderTrouble, TimeoutError):
            window = resolved.window  # it will say so itself when it is to speak
        return AgentSetup(
            0,
            name or resolved.display_name,
            resolved.reference,
            system=persona,
            params=dict(self._workspace.configuration.defaults.params),
            asked=resolved.asked,
            company=resolved.company,
            window=window,
        )
