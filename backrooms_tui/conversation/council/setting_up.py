"""From what a template says of a council to the setup of one that is held: who sits there, and what they begin with."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from backrooms_tui.conversation.council.telling import heard
from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.conversation.sending.window import CHARACTERS_A_TOKEN
from backrooms_tui.session.setup import AgentSetup, Cue, Message, Rules, Setup
from backrooms_tui.session.state import SessionState

# Rounds of a council whose template sets no limit.
ROUNDS = 2
# Of the smallest window at the table, or of the host's: what is told of the other conversation, what a member keeps.
_SHARE = 0.5


def council_setup(state: SessionState, seat: int, turn: int, past: SessionState | None) -> Setup:
    """The setup of the council of `seat` before `turn` of the session `state`. `past` is the last one that it held: who
    keeps its memory goes on from there, and so does what the operator changed of the members."""
    assert state.setup is not None
    host = state.setup.agent(seat)
    council = host.council
    assert council is not None
    members = council.agents
    keeps = council.memory == "keep" and past is not None
    windows = [agent.window for agent in members if agent.window is not None]
    room = _characters(min(windows), _SHARE / 2 if keeps else _SHARE) if windows else None
    opening = _joined(heard(state, seat, council, room), council.opening)
    if past is not None:
        members = tuple(_as_before(member, past, keeps=keeps) for member in members)
    rules = _limited(council.rules)
    if opening:
        rules = replace(rules, cues=(Cue(1, opening), *rules.cues))
    when = state.round_label or f"turn {turn}"
    seed = state.setup.seed
    return Setup(
        title=f"Council of {host.name} · {when}",
        template=state.setup.template,
        agents=members,
        rules=rules,
        variables=state.setup.variables,
        seed=None if seed is None else Random(f"{seed}/council/{seat}/{turn}").getrandbits(31),
    )


def room_of(state: SessionState, seat: int) -> int | None:
    """Characters of a council that its host on `seat` can be told; None where nobody knows its window."""
    window = state.agents[seat].window
    return None if window is None else _characters(window, _SHARE)


def _limited(rules: Rules) -> Rules:
    """A council comes to an end: where nothing says when, after `ROUNDS` rounds."""
    limited = rules.max_turns or rules.max_rounds or rules.max_tokens or rules.max_seconds or rules.budget
    return rules if limited else replace(rules, max_rounds=ROUNDS)


def _as_before(member: AgentSetup, past: SessionState, *, keeps: bool) -> AgentSetup:
    """`member` with the model and the manners that it had at the end of `past`, and, if it `keeps` it, its memory."""
    before = past.agents.get(member.seat)
    if before is None or before.name != member.name or past.setup is None:
        return member
    return replace(
        past.setup.agent(member.seat),
        model=before.model,
        params=before.params,
        window=before.window,
        history=_remembered(member, past) if keeps else member.history,
        absent=member.absent,
        council=member.council,
    )


def _remembered(member: AgentSetup, past: SessionState) -> tuple[Message, ...]:
    """What `member` was sent in `past`, its own words included; of what fills more than half of its window, the newest,
    after the history that it has from the template."""
    perspective = Perspective(past, member.seat)
    sent = list(perspective.messages)
    if perspective.parts and perspective.parts[-1][-1].origin == "prompt":
        sent.pop()
    seeds = list(member.history)
    begins = sent[: len(seeds)] == seeds
    kept = sent[len(seeds) :] if begins else sent
    if member.window is not None:
        room = _characters(member.window, _SHARE)
        kept = _newest(kept, room - sum(len(message.text) for message in seeds) if begins else room)
    return (*seeds, *kept) if begins else tuple(kept)


def _newest(messages: Sequence[Message], room: int) -> list[Message]:
    """The last of `messages` within `room` characters, beginning with a user's."""
    first, left = len(messages), room
    while first and len(messages[first - 1].text) <= left:
        first -= 1
        left -= len(messages[first].text)
    if first:
        while first < len(messages) and messages[first].role == "assistant":
            first += 1
    return list(messages[first:])


def _characters(window: int, share: float) -> int:
    return round(window * share * CHARACTERS_A_TOKEN)


def _joined(heard: str, opening: str) -> str:
    return "\n\n".join(part for part in (heard.strip(), opening.strip()) if part)
