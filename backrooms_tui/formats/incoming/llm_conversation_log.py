"""Logs of llm_conversation: `{"agents": [...], "conversation": [{"agent", "content"}]}`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backrooms_tui.formats.incoming.agent_tables import Tables, model_name, params_of
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.json_document import JsonDocument
from backrooms_tui.formats.incoming.llm_conversation import AGENT_KEYS, PARAMS
from backrooms_tui.formats.incoming.saying import SEAT_LIMIT, Reading, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.formats.incoming.telling import Telling
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.setup import AgentSetup, Setup

NAME = "log of llm_conversation"
LOOKS_FOR = 'a JSON object with "conversation": [{"agent", "content"}]'

_TURN_KEYS = {"agent", "content"}


def fits(glance: Glance) -> bool:
    """Whether it has a conversation."""
    return "conversation" in glance.shape.keys


def read(source: Source) -> Reading:
    """The session. It is read twice: the agents may stand behind what they say."""
    source.passes = 2
    unplaced = Remarks()
    cast = _cast(source, unplaced)
    if not cast.turns:
        raise source.wrong("holds no turn", "import the configuration instead, to have the conversation")
    return Reading(NAME, _events(source, cast, unplaced), unplaced=unplaced)


@dataclass(slots=True)
class _Cast:
    agents: list[Mapping[str, Any]] = field(default_factory=list)
    # Seats by the names that the file has.
    seats: dict[str, int] = field(default_factory=dict)
    turns: int = 0


def _cast(source: Source, unplaced: Remarks) -> _Cast:
    cast = _Cast()
    speakers: dict[str, None] = {}
    document = JsonDocument(source)
    tables = Tables(source, unplaced)
    for key in document.members():
        if key == "agents":
            cast.agents = tables.agents(document.value(), "agents")
        elif key == "conversation":
            for line in document.elements():
                speakers[_turn(source, document.value(), line)[0]] = None
                cast.turns += 1
                if len(speakers) > SEAT_LIMIT:
                    raise source.wrong(f"more than {SEAT_LIMIT} agents speak", "check that it is the right file", line)
        else:
            document.value()
            unplaced.add(f"{short_line(key)!r} of the file")
    document.finish()
    for agent in cast.agents:
        name = agent.get("name")
        if isinstance(name, str) and name not in cast.seats:
            cast.seats[name] = len(cast.seats) + 1
    known = len(cast.seats)
    for name in speakers:
        cast.seats.setdefault(name, len(cast.seats) + 1)
    for name in list(cast.seats)[known:]:
        unplaced.add(f"{short_line(name)!r} speaks, and is not among the agents: its model is not known")
    if len(cast.seats) > SEAT_LIMIT:
        raise source.wrong(f"has {len(cast.seats)} agents", f"no more than {SEAT_LIMIT} can take part")
    return cast


def _turn(source: Source, value: object, line: int) -> tuple[str, str]:
    agent = value.get("agent") if isinstance(value, dict) else None
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(agent, str) or not isinstance(content, str):
        raise source.wrong("is not a turn", 'a turn is {"agent": "…", "content": "…"}', line)
    return agent, content


def _setup(source: Source, cast: _Cast, unplaced: Remarks) -> Setup:
    tables = Tables(source, unplaced)
    names = tables.names(list(cast.seats))
    about = {agent["name"]: agent for agent in reversed(cast.agents) if isinstance(agent.get("name"), str)}
    agents = []
    for name, (own, seat) in zip(names, cast.seats.items(), strict=True):
        table = about.get(own, {})
        tables.others(table, AGENT_KEYS, f"of {name}")
        model = model_name(table.get("model"), "ollama") or name
        system, params = tables.text(table, "system_prompt"), params_of(table, PARAMS, name, unplaced)
        agents.append(AgentSetup(seat, name, model, system, params=params, asked=model))
    return Setup(" ↔ ".join(names[:4]) + (" …" if len(names) > 4 else ""), "", tuple(agents))


def _events(source: Source, cast: _Cast, unplaced: Remarks) -> Iterator[AnyEvent]:
    telling = Telling(source)
    yield telling.opened(_setup(source, cast, unplaced))
    document = JsonDocument(source)
    for key in document.members():
        if key != "conversation":
            document.value()
            continue
        for line in document.elements():
            value = document.value()
            agent, content = _turn(source, value, line)
            for other in value.keys() - _TURN_KEYS:
                unplaced.add(f"{short_line(other)!r} of a turn")
            if agent not in cast.seats:
                raise source.wrong("is changing while it is read", "wait until nobody writes it, then try again", line)
            yield from telling.turn(cast.seats[agent], content)
    document.finish()
