"""Whatever a model says, the meter answers with a number between 0 and 1."""

import pytest

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.stall.meter import PARTS, StallMeter
from tests.stall.living_and_looping import BEGINNING

HOSTILE = {
    "nothing": "",
    "blanks": " \n\t\u200b\u3000 ",
    "NULs": "\0" * 5000,
    "NULs among words": "a\0b\0c \0 d",
    "a huge turn": "word after word goes on " * 200_000,
    "one word of 100,000 letters": "x" * 100_000,
    "100,000 unspaced letters": "語" * 100_000,
    "only emoji": "🙂✨👩‍👩‍👧🏴‍☠️" * 500,
    "right to left": "שלום עולם، مرحبا بالعالم ‮abc‬",
    "half a surrogate pair": "a \ud83d b",
    "escape sequences": "\x1b]52;c;AAAA\x07\x1b[2J",
    "only punctuation": "?!" * 10_000,
    "100,000 lines": "\n".join("y" for _ in range(100_000)),
    "combining marks": "a" + "\u0301" * 20_000,
    "numbers": "9" * 10_000 + " ² ٣ ½ 1e999",
    "markup": "[/] [bold] <|im_end|> {{ x }} %s %d",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_any_text_can_be_read_again_and_again(kind: str, meaning: Meaning | None) -> None:
    meter = StallMeter(meaning)
    for seat, text in [*BEGINNING, *((1 + at % 2, HOSTILE[kind]) for at in range(6)), *BEGINNING]:
        reading = meter.read(seat, text)
        assert 0 <= reading.stall <= 1
        assert tuple(reading.parts) == PARTS
        assert all(0 <= value <= 1 for value in reading.parts.values())


@pytest.mark.parametrize("kind", ["100,000 unspaced letters", "only emoji", "right to left"])
def test_text_without_spaces_or_latin_letters_is_not_silence(kind: str) -> None:
    assert StallMeter(None).read(1, HOSTILE[kind]).parts["shrinking"] == 0


@pytest.mark.parametrize("kind", ["nothing", "blanks", "NULs", "only punctuation"])
def test_text_without_a_word_is_silence(kind: str) -> None:
    assert StallMeter(None).read(1, HOSTILE[kind]).parts["shrinking"] == 1


def test_any_number_of_seats_may_speak(meaning: Meaning | None) -> None:
    meter = StallMeter(meaning)
    for seat in range(1000):
        meter.read(seat, f"I am guest {seat} and I bring a {seat % 7} of hearts.")
    assert len(meter._speakers) <= StallMeter.FORGOTTEN
