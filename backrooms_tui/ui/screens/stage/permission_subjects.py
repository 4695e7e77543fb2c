"""What there can be a permission for, on the stage: what each world has, and what agents may ask for by themselves; in
the conversation, and in the councils that are held in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.state import AgentState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission, permitted
from backrooms_tui.ui.screens.stage.speaking_up import councils_held
from backrooms_tui.worlds.base import World

GRANTED = "when you were asked · s asks again"
REST = "*"
# What a world says of it at the end of a line.
_SAID_TOO = re.compile(r"\s*(\((allowed|asked for|denied)(; but [^()]*)?\)|^(allowed|asked for each time|denied))$")
_ASKED_FOR: Mapping[str, str] = {
    "whisper": "say something to one agent alone",
    "vote": "call a vote among all",
    "invite": "ask somebody new to join, with a model that may cost",
    "leave": "leave the conversation for good",
    "mute": "let somebody only listen for some turns",
    "note": "leave a note that only you see",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A row: what there can be a permission for, on the seat of a world or of an agent; without a `name`, the world or
    the agent itself. It is so in `conversation`, which is that of the council `whose`, "" for the one on the stage.
    Where no permission of the seat says anything of it, `otherwise` holds."""

    conversation: Conversation = field(compare=False, repr=False)
    whose: str
    seat: int
    name: str = ""
    otherwise: Permission = "allow"
    told: str = ""

    @property
    def agent(self) -> AgentState:
        """Who sits there."""
        return self.conversation.state.agents[self.seat]

    def is_of(self, other: "Subject") -> bool:
        """Whether it is the same row, whatever is said in it."""
        return self.conversation is other.conversation and (self.seat, self.name) == (other.seat, other.name)


def subjects_of(conversation: Conversation) -> list[Subject]:
    """Those of `conversation`, then those of each council."""
    found = list(_subjects_in(conversation, ""))
    for held in councils_held(conversation):
        found += _subjects_in(held.conversation, held.whose)
    return found


def _subjects_in(conversation: Conversation, whose: str) -> Iterator[Subject]:
    """A row for each world, and under it one for each thing that there can be a permission for; then the same for the
    agents, and what they may ask for."""
    seats = sorted(conversation.state.agents.items())
    for _, agent in (one for one in seats if one[1].is_world):
        yield from _of_world(conversation, whose, agent)
    for _, agent in (one for one in seats if not one[1].is_world):
        yield from _of_agent(conversation, whose, agent)


def _of_world(conversation: Conversation, whose: str, agent: AgentState) -> Iterator[Subject]:
    try:
        world = conversation.world(agent.seat)
        subjects = dict(world.subjects())
        told = _told(world, agent.permissions)
    except OperatorError as error:
        yield Subject(conversation, whose, agent.seat, told=f"{error.what}; {error.cure}")
        return
    yield Subject(conversation, whose, agent.seat)
    said = {name: permitted(agent.permissions, name, "allow") for name in agent.permissions}
    for name, otherwise in _in_order(subjects, said).items():
        about = GRANTED if name in agent.granted else told.get(name, "")
        yield Subject(conversation, whose, agent.seat, name, otherwise, about)


def _of_agent(conversation: Conversation, whose: str, agent: AgentState) -> Iterator[Subject]:
    """What it was allowed or denied by its name, and what the rules let all of them ask for."""
    setup = conversation.state.setup
    rules = setup.rules.requests if setup is not None else {}
    by_rule: dict[str, Permission] = {name: permitted(rules, name, "deny") for name in REQUESTS}
    named = [name for name in by_rule if by_rule[name] != "deny" or name in agent.permissions]
    named += [name for name in agent.permissions if name not in by_rule]
    if named:
        yield Subject(conversation, whose, agent.seat)
    for name in named:
        about = GRANTED if name in agent.granted else _ASKED_FOR.get(name, "")
        yield Subject(conversation, whose, agent.seat, name, by_rule.get(name, "deny"), about)


def _told(world: World, permissions: Mapping[str, Permission]) -> dict[str, str]:
    """What `world` says of its environments and tools, by name. Whether it is allowed stands beside it, and is left
    out."""
    reach = world.reach(permissions)
    tools = {tool.name: harmless_line(tool.description) for tool in world.tools()}
    parted = [
        (name, _SAID_TOO.sub("", text)) for name, colon, text in (line.partition(": ") for line in reach) if colon
    ]
    said = {name: harmless_line(text) for name, text in parted if text}
    return {REST: "; ".join(harmless_line(line) for line in reach), **tools, **said}


def _in_order(subjects: Mapping[str, Permission], more: Mapping[str, Permission]) -> dict[str, Permission]:
    """`subjects` with those of `more` that are not among them, commands under their environments; and at last
    everything else."""
    others = {name: said for name, said in more.items() if name not in subjects}
    found: dict[str, Permission] = {}
    for name, said in subjects.items():
        found[name] = said
        found |= {other: its for other, its in others.items() if other.rpartition(".")[0] == name}
    found |= {name: said for name, said in others.items() if name not in found}
    return dict(sorted(found.items(), key=lambda one: one[0] == REST))
