"""From a template, the person's values and the chosen models to agents whose texts have no blanks left.

Names are filled first, then the other texts, which can speak of every agent by name. A blank knows the template's
variables, `self` (the agent whose text it is), `agents` (all of them, from `agents[0]`), `other` (the other one of two)
and `same_model` (whether all seats hold the same model). An agent's words are name, seat, model and company.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import AgentKind, Memory, Message, ParamValue, Reminder
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.blanks import filled
from backrooms_tui.templates.findings import did_you_mean, key_text
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.sandbox import AgentWords, BlankError

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent, Template

NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """The model in one seat: its full reference, who makes it ("" where nobody knows), and what people call it."""

    model_reference: str
    company: str = ""
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class FilledAgent:
    """One seat of a template with every blank filled. `model` is the template's own default, None where it has none.

    The rest is as in `session.setup.AgentSetup`.
    """

    seat: int
    name: str
    system: str
    history: tuple[Message, ...]
    params: Mapping[str, ParamValue]
    model: str | None
    kind: AgentKind
    description: str = ""
    talkativeness: float = 0.5
    reminder: Reminder | None = None
    memory: Memory = "drop"
    guard: bool = True
    absent: bool = False


class FillError(OperatorError):
    """A text of a template that cannot be filled: `path` is its key, `line` (from 1) and `word` a place within it."""

    def __init__(self, path: KeyPath, error: BlankError) -> None:
        line = f", line {error.line}" if error.line and error.line > 1 else ""
        super().__init__(f"{key_text(path)}{line}: {error.what}", error.cure)
        self.path = path
        self.error = error


def variable_values(template: "Template", given: Mapping[str, str]) -> dict[str, str]:
    """The value of each of the template's variables: what was `given`, else its default.

    Raises OperatorError for names that the template does not have, for values that are not among a variable's choices,
    and for all required variables without a value at once.
    """
    known = template.variables
    unknown = [name for name in given if name not in known]
    if unknown:
        what = f"this template has no variable {' or '.join(repr(name) for name in unknown)}"
        cure = did_you_mean(unknown[0], known, "" if known else "it has no variables; leave --set out")
        raise OperatorError(what, cure)
    missing = [name for name, variable in known.items() if variable.default is None and name not in given]
    if missing:
        needs = "this template needs a value for " + " and ".join(missing)
        raise OperatorError(needs, "give it with " + " ".join(f"--set {name}=…" for name in missing))
    for name, value in given.items():
        choices = known[name].choices
        if choices and value not in choices:
            raise OperatorError(f"{name} cannot be {value!r}", f"choose one of {', '.join(choices)}")
    return {name: given.get(name, variable.default or "") for name, variable in known.items()}


def fill(template: "Template", variables: Mapping[str, str], seats: Sequence[SeatChoice]) -> tuple[FilledAgent, ...]:
    """The agents of `template`, one for each of `seats`, with every blank filled.

    `variables` are the person's values by name; they are plain text, and blanks within them are not filled. Raises
    OperatorError for a variable that is unknown or missing, and for a text that cannot be filled (FillError).
    """
    values = whole_values(template, variables, seats)
    agents = named_agents(template, values, seats)
    return tuple(
        _filled_agent(agent, agents[index], index, _words(values, agents, index))
        for index, agent in enumerate(template.agents)
    )


def whole_values(template: "Template", variables: Mapping[str, str], seats: Sequence[SeatChoice]) -> dict[str, object]:
    """What a blank knows wherever it stands, the agents apart. Raises OperatorError as `fill` does."""
    if len(seats) != template.seats:
        raise ValueError(f"{len(seats)} models for {template.seats} seats")
    values: dict[str, object] = {**variable_values(template, variables)}
    values["same_model"] = len({seat.model_reference for seat in seats}) == 1
    return values


def named_agents(
    template: "Template", values: Mapping[str, object], seats: Sequence[SeatChoice]
) -> tuple[AgentWords, ...]:
    """The agents as blanks know them, their names filled. Raises FillError for a name that cannot be one."""
    agents = tuple(
        AgentWords(number, seat.display_name or seat.model_reference, seat.company)
        for number, seat in enumerate(seats, 1)
    )
    names = [
        _name(("agents", index, "name"), agent.name, _words(values, agents, index))
        for index, agent in enumerate(template.agents)
    ]
    for agent_words, name in zip(agents, _distinct(names), strict=True):
        agent_words.name = name
    return agents


def _words(values: Mapping[str, object], agents: tuple[AgentWords, ...], index: int) -> dict[str, object]:
    words: dict[str, object] = {**values, "self": agents[index], "agents": agents}
    if len(agents) == 2:
        words["other"] = agents[1 - index]
    return words


def _filled_agent(agent: "Agent", words: AgentWords, index: int, values: Mapping[str, object]) -> FilledAgent:
    key = "system_same" if agent.system_same is not None and values["same_model"] else "system"
    system = text_filled(("agents", index, key), agent.system_same if key == "system_same" else agent.system, values)
    texts = [
        (seed.role, text_filled(("agents", index, "history", number, "text"), seed.text, values))
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
        description=" ".join(text_filled(("agents", index, "description"), agent.description, values).split()),
        talkativeness=float(agent.talkativeness),
        reminder=_reminder(agent, index, values),
        memory=agent.memory,
        guard=agent.guard,
        absent=agent.absent,
    )


def _reminder(agent: "Agent", index: int, values: Mapping[str, object]) -> Reminder | None:
    if agent.reminder is None:
        return None
    text = text_filled(("agents", index, "reminder", "text"), agent.reminder.text, values).strip()
    return Reminder(text, agent.reminder.every, agent.reminder.depth) if text else None


def text_filled(path: KeyPath, text: str | None, values: Mapping[str, object]) -> str:
    """The text at `path` with its blanks filled. Raises FillError."""
    try:
        return filled(text or "", values)
    except BlankError as error:
        raise FillError(path, error) from None


def _name(path: KeyPath, text: str, values: Mapping[str, object]) -> str:
    name = text_filled(path, text, values).strip()
    problem = ""
    if not name:
        problem = "is empty once its blanks are filled"
    elif len(name.splitlines()) > 1:
        problem = "has more than one line once its blanks are filled"
    elif len(name) > NAME_LIMIT:
        problem = f"has more than {NAME_LIMIT} characters once its blanks are filled"
    if problem:
        raise FillError(path, BlankError(problem, "an agent's name is a short text on one line"))
    return name


def _distinct(names: Sequence[str]) -> list[str]:
    """`names`, with the seat number added to those that more than one agent has: Claude 1, Claude 2."""
    distinct = list(names)
    while True:
        folded = [name.casefold() for name in distinct]
        again = [seat for seat, name in enumerate(folded, 1) if folded.count(name) > 1]
        if not again:
            return distinct
        for seat in again:
            distinct[seat - 1] += f" {seat}"
