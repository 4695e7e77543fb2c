"""A log of another tool, in a real terminal with a real model: brought in, continued, branched, compared, found, handed
on, deleted, brought back."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.formats.outgoing.browser import Browser, needs_chromium
from tests.journeys.terminal import Terminal, needs_tmux
from tests.journeys.test_first_evening import sitting_at, turn_of

# The model shares the machine with whatever else runs on it.
pytestmark = [needs_tmux, needs_chromium, pytest.mark.timeout(600)]

SAMPLES = Path(__file__).parents[1] / "formats" / "samples"
LOG = "sonnet_opus_harbour_master_20240702_080910.txt"
PHRASE = "The tide, which is never late."
SLOWLY = 150  # seconds that a few turns of a busy model may take


def bring_in(terminal: Terminal) -> None:
    """Looked into first, and then kept."""
    terminal.sees("No sessions yet")
    terminal.press("I")
    terminal.sees("Import", LOG)
    terminal.type("sonnet")
    terminal.sees(f"▸ {LOG}")
    terminal.press("Enter")
    terminal.sees("log of UniversalBackrooms", "turns     4", "enter brings it in")
    terminal.press("Enter")
    terminal.sees("It is among your sessions now", "enter goes on with it")


def go_on(terminal: Terminal) -> None:
    """Asked is only what the file does not say: who is to speak here."""
    terminal.press("Enter")
    terminal.sees("Which models are to speak", "① Claude 1", "ctrl+l picks a model")
    terminal.type("local")
    terminal.sees("local")
    terminal.press("Enter")
    terminal.until(lambda screen: turn_of(screen) == 4 and "space goes on" in screen, "the stage")
    terminal.press("n")
    terminal.until(lambda screen: turn_of(screen) == 5 and "‖ paused" in screen, "a fifth turn", seconds=SLOWLY)


def branch_twice(terminal: Terminal) -> None:
    """From turn 5, shorter and longer."""
    terminal.press("F")
    terminal.sees("Branch with changes", "from turn       5", "as it was")
    for number, tokens in enumerate((12, 24), start=1):
        terminal.press("Enter" if number == 1 else "n")
        terminal.sees(f"Branch {number} from turn 5", "enter searches")
        terminal.press("Tab", "Tab", "Tab")
        terminal.type(f"max_tokens={tokens}")
        terminal.sees(f"max_tokens={tokens}")
        terminal.press("C-s")
        terminal.sees("Branch with changes", f"{number} ② max_tokens={tokens}")
    terminal.press("Tab")
    terminal.sees("how many turns each")
    terminal.type("1")
    terminal.sees("turns each      1")
    terminal.press("C-s")
    terminal.until(lambda screen: screen.count("1 of 1") == 2 and "2 of 2 turns" in screen, "both", seconds=SLOWLY)


def compare(terminal: Terminal) -> None:
    """Side by side, from where they part."""
    terminal.press("c")
    terminal.sees("Compare", "5 turns in common", "6 ② Claude 2")
    terminal.press("Escape")
    terminal.sees("2 branches")
    terminal.press("Escape")
    terminal.until(lambda screen: turn_of(screen) == 5 and "space Run" in screen, "the stage")
    terminal.press("Escape")
    terminal.sees("3 sessions")


def find(terminal: Terminal) -> None:
    """A phrase, straight to its turn."""
    terminal.press("F")
    terminal.sees("both words, anywhere in what was said")
    terminal.type(f'"{PHRASE[:-1]}"')
    terminal.sees("3 places in 3 sessions", PHRASE)
    terminal.press("Enter")
    terminal.sees("▷ replay", "turn 2 of", PHRASE)
    terminal.press("Escape")
    terminal.sees("3 places in 3 sessions")
    terminal.press("Escape")
    terminal.sees("3 sessions", "n New")


def marked(screen: str) -> str:
    """The row that is marked; in front, where there are two lists."""
    return next((line for line in reversed(screen.splitlines()) if "▸" in line), "")


def go_down_to(terminal: Terminal, row: str) -> None:
    """Key by key, with a look after each."""
    while row not in (now := marked(terminal.sees("▸"))):
        terminal.press("Down")
        terminal.until(lambda screen, now=now: marked(screen) != now, "another row")


def hand_on(terminal: Terminal, home: CommandLine) -> dict[str, Path]:
    """The first of them as a page and as events."""
    go_down_to(terminal, "▸ harbour_master")
    written = {}
    for kind, format in ((".html", "Web page"), (".jsonl", "Events")):
        terminal.press("x")
        terminal.sees("Export harbour_master", "→", "Fine-tuning")
        go_down_to(terminal, f"▸ {format}")
        terminal.until(lambda screen, kind=kind: kind in re.sub(r"[│\s]", "", screen.partition("→")[2]), kind)
        terminal.press("Enter")
        terminal.sees("Written:", "c copies the path")
        (written[kind],) = home.folder.rglob(f"*harbour*{kind}")
        terminal.press("Escape")
        terminal.until(lambda screen: "Written:" not in screen and "3 sessions" in screen, "home")
    return written


def delete_and_bring_back(terminal: Terminal) -> None:
    """To the trash, and out of it."""
    terminal.press("d")
    terminal.sees("2 sessions")
    terminal.press("T")
    terminal.sees("Trash", "harbour_master · Claude 1 ↔ Claude 2")
    terminal.press("b")
    terminal.sees("Trash · empty", "is back among your sessions")
    terminal.press("Escape")
    terminal.sees("3 sessions")


def test_from_a_log_to_what_is_handed_on(with_starter: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> None:
    shutil.copy(SAMPLES / LOG, with_starter.folder)
    with sitting_at(with_starter) as terminal:
        bring_in(terminal)
        go_on(terminal)
        branch_twice(terminal)
        compare(terminal)
        find(terminal)
        written = hand_on(terminal, with_starter)
        delete_and_bring_back(terminal)
        terminal.press("C-q")
        assert terminal.leaves() == 0

    kept = with_starter("sessions", "list", "--json").json()
    (first,) = [one for one in kept if one["parent"] is None]
    assert first["turns"] == 5
    assert [one["turns"] for one in kept if one["parent"] == first["id"]] == [6, 6]

    events = with_starter("replay", first["id"], "--format", "jsonl").events()
    turns = [event["text"] for event in events if event["kind"] == "turn_ended"]
    assert len(turns) == 5

    # A browser shows all of it, and asks nobody else for anything.
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        browser.open(written[".html"])
        browser.until("document.querySelectorAll('#talk > section > *').length >= 5")
        page = "".join(browser.run("document.querySelector('#talk').textContent").split())
        assert all("".join(turn.split())[:60] in page for turn in turns[:4])
        assert [address for address in browser.requests if not address.startswith("file:")] == []
        assert browser.said == []

    # The events make the same session on another machine.
    elsewhere = CommandLine(tmp_path_factory.mktemp("elsewhere"))
    (brought,) = elsewhere("import", str(written[".jsonl"]), "--json").json()
    assert elsewhere("replay", brought["id"], "--format", "jsonl").events() == events
