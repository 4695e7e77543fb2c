"""The rules of a template with every blank filled: its cues, and its ladder against stalling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import Cue, Remedy
from backrooms_tui.templates.consistency import nobody, seat_of
from backrooms_tui.templates.filling import FillError, SeatChoice, named_agents, text_filled, whole_values
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.sandbox import AgentWords, BlankError

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.rules import CueTable, RemedyTable

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FilledRules:
    """What happens by itself. A step's `model` is still what the template calls it."""

    cues: tuple[Cue, ...] = ()
    ladder: tuple[Remedy, ...] = ()


def fill_rules(template: "Template", variables: Mapping[str, str], seats: Sequence[SeatChoice]) -> FilledRules:
    """The cues of `template`, in its order, and all steps of its ladder, whether it is used or not.

    A blank in them knows the variables, `agents` and `same_model`. Raises as `filling.fill` does, and for an agent
    that is not there.
    """
    values = whole_values(template, variables, seats)
    agents = named_agents(template, values, seats)
    values["agents"] = agents
    return FilledRules(
        tuple(_cue(cue, ("rules", "cues", index), values, agents) for index, cue in enumerate(template.rules.cues)),
        tuple(_step(step, ("rules", "ladder", index), values) for index, step in enumerate(template.rules.ladder)),
    )


def _cue(cue: "CueTable", path: KeyPath, values: Values, agents: Sequence[AgentWords]) -> Cue:
    text = text_filled((*path, "text"), cue.text, values).strip()
    if not text:
        raise FillError((*path, "text"), BlankError("is empty once its blanks are filled", "say what happens"))
    return Cue(
        turn=cue.turn,
        text=text,
        to=_seat((*path, "to"), cue.to, values, agents),
        brings=_seat((*path, "brings"), cue.brings, values, agents),
        sends_away=_seat((*path, "sends_away"), cue.sends_away, values, agents),
    )


def _step(step: "RemedyTable", path: KeyPath, values: Values) -> Remedy:
    topics = (text_filled((*path, "topics", number), topic, values).strip() for number, topic in enumerate(step.topics))
    return Remedy(
        kind=step.remedy,
        text=text_filled((*path, "text"), step.text, values).strip(),
        # The same topic twice would be drawn once.
        topics=tuple(dict.fromkeys(topic for topic in topics if topic)),
        afresh=step.afresh,
        temperature=step.temperature,
        model=step.model or "",
        turns=step.turns,
    )


def _seat(path: KeyPath, asked: int | str | None, values: Values, agents: Sequence[AgentWords]) -> int:
    """The seat that `asked` means; 0 where nothing was asked."""
    if asked is None:
        return 0
    names = [agent.name or "" for agent in agents]
    meant = asked if isinstance(asked, int) else text_filled(path, asked, values).strip()
    seat = seat_of(meant, names)
    if seat is None:
        raise FillError(path, BlankError(*nobody(meant, names)))
    return seat
