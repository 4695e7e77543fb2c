"""Reading the tables that describe agents in other tools' JSON: what is there, what is wrong, what is left."""

from collections.abc import Mapping, Sequence
from typing import Any

from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.trouble import OperatorError


class Tables:
    """Looks into the values of one file. What is of the wrong kind raises OperatorError; what has no use is listed."""

    def __init__(self, source: Source, unplaced: Remarks) -> None:
        self._source = source
        self.unplaced = unplaced

    def table(self, value: object, key: str) -> Mapping[str, Any]:
        """`value` as a table; an empty one where it is left out."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._source.wrong(f"{key} is not an object", f'write "{key}": {{…}}')
        return value

    def agents(self, value: object, key: str) -> list[Mapping[str, Any]]:
        """`value` as a list of agents: at least one, and no more than can sit at a table."""
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            raise self._source.wrong(f"{key} is not a list of objects", f'write "{key}": [{{"name": "…"}}, …]')
        if len(value) > SEAT_LIMIT:
            raise self._source.wrong(f"{key} has {len(value)} of them", f"no more than {SEAT_LIMIT} can take part")
        return value

    def text(self, table: Mapping[str, Any], key: str) -> str:
        """The text at `key`; "" where it is left out."""
        value = table.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._source.wrong(f"{key} is not a text", f'write "{key}": "…"')
        return value

    def names(self, given: Sequence[object]) -> Sequence[str]:
        """A name for every agent, all different."""
        names: list[str] = []
        taken: set[str] = set()
        for seat, name in enumerate(given, 1):
            said = short_line(name) if isinstance(name, str) else ""
            short = said or f"Agent {seat}"
            if short.casefold() in taken:
                self.unplaced.add(f"a second agent is called {short!r}; it gets the number of its seat")
                short = f"{short[:70]} {seat}"
            while short.casefold() in taken:
                short += "′"
            if name not in (None, said) and said:
                self.unplaced.add(f"the whole name of {short!r}")
            taken.add(short.casefold())
            names.append(short)
        return names

    def others(self, table: Mapping[str, Any], known: set[str], of: str) -> None:
        """List the keys that have no use here."""
        for key in table:
            if key not in known:
                self.unplaced.add(f"{short_line(key)!r} {of}")


def params_of(
    table: Mapping[str, Any], words: Mapping[str, str], name: str, unplaced: Remarks
) -> dict[str, ParamValue]:
    """The parameters of the agent `name`: `words` says what each key of the file is called here."""
    params: dict[str, ParamValue] = {}
    for key, word in words.items():
        value = table.get(key)
        if value is None:
            continue
        try:
            params[word] = checked(word, value)
        except OperatorError:
            unplaced.add(f"{key} of {name}, which cannot be {short_line(repr(value)[:200])}")
    return params


def model_name(value: object, provider: str = "") -> str:
    """What the file calls a model, as a reference of `provider` where all of its models are that one's."""
    name = short_line(value) if isinstance(value, str) else ""
    return f"{provider}/{name}" if name and provider and not name.startswith(f"{provider}/") else name
