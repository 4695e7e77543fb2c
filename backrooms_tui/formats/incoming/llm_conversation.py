"""Configurations of llm_conversation, whose models are Ollama's: a template.

`{"agents": [{"name", "model", "system_prompt", "temperature"?: 0-1, "ctx_size"?}], "settings": {"use_markdown"?,
"allow_termination"?, "initial_message"?, "turn_order"?, "moderator"?}}`. The first agent speaks `initial_message`.
"""

from collections.abc import Mapping
from typing import Any

from backrooms_tui.formats.incoming.agent_tables import Tables, model_name, params_of
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import ReadAgent, Reading, ReadTemplate, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.formats.incoming.whole_json import whole_object
from backrooms_tui.session.setup import Role

NAME = "configuration of llm_conversation"
LOOKS_FOR = 'a JSON object with {"agents": [{"name", "model", "system_prompt"}]}'

PARAMS = {"temperature": "temperature", "ctx_size": "context"}
AGENT_KEYS = {"name", "model", "system_prompt", *PARAMS}
_TEMPERATURE = 0.8  # where the file does not say
_ORDERS = {"round_robin": "round-robin", "random": "random", "moderator": "manager"}
# Orders that we do not have, with what comes nearest.
_NEAREST = {"chain": ("mention", "whoever was addressed speaks next"), "vote": ("bidding", "each is asked how much")}
_READ = {"turn_order", "moderator", "initial_message"}


def fits(glance: Glance) -> bool:
    """Whether it has agents with prompts, and no conversation."""
    shape = glance.shape
    told = "agents" in shape.keys and "conversation" not in shape.keys
    return told and "name" in shape.agent and bool({"model", "system_prompt"} & shape.agent)


def read(source: Source) -> Reading:
    """The template, under the file's name."""
    unplaced = Remarks()
    document = whole_object(source)
    tables = Tables(source, unplaced)
    tables.others(document, {"agents", "settings"}, "of the file")
    settings = tables.table(document.get("settings"), "settings")
    opening = settings.get("initial_message")
    agents = tables.agents(document.get("agents"), "agents")
    names = tables.names([agent.get("name") for agent in agents])
    read_agents = tuple(
        _agent(tables, agent, name, _history(opening, first=index == 0))
        for index, (agent, name) in enumerate(zip(agents, names, strict=True))
    )
    order, manager = _order(settings, tables, unplaced)
    tables.others(settings, _READ, "of settings")
    if isinstance(opening, str) and opening.strip():
        unplaced.add(f"{names[0]} does not speak initial_message: all remember that it was said")
    title = short_line(" and ".join(names), "A conversation")
    template = ReadTemplate(title, "From llm_conversation.", read_agents, order=order, manager=manager)
    return Reading(NAME, templates=(template,), unplaced=unplaced)


def _agent(
    tables: Tables, agent: Mapping[str, Any], name: str, history: tuple[tuple[Role, tuple[str, ...]], ...]
) -> ReadAgent:
    tables.others(agent, AGENT_KEYS, f"of {name}")
    system = tables.text(agent, "system_prompt")
    params = params_of({"temperature": _TEMPERATURE, **agent}, PARAMS, name, tables.unplaced)
    return ReadAgent((name,), (system,), history, model_name(agent.get("model"), "ollama"), params)


def _history(opening: object, *, first: bool) -> tuple[tuple[Role, tuple[str, ...]], ...]:
    if not isinstance(opening, str) or not opening.strip():
        return ()
    return (("assistant" if first else "user", (opening,)),)


def _order(settings: Mapping[str, Any], tables: Tables, unplaced: Remarks) -> tuple[str, str]:
    """Who speaks next, and the model that picks."""
    given = settings.get("turn_order", "round_robin")
    order = _ORDERS.get(given) if isinstance(given, str) else None
    if order is None and isinstance(given, str) and given in _NEAREST:
        order, how = _NEAREST[given]
        unplaced.add(f"the order {given!r}: the nearest here is {order!r}, {how}")
    elif order is None:
        order = "round-robin"
        unplaced.add(f"the order {short_line(str(given))!r}; everybody speaks in turn instead")
    moderator = tables.table(settings.get("moderator"), "moderator")
    if order != "manager" or not moderator:
        return order, ""
    tables.others(moderator, {"model"}, "of the moderator")
    return order, model_name(moderator.get("model"), "ollama")
