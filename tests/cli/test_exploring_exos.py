"""Whole sessions at the built-in world: kept, replayed, branched with their notes, sharing a notebook."""

import json

from tests.cli.conftest import CommandLine

EXPLORER = (
    "Let me keep this.\n\nnotes create The first room: it is yellow",
    "```\n$ mkdir finds\n$ echo a key > finds/key.txt\n```",
    "notes create The second room\nIt hums.\n\nNobody is there.",
    "notes list",
    "files tree",
    "dice roll 20d20",
    "files cat ../../etc/passwd",
)


def explored(backrooms: CommandLine, *options: str) -> list[str]:
    """The screens of a session with this explorer."""
    talk = ("run", "cli", "--lm", backrooms.script("explorer", *EXPLORER), "cli", "--max-turns", "14", "--seed", "3")
    backrooms(*talk, *options)
    return screens(backrooms, "last")


def screens(backrooms: CommandLine, session: str) -> list[str]:
    """The screens of a session, in their order, without their heads."""
    ends = [one for one in backrooms("replay", session, "--format", "jsonl").events() if one["kind"] == "turn_ended"]
    return [exchange["screen"].partition("UTC\n\n")[2] for end in ends for exchange in end.get("exchanges", ())]


def test_a_session_is_replayed_with_its_screens_and_repeats_itself_with_a_seed(backrooms: CommandLine) -> None:
    said = explored(backrooms)
    assert "The first room" in said[4]
    assert "The second room" in said[4]
    assert "finds/\n  key.txt" in said[5]
    assert "There is no /etc/passwd here" in said[7]
    assert explored(backrooms) == said


def test_a_branch_takes_the_notes_and_files_along(backrooms: CommandLine) -> None:
    explored(backrooms)
    branched = backrooms(
        "sessions", "branch", "last", "--from", "4", "--whisper", "2=notes list", "--run", "2", "--json"
    )
    branch = json.loads(branched.out)[0]["id"]
    *_, listed, noted = screens(backrooms, branch)
    assert "1 note" in listed
    assert "The first room" in listed
    assert "Note 2 is kept" in noted


def test_sessions_that_share_a_notebook_read_what_the_others_noted(backrooms: CommandLine) -> None:
    first, second = (explored(backrooms, "--notebook", "field notes") for _ in range(2))
    assert "2 notes in field notes" in first[4]
    assert "4 notes in field notes" in second[4]
    backrooms("sessions", "delete", "last", "--yes")
    assert "6 notes" in explored(backrooms, "--notebook", "field notes")[4]
