"""What a template comes to once its blanks are filled, and the models that are chosen for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import AgentKind, Cue, Memory, Message, ParamValue, Remedy, Reminder, RoundLabels
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WorldSetup
from backrooms_tui.templates.findings import key_text
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.sandbox import BlankError

if TYPE_CHECKING:
    from backrooms_tui.templates.document import CouncilTable


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """The model in one seat: its full reference, who makes it ("" where nobody knows), and what people call it.

    `members` are the same for the council of this seat, one for each; without them all have the model of this seat.
    """

    model_reference: str
    company: str = ""
    display_name: str = ""
    members: tuple["SeatChoice", ...] = ()


@dataclass(frozen=True, slots=True)
class FilledRules:
    """What the rules say in words. A step's `model` is still what the template calls it."""

    cues: tuple[Cue, ...] = ()
    ladder: tuple[Remedy, ...] = ()
    rounds: RoundLabels | None = None


@dataclass(frozen=True, slots=True)
class FilledCouncil:
    """A council with every blank filled. `table` says what has none."""

    table: "CouncilTable"
    agents: tuple["FilledAgent", ...]
    opening: str
    rules: FilledRules


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
    position: str = ""
    council: FilledCouncil | None = None
    world: WorldSetup | None = None
    tools: bool = False


class FillError(OperatorError):
    """A text of a template that cannot be filled: `path` is its key, `line` (from 1) and `word` a place within it."""

    def __init__(self, path: KeyPath, error: BlankError) -> None:
        line = f", line {error.line}" if error.line and error.line > 1 else ""
        super().__init__(f"{key_text(path)}{line}: {error.what}", error.cure)
        self.path = path
        self.error = error
