"""What the keys of a template say about one another: each may be right by itself, and not together."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backrooms_tui.templates.findings import did_you_mean
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.shape import Mistake

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template
    from backrooms_tui.templates.rules import CueTable, RulesTable

_SEATS = ("to", "brings", "sends_away")


def inconsistencies(template: "Template") -> Iterator[Mistake]:
    """What does not go together in `template`, whose keys are right one by one."""
    yield from _rules(template)
    yield from _ladder(template.rules)
    unknown = list(_unknown_agents(template))
    yield from unknown
    if not unknown:
        yield from _comings_and_goings(template)


def _rules(template: "Template") -> Iterator[Mistake]:
    rules, seats = template.rules, template.seats
    if rules.stop_votes > seats:
        agents = "one agent" if seats == 1 else f"{seats} agents"
        what = f"is {rules.stop_votes}, and the template has {agents}"
        yield Mistake(("rules", "stop_votes"), what, f"at most {seats}")
    if rules.stop_votes > 1 and not rules.stop:
        yield _hint(("rules", "stop_votes"), "counts a stop text that nobody can say", 'add stop = ["^C^C"]')
    if rules.manager is not None and rules.order != "manager":
        what = f"picks nobody: the order is {rules.order!r}"
        yield _hint(("rules", "manager"), what, 'write order = "manager", or take it out')
    if rules.repeat and rules.order != "random":
        what = f"does nothing in the order {rules.order!r}"
        yield _hint(("rules", "repeat"), what, 'write order = "random", or take it out')
    last = min((turns for turns in (rules.max_turns, rules.max_rounds * seats) if turns), default=0)
    for index, cue in enumerate(rules.cues):
        if last and cue.turn > last:
            what = f"never comes: the session ends after {last} turns"
            yield _hint(("rules", "cues", index, "turn"), what, "choose an earlier turn, or a higher limit")


def _ladder(rules: "RulesTable") -> Iterator[Mistake]:
    if not rules.use_ladder and not rules.ladder:
        yield _hint(("rules", "use_ladder"), "has no ladder to leave out", "add [[rules.ladder]], or take it out")
    for index, step in enumerate(rules.ladder[:-1]):
        if step.remedy == "end":
            yield _hint(("rules", "ladder", index + 1), "is never reached: the step before it ends the session", "")
            return


def _unknown_agents(template: "Template") -> Iterator[Mistake]:
    """Names and seats that nobody has. Names with blanks are known only when they are filled."""
    names = [agent.name for agent in template.agents]
    unsure = any("{" in name for name in names)
    for index, cue in enumerate(template.rules.cues):
        for key in _SEATS:
            asked = getattr(cue, key)
            if asked is None or (isinstance(asked, str) and ("{" in asked or unsure)):
                continue
            if seat_of(asked, names) is None:
                what, cure = nobody(asked, names)
                yield Mistake(("rules", "cues", index, key), what, cure)


def seat_of(asked: int | str, names: list[str]) -> int | None:
    """The seat (from 1) that `asked` means, a seat or one of `names`; None where nobody has it."""
    if isinstance(asked, int):
        return asked if 1 <= asked <= len(names) else None
    folded = [name.strip().casefold() for name in names]
    wanted = asked.strip().casefold()
    return folded.index(wanted) + 1 if wanted in folded else None


def nobody(asked: int | str, names: list[str]) -> tuple[str, str]:
    """What is wrong with `asked`, which is none of `names` and not the seat of one, and what would be right."""
    if isinstance(asked, int):
        return f"there is no seat {asked}", f"seats go from 1 to {len(names)}"
    return f"nobody is called {asked.strip()!r}", did_you_mean(asked, names)


def _comings_and_goings(template: "Template") -> Iterator[Mistake]:
    """Who is there at each cue, as far as the file itself says: a person can bring and send away as they like."""
    names = [agent.name for agent in template.agents]
    away = {seat for seat, agent in enumerate(template.agents, 1) if agent.absent}
    cues = sorted(enumerate(template.rules.cues), key=lambda numbered: numbered[1].turn)
    first = {_seat(cue, "brings", names) for _, cue in cues if cue.turn == 1}
    if len(away) == template.seats and not first - {None}:
        what = "is true for everybody: nobody is there to begin"
        yield Mistake(("agents", 0, "absent"), what, "leave it out for at least one agent")
    for index, cue in cues:
        path = ("rules", "cues", index)
        comes, goes, to = (_seat(cue, key, names) for key in ("brings", "sends_away", "to"))
        if comes is not None:
            if comes == goes:
                yield Mistake((*path, "sends_away"), "is the one whom this cue brings", "write two cues")
            elif comes not in away:
                cure = f"write absent = true for {names[comes - 1]}, or take it out"
                yield _hint((*path, "brings"), "is there already by then", cure)
            away.discard(comes)
        if to is not None and to in away:
            yield _hint((*path, "to"), "is away then, and hears nothing", "add brings, or choose another turn")
        if goes is not None and goes != comes:
            if goes in away:
                yield _hint((*path, "sends_away"), "is away already by then", "take it out")
            away.add(goes)


def _seat(cue: "CueTable", key: str, names: list[str]) -> int | None:
    asked = getattr(cue, key)
    if asked is None or (isinstance(asked, str) and "{" in asked):
        # The same words mean the same agent, also where both are a blank.
        return names.index(asked) + 1 if asked in names else None
    return seat_of(asked, names)


def _hint(path: KeyPath, what: str, cure: str) -> Mistake:
    return Mistake(path, what, cure, severity="warning")
