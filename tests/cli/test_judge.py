"""`backrooms judge`: what happened in a session, and its scores."""

import json
import signal

import pytest

from tests.cli.conftest import CommandLine
from tests.hostile import HOSTILE, control_bytes

RUBRIC = """
[rubric]
title = "Manners"
about = "How they treat one another."
[[measures]]
name = "warmth"
low = 1
high = 10
low_means = "cold"
high_means = "warm"
[[measures]]
name = "patience"
low = 1
high = 10
of = "agent"
"""


def answer(warmth: object = 7, text: str = "They met and talked.") -> str:
    given = {"warmth": warmth, "patience_Mara": 4, "patience_Jonas": 5, "patience_A": 4, "patience_B": 5}
    scores = {name: {"reason": "so it is", "turns": [1], "score": score} for name, score in given.items()}
    return json.dumps({"summary": text, **scores})


@pytest.fixture
def told(backrooms: CommandLine) -> CommandLine:
    """A session called "A night" and a rubric of the person's own."""
    backrooms("run", "duo", "--lm", backrooms.script("talk", "Hello there."), "--max-turns", "4", "--title", "A night")
    rubrics = backrooms.folder / "config" / "rubrics"
    rubrics.mkdir(parents=True)
    (rubrics / "manners.toml").write_text(RUBRIC, "utf-8")
    return backrooms


def test_a_table_and_then_what_the_judge_says(told: CommandLine) -> None:
    judge = told.script("judge", answer())
    ran = told("judge", "A night", "--rubric", "manners", "--lm", judge)
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["warmth", "the", "session", "7", "–", "1", "0", "1", "to", "10", "1"] in lines
    assert any(line[:1] == ["patience"] and "Jonas" in line and "5" in line for line in lines)
    assert ran.out.index("warmth") < ran.out.index("They met and talked.")
    assert "0 of 1 verdicts" in ran.err
    assert "1 of 1 verdicts" in ran.err


def test_why_a_score_is_missing_is_told(told: CommandLine) -> None:
    ran = told("judge", "last", "--rubric", "manners", "--lm", told.script("wild", answer(99)))
    assert "warmth: no score, its score 99 is not on the scale; give a whole number from 1 (cold) to 10" in ran.out
    assert "patience" not in ran.out.split("no score", 1)[1]


def test_judges_that_would_not_be_asked_are_refused_rather_than_overlooked(told: CommandLine) -> None:
    judge = told.script("judge", answer())
    assert "by which rubric?" in told("judge", "last", "--lm", judge, "--report", "r.md", status=2).err
    assert not (told.folder / "r.md").exists()
    assert "nobody is asked" in told("judge", "last", "--rubric", "manners", "--lm", judge, "--list", status=2).err
    assert "Nobody has judged" in told("judge", "last", "--list").out


def test_json_has_everything(told: CommandLine) -> None:
    judges = [told.script("one", answer(6)), told.script("two", answer(8, "It was kind."))]
    made = told("judge", "last", "--rubric", "manners", "--lm", *judges, "--repeats", "2", "--swap", "--json").json()
    assert made["rubric"]["title"] == "Manners"
    assert (len(made["verdicts"]), made["wanted"], made["whole"], made["cost"]) == (8, 8, True, 0.0)
    warmth = next(one for one in made["tallies"] if one["measure"] == "warmth")
    assert (warmth["mean"], warmth["count"], warmth["missing"], warmth["turns"]) == (7, 8, 0, [1])
    assert warmth["spread"] > 1
    assert told("judge", "last", "--list", "--json").json() == [made]


def test_names_are_hidden_and_the_key_is_told(told: CommandLine) -> None:
    ran = told("judge", "last", "--rubric", "manners", "--lm", told.script("judge", answer()), "--hide-names")
    assert "names hidden" in ran.out
    assert "Agent A is ① Mara, Agent B is ② Jonas" in ran.out


def test_each_round_by_itself(told: CommandLine) -> None:
    model = told.script("judge", answer().replace("[1]", "[1, 2]"), answer().replace("[1]", "[3, 4]"))
    made = told("judge", "last", "--rubric", "manners", "--lm", model, "--rounds", "--json").json()
    assert [verdict["round"] for verdict in made["verdicts"]] == [1, 2]
    # The second answer belongs to the second round: the first one's turns were not in it.
    assert [verdict["asked"] for verdict in made["verdicts"]] == [1, 2]
    assert [verdict["scores"][0]["turns"] for verdict in made["verdicts"]] == [[1, 2], [3, 4]]
    printed = told("judge", "last", "--rubric", "manners", "--lm", model, "--rounds").out
    assert printed.index("Round 1") < printed.index("Round 2") < printed.index("All rounds together")


def test_what_is_off_the_scale_is_missing_in_the_end(told: CommandLine) -> None:
    model = told.script("judge", answer(11))
    made = told("judge", "last", "--rubric", "manners", "--lm", model, "--json").json()
    score = made["verdicts"][0]["scores"][0]
    assert score["value"] is None
    assert score["missing"] == "its score 11 is not on the scale; give a whole number from 1 (cold) to 10 (warm)"
    assert made["verdicts"][0]["asked"] == 3


def test_what_was_judged_is_listed_and_can_be_deleted(told: CommandLine) -> None:
    assert "Nobody has judged this session yet" in told("judge", "A night", "--list").out
    judge = told.script("judge", answer())
    ids = [told("judge", "last", "--rubric", "manners", "--lm", judge, "--json").json()["id"] for _ in range(2)]
    listed = told("judge", "last", "--list").out
    assert listed.index(ids[1]) < listed.index(ids[0])
    assert "manners" in listed
    assert told("judge", "last", "--delete", ids[0]).out == f"Deleted: {ids[0]}\n"
    assert [one["id"] for one in told("judge", "last", "--list", "--json").json()] == [ids[1]]
    wrong = told("judge", "last", "--delete", "zzz", status=2)
    assert "has no judgement 'zzz'" in wrong.err
    told("judge", "last", "--delete", "last")
    assert told("judge", "last", "--list", "--json").json() == []


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_a_report_is_written(told: CommandLine, suffix: str) -> None:
    model = told.script("judge", answer(text="They met under a lamp."))
    ran = told("judge", "last", "--rubric", "manners", "--lm", model, "--report", f"night{suffix}")
    assert f"night{suffix}" in ran.err
    assert "They met under a lamp." in (told.folder / f"night{suffix}").read_text("utf-8")
    told("judge", "last", "--report", f"again{suffix}")
    assert "They met under a lamp." in (told.folder / f"again{suffix}").read_text("utf-8")


def test_rubrics_are_listed(told: CommandLine) -> None:
    (told.folder / "config" / "rubrics" / "broken.toml").write_text("[rubric]\n", "utf-8")
    listed = told("judge", "--rubrics").out
    for name in ("manners", "forecast", "debate", "character", "persuasion"):
        assert name in listed
    assert "✗" in listed
    by_name = {one["name"]: one for one in told("judge", "--rubrics", "--json").json()}
    assert by_name["manners"]["origin"] == "personal"
    assert [one["name"] for one in by_name["forecast"]["measures"]][:3] == ["progress", "risk", "regulation"]
    assert "title: is missing" in by_name["broken"]["problem"]
    assert told("locate", "rubrics").out.strip() == str(told.folder / "config" / "rubrics")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((), "which session is to be judged?"),
        (("last",), "by which rubric?"),
        (("last", "--rubric", "maners"), "there is no rubric 'maners'\ndid you mean manners?"),
        (("last", "--rubric", "manners"), "nobody is asked to judge"),
        (("nowhere", "--rubric", "manners", "--lm", "scripted/x.txt"), "nowhere"),
        (("last", "--rubric", "manners", "--lm", "scripted/x.txt"), "x.txt"),
        (("last", "--rubric", "manners", "--lm", "opus"), "ANTHROPIC_API_KEY"),
        (
            ("last", "--rubric", "manners", "--lm", "local", "--report", "x.pdf"),
            "a report cannot be written as 'x.pdf'",
        ),
        (("nowhere", "--list"), "nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines(told: CommandLine, words: tuple[str, ...], what: str) -> None:
    ran = told("judge", *words, status=2)
    assert what in ran.err
    assert len(ran.err.splitlines()) == 2
    assert ran.out == ""


def test_one_in_the_trash_is_not_judged(told: CommandLine) -> None:
    told("sessions", "delete", "A night")
    ran = told("judge", "A night", "--rubric", "manners", "--lm", told.script("judge", answer()), status=2)
    assert "is in the trash" in ran.err


def test_where_no_judge_can_say_anything_that_is_trouble(told: CommandLine) -> None:
    model = told.script("judge", f"#! fail: authentication\n{answer()}")
    ran = told("judge", "last", "--rubric", "manners", "--lm", model, status=3)
    assert "authentication" in ran.err
    assert told("judge", "last", "--list", "--json").json() == []


def test_ctrl_c_keeps_what_is_finished(told: CommandLine) -> None:
    fast = told.script("fast", answer())
    process = told.start("judge", "last", "--rubric", "manners", "--lm", fast, "--repeats", "1000")
    assert process.stderr is not None
    for line in process.stderr:
        if b"verdicts" in line and not line.startswith(b"0 of"):
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped after" in out.decode()
    (kept,) = told("judge", "last", "--list", "--json").json()
    assert 0 < len(kept["verdicts"]) < kept["wanted"] == 1000


def test_hostile_words_leave_as_harmless_ones(told: CommandLine) -> None:
    text = " ".join(HOSTILE)
    model = told.script("judge", answer(text=text.replace("\ud800", "")))
    ran = told("judge", "last", "--rubric", "manners", "--lm", model)
    assert not control_bytes(ran.out.encode("utf-8", "replace"))
    assert "clipboard" in ran.out
