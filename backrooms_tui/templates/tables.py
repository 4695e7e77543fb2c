"""Agents who talk with one another as blanks know them: those of a template, or the members of a council."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.world import WORLD
from backrooms_tui.templates.blanks import filled
from backrooms_tui.templates.document import HOST
from backrooms_tui.templates.filled import FillError, SeatChoice
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.sandbox import AgentWords, BlankError

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent, CouncilTable

NAME_LIMIT = 80
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Seated:
    """A table with everybody's name: `path` stands before its keys in the file, `values` is what every blank knows
    there (the variables, `same_model`, and in a council `host`), `agents` who sits there, on `seats`."""

    path: KeyPath
    values: Values
    agents: tuple[AgentWords, ...]
    seats: tuple[SeatChoice, ...]

    def known_to(self, index: int) -> dict[str, object]:
        """What the blanks of one agent (from 0) know."""
        return _known_to(self.values, self.agents, index)

    @property
    def known_to_rules(self) -> dict[str, object]:
        """What the blanks of the rules know, which belong to nobody."""
        return {**self.values, "agents": self.agents}

    def council_of(self, index: int, council: "CouncilTable") -> "Seated":
        """The table of one agent's council. Raises FillError for a name that cannot be one."""
        host = self.seats[index]
        seats = host.members or (host,) * len(council.agents)
        path = (*self.path, "agents", index, "council")
        variables = {name: value for name, value in self.values.items() if name not in (HOST, "same_model")}
        return seated(council.agents, seats, variables, path=path, host=self.agents[index])


def seated(
    agents: Sequence["Agent"],
    seats: Sequence[SeatChoice],
    variables: Values,
    *,
    path: KeyPath = (),
    host: AgentWords | None = None,
) -> Seated:
    """The table of `agents`, one on each of `seats`. Raises FillError for a name that cannot be one."""
    if len(seats) != len(agents):
        raise ValueError(f"{len(seats)} models for {len(agents)} seats")
    # A world is no model: whoever is there beside it may all hold the same one.
    models = {seat.model_reference for seat in seats if not seat.model_reference.startswith(f"{WORLD}/")}
    values = {**variables, "same_model": len(models) == 1}
    if host is not None:
        values[HOST] = host
    words = tuple(
        AgentWords(number, seat.display_name or seat.model_reference, seat.company)
        for number, seat in enumerate(seats, 1)
    )
    names = [
        _name((*path, "agents", index, "name"), agent.name, _known_to(values, words, index))
        for index, agent in enumerate(agents)
    ]
    for agent_words, name in zip(words, _distinct(names), strict=True):
        agent_words.name = name
    return Seated(path, values, words, tuple(seats))


def text_filled(path: KeyPath, text: str | None, values: Values) -> str:
    """The text at `path` with its blanks filled. Raises FillError."""
    try:
        return filled(text or "", values)
    except BlankError as error:
        raise FillError(path, error) from None


def notebook_filled(path: KeyPath, text: str, values: Values) -> str:
    """The name of a notebook, "" for none, also where its blanks come to nothing: a short line. Raises FillError."""
    if not text_filled(path, text, values).strip():
        return ""
    return line_filled(path, text, values, "a notebook's name is a short text on one line")


def line_filled(path: KeyPath, text: str, values: Values, what: str) -> str:
    """The same for a text that has to be one short line. `what` says so, as a cure. Raises FillError."""
    line = text_filled(path, text, values).strip()
    problem = ""
    if not line:
        problem = "is empty once its blanks are filled"
    elif len(line.splitlines()) > 1:
        problem = "has more than one line once its blanks are filled"
    elif len(line) > NAME_LIMIT:
        problem = f"has more than {NAME_LIMIT} characters once its blanks are filled"
    if problem:
        raise FillError(path, BlankError(problem, what))
    return line


def _known_to(values: Values, agents: tuple[AgentWords, ...], index: int) -> dict[str, object]:
    words: dict[str, object] = {**values, "self": agents[index], "agents": agents}
    if len(agents) == 2:
        words["other"] = agents[1 - index]
    return words


def _name(path: KeyPath, text: str, values: Values) -> str:
    return line_filled(path, text, values, "an agent's name is a short text on one line")


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
