"""A step of the ladder, or a cue, on one line."""

from collections.abc import Mapping, Sequence

from backrooms_tui.session.setup import AgentSetup, Cue, Mode, Remedy, Rules
from backrooms_tui.ui.widgets.marks import mark

# Each kind of step with what it does.
KINDS: Mapping[str, str] = {
    "nudge": "a word to the one who speaks next, alone",
    "topic": "a fresh topic to all, drawn from a list",
    "temperature": "another temperature for some turns",
    "model": "another model in the next seat for some turns",
    "call": "stand still, and call the operator",
    "end": "end the session",
}

# What a round is, where it is not that everybody speaks once.
_MODES: Mapping[Mode, str] = {
    "statements": "statements: what is said in a round is heard when it is over",
    "debate": "a debate: positions, rebuttals, closings",
}


def rounds_line(rules: Rules) -> str:
    """`statements: … · Year 2027 to 2031`; "" where rounds are nothing special."""
    parts = [_MODES[rules.mode]] if rules.mode in _MODES else []
    if rules.rounds is not None:
        labels = rules.rounds.labels or ("1", "2", "…")
        named = ", ".join(labels) if len(labels) <= 3 else f"{labels[0]} to {labels[-1]}"
        parts.append(f"{rules.rounds.name} {named}")
    return " · ".join(parts)


def step_line(step: Remedy) -> str:
    """`topic · one of 30, afresh`."""
    match step.kind:
        case "topic":
            told = f"one of {len(step.topics)}{', all begin afresh' if step.afresh else ''}"
        case "temperature":
            told = f"{step.temperature:g} for {_turns(step.turns)}" if step.temperature is not None else ""
        case "model":
            told = f"{step.model} for {_turns(step.turns)}"
        case _:
            told = step.text or KINDS[step.kind]
    return f"{step.kind} · {told}"


def cue_line(cue: Cue, agents: Sequence[AgentSetup], *, said: bool) -> str:
    """`turn 4 · said · to ② Jonas alone · ③ Ines comes · The power fails`."""
    parts = [f"turn {cue.turn}"]
    if said:
        parts.append("said")
    if cue.to:
        parts.append(f"to {name_of(cue.to, agents)} alone")
    if cue.brings:
        parts.append(f"{name_of(cue.brings, agents)} comes")
    if cue.sends_away:
        parts.append(f"{name_of(cue.sends_away, agents)} leaves")
    return " · ".join([*parts, cue.text])


def name_of(seat: int, agents: Sequence[AgentSetup]) -> str:
    """Who sits there, with the seat's mark."""
    return f"{mark(seat)} {next((agent.name for agent in agents if agent.seat == seat), '')}".rstrip()


def _turns(turns: int) -> str:
    return "one turn" if turns == 1 else f"{turns} turns"
