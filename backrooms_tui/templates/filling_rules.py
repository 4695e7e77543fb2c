"""Rules with every blank filled: cues, the ladder against stalling, and what rounds are called."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from backrooms_tui.session.setup import Cue, Remedy, RoundLabels
from backrooms_tui.templates.consistency import LEAST_ROUNDS, nobody, seat_of, too_few_rounds
from backrooms_tui.templates.filled import FilledRules as FilledRules
from backrooms_tui.templates.filled import FillError
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.rounds import rounds_between, running_wrong, whole_number
from backrooms_tui.templates.sandbox import AgentWords, BlankError
from backrooms_tui.templates.tables import Seated, Values, line_filled, seated, text_filled
from backrooms_tui.templates.variables import variable_values

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.filled import SeatChoice
    from backrooms_tui.templates.rounds import RoundsTable
    from backrooms_tui.templates.rules import CueTable, RemedyTable, RulesTable


def fill_rules(template: "Template", variables: Mapping[str, str], seats: Sequence["SeatChoice"]) -> FilledRules:
    """The rules of `template`, those of its councils apart: the cues in its order, all steps of its ladder, whether it
    is used or not, and what its rounds are called.

    A blank in them knows the variables, `agents` and `same_model`. Raises as `filling.fill` does, and for an agent that
    is not there.
    """
    return rules_filled(template.rules, seated(template.agents, seats, variable_values(template, variables)))


def rules_filled(rules: "RulesTable", table: Seated) -> FilledRules:
    """The words of `rules`, which hold at `table`. Raises FillError, for an agent that is not there, too."""
    path, values = (*table.path, "rules"), table.known_to_rules
    filled = FilledRules(
        tuple(_cue(cue, (*path, "cues", index), values, table.agents) for index, cue in enumerate(rules.cues)),
        tuple(_step(step, (*path, "ladder", index), values) for index, step in enumerate(rules.ladder)),
        _rounds(rules.rounds, (*path, "rounds"), values) if rules.rounds is not None else None,
    )
    if rules.mode == "debate" and filled.rounds is not None:
        number = rules.max_rounds or len(filled.rounds.labels)
        if number < LEAST_ROUNDS:
            raise FillError((*path, "rounds"), BlankError(*too_few_rounds(number)))
    return filled


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


def _rounds(rounds: "RoundsTable", path: KeyPath, values: Values) -> RoundLabels:
    name = line_filled((*path, "name"), rounds.name, values, "what a round is called is a short text on one line")
    labels = tuple(
        line_filled((*path, "labels", number), label, values, "a label is a short text on one line")
        for number, label in enumerate(rounds.labels)
    )
    if rounds.first is None or rounds.last is None:
        return RoundLabels(name, labels)
    first, last = (_number((*path, key), getattr(rounds, key), values) for key in ("first", "last"))
    if wrong := running_wrong(first, last, rounds.step):
        raise FillError((*path, "last"), BlankError(*wrong))
    return RoundLabels(name, tuple(map(str, rounds_between(first, last, rounds.step))))


def _number(path: KeyPath, bound: int | str, values: Values) -> int:
    if isinstance(bound, int):
        return bound
    text = text_filled(path, bound, values)
    number = whole_number(text)
    if number is None:
        what = f"is {text.strip()[:40]!r} once its blanks are filled, which is no whole number"
        raise FillError(path, BlankError(what, "give a whole number, such as 2027"))
    return number


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
