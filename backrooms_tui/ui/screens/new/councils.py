"""The councils of a conversation that is being set up, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import AgentSetup, CouncilSetup

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent


def council_told(agent: AgentSetup) -> str:
    """Who sits in the council of `agent` and when it is held: `council of Mara (with Bo), Theo · before each turn`.

    A member is called with its model where that is not its agent's. Empty where there is no council.
    """
    council = agent.council
    return f"council of {_members(council, agent.model)} · {when_told(council)}" if council is not None else ""


def when_told(council: CouncilSetup) -> str:
    """`before each turn`, `before every 3rd turn`, `when it says COUNCIL`."""
    if council.when == "asked":
        return f"when it says {council.ask}"
    if council.every == 1:
        return "before each turn"
    number = council.every
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"before every {number}{ending} turn"


def models_within(agent: "Agent") -> Iterator[str]:
    """The models that the template gives to members of the council of `agent`, at any depth."""
    for member in agent.council.agents if agent.council is not None else ():
        if member.model:
            yield member.model
        yield from models_within(member)


def _members(council: CouncilSetup, model: str) -> str:
    return ", ".join(_member(member, model) for member in council.agents)


def _member(member: AgentSetup, model: str) -> str:
    own = [member.asked or member.model] if member.model != model else []
    if member.council is not None:
        own.append(f"with {_members(member.council, member.model)}")
    return f"{member.name} ({', '.join(own)})" if own else member.name
