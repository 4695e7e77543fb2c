"""Replies that were made to be slow, and names that were made to break things."""

import time

import pytest

from backrooms_tui.conversation.guard import GuardStream, guarded
from tests.hostile import HOSTILE

LETTERS = 200_000
UNITS = (
    *("a", " ", "\n", "*", "_", "[", "<", "<|", "<|a", "<s>", "</s>", "`", '"', "“", "»", "#", "# ", "> ", "-", "- "),
    *("Ben", "Ben ", "Ben:", "Ben:\n", "Ben: \n", "Ben (", "Ben (a", "[Ben", "[Ben]", "**Ben", "BEN — ", "Ben: 3\n"),
    *(
        "Ben: the lamp\n",
        "User: ",
        "User: hi\n",
        "user: bob\n",
        "User:\n",
        "Ada: ",
        "Ada:\n",
        "x: y\n",
        "    x\n",
        "\r",
    ),
    *(
        "I can't ",
        "I'm sorry, but ",
        "I can't write a ",
        "as an AI ",
        "((A",
        "((A\n",
        "yesterday Ben ",
        "$ cat ",
        "guest@a:",
    ),
    *(
        "---",
        "--- a",
        "```\n",
        "```",
        "<|im_start|>assistant\n",
        "<|im_start|>",
        "<|channel|>",
        "申し訳ありません",
        "\u2028",
        "x = ",
    ),
    *("(", "(((", "*a", "*a\n", "a*", "A. ", "02:14 ", "Dr. ", "\ud800", "\u0301", "<|channel|>final"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_a_long_reply_is_read_in_linear_time(unit: str) -> None:
    def seconds(letters: int) -> float:
        text = ("word " + unit * letters)[:letters]
        started = time.process_time()
        guarded(text, speaker="Ada", others=("Ben",))
        return time.process_time() - started

    # An eighth of the letters takes an eighth of the time. Quadratic would be a sixty-fourth; the floor is for noise.
    few, many = seconds(LETTERS // 8), seconds(LETTERS)
    assert many < max(0.4, 24 * few)
    assert many < 10  # about one on two idle cores


@pytest.mark.parametrize("unit", ["a", "<", "`", "<|im", "Ben: 3\n", '"', " ", "</s>"])
def test_letter_by_letter_is_linear_too(unit: str) -> None:
    def seconds(letters: int) -> float:
        stream = GuardStream(speaker="Ada", others=("Ben",))
        text = (unit * letters)[:letters]
        started = time.process_time()
        for letter in text:
            stream.feed(letter)
        return time.process_time() - started

    assert seconds(40_000) < max(0.4, 12 * seconds(10_000))


@pytest.mark.parametrize(
    "name", [*HOSTILE, "", " ", "(", "a|b", "A*", "\\", "# x", "a#b", "Ben\nJones", "[x]", "x y  z", "İ"]
)
def test_any_name_can_be_guarded(name: str) -> None:
    reply = f"Well.\n\n{name}: I never said that.\n\nBen: But you did, my dear."
    for speaker, others in ((name, ("Ben",)), ("Ada", ("Ben", name)), ("Ada", (name, "Ben"))):
        result = guarded(reply, speaker=speaker, others=others, operator=name)
        assert result.cut is not None
        assert reply.endswith(result.cut.removed)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_guarded(text: str) -> None:
    assert guarded(text, speaker="Ada", others=("Ben",)).text == text


def test_names_with_signs_of_their_own_are_known() -> None:
    for name in (
        "C-3PO",
        "R2.D2",
        "Agent #7",
        "The (Quiet) One",
        "Jean-Luc",
        "agent_1",
        "O'Brien",
        "Ben & Cleo",
        "Åsa",
        "ẞen",
    ):
        cut = guarded(f"Well.\n\n{name}: I never said that.", speaker="Ada", others=(name,)).cut
        assert cut is not None, name
        assert cut.at == 7, name
