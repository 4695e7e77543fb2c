"""How well the stall meter tells a stalled conversation from a living one, and what a reading costs.

Run with: python -m tests.benchmarks.stall [--fit]
On the labelled transcripts, each half for itself: precision and recall of "stalled at its end" (a session) and of "this
turn is in a stall" (a turn), with and without word vectors, beside two baselines; the names of those misjudged; and the
milliseconds for a turn of 1,000 words in a session of 500 such turns. Figure: 20 ms or less.
`--fit` searches the weighing's constants on the calibration half and prints what it finds, and changes nothing.
"""

import argparse
import dataclasses
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.meter import STALLED, StallMeter
from backrooms_tui.stall.weighing import STANDARD, Weighing
from backrooms_tui.stall.words import Spoken
from tests.benchmarks.stall_labels import Half, Transcript, manual, transcripts

# What says of each turn of a transcript whether it is in a stall.
Judge = Callable[[Transcript], list[bool]]


@dataclass
class Score:
    """Right and wrong answers."""

    hits: int = 0
    false_alarms: int = 0
    missed: int = 0
    right_no: int = 0
    names: list[str] = field(default_factory=list)

    def count(self, said: bool, label: bool, name: str) -> None:
        """One answer beside its label; a wrong one is noted by name."""
        if said and label:
            self.hits += 1
        elif said:
            self.false_alarms += 1
            self.names.append(f"{name} (called stalled)")
        elif label:
            self.missed += 1
            self.names.append(f"{name} (missed)")
        else:
            self.right_no += 1

    @property
    def precision(self) -> float:
        """Of those called stalled, how many are."""
        return self.hits / (self.hits + self.false_alarms) if self.hits else 0.0

    @property
    def recall(self) -> float:
        """Of those that are stalled, how many were called so."""
        return self.hits / (self.hits + self.missed) if self.hits else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.hits / (2 * self.hits + self.false_alarms + self.missed) if self.hits else 0.0

    def __str__(self) -> str:
        precision = f"{self.precision:4.0%}" if self.hits + self.false_alarms else "none"
        return f"precision {precision}  recall {self.recall:4.0%}"


def by_meter(meaning: Meaning | None, weighing: Weighing = STANDARD, threshold: float = STALLED) -> Judge:
    """The meter at a threshold."""

    def judge(transcript: Transcript) -> list[bool]:
        meter = StallMeter(meaning, weighing)
        return [meter.read(seat, text).stall >= threshold for seat, text in transcript.turns]

    return judge


def by_count(most: int) -> Judge:
    """Baseline: stalled after `most` messages."""
    return lambda transcript: [turn > most for turn in range(1, len(transcript.turns) + 1)]


def by_overlap(transcript: Transcript) -> list[bool]:
    """Baseline: over 0.85 of a turn's word 3-grams are in the turn before, or in the speaker's last, twice running."""
    said: list[bool] = []
    before: frozenset[str] = frozenset()
    own: dict[int, frozenset[str]] = {}
    high = 0
    for seat, text in transcript.turns:
        runs = Spoken.of(seat, text).runs
        shared = max(len(runs & before), len(runs & own.get(seat, frozenset())))
        high = high + 1 if runs and shared / len(runs) > 0.85 else 0
        said.append(high >= 2)
        before = own[seat] = runs
    return said


def score(judge: Judge, given: Sequence[Transcript]) -> tuple[Score, Score]:
    """How `judge` does at the ends of sessions, and at turns."""
    ends, turns = Score(), Score()
    for one in given:
        said = judge(one)
        ends.count(said[-1], one.stalled_at_end, one.name)
        for turn, answer in enumerate(said, 1):
            turns.count(answer, one.stalled_at(turn), one.name)
    return ends, turns


def delay(judge: Judge, given: Sequence[Transcript]) -> float:
    """The median number of stalled turns that pass until the stall is called, among those that are called."""
    waits: list[int] = []
    for one in given:
        if one.stalls is not None:
            called = [turn for turn, said in enumerate(judge(one), 1) if said and one.stalled_at(turn)]
            waits.extend(turn - one.stalls for turn in called[:1])
    return statistics.median(waits) if waits else float("nan")


def manual_alarms(meaning: Meaning | None, half: Half, words: int, weighing: Weighing = STANDARD) -> float:
    """The share of turns called stalled in the reference manual, where none is."""
    meter = StallMeter(meaning, weighing)
    said = [meter.read(seat, text).stall >= STALLED for seat, text in manual(half, words, 250)]
    return sum(said) / len(said)


def report(given: Sequence[Transcript], best_count: int) -> None:
    """The table for one half."""
    judges: dict[str, Judge] = {"meter, words only": by_meter(None)}
    if meaning := Meaning.if_installed():
        judges = {"meter, with wordllama": by_meter(meaning)} | judges
    judges[f"after {best_count} messages"] = by_count(best_count)
    judges["3-gram overlap > 0.85, twice"] = by_overlap
    for name, judge in judges.items():
        ends, turns = score(judge, given)
        print(f"  {name:30} at the end: {ends}   per turn: {turns}   seen after {delay(judge, given):g} turns")
        if name.startswith("meter"):
            print(f"  {'':30} misjudged at the end: {', '.join(ends.names) or 'none'}")


def milliseconds(meaning: Meaning | None) -> tuple[float, float, float]:
    """Reading turns of 1,000 words around turn 500: the median, the longest, the median of processor time."""
    rng = random.Random(7)
    words = [word for one in transcripts() for _, text in one.turns for word in text.split()]
    meter = StallMeter(meaning)
    taken: list[float] = []
    busy: list[float] = []
    for turn in range(1, 521):
        spoken = rng.choices(words, k=1000)
        text = " ".join(spoken)
        begun, working = time.perf_counter(), time.process_time()
        meter.read(1 + turn % 2, text)
        if turn > 480:
            taken.append((time.perf_counter() - begun) * 1000)
            busy.append((time.process_time() - working) * 1000)
    return statistics.median(taken), max(taken), statistics.median(busy)


def fit(given: Sequence[Transcript], rounds: int = 2) -> Weighing:
    """The constants that do best on `given`, one after the other, with and without word vectors alike."""
    meaning = Meaning.if_installed()

    def goodness(weighing: Weighing) -> float:
        total = 0.0
        for source in {meaning, None}:
            ends, turns = score(by_meter(source, weighing), given)
            total += ends.f1 + turns.f1
            # A threshold that only just holds is not worth much: the same again on both sides of it.
            for threshold in (STALLED - 0.1, STALLED + 0.1):
                total += 0.5 * score(by_meter(source, weighing, threshold), given)[0].f1
            total -= sum(manual_alarms(source, "calibration", words, weighing) for words in (30, 150))
        return total

    best = STANDARD
    value = goodness(best)
    for _ in range(rounds):
        for constant in dataclasses.fields(Weighing):
            middle = getattr(best, constant.name)
            for candidate in (middle - 0.1, middle - 0.05, middle + 0.05, middle + 0.1):
                if 0 <= candidate <= 0.95:
                    tried = dataclasses.replace(best, **{constant.name: round(candidate, 2)})
                    # One turn alone must never reach the threshold, not even of a speaker who is alone.
                    if tried.low < tried.high and tried.newest < tried.low + STALLED * (tried.high - tried.low):
                        found = goodness(tried)
                        if found > value + 1e-9:
                            best, value = tried, found
        print(f"  {value:.4f} {best}")
    return best


def main() -> None:
    """Print it all."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--fit", action="store_true", help="search the constants on the calibration half")
    options = arguments.parse_args()
    if meaning := Meaning.if_installed():
        begun = time.perf_counter()
        meaning.vector("one")
        print(f"loading the word vectors, once a process: {time.perf_counter() - begun:.2f} s")
    calibration, held_out = transcripts("calibration"), transcripts("report")
    if options.fit:
        fit(calibration)
        return
    best_count = max(range(4, 40), key=lambda most: score(by_count(most), calibration)[1].f1)
    halves: tuple[tuple[Half, list[Transcript]], ...] = (("calibration", calibration), ("report", held_out))
    for name, given in halves:
        stalled = sum(one.stalled_at_end for one in given)
        print(f"{name} half: {len(given)} transcripts, {stalled} stalled at their end")
        report(given, best_count)
        alarms = [manual_alarms(Meaning.if_installed(), name, words) for words in (30, 100, 300)]
        print("  turns of a reference manual called stalled, at 30, 100, 300 words:", *(f"{one:.1%}" for one in alarms))
    for label, source in (("with wordllama", meaning), ("words only", None)):
        middle, longest, busy = milliseconds(source)
        figures = f"median {middle:.1f} ms ({busy:.1f} of them work), longest {longest:.1f} ms"
        print(f"1,000-word turn at turn 500, {label}: {figures}")


if __name__ == "__main__":
    main()
