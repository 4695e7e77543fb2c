"""`backrooms sessions both`: a session goes on without the ladder and with it."""

import signal

import pytest

from tests.cli.conftest import CommandLine

LOOP = "I agree with you, my friend! That is so very true."


@pytest.fixture
def in_circles(backrooms: CommandLine) -> CommandLine:
    """A session called "A night" that goes in circles for four turns."""
    model = backrooms.script("loop", LOOP)
    backrooms("run", "duo", "--lm", model, "--max-turns", "4", "--title", "A night", "--no-ladder")
    return backrooms


def test_both_ways_are_printed_compared_and_kept(in_circles: CommandLine) -> None:
    ran = in_circles("sessions", "both", "A night", "--turns", "2")
    beginning, *lines = ran.out.splitlines()
    assert beginning.startswith("From turn 4, 2 turns each way, with the standard ladder")
    spoken = [line.split() for line in lines if LOOP in line]
    assert sorted((words[0], words[1], words[3]) for words in spoken) == [
        ("with", "5", "Mara"),
        ("with", "6", "Jonas"),
        ("without", "5", "Mara"),
        ("without", "6", "Jonas"),
    ]
    assert "a nudge to Mara alone" in ran.out
    assert "without: 2 of 2 turns stalled; with: 2 of 2, after 1 nudge" in ran.out
    listed = {one["title"]: one for one in in_circles("sessions", "list", "--json").json()}
    for name in ("without", "with"):
        kept = listed[f"A night · from turn 4 {name} the ladder"]
        assert kept["parent"] == listed["A night"]["id"]
        assert kept["turns"] == 6
        assert f"backrooms replay {kept['id']}" in ran.out
    assert listed["A night"]["turns"] == 4


def test_they_begin_before_the_first_step_of_the_ladder_where_there_was_one(backrooms: CommandLine) -> None:
    model = backrooms.script("loop", LOOP)
    backrooms("run", "duo", "--lm", model, "--max-turns", "10", "--title", "A night", "--ladder")
    made = backrooms("sessions", "both", "A night", "--turns", "1", "--json").json()
    again = backrooms("sessions", "both", "A night", "--turns", "1")
    assert f"From turn {made['from']}, before the first step of the ladder" in again.out
    assert "with the session's own ladder" in again.out
    assert made["from"] < 10
    assert [one["turn"] for one in made["with"]["remedies"]] == [made["from"]]


def test_as_json_it_is_one_object(in_circles: CommandLine) -> None:
    made = in_circles("sessions", "both", "last", "--from", "2", "--turns", "3", "--json").json()
    assert (made["from"], made["turns"]) == (2, 3)
    for name in ("without", "with"):
        way = made[name]
        assert [(one["turn"], one["agent"]) for one in way["turns"]] == [(3, 1), (4, 2), (5, 1)]
        assert way["stalled"] == sum(one["stall"] >= way["stall_at"] for one in way["turns"])
        assert way["how"] == "whole"
        assert in_circles("sessions", "show", way["session"], "--json").json()["parent"] == made["session"]
    assert made["without"]["remedies"] == []


def test_what_is_not_there_is_an_operator_error(in_circles: CommandLine) -> None:
    assert "has no turn 9" in in_circles("sessions", "both", "last", "--from", "9", status=2).err
    in_circles("sessions", "both", "nowhere", status=2)
    assert len(in_circles("sessions", "list", "--json").json()) == 1


def test_a_provider_s_trouble_is_told_and_the_other_way_goes_on(backrooms: CommandLine) -> None:
    failing = backrooms.script("failing", LOOP, f"#! fail: bad_request\n{LOOP}")
    fine = backrooms.script("fine", LOOP)
    backrooms("run", "duo", "--lm", fine, failing, "--max-turns", "3", "--title", "A night", "--no-ladder")
    ran = backrooms("sessions", "both", "last", "--turns", "2", status=3)
    assert "fail with bad request" in ran.err
    assert "without:" in ran.out
    assert len(backrooms("sessions", "list", "--json").json()) == 3


def test_ctrl_c_keeps_what_was_said(backrooms: CommandLine) -> None:
    slow = backrooms.script("slow", LOOP)
    backrooms("run", "duo", "--lm", slow, "--max-turns", "2", "--title", "A night", "--no-ladder", "--param", "rate=20")
    process = backrooms.start("sessions", "both", "last", "--turns", "900")
    assert process.stdout is not None
    for line in process.stdout:
        if LOOP.encode() in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what was said is kept" in err.decode()
    assert "turns stalled" in out.decode()
    kept = [one for one in backrooms("sessions", "list", "--json").json() if one["parent"]]
    assert len(kept) == 2
    assert max(one["turns"] for one in kept) >= 3
