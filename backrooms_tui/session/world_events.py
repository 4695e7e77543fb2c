"""What happens around worlds: a command or a request of an agent waits for the operator, who decides; a model is given
tools."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backrooms_tui.session.event import Event
from backrooms_tui.session.world import Decision, Permission
from backrooms_tui.session.world_tool import Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionAsked(Event):
    """The seat `agent` waits for the operator before `turn` is spoken. A world wants to run `command`, which `by`
    (a seat, 0 the operator) gave; or, where both are the same, an agent has a request. `name` is what it is in
    permissions, and `reach` says in a line what it would read, write or reach."""

    kind: Literal["permission_asked"] = "permission_asked"
    turn: int
    agent: int
    by: int
    name: str
    command: str
    reach: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionDecided(Event):
    """The operator has decided about what was asked. `word` is told with a refusal."""

    kind: Literal["permission_decided"] = "permission_decided"
    agent: int
    by: int
    name: str
    command: str
    decision: Decision
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionsChanged(Event):
    """The operator has changed what the world on the seat `agent` may do: these permissions hold from now on."""

    kind: Literal["permissions_changed"] = "permissions_changed"
    agent: int
    permissions: Mapping[str, Permission]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsGiven(Event):
    """From its next request on, the model on the seat `agent` is given these `tools`, which are the commands of the
    worlds at the table."""

    kind: Literal["tools_given"] = "tools_given"
    agent: int
    tools: tuple[Tool, ...]
