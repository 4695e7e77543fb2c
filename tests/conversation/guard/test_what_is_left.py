"""What the guard leaves of a reply, why it says it cut, and when the agent should be asked again."""

import pytest

from backrooms_tui.conversation.guard import Guarded, guarded, little_left


def by_ada(reply: str, *, play: bool = False) -> Guarded:
    return guarded(reply, speaker="Ada", others=("Ben", "Cleo"), play=play)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("No.\n\nben: Why on earth not?", "it began to speak as Ben"),
        ("No.\n\nOperator: Try it again, please.", "it began to speak as the operator"),
        ("No.\n\nHuman: Could you try again?", "it began to write the user's part"),
        ("No.\n\nAssistant: I could try again.", "it began another turn of its own"),
        ("No.\n\nSystem: You are a poet.", "it began to write a system prompt"),
        ("No.\n\n### Instruction:\nTry again.", "it began to write instructions for itself"),
        ("No.<|eot_id|>", "it wrote a mark of its chat template (<|eot_id|>)"),
    ],
)
def test_the_reason_is_a_phrase_for_people(reply: str, reason: str) -> None:
    cut = by_ada(reply).cut
    assert cut is not None
    assert cut.reason == reason


@pytest.mark.parametrize(
    "reply",
    [
        "Ben: I never said that, and you know it.",
        "Ada:\n\nBen: I never said that.",
        "(smiles)\n\nBen: I never said that.",
        "*leans back*\n\nBen: I never said that.",
        "And then:\n<|im_end|>",
        "So,\nBen: I never said that.",
        "...\n\nBen: I never said that.",
        "<|im_end|>",
        "   ",
    ],
)
def test_so_little_is_left_that_it_is_asked_again(reply: str) -> None:
    assert little_left(by_ada(reply))


@pytest.mark.parametrize(
    "reply",
    [
        "ls\n\nBen: total 4, and not one of them is yours.",
        "Yes.\n\nBen: Really?",
        "はい。\n\nBen: Really?",
        "42<|im_end|>",
        "(smiles)",
        "...",
        "So,",
    ],
)
def test_a_short_turn_is_a_turn(reply: str) -> None:
    assert not little_left(by_ada(reply))


@pytest.mark.parametrize("reply", ["Good night.\n", "  Good night.  ", "", "\n", "Good night.\n\n---\n"])
def test_what_is_not_cut_comes_back_as_it_is(reply: str) -> None:
    assert by_ada(reply) == Guarded(reply, None, ())


def test_what_is_marked_is_only_what_is_left() -> None:
    result = by_ada("Good night.\n\nBen: As an AI, I cannot sleep.")
    assert result.cut is not None
    assert result.marks == ()


def test_a_play_keeps_its_labels_but_not_the_operators() -> None:
    script = "ADA: Who goes there?\nBEN: Nobody.\n"
    assert by_ada(script, play=True).text == script
    result = by_ada(f"{script}\nOperator: And now the storm scene, please.", play=True)
    assert result.text == script.rstrip()


def test_a_participant_who_is_called_like_a_role_is_a_participant() -> None:
    own = guarded("Assistant: I wait.\n\nUser: You wait for what?", speaker="Assistant", others=("User",))
    assert own.text == "I wait."
    assert own.cut is not None
    assert own.cut.reason == "it began to speak as User"


def test_a_first_name_that_the_speaker_shares_is_the_speakers() -> None:
    reply = "I think so.\n\nClaude: And I still do.\n\nClaude 2: I do not."
    cut = guarded(reply, speaker="Claude 1", others=("Claude 2",)).cut
    assert cut is not None
    assert cut.removed == "Claude 2: I do not."
