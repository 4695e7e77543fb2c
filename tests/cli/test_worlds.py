"""`backrooms run` with a world at the table: what it may do is said first, and what it asks for is answered."""

import json
from collections.abc import Iterator

import pytest

from tests.cli.conftest import COMMAND, CommandLine
from tests.cli.test_in_a_terminal import Terminal, pty

_QUESTION = b"a word to the agent: "


@pytest.fixture
def terminal(backrooms: CommandLine) -> Iterator[Terminal]:
    speaker = backrooms.script("explorer", "clock now", "dice roll 1d6", "clock now")
    command = [*COMMAND, "run", "cli", "--lm", speaker, "cli", "--max-turns", "6", "--ask", "clock"]
    opened = Terminal(command, backrooms)
    yield opened
    opened.close()


def _exchanges(backrooms: CommandLine, session: str = "last") -> list[dict[str, str]]:
    events = backrooms("replay", session, "--format", "jsonl").events()
    return [one for event in events if event["kind"] == "turn_ended" for one in event.get("exchanges", ())]


def test_a_command_line_sits_where_people_of_universal_backrooms_put_it(backrooms: CommandLine) -> None:
    ran = backrooms("run", "cli", "--lm", backrooms.script("explorer", "clock now"), "cli", "--max-turns", "2")
    assert "Command: clock now" in ran.out
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["done"]


def test_its_own_template_and_an_imported_one_are_played_the_same_way(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "notes create lamp It is on.", "notes list")
    desk = backrooms.folder / "desk.jsonl"
    desk.write_text('{"system_prompt": "You face {lm2_actor}."}\n{"cli": true}\n', "utf-8")
    backrooms("import", str(desk))
    for template in ("cli_with_world_interface", "desk"):
        ran = backrooms("run", "--lm", speaker, "cli", "--template", template, "--max-turns", "4")
        assert "\n  notes: " in ran.out
        assert "lamp" in ran.out.rpartition("Command: notes list")[2]
        assert [one["outcome"] for one in _exchanges(backrooms)] == ["done", "done"]


def test_two_agents_share_a_world_and_each_is_answered(backrooms: CommandLine) -> None:
    ines = backrooms.script("ines", 'Good evening.\n\nnotes create "Sand" never begun')
    tomas = backrooms.script("tomas", "Let me look.\n\nnotes list")
    ran = backrooms("run", "library", "--lm", ines, tomas, "--max-turns", "3")
    assert "[Ines]" in ran.out
    assert "Sand" in ran.out.rpartition("[Tomas]")[2]


def test_what_a_world_may_reach_is_said_before_the_first_turn(backrooms: CommandLine) -> None:
    ran = backrooms("run", "cli", "--lm", backrooms.script("explorer", "clock now"), "cli", "--max-turns", "2")
    assert (ran.out + ran.err).count("clock: reads") == 1
    told = "· What Simulator may read, write and reach:\n  notes: "
    assert ran.out.index(told) < ran.out.index("turn 1")  # and it is kept with the session
    again = backrooms("sessions", "show", "last").out
    assert told in again
    kinds = [json.loads(line) for line in backrooms("replay", "last", "--format", "jsonl").out.splitlines()]
    assert [event["agent"] for event in kinds if event["kind"] == "noticed"] == [2]  # one, in the world's own pane


def test_json_lines_are_nothing_but_events(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now")
    ran = backrooms("run", "cli", "--lm", speaker, "cli", "--max-turns", "2", "--format", "jsonl")
    assert all(json.loads(line)["kind"] for line in ran.out.splitlines())
    assert "clock: reads" in ran.err


def test_where_nobody_is_there_what_is_asked_for_is_denied_and_it_goes_on(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now")
    ran = backrooms("run", "cli", "--lm", speaker, "cli", "--max-turns", "6", "--ask", "clock")
    assert ran.err.count("clock.now was denied: nobody is there to allow it.") == 1
    assert "Allow it from the start with --allow clock" in ran.err
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["denied"] * 3


def test_what_is_denied_never_runs(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now", "dice roll 1d6")
    backrooms("run", "cli", "--lm", speaker, "cli", "--max-turns", "4", "--deny", "clock", "dice")
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["denied", "denied"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--lm", "SPEAKER", "cli", "--allow", "clok"), "did you mean clock?"),
        (("--lm", "SPEAKER", "cli", "--deny", "files.rmm"), "did you mean files.rm"),
        (("--lm", "SPEAKER", "cli", "--order", "manager", "--manager", "cli"), "exos is a world, not a model"),
        (("--lm", "SPEAKER", "cli", "--allow", "web", "--deny", "web"), "--allow and --deny both name 'web'"),
        (("--lm", "SPEAKER", "--allow", "web"), "none is at the table"),
        (("--lm", "SPEAKER", "cli", "--notebook", "two\nlines"), "not a name for a notebook"),
        (("--lm", "SPEAKER", "cli", "--documents", "nowhere"), "does not exist"),
        (("--lm", "SPEAKER", "world/exoz"), "did you mean world/exos?"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(backrooms: CommandLine, words: tuple[str, ...], told: str) -> None:
    speaker = backrooms.script("explorer", "clock now")
    ran = backrooms("run", "cli", *(speaker if word == "SPEAKER" else word for word in words), status=2)
    assert told in ran.err
    assert ran.out == ""


def test_the_folder_of_documents_is_kept_whole(backrooms: CommandLine) -> None:
    (backrooms.folder / "papers").mkdir()
    speaker = backrooms.script("explorer", "clock now")
    words = ("--max-turns", "2", "--documents", "papers", "--notebook", "common", "--format", "jsonl")
    opened = backrooms("run", "cli", "--lm", speaker, "cli", *words).events()[0]
    world = opened["setup"]["agents"][1]["world"]
    assert world["documents"] == str((backrooms.folder / "papers").resolve())
    assert world["notebook"] == "common"


def test_a_branch_that_runs_by_itself_does_not_wait_for_anybody(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now")
    backrooms("run", "cli", "--lm", speaker, "cli", "--max-turns", "2", "--ask", "clock")
    ran = backrooms("sessions", "branch", "last", "--run", "4")
    assert "clock.now was denied" in ran.err
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["denied"] * 3


def test_both_ways_do_not_wait_for_anybody(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now")
    backrooms("run", "cli", "--lm", speaker, "cli", "--max-turns", "2", "--ask", "clock")
    ran = backrooms("sessions", "both", "last", "--turns", "4", "--json")
    assert [ran.json()[way]["how"] for way in ("with", "without")] == ["whole", "whole"]
    assert ran.err.count("clock.now was denied") == 1


def test_many_runs_do_not_wait_for_anybody(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now")
    words = ("-n", "2", "--max-turns", "4", "--ask", "clock", "--json")
    ran = backrooms("repeat", "cli", "--lm", speaker, "cli", *words)
    assert ran.err.count("clock.now was denied") == 1
    assert "clock: reads" in ran.err
    assert ran.json()["done"] == 2


def test_what_a_council_asks_for_does_not_wait_either(backrooms: CommandLine) -> None:
    speaker = backrooms.script("explorer", "clock now")
    (backrooms.folder / "within.toml").write_text(
        """
[template]
title = "Within"
[[agents]]
name = "Ada"
[agents.council]
rules = { max_turns = 2 }
[[agents.council.agents]]
name = "Doubt"
[[agents.council.agents]]
name = "Desk"
world = "exos"
permissions = { clock = "ask" }
[[agents]]
name = "Ben"
""",
        "utf-8",
    )
    ran = backrooms("run", "./within.toml", "--lm", speaker, speaker, "--max-turns", "2")
    assert "What Desk may read, write and reach:" in ran.out
    assert "\n  clock: reads" in ran.out
    assert ran.err.count("clock.now was denied") == 1
    assert len(backrooms("replay", "last", "--format", "jsonl").out.split('"turn_ended"')) == 3


# At a terminal ------------------------------------------------------------------------------------------------------


def test_a_person_at_a_terminal_decides_about_each_command(terminal: Terminal, backrooms: CommandLine) -> None:
    terminal.read(_QUESTION)
    assert b"Explorer asks for clock.now" in terminal.seen
    terminal.type(b"perhaps\n")
    terminal.read(b"Type a, s or d.")
    terminal.type(b"a\n")
    terminal.read(b"turn 2")
    asked, _, terminal.seen = terminal.seen.partition(b"turn 2")  # what comes after it may be there already
    assert asked.count(b"clock now") == 2  # said, and asked for
    terminal.read(_QUESTION)
    terminal.type(b"d not twice\n")
    terminal.read()
    assert b"not twice" in terminal.seen
    assert terminal.process.wait() == 0
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["done", "done", "denied"]


def test_allowed_for_the_session_it_is_not_asked_again(terminal: Terminal, backrooms: CommandLine) -> None:
    terminal.read(_QUESTION)
    terminal.type(b"s\n")
    terminal.seen = b""
    assert _QUESTION not in terminal.read()
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["done"] * 3


def test_ctrl_c_in_place_of_an_answer_ends_it_and_keeps_what_was_said(
    terminal: Terminal, backrooms: CommandLine
) -> None:
    terminal.read(_QUESTION)
    terminal.process.send_signal(2)
    terminal.read()
    assert terminal.process.wait() == 130
    assert [one["turns"] for one in backrooms("sessions", "list", "--json").json()] == [1]


def test_at_the_end_of_what_can_be_typed_it_is_denied(terminal: Terminal, backrooms: CommandLine) -> None:
    terminal.read(_QUESTION)
    terminal.type(b"\x04")
    terminal.read()
    assert terminal.process.wait() == 0
    assert [one["outcome"] for one in _exchanges(backrooms)] == ["denied", "done", "denied"]


assert pty  # skips this file where there are no pseudo-terminals
