"""Who talks with whom in a template file, before it is known to be right: its agents, and the council of each.

Any shape can stand in a file; what is not a table or a text where one belongs is passed over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backrooms_tui.templates.locating import KeyPath

Tables = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text that may have blanks, at `path`. Of the rules, and of an opening, it belongs to none of the agents."""

    path: KeyPath
    text: str
    of_agent: bool


@dataclass(frozen=True, slots=True)
class WrittenTalk:
    """A template, or a council in it: `path` stands before its keys, `table` holds its agents and rules."""

    path: KeyPath
    table: Mapping[str, Any]

    @property
    def agents(self) -> Tables:
        """Its agents, in their places."""
        return tables(self.table.get("agents"))

    def texts(self) -> Iterator[WrittenText]:
        """Every text of its own that may have blanks."""
        if self.path:
            yield from _under(self.path, self.table, "opening", of_agent=False)
        for index, agent in enumerate(self.agents):
            path: KeyPath = (*self.path, "agents", index)
            yield from _under(path, agent, "name", "description", "system", "system_same", "position", "notebook")
            for number, seed in enumerate(tables(agent.get("history"))):
                yield from _under((*path, "history", number), seed, "text")
            yield from _under((*path, "reminder"), agent.get("reminder"), "text")
        yield from self._of_rules()

    def _of_rules(self) -> Iterator[WrittenText]:
        rules, path = self.table.get("rules"), (*self.path, "rules")
        if not isinstance(rules, Mapping):
            return
        rounds = rules.get("rounds")
        yield from _under((*path, "rounds"), rounds, "name", "first", "last", of_agent=False)
        if isinstance(rounds, Mapping):
            yield from _listed((*path, "rounds", "labels"), rounds.get("labels"))
        for index, cue in enumerate(tables(rules.get("cues"))):
            yield from _under((*path, "cues", index), cue, "text", "to", "brings", "sends_away", of_agent=False)
        for index, step in enumerate(tables(rules.get("ladder"))):
            yield from _under((*path, "ladder", index), step, "text", of_agent=False)
            yield from _listed((*path, "ladder", index, "topics"), step.get("topics"))


def talks_in(table: Mapping[str, Any], path: KeyPath = ()) -> Iterator[WrittenTalk]:
    """The template `table`, and every council in it, at any depth."""
    talk = WrittenTalk(path, table)
    yield talk
    for index, agent in enumerate(talk.agents):
        council = agent.get("council")
        if isinstance(council, Mapping):
            yield from talks_in(council, (*path, "agents", index, "council"))


def tables(value: object) -> Tables:
    """The tables of a list, in their places: what is not one counts as an empty one."""
    return [table if isinstance(table, Mapping) else {} for table in value] if isinstance(value, list) else []


def _under(path: KeyPath, table: object, *keys: str, of_agent: bool = True) -> Iterator[WrittenText]:
    if isinstance(table, Mapping):
        for key in keys:
            if isinstance(table.get(key), str):
                yield WrittenText((*path, key), table[key], of_agent)


def _listed(path: KeyPath, texts: object) -> Iterator[WrittenText]:
    for number, text in enumerate(texts if isinstance(texts, list) else ()):
        if isinstance(text, str):
            yield WrittenText((*path, number), text, of_agent=False)
