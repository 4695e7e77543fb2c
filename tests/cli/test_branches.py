"""`backrooms sessions branch` and `compare`: the same moment in several ways, and what came of each."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def night(backrooms: CommandLine) -> CommandLine:
    """A session called "A night", of four turns."""
    model = backrooms.script("one", "The lamp is lit and the sea is calm tonight, my friend.")
    backrooms("run", "duo", "--lm", model, "--max-turns", "4", "--title", "A night")
    return backrooms


def test_the_same_moment_with_several_models(night: CommandLine) -> None:
    cleo, dora = night.script("cleo", "Cleo speaks."), night.script("dora", "Dora speaks.")
    ran = night("sessions", "branch", "A night", "--from", "2", "--lm", cleo, dora, "--run", "2")
    assert {"1     3 ① Mara  Cleo speaks.", "2     4 ② Jonas  Dora speaks."} <= set(ran.out.splitlines())
    listed = {one["title"]: one for one in night("sessions", "list", "--json").json()}
    for name in ("cleo", "dora"):
        made = listed[f"A night · from turn 2 with {name}"]
        assert (made["parent"], made["turns"]) == (listed["A night"]["id"], 4)
        assert made["id"] in ran.out
    assert listed["A night"]["turns"] == 4


def test_one_seat_words_an_edit_and_several_times_as_json(night: CommandLine) -> None:
    cleo = night.script("cleo", "Cleo speaks.")
    made = night(
        *("sessions", "branch", "last", "--from", "3", "--lm", f"2={cleo}", "--times", "2", "--seed", "5"),
        *("--edit", "1=It is dark.", "--whisper", "1=Doubt it.", "--say", "Look up.", "--param", "2.temperature=0.2"),
        *("--run", "1", "--title", "Twice", "--json"),
    ).json()
    assert [(one["title"], one["from"], one["seed"], one["turns"], one["trouble"]) for one in made] == [
        ("Twice with cleo as 2, 1 of 2", 3, 5, 4, None),
        ("Twice with cleo as 2, 2 of 2", 3, 6, 4, None),
    ]
    assert [seat["model"] for seat in made[0]["agents"]] != [cleo, cleo]
    shown = night("sessions", "show", made[0]["id"]).out
    assert "Doubt it." in shown
    assert "Look up." in shown
    assert night("sessions", "show", made[0]["id"], "--json").json()["turns"][0]["text"] == "It is dark."


def test_from_the_last_turn_where_nobody_says(night: CommandLine) -> None:
    assert [one["from"] for one in night("sessions", "branch", "last", "--json").json()] == [4]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--from", "9"), "no turn 9"),
        (("--lm", "3=local"), "no seat 3"),
        (("--edit", "first=No."), "--edit 'first=No.'"),
        (("--whisper", "Psst."), "--whisper"),
        (("--param", "temperature"), "has no value"),
        (("--lm", "nonesuch-model-9"), "nonesuch-model-9"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines_and_nothing_is_made(
    night: CommandLine, words: tuple[str, ...], what: str
) -> None:
    ran = night("sessions", "branch", "A night", *words, status=2)
    assert what in ran.err
    assert len(ran.err.strip().splitlines()) == 2
    assert len(night("sessions", "list", "--json").json()) == 1


def test_a_provider_s_trouble_is_told_and_the_others_go_on(night: CommandLine) -> None:
    failing, fine = night.script("failing", "#! fail: bad_request\nNo."), night.script("fine", "Yes.")
    ran = night("sessions", "branch", "A night", "--lm", failing, fine, "--run", "2", status=3)
    assert "bad request" in ran.err
    assert sorted(one["turns"] for one in night("sessions", "list", "--json").json()) == [4, 4, 6]


def test_two_are_compared_from_where_they_part(night: CommandLine) -> None:
    two = night.script("two", "Copper tastes of thunder.", "The lamp is lit and the sea is rough tonight, my friend.")
    (made,) = night("sessions", "branch", "A night", "--from", "2", "--lm", two, "--run", "3", "--json").json()
    lines = night("sessions", "compare", "A night", made["id"]).out.splitlines()
    assert "2 turns in common" in lines
    assert any(line.startswith("A  ") and line.endswith("A night") for line in lines)
    assert any(line.startswith("   3 turns, 28 words, free, ") for line in lines)
    merged = "The lamp is lit and the sea is [-calm-]{+rough+} tonight, my friend."
    assert f"   4 ≈  ② Jonas  {merged}" in lines
    assert "   5 B  ① Mara  Copper tastes of thunder." in lines
    told = night("sessions", "compare", "A night", made["id"], "--json").json()
    assert (told["common"], told["a"]["turns"], told["b"]["words"]) == (2, 2, 28)
    assert [(one["turn"], one["same"], one["a"] is None) for one in told["turns"]] == [
        (3, False, False),
        (4, False, False),
        (5, False, True),
    ]
    assert told["turns"][0]["likeness"] > 0.5
    assert told["turns"][2]["likeness"] is None


def test_strangers_are_an_operator_error(night: CommandLine) -> None:
    night("run", "duo", "--lm", night.script("x", "Yes."), "--max-turns", "2", "--title", "A day")
    assert "no turn in common" in night("sessions", "compare", "A night", "A day", status=2).err
    assert "like itself" in night("sessions", "compare", "A night", "A night", status=2).err


def test_another_system_text_and_limit(night: CommandLine, tmp_path: Path) -> None:
    text = tmp_path / "lighthouse.txt"
    text.write_text("You are a lighthouse.\nYou say {{ little }}.\n", "utf-8")
    systems = ("--system", f"1=@{text}", "--system", "2=You are the sea.")
    (made,) = night(
        "sessions", "branch", "last", "--from", "2", *systems, "--max-turns", "3", "--run", "9", "--json"
    ).json()
    assert made["turns"] == 3
    events = [json.loads(line) for line in night("replay", made["id"], "--format", "jsonl").out.splitlines()]
    changed = {one["agent"]: one["system"] for one in events if one["kind"] == "agent_changed"}
    assert changed == {1: "You are a lighthouse.\nYou say {{ little }}.", 2: "You are the sea."}


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("You are the sea.", "does not say for whom"),
        ("1=@nonesuch.txt", "nonesuch.txt"),
        ("1=@.", "it is no file"),
        ("3=You are the sea.", "no seat 3"),
        ("1=@~nobody-of-that-name/sea.txt", "it is no file"),
        (f"{'9' * 5000}=You are the sea.", "does not say for whom"),
    ],
)
def test_a_system_text_for_nobody_or_from_nowhere_is_an_operator_error(
    night: CommandLine, words: str, what: str
) -> None:
    ran = night("sessions", "branch", "last", "--system", words, status=2)
    assert what in ran.err
    assert len(ran.err.splitlines()) == 2
    assert len(night("sessions", "list", "--json").json()) == 1


def test_the_family_is_listed_as_a_tree(night: CommandLine) -> None:
    first = night("sessions", "list", "--json").json()[0]["id"]
    (one,) = night("sessions", "branch", first, "--from", "2", "--json").json()
    (two,) = night("sessions", "branch", one["id"], "--from", "1", "--title", "\x1b[31mRed", "--json").json()
    lines = night("sessions", "branches", one["id"]).out.splitlines()
    assert lines[1].startswith(f"{first}  A night")
    assert f"{one['id']}  └─ • A night · from turn 2" in lines[2]
    assert f"{two['id']}     └─ " in lines[3]
    assert "turn 1" in lines[3]
    assert "\x1b" not in "".join(lines)
    listed = night("sessions", "branches", "A night", "--json").json()
    assert [(one["id"], one["depth"], one["from"]) for one in listed] == [
        (first, 0, None),
        (one["id"], 1, 2),
        (two["id"], 2, 1),
    ]


def test_where_one_of_several_cannot_be_got_ready_none_is_kept(night: CommandLine) -> None:
    cleo, dora, ella = (night.script(name, "Hello.") for name in ("cleo", "dora", "ella"))
    models = (cleo, dora, "ollama/nobody-there", ella)
    words = ("sessions", "branch", "last", "--from", "2", "--lm", *models, "--run", "1")
    ran = night(*words, status=3, OLLAMA_HOST="127.0.0.1:9")
    assert "ollama" in ran.err
    assert len(ran.err.splitlines()) == 2
    assert len(night("sessions", "list", "--json").json()) == 1
