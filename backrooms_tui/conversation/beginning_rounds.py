"""What all agents are told when a round begins: what it is called, how many there are, and what it is for."""

import re

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.session.events import RoundBegan
from backrooms_tui.session.setup import Rules

POSITIONS = "positions. State your position and your best reasons for it."
REBUTTALS = "rebuttals. Answer what the others have said, and keep to your position."
CLOSING = "closing. Sum up why your position holds. Bring nothing new."


def begin_round(publisher: Publisher) -> None:
    """Tell of the round that begins with the next turn, where rounds are told of and nobody was told yet."""
    state = publisher.state
    rules = state.setup.rules if state.setup is not None else None
    if rules is None or (rules.mode == "turns" and rules.rounds is None):
        return
    number = state.rounds + 1
    if state.spoke or state.round == number:
        return
    publisher.emit(
        RoundBegan, round=number, label=scrubbed(label_of(rules, number)), text=scrubbed(text_of(rules, number))
    )


def label_of(rules: Rules, number: int) -> str:
    """What the round is called: "Year 2031", "Spring", "Round 3"."""
    if rules.rounds is None:
        return f"Round {number}"
    name, labels = rules.rounds.name.strip(), rules.rounds.labels
    if number <= len(labels):
        label = labels[number - 1].strip()
    elif labels and _whole(labels[-1]):
        step = int(labels[-1]) - int(labels[-2]) if len(labels) > 1 and _whole(labels[-2]) else 1
        label = str(int(labels[-1]) + step * (number - len(labels)))
    else:
        label = str(number)
    return " ".join(part for part in (name, label) if part)


def text_of(rules: Rules, number: int) -> str:
    """What all are told of the round."""
    label, last = label_of(rules, number), rules.max_rounds
    counted = f"{number} of {last}" if last >= number else f"{number}"
    told = f"Round {counted}" if label == f"Round {number}" else f"{label} (round {counted})"
    if rules.mode != "debate":
        return told
    return f"{told}: {_phase(number, last)}"


def _phase(number: int, last: int) -> str:
    if number == 1:
        return POSITIONS
    return CLOSING if number == last else REBUTTALS


def _whole(label: str) -> bool:
    return re.fullmatch(r"\s*-?\d{1,18}\s*", label) is not None
