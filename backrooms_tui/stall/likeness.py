"""Likeness to what was just said: to the speaker's recent turns, to the partner's last, and to the talk at large."""

import math
from collections.abc import Sequence

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.memory import Memory
from backrooms_tui.stall.ramp import ramp
from backrooms_tui.stall.words import Spoken

OWN_TURNS = 5
TURNS_AT_LARGE = 6
# Bounds read off the calibration half. Living talk stays below the lower ones, but for proofs and games.
IN_WORDS = (0.35, 0.8)
IN_MEANING = (0.35, 0.75)
AT_LARGE = (0.3, 0.65)
# Texts on one subject are alike in meaning and may yet get on, so this says less than the same words do.
MEANING_AT_MOST = 0.5
# Long texts on one subject are near one another whatever they say: the mean of many words tells less. The bounds hold
# for turns of this many words, and rise by so much with each tenfold length.
SHORT = 15
LOW_RISES = 0.3
HIGH_RISES = 0.1
# The vectors were learnt from English. In another language all texts are somewhat near, in another script very.
ENGLISH = frozenset(
    ("the", "and", "of", "to", "is", "you", "that", "it", "i", "we", "are", "this", "be", "with", "not")
)


def in_words(one: Spoken, other: Spoken) -> float:
    """Dice's coefficient of the two vocabularies: 1 the same words, 0 none in common."""
    both = len(one.vocabulary) + len(other.vocabulary)
    return 2 * len(one.vocabulary & other.vocabulary) / both if both else 1.0


def _best_two(values: Sequence[float]) -> float:
    """The mean of the two highest: one likeness to one turn is not yet a habit."""
    return sum(sorted(values)[-2:]) / 2


def _latin_share(turn: Spoken) -> float:
    """The share of words, 0 to 1, in a script that the vectors know."""
    return sum(1 for word in turn.words if word[0] < "\u0250") / len(turn.words)


def _english(turn: Spoken) -> bool:
    """Whether `turn` has the little words of English."""
    return sum(1 for word in turn.words if word in ENGLISH) >= 0.1 * len(turn.words)


def _in_meaning(turn: Spoken, own: Sequence[Spoken], memory: Memory, meaning: Meaning) -> float:
    """Evidence, 0 to 1, from the word vectors."""
    vector = turn.vector(meaning)
    if vector is None:
        return 0.0
    rise = max(0.0, math.log10(len(turn.words) / SHORT))

    def evidence(near: float, bounds: tuple[float, float]) -> float:
        return ramp(near, bounds[0] + LOW_RISES * rise, bounds[1] + HIGH_RISES * rise)

    near = [meaning.nearness(vector, kept) for other in own if (kept := other.vector(meaning)) is not None]
    found = evidence(_best_two(near), IN_MEANING)
    partner = memory.partner(turn.seat)
    if partner and (kept := partner.vector(meaning)) is not None:
        found = max(found, evidence(meaning.nearness(vector, kept), IN_MEANING))
    lately = [kept for other in memory.latest(TURNS_AT_LARGE) if (kept := other.vector(meaning)) is not None]
    if len(lately) == TURNS_AT_LARGE and _english(turn):
        found = max(found, evidence(meaning.nearness(vector, meaning.middle(lately)), AT_LARGE))
    return MEANING_AT_MOST * found * _latin_share(turn)


def likeness(turn: Spoken, memory: Memory, meaning: Meaning | None) -> float:
    """Evidence, 0 to 1, that `turn` says again what was said: in its words, and with `meaning` in other words."""
    own = memory.own(turn.seat, OWN_TURNS)
    partner = memory.partner(turn.seat)
    evidence = max(
        ramp(_best_two([in_words(turn, other) for other in own]), *IN_WORDS),
        ramp(in_words(turn, partner), *IN_WORDS) if partner else 0.0,
    )
    return max(evidence, _in_meaning(turn, own, memory, meaning)) if meaning else evidence
