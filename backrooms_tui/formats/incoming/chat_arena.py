"""Configurations of ChatArena: a template.

`{"global_prompt", "environment": {"env_type", "parallel"}, "players": [{"name", "role_desc", "backend":
{"backend_type", "temperature", "max_tokens"}}]}`. A player is told the global prompt, its name and its role.
"""

from collections.abc import Mapping
from typing import Any

from backrooms_tui.formats.incoming.agent_tables import Tables, model_name, params_of
from backrooms_tui.formats.incoming.glance import Glance
from backrooms_tui.formats.incoming.saying import Blank, ReadAgent, Reading, ReadTemplate, Remarks
from backrooms_tui.formats.incoming.source import Source, short_line
from backrooms_tui.formats.incoming.whole_json import whole_object

NAME = "configuration of ChatArena"
LOOKS_FOR = 'a JSON object with "players": [{"name", "role_desc", "backend"}]'

_PARAMS = {"temperature": "temperature", "max_tokens": "max_tokens"}
_ENVIRONMENTS = {"conversation": "round-robin", "moderator_conversation": "manager"}


def fits(glance: Glance) -> bool:
    """Whether it has players, or what stands before them."""
    return "players" in glance.shape.keys or {"global_prompt", "environment"} <= glance.shape.keys


def read(source: Source) -> Reading:
    """The template, under the file's name."""
    unplaced = Remarks()
    document = whole_object(source)
    tables = Tables(source, unplaced)
    tables.others(document, {"global_prompt", "environment", "players"}, "of the file")
    everybody = tables.text(document, "global_prompt").strip()
    players = tables.agents(document.get("players"), "players")
    names = tables.names([player.get("name") for player in players])
    agents = tuple(
        _agent(tables, player, name, everybody, unplaced) for player, name in zip(players, names, strict=True)
    )
    order, manager = _order(tables.table(document.get("environment"), "environment"), tables, unplaced)
    title = short_line(source.path.stem.replace("_", " ").replace("-", " ").capitalize(), "An arena")
    template = ReadTemplate(title, "From ChatArena.", agents, order=order, manager=manager)
    return Reading(NAME, templates=(template,), unplaced=unplaced)


def _agent(tables: Tables, player: Mapping[str, Any], name: str, everybody: str, unplaced: Remarks) -> ReadAgent:
    tables.others(player, {"name", "role_desc", "global_prompt", "backend"}, f"of {name}")
    shared = tables.text(player, "global_prompt").strip() or everybody
    role = tables.text(player, "role_desc").strip()
    system = (f"{shared}\n\n" if shared else "", "Your name is ", Blank(), ".", f"\n\n{role}" if role else "")
    backend = tables.table(player.get("backend"), "backend")
    return ReadAgent(
        (name,),
        tuple(part for part in system if part != ""),
        model=_model(tables, backend, name, unplaced),
        params=params_of(backend, _PARAMS, name, unplaced),
    )


def _model(tables: Tables, backend: Mapping[str, Any], name: str, unplaced: Remarks) -> str:
    tables.others(backend, {"backend_type", "model", *_PARAMS}, f"of the backend of {name}")
    model, kind = model_name(backend.get("model")), backend.get("backend_type")
    if not model and kind == "human":
        unplaced.add(f"{name} is a person; a model sits there instead")
    elif not model and kind is not None:
        unplaced.add(f"the backend {short_line(str(kind))!r} of {name}, which names no model")
    return model


def _order(environment: Mapping[str, Any], tables: Tables, unplaced: Remarks) -> tuple[str, str]:
    kind = environment.get("env_type", "conversation")
    order = _ENVIRONMENTS.get(kind) if isinstance(kind, str) else None
    if order is None:
        unplaced.add(f"the environment {short_line(str(kind))!r}; everybody speaks in turn instead")
    if environment.get("parallel"):
        unplaced.add("'parallel' of the environment: agents speak one after the other here")
    tables.others(environment, {"env_type", "parallel", "moderator"}, "of the environment")
    moderator = tables.table(environment.get("moderator"), "moderator")
    if order != "manager":
        if moderator:
            unplaced.add("'moderator' of the environment")
        return order or "round-robin", ""
    tables.others(moderator, {"backend"}, "of the moderator")
    backend = tables.table(moderator.get("backend"), "backend")
    return order, _model(tables, backend, "the moderator", unplaced)
