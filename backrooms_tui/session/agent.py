"""One agent as it stands."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Literal

from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.session.usage import Usage
from backrooms_tui.session.world import Permission
from backrooms_tui.session.world_tool import Tool

Phase = Literal["waiting", "thinking", "speaking", "failed"]


@dataclass(slots=True)
class AgentState:
    """One agent as it stands: its model now, what it does, what it has used."""

    seat: int
    name: str
    model: str
    params: Mapping[str, ParamValue]
    window: int | None
    phase: Phase = "waiting"
    trouble: Trouble | None = None
    turns: int = 0
    # Councils of this agent that are over.
    councils: int = 0
    usage: Usage = field(default_factory=Usage)
    last_usage: Usage = field(default_factory=Usage)
    cost: float = 0.0
    unpriced_turns: int = 0
    first_entry: int = 0
    hidden_turns: int = 0
    muted: bool = False
    absent: bool = False
    # The stretches of the timeline that it did not hear: from an entry (counted from 0) to the one before another.
    missed: list[tuple[int, int]] = field(default_factory=list)
    away_since: int = 0
    # What it keeps of what it is no longer sent: its summary or its notebook; written before the entry `remembered`.
    memory: str = ""
    remembered: int = 0
    # What it may do without asking, or not at all: a world's commands, or an agent's requests beside the rules'.
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    # Those of them that were allowed for the session when they were asked for.
    granted: Set[str] = frozenset()
    is_world: bool = False
    # What its model may call.
    tools: tuple[Tool, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether it can be the next speaker."""
        return not self.muted and not self.absent
