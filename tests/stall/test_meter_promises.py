"""The meter repeats itself, keeps little, costs nothing until it is used, and needs no extra package."""

import subprocess
import sys

import pytest

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.memory import Memory
from backrooms_tui.stall.meter import StallMeter, readings
from tests.benchmarks.stall import by_meter, score
from tests.benchmarks.stall_labels import transcripts
from tests.stall.living_and_looping import BEGINNING, LIVING, LOOPS


def test_the_same_turns_give_the_same_readings(meaning: Meaning | None) -> None:
    turns = [*BEGINNING, *LOOPS["compliments"]]
    assert readings(turns, meaning) == readings(turns, meaning)


def test_turn_by_turn_is_the_same_as_all_at_once(meaning: Meaning | None) -> None:
    turns = [*LIVING["a shell"], *LOOPS["an echo"]]
    meter = StallMeter(meaning)
    assert [meter.read(seat, text) for seat, text in turns] == readings(turns, meaning)


def test_what_is_kept_does_not_grow_with_the_session() -> None:
    meter = StallMeter(None)
    for turn in range(600):
        meter.read(1 + turn % 2, " ".join(f"w{turn}n{at}" for at in range(20)))
    assert len(meter._memory.turns) == Memory.TURNS
    assert len(meter._memory.words) <= Memory.TURNS * 20


def test_a_reading_cannot_be_changed() -> None:
    reading = StallMeter(None).read(1, "Hello")
    with pytest.raises(TypeError):
        reading.parts["likeness"] = 1.0  # type: ignore[index]


def test_importing_the_meter_loads_neither_vectors_nor_numbers() -> None:
    code = (
        "import sys, backrooms_tui.stall.meter as m; m.StallMeter(m.Meaning.if_installed());"
        "print([n for n in ('numpy', 'wordllama', 'tokenizers') if n in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_without_the_extra_package_the_meter_still_sees_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = Meaning.if_installed()
    assert found is None
    assert readings([*BEGINNING, *LOOPS["period 2"]], found)[-1].stall >= 0.5


def test_loading_the_vectors_leaves_logging_as_it_was() -> None:
    pytest.importorskip("wordllama")
    code = (
        "import logging; from backrooms_tui.stall.meaning import Meaning; Meaning().vector('hello');"
        "print(logging.getLogger().handlers, logging.getLogger().level)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[] 30"
    assert done.stderr == ""


@pytest.mark.parametrize("half", ["calibration", "report"])
def test_labelled_transcripts_are_told_apart(half: str, meaning: Meaning | None) -> None:
    ends, _ = score(by_meter(meaning), transcripts(half))  # type: ignore[arg-type]
    assert ends.precision >= 0.9
    assert ends.recall >= (0.85 if meaning else 0.7)


def test_the_labelled_transcripts_are_many_and_of_both_kinds() -> None:
    for half in ("calibration", "report"):
        given = transcripts(half)  # type: ignore[arg-type]
        stalled = sum(one.stalled_at_end for one in given)
        assert len(given) >= 30
        assert 0.4 <= stalled / len(given) <= 0.6
