"""The ladder of remedies against a conversation that stalls: when a step is due, and what it does.

Where it stands on the ladder is read from the session's own past (the stall of its turns and the steps that were
taken), so that a resumed session or a branch climbs on from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.session.events import EndReason, Interjected, Remedied, Whispered, WindowMoved
from backrooms_tui.session.setup import ParamValue, Remedy, Rules
from backrooms_tui.session.state import SessionState, WordEntry

# The meter has to stand high for this many turns in a row before a step is due: one turn alone is no stall.
HIGH_FOR = 2
# Rounds that a step has to show its effect before the next one is taken.
ROUNDS_TO_WORK = 2
NUDGE = (
    "You are going in circles. Say something that has not been said yet: a doubt, a decision, a memory, "
    "something that happens."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step asks of the loop: to go on, to stand still, or to end. `reason` says why, for people."""

    what: str = "go on"
    reason: str = ""


GO_ON = Outcome()
STALL: EndReason = "stall"


def due(state: SessionState) -> int | None:
    """The step (from 1) that is to be taken before the next turn; None where there is none, or no need of one.

    The first step is taken when the meter has stood at `rules.stall_at` or above for a few turns, the next one when
    it still does two rounds later. Once the meter has come down, the next stall begins at the first step again. At the
    end of the ladder its last step is taken again.
    """
    rules = state.setup.rules if state.setup is not None else None
    if rules is None or not rules.ladder or not _high(state, rules, state.turn, HIGH_FOR):
        return None
    last = state.remedies[-1] if state.remedies else None
    if last is None:
        return 1
    wait = ROUNDS_TO_WORK * max(1, sum(agent.speaks for agent in state.agents.values()))
    since = state.turn - last.turn
    if since < wait:
        return None
    stayed = _high(state, rules, state.turn, min(since, wait))
    return min(last.step + 1, len(rules.ladder)) if stayed else 1


def take(step: int, seat: int, publisher: Publisher, rng: Random) -> Outcome:
    """Take `step` before the agent on `seat` speaks. Everything it does is an event."""
    state = publisher.state
    assert state.setup is not None
    remedy = state.setup.rules.ladder[step - 1]
    name = state.agents[seat].name

    def tell(detail: str, agent: int | None = None) -> None:
        publisher.emit(Remedied, step=step, remedy=remedy.kind, turn=state.turn, detail=detail, agent=agent)

    match remedy.kind:
        case "nudge":
            tell(f"a nudge to {name} alone", seat)
            publisher.emit(Whispered, to=seat, text=remedy.text or NUDGE, source="remedy")
        case "topic":
            topic = _drawn(remedy.topics, state, rng)
            if topic is None:
                tell("all topics have been drawn")
            else:
                tell("a fresh topic, and everybody begins afresh" if remedy.afresh else "a fresh topic")
                if remedy.afresh:
                    _begin_afresh(publisher)
                publisher.emit(Interjected, text=topic, source="remedy")
        case "temperature":
            tell(f"temperature {remedy.temperature:g} for {_turns(remedy)}")
        case "model":
            tell(f"{name} goes on with {remedy.model} for {_turns(remedy)}", seat)
        case "call":
            tell("the operator is called")
            return Outcome("pause", remedy.text or "the conversation goes in circles")
        case "end":
            tell("the session ends")
            return Outcome("end", remedy.text or "The conversation went in circles.")
    return GO_ON


def _begin_afresh(publisher: Publisher) -> None:
    """From here on nobody is sent what was said before. A loop that a model has before its eyes it continues."""
    state = publisher.state
    # The notices of this stand in the timeline too, and before the topic.
    first = len(state.entries) + len(state.agents)
    for agent in state.agents.values():
        publisher.emit(WindowMoved, agent=agent.seat, first_entry=first, turns=state.turn, afresh=True)


def changed_params(state: SessionState, seat: int) -> Mapping[str, ParamValue]:
    """The parameters of `seat` for the next turn, with what a step of the ladder has changed for a while."""
    params = state.agents[seat].params
    for _, remedy in _lasting(state):
        if remedy.kind == "temperature" and remedy.temperature is not None:
            params = {**params, "temperature": remedy.temperature}
    return params


def changed_model(state: SessionState, seat: int) -> str:
    """The model of `seat` for the next turn, with what a step of the ladder has changed for a while."""
    model = state.agents[seat].model
    for taken, remedy in _lasting(state):
        if remedy.kind == "model" and taken.agent == seat:
            model = remedy.model
    return model


def _lasting(state: SessionState) -> list[tuple[Remedied, Remedy]]:
    """The steps that were taken so few turns ago that they still last."""
    ladder = state.setup.rules.ladder if state.setup is not None else ()
    steps = ((taken, ladder[taken.step - 1]) for taken in state.remedies if taken.step <= len(ladder))
    return [
        (taken, remedy)
        for taken, remedy in steps
        # The ladder may have been changed since.
        if taken.remedy == remedy.kind and 0 <= state.turn - taken.turn < remedy.turns
    ]


def _high(state: SessionState, rules: Rules, turn: int, turns: int) -> bool:
    """Whether the last `turns` turns up to `turn` were all measured at the limit or above."""
    if turn < turns:
        return False
    spoken = (entry for number in range(turn, 0, -1) if (entry := state.turns.get(number)) is not None)
    latest = list(islice((entry for entry in spoken if not state.agents[entry.agent].is_world), turns))
    return len(latest) == turns and all(entry.stall is not None and entry.stall >= rules.stall_at for entry in latest)


def _drawn(topics: Sequence[str], state: SessionState, rng: Random) -> str | None:
    """One of `topics` that was not drawn before."""
    drawn = {entry.text for entry in state.entries if isinstance(entry, WordEntry) and entry.source == "remedy"}
    left = [topic for topic in topics if topic not in drawn]
    return rng.choice(left) if left else None


def _turns(remedy: Remedy) -> str:
    return "one turn" if remedy.turns == 1 else f"{remedy.turns} turns"
