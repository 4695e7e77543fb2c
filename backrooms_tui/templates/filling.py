"""From a template, the person's values and the chosen models to agents whose texts have no blanks left.

Names are filled first, then the other texts, which can speak of every agent by name. A blank knows the template's
variables, `self` (the agent whose text it is), `agents` (all of them, from `agents[0]`), `other` (the other one of two)
and `same_model` (whether all seats hold the same model). An agent's words are name, seat, model and company. In a
council `agents` are its members, and `host` is the agent that it serves.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import Message, Reminder
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.templates.filled import FilledAgent as FilledAgent
from backrooms_tui.templates.filled import FilledCouncil
from backrooms_tui.templates.filled import FillError as FillError
from backrooms_tui.templates.filled import SeatChoice as SeatChoice
from backrooms_tui.templates.filling_rules import rules_filled
from backrooms_tui.templates.tables import Seated, Values, notebook_filled, seated, text_filled
from backrooms_tui.templates.variables import variable_values as variable_values

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent, CouncilTable, Template


def fill(template: "Template", variables: Mapping[str, str], seats: Sequence[SeatChoice]) -> tuple[FilledAgent, ...]:
    """The agents of `template`, one for each of `seats`, with every blank filled, the members of councils included.

    `variables` are the person's values by name; they are plain text, and blanks within them are not filled. Raises
    OperatorError for a variable that is unknown or missing, and for a text that cannot be filled (FillError).
    """
    return _agents(template.agents, seated(template.agents, seats, variable_values(template, variables)))


def _agents(agents: Sequence["Agent"], table: Seated) -> tuple[FilledAgent, ...]:
    return tuple(_agent(agent, table, index) for index, agent in enumerate(agents))


def _agent(agent: "Agent", table: Seated, index: int) -> FilledAgent:
    words, values, path = table.agents[index], table.known_to(index), (*table.path, "agents", index)
    key = "system_same" if agent.system_same is not None and values["same_model"] else "system"
    system = text_filled((*path, key), agent.system_same if key == "system_same" else agent.system, values)
    texts = [
        (seed.role, text_filled((*path, "history", number, "text"), seed.text, values))
        for number, seed in enumerate(agent.history)
    ]
    # A message whose choice came out empty was not meant to be sent: providers refuse empty messages.
    history = tuple(Message(role, text) for role, text in texts if text.strip())
    return FilledAgent(
        words.seat,
        words.name or "",
        system,
        history,
        agent.params,
        agent.model,
        agent.kind,
        description=" ".join(text_filled((*path, "description"), agent.description, values).split()),
        talkativeness=float(agent.talkativeness),
        reminder=_reminder(agent, values, (*path, "reminder", "text")),
        memory=agent.memory,
        guard=agent.guard,
        absent=agent.absent,
        position=text_filled((*path, "position"), agent.position, values).strip(),
        tools=agent.tools,
        world=_world(agent, values, path),
        council=_council(agent.council, table.council_of(index, agent.council)) if agent.council is not None else None,
    )


def _world(agent: "Agent", values: Values, path: tuple[str | int, ...]) -> WorldSetup | None:
    if not agent.world:
        return None
    notebook = notebook_filled((*path, "notebook"), agent.notebook, values)
    return WorldSetup(agent.world, dict(agent.permissions), agent.environments, notebook)


def _reminder(agent: "Agent", values: Values, path: tuple[str | int, ...]) -> Reminder | None:
    if agent.reminder is None:
        return None
    text = text_filled(path, agent.reminder.text, values).strip()
    return Reminder(text, agent.reminder.every, agent.reminder.depth) if text else None


def _council(council: "CouncilTable", table: Seated) -> FilledCouncil:
    opening = text_filled((*table.path, "opening"), council.opening, table.known_to_rules).strip()
    return FilledCouncil(council, _agents(council.agents, table), opening, rules_filled(council.rules, table))
