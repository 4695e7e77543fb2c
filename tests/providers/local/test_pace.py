"""When a model counts as stuck: not while it reads, however slow it is, and not because the program itself slept."""

from types import SimpleNamespace

import pytest

from backrooms_tui.providers.local import pace
from backrooms_tui.providers.local.pace import Pace, Watch


def starter_pace() -> Pace:
    return Pace(size=98_362_432, batch=128, context=8192, slots=2)


def read(tokens: int) -> SimpleNamespace:
    """What llama.cpp sends after a batch."""
    return SimpleNamespace(prompt_progress={"total": 8000, "cache": 0, "processed": tokens, "time_ms": 1})


TOKEN = SimpleNamespace(choices=[])


class Clock:
    """Time that passes where a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float, *watches: Watch) -> float | None:
        """Lets `seconds` pass. What the first watch that lost its patience says."""
        for _ in range(round(seconds)):
            self.now += 1.0
            for watch in watches:
                if (stuck := watch.quiet(1.0)) is not None:
                    return stuck
        return None


def test_a_model_that_does_nothing_is_stuck_after_about_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    stuck = clock.wait(300, Watch(starter_pace()))

    assert stuck is not None
    assert 60 <= stuck <= 70


def test_a_large_file_has_longer_for_its_first_batch() -> None:
    assert Pace(size=4_000_000_000, batch=128, context=8192, slots=2).patience > 240


def test_a_long_prompt_on_a_slow_machine_is_no_standstill(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    watch = Watch(starter_pace())
    for tokens in range(0, 8000, 128):
        assert clock.wait(50, watch) is None
        watch.event(read(tokens))


def test_slow_batches_make_it_patient_and_quick_ones_do_not_make_it_hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    slow, quick = starter_pace(), starter_pace()
    for one, seconds in ((slow, 20), (quick, 1)):
        watch = Watch(one)
        for tokens in (0, 128, 256):
            clock.wait(seconds, watch)
            watch.event(read(tokens))

    assert slow.patience == 200
    assert quick.patience == 60


def test_the_first_word_about_the_prompt_and_single_tokens_tell_no_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    large = Pace(size=40_000_000_000, batch=128, context=8192, slots=2)
    watch = Watch(large)
    for event in (read(500), read(503), TOKEN, TOKEN):
        watch.event(event)

    assert clock.wait(2000, watch) is None


def test_who_waits_for_the_prompt_of_another_is_not_stuck_but_not_forgotten_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    both = starter_pace()
    reading, waiting = Watch(both), Watch(both)
    for tokens in range(0, 8000, 128):
        reading.event(read(tokens))
        assert clock.wait(2, reading, waiting) is None
    for _ in range(200):
        reading.event(TOKEN)
        stuck = clock.wait(2, waiting)
        if stuck is not None:
            break

    assert stuck is not None


def test_a_program_that_was_stopped_for_an_hour_does_not_take_its_model_for_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    one = starter_pace()
    watch = Watch(one)
    watch.event(read(0))
    clock.wait(1, watch)
    clock.now += 3600
    assert clock.wait(1, watch) is None
    watch.event(read(128))

    assert one.patience < 70
