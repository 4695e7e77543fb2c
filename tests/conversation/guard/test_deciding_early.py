"""Stopping a reply while it streams: what is decided early is what would have been decided in the end."""

import random

import pytest

from backrooms_tui.conversation.guard import GuardStream, cut_so_far, guarded
from tests.conversation.guard.corpus import cases

CAST = {"speaker": "Ada", "others": ("Ben", "Cleo Marsh")}
PARTS = (
    *("\n", "\n", "\n\n", " ", "\r\n", "\u2028", "  ", "    ", "\t"),
    *("Ben", "Cleo", "Ada", "Operator", "User", "System", "ASSISTANT", "### Instruction", "Cleo Marsh", "Lena"),
    *(":", ": ", "：", " — ", " - ", "**", "*", "[", "]", "(", ")", "(whispering)", "「", "」", "`", "```", "~~~"),
    *('"', "“", "”", "«", "»", "> ", "- ", "1. ", "| ", "---", "#", "## "),
    *("<|im_end|>", "<|im_start|>", "user", "assistant", "</s>", "<s>", "[INST]", "<start_of_turn>", "<|", "|>", "<"),
    *(
        "3 points",
        "yes",
        "the lamp",
        "You are a helpful assistant.",
        "Why not?",
        "str",
        "user: bob",
        "x = 3",
        "$ cat log",
    ),
    *(
        "I never said that, and nobody has ever heard me say anything of the kind.",
        "It went like this",
        "Yesterday",
        "ß",
    ),
    *(
        "Ben and I stood on the pier.",
        "guest@far:~$ ",
        "and then",
        ",",
        ".",
        "?",
        "word ",
        "\ufeff",
        "\u00a0",
        "日本",
        "x" * 60,
    ),
)


def made_up(rng: random.Random) -> str:
    """A reply of pieces that the guard cares about, in any order."""
    return "".join(rng.choice(PARTS) for _ in range(rng.randrange(1, 40)))


def checked(text: str, rng: random.Random, **cast: object) -> bool:
    """Whether the cut was seen while the text arrived; every prefix and one way of cutting it into pieces agree."""
    whole = guarded(text, **cast).cut  # type: ignore[arg-type]
    decided = None if whole is None else (whole.at, whole.reason)
    for end in range(len(text) + 1):
        early = cut_so_far(text[:end], **cast)  # type: ignore[arg-type]
        if early is not None:
            assert (early.at, early.reason) == decided, (text, text[:end], early, whole)
            assert early.removed == text[early.at : end]
    stream, at, seen = GuardStream(**cast), 0, None  # type: ignore[arg-type]
    while at < len(text):
        step = rng.choice((1, 1, 2, 5, 30))
        cut = stream.feed(text[at : at + step])
        at += step
        assert seen is None or cut is not None
        if cut is not None:
            assert (cut.at, cut.reason) == decided, (text, at, cut, whole)
            assert cut.removed == text[cut.at : at]
        seen = cut
    # The last word that `feed` had on the whole text is the same, in pieces or at once.
    assert (seen is None) == (cut_so_far(text, **cast) is None), text  # type: ignore[arg-type]
    # What was read in pieces need not be read again when the reply is over.
    assert stream.guarded() == guarded(text, **cast), text  # type: ignore[arg-type]
    return seen is not None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_decided_early_is_what_the_whole_reply_decides(seed: int) -> None:
    rng = random.Random(seed)
    seen = sum(checked(made_up(rng), rng, **CAST, play=rng.random() < 0.1) for _ in range(80))
    assert seen > 12


def test_the_labelled_replies_are_decided_early_alike() -> None:
    rng = random.Random(0)
    for case in cases("tuned", "unseen"):
        checked(case.reply, rng, speaker=case.speaker, others=case.others, operator=case.operator, play=case.play)


@pytest.mark.parametrize(
    "lapse",
    [
        "Ben: I have been meaning to say this for a long time, and now",
        "User: Could you please tell me a little more about that lamp of yours?",
    ],
)
def test_another_voice_is_seen_within_sixty_characters(lapse: str) -> None:
    stream = GuardStream(speaker="Ada", others=("Ben",))
    before = "I will tell you something, and then I will go.\n\n"
    needed = next(n for n, letter in enumerate(before + lapse) if stream.feed(letter))
    assert needed - len(before) < 64


@pytest.mark.parametrize("mark", ["<|im_end|>\n", "<|eot_id|>\n", "</s>\n", "[INST] x"])
def test_a_mark_of_the_template_is_seen_at_once(mark: str) -> None:
    assert cut_so_far(f"Good night.{mark}", speaker="Ada", others=("Ben",)) is not None


def test_nothing_is_said_while_a_list_is_still_possible() -> None:
    for reply in ("Here:\n", "Ben:", "Ben:\n", "Ben:\n- the lamp", "Ben: the lamp", "Ben: the lamp\n"):
        assert cut_so_far(reply, speaker="Ada", others=("Ben",)) is None
    assert cut_so_far("Ben:\nWhat? And why should I want to do anything of the kind?\n", speaker="Ada", others=("Ben",))


@pytest.mark.parametrize("letters", range(34, 50, 2))
def test_a_half_written_mark_is_no_part_of_what_is_judged(letters: int) -> None:
    """The mark arrives while it is still open whether the words before it are a field's value or a speech."""
    reply = f"lamp: oil\nBen: {'w' * letters}<|im_end|>\nAnd then?"
    checked(reply, random.Random(letters), speaker="Ada", others=("Ben",))
