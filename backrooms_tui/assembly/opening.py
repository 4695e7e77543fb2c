"""Opening a conversation: from a template's name and the person's choices to one that is ready to run and recorded."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backrooms_tui.assembly.claiming import claimed
from backrooms_tui.assembly.keeping_councils import StoredCouncils
from backrooms_tui.assembly.measuring import SessionMeter
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.inviting import Inviting
from backrooms_tui.assembly.worlds.reach import reach_notices
from backrooms_tui.assembly.worlds.world_wishes import check_wishes
from backrooms_tui.assembly.worlds.worlds import Worlds, configured_worlds
from backrooms_tui.conversation.casting import Cast, CastingDefaults, Choices, cast, models_of, with_windows
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.publishing import Listener
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.providers.base import Progress
from backrooms_tui.session.changing import requests_told
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.usage import Usage
from backrooms_tui.settings import folders
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.templates.loading import find_template, load_template


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that is ready to run, what records it, and what the person should know before it runs."""

    conversation: Conversation
    recorder: Recorder
    warnings: tuple[str, ...] = ()

    async def aclose(self) -> None:
        """Record what is left, in councils too. Raises OperatorError where it could not be kept."""
        try:
            await self.conversation.aclose()
        finally:
            await self.recorder.aclose()


def choose_cast(workspace: Workspace, template: str, choices: Choices) -> Cast:
    """The setup that `choices` and the template named `template` (or at that path) make.

    Every mistake that can be found without asking a server is found here: OperatorError names it, all missing keys at
    once.
    """
    source = find_template(template, folders.templates_dir())
    loaded = load_template(source)
    mine = workspace.configuration.defaults
    worlds = configured_worlds(workspace.configuration)
    defaults = CastingDefaults(mine.model, mine.params, mine.max_turns, mine.budget, worlds)
    chosen = cast(loaded, source.name, choices, workspace.catalogue, defaults)
    workspace.providers.require(models_of(chosen.setup))
    wishes = check_wishes(workspace, chosen.setup, choices)
    reach = tuple(reach_notices(workspace, chosen.setup))
    if told := requests_told(chosen.setup.rules.requests):
        reach = (*reach, f"{told[0].upper()}{told[1:]}.")
    return Cast(chosen.setup, (*chosen.notices, *_unpriced(chosen.setup, workspace), *wishes, *reach))


async def make_ready(workspace: Workspace, setup: Setup, progress: Callable[[Progress], None]) -> Setup:
    """Fetch, pull and load what the setup's models need before the first turn, telling `progress`.

    The setup comes back with the context windows that the providers know better. Raises ProviderTrouble or
    OperatorError; cancelling it leaves nothing half done.
    """
    windows: dict[str, int | None] = {}
    for reference in models_of(setup):
        provider, model = workspace.providers.for_reference(reference)
        await provider.ready(model, progress)
        windows[reference] = await provider.window(model)
    return with_windows(setup, windows)


async def open_conversation(workspace: Workspace, chosen: Cast, listeners: Sequence[Listener] = ()) -> Opened:
    """A conversation with `chosen.setup`, recorded in the person's store, heard by `listeners`."""
    store = await asyncio.to_thread(lambda: workspace.store)
    measure = await asyncio.to_thread(SessionMeter)
    session = store.new_id()
    recorder = Recorder(store, claim=await claimed(store, session))
    conversation = Conversation(
        chosen.setup,
        session=session,
        speaker_for=workspace.providers.for_reference,
        price=workspace.catalogue.cost,
        listeners=[recorder, *listeners],
        patience=Patience(retries=workspace.configuration.defaults.retries),
        notices=chosen.notices,
        about=reach_notices(workspace, chosen.setup),
        measure=measure,
        keeping=StoredCouncils(store),
        world_for=Worlds(workspace, session).of,
        invite=Inviting(workspace).somebody,
    )
    return Opened(conversation, recorder)


def conversation_of(
    workspace: Workspace, state: SessionState, recorder: Recorder, listeners: Sequence[Listener] = ()
) -> Opened:
    """A conversation that goes on from `state`, kept by `recorder`."""
    assert state.setup is not None
    conversation = Conversation(
        state.setup,
        session=state.session,
        speaker_for=workspace.providers.for_reference,
        price=workspace.catalogue.cost,
        listeners=[recorder, *listeners],
        patience=Patience(retries=workspace.configuration.defaults.retries),
        state=state,
        measure=SessionMeter(),
        keeping=StoredCouncils(workspace.store),
        world_for=Worlds(workspace, state.session).of,
        invite=Inviting(workspace).somebody,
    )
    return Opened(conversation, recorder)


def _unpriced(setup: Setup, workspace: Workspace) -> list[str]:
    if setup.rules.budget is None:
        return []
    some = Usage(1000, 1000)
    unknown = {model for model in models_of(setup) if workspace.catalogue.cost(model, some) is None}
    return [f"No price is known for {model}: its turns do not count against the budget." for model in sorted(unknown)]
