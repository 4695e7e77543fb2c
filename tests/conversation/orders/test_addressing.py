"""Who is addressed by name, and who is merely named."""

import time

import pytest

from backrooms_tui.conversation.orders.addressing import addressed

NAMES = {1: "Ada", 2: "Bo", 3: "Cy", 4: "The Captain", 5: "艾达", 6: "Zoë", 7: "Пётр", 8: "민수", 9: "美咲", 10: "Will"}


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("Ada, what do you think?", [1]),
        ("What do you think, Ada?", [1]),
        ("Hey Bo! Come.", [2]),
        ("Thank you, Ada.", [1]),
        ("Good morning, Ada. How are you?", [1]),
        ("I agree with Bo, Ada.", [1]),
        ("You are right, Bo, and I knew it.", [2]),
        ("You know, Ada, it is late.", [1]),
        ("And you, Bo?", [2]),
        ("Ada, who are you?", [1]),
        ("Ada — look!", [1]),
        ("ADA! Stop", [1]),
        ("**Ada**, look", [1]),
        ('"Ada, come here," she said', [1]),
        ("It is done. Cy?", [3]),
        ("I say so.\nCy, go on.\nFine.", [3]),
        ("I am done. Ada: your turn", [1]),
        ("@ada what now", [1]),
        ("I would ask @Bo that", [2]),
        # Several, and lists of them.
        ("Ada, Bo, what do you think?", [1, 2]),
        ("Ada and Bo, what now?", [1, 2]),
        ("Thanks, Ada and Bo.", [1, 2]),
        ("Bo, I am with you. What would you say, Cy?", [2, 3]),
        # A word of a longer name.
        ("Captain, the ice!", [4]),
        ("Aye, The Captain, you are right.", [4]),
        # Other languages.
        ("Was meinst du, Ada?", [1]),
        ("Und du, Bo?", [2]),
        ("Qu'en penses-tu, Zoë ?", [6]),
        ("Zoe\u0308, et toi ?", [6]),
        ("¿Qué piensas, Ada?", [1]),
        ("¡Ada, ven!", [1]),
        ("Пётр, что ты думаешь?", [7]),
        ("艾达，你怎么看？", [5]),
        ("你觉得呢，艾达？", [5]),
        ("你好艾达，来吧", [5]),
        ("민수야, 어떻게 생각해?", [8]),
        ("美咲さん、どう思いますか。", [9]),
        ("どう思いますか、美咲さん？", [9]),
        ("Will, go.", [10]),
    ],
)
def test_a_name_that_stands_apart_addresses(text: str, seats: list[int]) -> None:
    assert addressed(text, NAMES) == seats


@pytest.mark.parametrize(
    "text",
    [
        "I agree with Ada.",
        "I like Ada! She is nice.",
        "Ada's hat is red.",
        "Bo said no.",
        "Does Ada agree?",
        "Ada, Bo and Cy were there.",
        "I met Bo, Cy, and Ada.",
        "Yesterday my sister, Ada, came home.",
        "Ada, who spoke first, said so.",
        "我和艾达去了",
        "The captain, of course, agreed.",
        "I would, if they will, power the light.",
        "Adam, look. Bolivia, yes.",
        # A list, a signature, a script, a quotation, code.
        "- Ada",
        "Ada",
        "Ada: I say no.",
        "**Ada:** I say no.",
        "> Ada, look",
        "```\nAda, look\n```",
        "",
    ],
)
def test_a_name_in_its_sentence_does_not(text: str) -> None:
    assert addressed(text, NAMES) == []


def test_a_word_that_two_names_share_is_nobodys() -> None:
    assert addressed("Tom, and you?", {1: "Old Tom", 2: "Young Tom"}) == []
    assert addressed("Old Tom, and you?", {1: "Old Tom", 2: "Young Tom"}) == [1]


def test_two_agents_of_one_name_are_not_told_apart() -> None:
    assert addressed("Ada, and you?", {1: "Ada", 2: "Ada"}) == []


def test_a_name_of_signs_is_only_a_name() -> None:
    assert addressed("R.*, and you? (C++), and you?", {1: "R.*", 2: "C++", 3: "Rob"}) == [1, 2]


def test_a_very_long_turn_takes_no_time() -> None:
    text = "I like Ada, and she said, well, that Bo was here. " * 2000
    began = time.process_time()
    addressed(text, NAMES)
    assert time.process_time() - began < 2
