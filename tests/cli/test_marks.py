"""`backrooms sessions mark` and `moments`: stars, tags and notes from the command line."""

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def night(backrooms: CommandLine) -> CommandLine:
    model = backrooms.script("calm", "drops on the roof", "a warm stone")
    backrooms("run", "duo", "--lm", model, "--max-turns", "3", "--title", "Rain")
    return backrooms


def test_a_turn_and_a_session_are_marked_and_listed(night: CommandLine) -> None:
    assert night("sessions", "moments").out.startswith("Nothing has a star yet.")
    assert night("sessions", "mark", "last").out == "Nothing is marked there.\n"
    marked = night("sessions", "mark", "rain", "--turn", "2", "--star", "--tag", "Night", "#deep", "--note", "so\nso")
    assert marked.out == "turn 2 ★ #Night #deep\n  so\n  so\n"
    night("sessions", "mark", "last", "--star", "--note", "all of it")
    both = night("sessions", "mark", "last", "--json").json()
    assert [(one["turn"], one["tags"], one["note"]) for one in both] == [
        (None, [], "all of it"),
        (2, ["Night", "deep"], "so\nso"),
    ]
    found = night("sessions", "moments", "--json").json()
    assert [(one["turn"], one["name"], one["text"]) for one in found] == [
        (None, "", ""),
        (2, "Jonas", "drops on the roof"),
    ]
    assert [one["turn"] for one in night("sessions", "moments", "--tag", "NIGHT", "--json").json()] == [2]
    table = night("sessions", "moments").out
    assert [word in table for word in ("the whole session", "drops on the roof", "#Night #deep so", "Rain")] == [
        True
    ] * 4
    (listed,) = night("sessions", "list", "is:starred", "--json").json()
    assert (listed["starred"] is not None, listed["note"], listed["starred_turns"]) == (True, "all of it", 1)
    assert "★ Rain" in night("sessions", "list").out
    assert night("sessions", "show", "last", "--json").json()["marks"] == both
    assert night("sessions", "show", "last").out.endswith("session ★\n  all of it\nturn 2 ★ #Night #deep\n  so\n  so\n")
    hits = night("sessions", "find", "tag:night", "is:starred", "roof", "--json").json()
    assert [hit["turn"] for hit in hits] == [2]


def test_marks_are_changed_and_taken_away(night: CommandLine) -> None:
    night("sessions", "mark", "last", "--turn", "1", "--star", "--tag", "a", "b", "--note", "x")
    changed = night("sessions", "mark", "last", "--turn", "1", "--no-star", "--untag", "A", "--tag", "c").out
    assert changed == "turn 1 #b #c\n  x\n"
    gone = night("sessions", "mark", "last", "--turn", "1", "--untag", "b", "c", "--note", "").out
    assert gone == "Turn 1 has no mark.\n"
    assert night("sessions", "mark", "last", "--json").json() == []
    assert night("sessions", "moments", "--tag", "b").out == "Nothing with a star has the tag b.\n"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--turn", "9", "--star"), "there is no turn 9"),
        (("--tag", "a.b"), "'a.b' is no tag"),
    ],
)
def test_a_mistake_is_told_in_two_lines(night: CommandLine, words: tuple[str, ...], what: str) -> None:
    told = night("sessions", "mark", "last", *words, status=2)
    assert told.out == ""
    assert what in told.err.splitlines()[0]
    assert len(told.err.splitlines()) == 2


def test_a_shell_completes_tags(night: CommandLine) -> None:
    night("sessions", "mark", "last", "--tag", "Night", "--star")
    completed = night(
        status=None,
        _BACKROOMS_COMPLETE="bash_complete",
        COMP_WORDS="backrooms sessions moments --tag N",
        COMP_CWORD="4",
    )
    assert completed.out == "plain,Night\n"
