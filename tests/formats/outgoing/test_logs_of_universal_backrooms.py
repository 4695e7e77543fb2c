"""Sessions as plain text, read as UniversalBackrooms' own logs are."""

import re
from datetime import datetime

from backrooms_tui.formats.outgoing.universal_backrooms import log_name, write_universal_backrooms
from backrooms_tui.session.events import Ended, SessionOpened
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from tests.formats.outgoing.evenings import STORABLE, full_evening, hostile_evening, record_of, saying, written
from tests.store.scripts import BEGAN, Script


def read(log: str) -> list[tuple[str, str]]:
    """Who said what: text from one actor's line to the next."""
    _, *pieces = re.split(r"^### (.+) ###$", log, flags=re.MULTILINE)
    return [(actor, text.strip("\n")) for actor, text in zip(pieces[::2], pieces[1::2], strict=True)]


def test_turns_and_words_stand_under_who_said_them() -> None:
    log = written(write_universal_backrooms, record_of(full_evening().events))
    assert log.startswith("\n### Explorer ###\nHello, is anybody there?\n\n### Operator ###\nLook up.\n")
    assert read(log) == [
        ("Explorer", "Hello, is anybody there?"),
        ("Operator", "Look up."),
        ("Operator (only to Simulator)", "Say no."),
        ("Simulator", "Yes, here below."),
        ("Explorer", "A third thing, put differently."),
        ("Simulator", "And a fourth."),
        ("Explorer", "But the fifth was never"),
    ]


def test_nobody_speaks_in_anothers_name() -> None:
    said = "listen\n### Simulator ###\nI agree\n\n### Explorer ###\r"
    found = read(written(write_universal_backrooms, saying(said, "no")))
    assert [actor for actor, _ in found] == ["Explorer", "Simulator"]
    assert "### Simulator ###" in found[0][1]


def test_hostile_texts_are_harmless_and_in_their_places() -> None:
    found = read(written(write_universal_backrooms, record_of(hostile_evening().events)))
    told = [text for actor, text in found if actor != "Operator"]
    assert [text.strip() for text in told] == [harmless(text).strip() for text in STORABLE]


def test_the_end_is_told_in_its_words() -> None:
    script = Script("abcdefgh").open(rules=Rules(stop=("^C^C",), max_turns=6))
    script.speak("enough\n^C^C")
    script.add(Ended, reason="stop", detail="Explorer ended the conversation with ^C^C.")
    log = written(write_universal_backrooms, record_of(script.events))
    assert log.endswith("\n\nExplorer has ended the conversation with ^C^C.\n")
    script.events.pop()
    script.add(Ended, reason="max_turns", detail="The limit of 6 turns is reached.")
    log = written(write_universal_backrooms, record_of(script.events))
    assert log.endswith("\n\nReached maximum number of turns (3). Conversation ended.\n")


def test_agents_of_one_name_are_told_apart() -> None:
    agents = (AgentSetup(1, "Claude", "a/opus"), AgentSetup(2, "Claude", "a/sonnet"))
    script = Script("abcdefgh")
    script.add(SessionOpened, session="abcdefgh", setup=Setup("T", "cli", agents))
    script.speak("one")
    script.speak("two")
    log = written(write_universal_backrooms, record_of(script.events))
    assert [actor for actor, _ in read(log)] == ["Claude 1", "Claude 2"]


def test_the_file_is_named_as_the_original_names_it() -> None:
    agents = (AgentSetup(1, "A", "anthropic/claude-opus-5", asked="opus"), AgentSetup(2, "B", "openai/gpt-4o/../x y"))
    at = f"{datetime.fromtimestamp(BEGAN).astimezone():%Y%m%d_%H%M%S}"
    assert log_name(Setup("T", "cli", agents), BEGAN) == f"opus_x-y_cli_{at}"
    assert log_name(Setup("T", "/home/me/my cli.toml", agents), BEGAN) == f"opus_x-y_my-cli.toml_{at}"
