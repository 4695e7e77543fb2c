"""A whole conversation with the built-in world, in which permissions are asked for."""

from collections.abc import Mapping, Sequence

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.world import Permission, WorldSetup
from backrooms_tui.worlds.exos.environment import Environment
from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.table import Means
from tests.conversation.playing import PatientClock, PlayedProvider


def talking(
    permissions: Mapping[str, Permission], replies: Sequence[str], there: Sequence[Environment] | None = None
) -> Conversation:
    """Ada, who speaks `replies`, at a world with these permissions, and the environments `there`, or all."""
    provider = PlayedProvider(*replies)
    setup = WorldSetup(permissions=permissions)
    seats = (
        AgentSetup(1, "Ada", "played/one"),
        AgentSetup(2, "Screen", "world/exos", kind="world", guard=False, world=setup),
    )
    return Conversation(
        Setup("A test", "test", seats, Rules()),
        session="s1",
        speaker_for=lambda reference: (provider, reference.partition("/")[2]),
        price=lambda reference, usage: 0.0,
        clock=PatientClock(),
        world_for=lambda agent: Exos(Means(setup, agent.seat), there),
    )
