"""What the keys of a template say about one another: each may be right by itself, and not together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.templates.document import HOST, PEOPLE_LIMIT
from backrooms_tui.templates.findings import did_you_mean
from backrooms_tui.templates.locating import KeyPath
from backrooms_tui.templates.rules import COUNCIL_ROUNDS
from backrooms_tui.templates.shape import Mistake
from backrooms_tui.templates.worlds import world_mistakes

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Agent, CouncilTable, Template
    from backrooms_tui.templates.rules import CueTable, RulesTable

# A debate has positions, rebuttals and closings.
LEAST_ROUNDS = 3
_SEATS = ("to", "brings", "sends_away")


@dataclass(frozen=True, slots=True)
class _Talk:
    """Agents who talk with one another by rules of theirs: those of the template, or, `deep` below it, a council."""

    path: KeyPath
    agents: "tuple[Agent, ...]"
    rules: "RulesTable"
    deep: int = 0

    @property
    def names(self) -> list[str]:
        return [agent.name for agent in self.agents]

    @property
    def rounds(self) -> int:
        """How many rounds there will be, as far as the file says so; 0 where nothing does."""
        alone = COUNCIL_ROUNDS if self.deep and not self.rules.limited else 0
        return self.rules.told_rounds or alone

    def of_rules(self, *key: str | int) -> KeyPath:
        return (*self.path, "rules", *key)

    def of_agent(self, index: int, *key: str | int) -> KeyPath:
        return (*self.path, "agents", index, *key)


def inconsistencies(template: "Template") -> Iterator[Mistake]:
    """What does not go together in `template`, whose keys are right one by one."""
    talks = list(_talks(_Talk((), template.agents, template.rules)))
    people = sum(len(talk.agents) for talk in talks)
    if people > PEOPLE_LIMIT:
        what = f"come to {people:,}, the members of all councils included"
        yield Mistake(("agents",), what, f"at most {PEOPLE_LIMIT}: take some out")
    if len(talks) > 1 and HOST in template.variables:
        cure = "choose another name for the variable"
        yield Mistake(("variables", HOST), "has a meaning of its own in councils: the agent that one serves", cure)
    for talk in talks:
        yield from world_mistakes(talk.path, talk.agents, council=bool(talk.deep))
        yield from _rules(talk)
        yield from _rounds(talk)
        yield from _debate(talk)
        yield from _ladder(talk)
        unknown = list(_unknown_agents(talk))
        yield from unknown
        if not unknown:
            yield from _comings_and_goings(talk)
        for index, agent in enumerate(talk.agents):
            if agent.council is not None:
                path = talk.of_agent(index, "council")
                yield from _council(path, agent, agent.council, talk.deep + 1, template.rules.council_depth)


def _talks(talk: _Talk) -> Iterator[_Talk]:
    """`talk`, and the councils of all who take part in it."""
    yield talk
    for index, agent in enumerate(talk.agents):
        if agent.council is not None:
            path = talk.of_agent(index, "council")
            yield from _talks(_Talk(path, agent.council.agents, agent.council.rules, talk.deep + 1))


def _rules(talk: _Talk) -> Iterator[Mistake]:
    rules, seats = talk.rules, len(talk.agents)
    speaking = sum(not agent.world for agent in talk.agents)  # what a screen shows ends nothing
    if rules.stop_votes > speaking > 0:
        agents = "one agent" if speaking == 1 else f"{speaking} agents"
        if speaking < seats:
            agents = f"{agents} beside worlds"
        what = f"is {rules.stop_votes}, and the {'council' if talk.deep else 'template'} has {agents}"
        yield Mistake(talk.of_rules("stop_votes"), what, f"at most {speaking}")
    if rules.stop_votes > 1 and not rules.stop:
        yield _hint(talk.of_rules("stop_votes"), "counts a stop text that nobody can say", 'add stop = ["^C^C"]')
    if rules.manager is not None and rules.order != "manager":
        what = f"picks nobody: the order is {rules.order!r}"
        yield _hint(talk.of_rules("manager"), what, 'write order = "manager", or take it out')
    if rules.repeat and rules.order != "random":
        what = f"does nothing in the order {rules.order!r}"
        yield _hint(talk.of_rules("repeat"), what, 'write order = "random", or take it out')
    if talk.deep and "council_depth" in rules.model_fields_set:
        cure = "write it under the [rules] of the template, or take it out"
        yield _hint(talk.of_rules("council_depth"), "counts only for the template as a whole", cure)
    last = min((turns for turns in (rules.max_turns, talk.rounds * seats) if turns), default=0)
    for index, cue in enumerate(rules.cues):
        if last and cue.turn > last:
            what = f"never comes: the {'council' if talk.deep else 'session'} ends after {last} turns"
            yield _hint(talk.of_rules("cues", index, "turn"), what, "choose an earlier turn, or a higher limit")


def _rounds(talk: _Talk) -> Iterator[Mistake]:
    rounds, most = talk.rules.rounds, talk.rules.max_rounds
    if rounds is None or not most or not rounds.count or rounds.count == most:
        return
    named = "one round is named" if rounds.count == 1 else f"{rounds.count:,} rounds are named"
    key = "labels" if rounds.labels else "last"
    yield _hint(talk.of_rules("rounds", key), f"{named}, and max_rounds is {most:,}", "let the two agree")


def too_few_rounds(number: int) -> tuple[str, str]:
    """What is wrong with a debate of so many rounds, and what would be right."""
    what = f"comes to {'one round' if number == 1 else f'{number} rounds'}: a debate has at least {LEAST_ROUNDS}"
    return what, "one for the positions, one or more for rebuttals, one for the closings"


def _debate(talk: _Talk) -> Iterator[Mistake]:
    rules = talk.rules
    if rules.mode != "debate":
        for index, agent in enumerate(talk.agents):
            if agent.position:
                what = f"is not told to anybody with mode = {rules.mode!r}"
                yield _hint(talk.of_agent(index, "position"), what, 'write mode = "debate", or take it out')
        return
    number = rules.told_rounds
    if number == 0:
        cure = f"add max_rounds = 4: at least {LEAST_ROUNDS}, for positions, rebuttals and closings"
        yield Mistake(talk.of_rules("max_rounds"), "is missing: a debate ends with a round of closings", cure)
    elif number is not None and number < LEAST_ROUNDS:
        key = ("max_rounds",) if rules.max_rounds else ("rounds",)
        yield Mistake(talk.of_rules(*key), *too_few_rounds(number))
    for index, agent in enumerate(talk.agents):
        if not agent.position.strip() and not agent.world:
            what = "is empty" if agent.position else "is missing"
            cure = 'add position = "…": in a debate each agent stands for something'
            yield Mistake(talk.of_agent(index, "position"), what, cure)


def _council(path: KeyPath, host: "Agent", council: "CouncilTable", deep: int, deepest: int) -> Iterator[Mistake]:
    if deep == deepest + 1:
        what = f"is never held: councils are held {deepest} deep" if deepest else "is never held: council_depth is 0"
        yield _hint(path, what, f"write council_depth = {deep} under [rules]")
    if council.when == "asked":
        if council.every > 1:
            cure = 'write when = "every", or take it out'
            yield _hint((*path, "every"), "does nothing with when = 'asked'", cure)
        texts = (host.system, host.system_same or "", *(seed.text for seed in host.history))
        told = (*texts, host.reminder.text if host.reminder else "")
        if not any(council.ask in text for text in told):
            cure = f"say in its system text: to hear your council, write {council.ask} alone on a line"
            yield _hint((*path, "ask"), "is not known to the agent, which has to say it", cure)


def _ladder(talk: _Talk) -> Iterator[Mistake]:
    rules = talk.rules
    if not rules.use_ladder and not rules.ladder:
        cure = "add [[rules.ladder]], or take it out"
        yield _hint(talk.of_rules("use_ladder"), "has no ladder to leave out", cure)
    for index, step in enumerate(rules.ladder[:-1]):
        if step.remedy == "end":
            yield _hint(talk.of_rules("ladder", index + 1), "is never reached: the step before it ends the session", "")
            return


def _unknown_agents(talk: _Talk) -> Iterator[Mistake]:
    """Names and seats that nobody has. Names with blanks are known only when they are filled."""
    names = talk.names
    unsure = any("{" in name for name in names)
    for index, cue in enumerate(talk.rules.cues):
        for key in _SEATS:
            asked = getattr(cue, key)
            if asked is None or (isinstance(asked, str) and ("{" in asked or unsure)):
                continue
            if seat_of(asked, names) is None:
                what, cure = nobody(asked, names)
                yield Mistake(talk.of_rules("cues", index, key), what, cure)


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


def _comings_and_goings(talk: _Talk) -> Iterator[Mistake]:
    """Who is there at each cue, as far as the file itself says: a person can bring and send away as they like."""
    names = talk.names
    away = {seat for seat, agent in enumerate(talk.agents, 1) if agent.absent}
    cues = sorted(enumerate(talk.rules.cues), key=lambda numbered: numbered[1].turn)
    first = {_seat(cue, "brings", names) for _, cue in cues if cue.turn == 1}
    if len(away) == len(names) and not first - {None}:
        what = "is true for everybody: nobody is there to begin"
        yield Mistake(talk.of_agent(0, "absent"), what, "leave it out for at least one agent")
    for index, cue in cues:
        path = talk.of_rules("cues", index)
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
