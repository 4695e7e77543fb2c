"""Asking a judge: what counts, what is asked for again, and what is missing in the end. Nothing is ever invented."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from backrooms_tui.judging.asking import Manner, verdict
from backrooms_tui.judging.questions import items_of, schema_of
from backrooms_tui.judging.showing import Shown, show
from backrooms_tui.providers.base import Request
from backrooms_tui.session.judgement import Measure, Rubric, Score
from backrooms_tui.session.trouble import Trouble
from tests.judging.talk import QUALITY, RUBRIC, USED, WARMTH, Judge, matter, turn

ALL = {
    "summary": "They talked.",
    "quality": {"reason": "It went on.", "turns": [1, 2], "score": 7},
    "warmth_Ada": {"reason": "Kind.", "turns": [1], "score": 0.75},
    "warmth_Brook": {"reason": "Cold.", "turns": [2], "score": 0},
}


def answer(**changed: Any) -> str:
    """An answer that counts, but for what is changed; None takes it out."""
    whole: dict[str, Any] = {**ALL, **changed}
    return json.dumps({name: value for name, value in whole.items() if value is not None})


def shown(**values: Any) -> Shown:
    return show(matter("Ahoy!", "Go away."), (1, 2), hidden=False, room=10_000, **values)


def given(score: object, turns: object = (1,), reason: object = "so") -> dict[str, object]:
    return {"reason": reason, "turns": turns if not isinstance(turns, tuple) else list(turns), "score": score}


async def test_a_whole_answer_makes_a_verdict() -> None:
    judge = Judge(answer())
    said = await verdict(judge.line(), RUBRIC, shown(), Manner(), repeat=2, hidden=True, round=3)
    assert said.scores == (
        Score("quality", None, 7, (1, 2), "It went on."),
        Score("warmth", 1, 0.75, (1,), "Kind."),
        Score("warmth", 2, 0.0, (2,), "Cold."),
    )
    assert isinstance(said.scores[0].value, int)
    assert (said.judge, said.summary, said.repeat, said.round) == ("some/m", "They talked.", 2, 3)
    assert (said.order, said.hidden, said.asked, said.usage, said.cost) == ((1, 2), True, 1, USED, 0.5)
    assert said.trouble == ""


@pytest.mark.parametrize("digits", [16, 400, 5000])
async def test_a_number_that_no_machine_reckons_with_is_no_score(digits: int) -> None:
    judge = Judge(answer().replace('"score": 7', f'"score": 1{"0" * digits}'), answer())
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert (said.scores[0].value, said.asked, said.trouble) == (7, 2, "")


@pytest.mark.parametrize(
    "twice",
    [
        answer().replace('"score": 7', '"score": 7, "score": 9'),
        answer()[:-1] + ', "quality": {"reason": "so", "turns": [1], "score": 3}}',
    ],
)
async def test_of_two_different_scores_in_one_answer_neither_counts(twice: str) -> None:
    judge = Judge(twice, answer(quality=given(4)))
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert (said.scores[0].value, said.asked) == (4, 2)
    assert "given twice" in judge.words()[1]


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is: {} I hope it helps {{or not}}.", "{{x}} {}"])
async def test_an_answer_may_stand_among_words(around: str) -> None:
    judge = Judge(around.format(answer()))
    assert (await verdict(judge.line(), RUBRIC, shown(), Manner())).scores[0].value == 7


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (given(11), "its score 11 is not on the scale; give a whole number from 1 (poor) to 10 (fine)"),
        (given(0), "its score 0 is not on the scale"),
        (given(-3), "its score -3 is not on the scale"),
        (given(7.5), "its score 7.5 is not a whole number"),
        (given("seven"), 'its score "seven" is not a number'),
        (given("7/10"), 'its score "7/10" is not a number'),
        (given(True), "its score true is not a number"),
        (given([7]), "its score [7] is not a number"),
        (given(None), "it has no score"),
        (given(1e999), "its score Infinity is not a number"),
        (given(7, (9,)), "it cites turn 9, which is not among those that were shown"),
        (given(7, (0,)), "it cites turn 0"),
        (given(7, ()), "it cites no turns"),
        (given(7, None), "it cites no turns"),
        (given(7, ["the first"]), 'it cites "the first", which is not the number of a turn'),
        (given(7, [True]), "it cites true"),
        (given(7, [1.5]), "it cites 1.5"),
        (7, "it is not an object with reason, turns and score"),
        (None, "it is missing"),
    ],
)
async def test_what_does_not_count_is_asked_for_again_with_what_is_wrong(wrong: Any, told: str) -> None:
    judge = Judge(answer(quality=wrong), json.dumps({"quality": given(4)}))
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert said.scores[0] == Score("quality", None, 4, (1,), "so")
    assert [score.value for score in said.scores[1:]] == [0.75, 0.0]
    assert said.asked == 2
    again = judge.requests[1]
    assert f"“quality”: {told}" in again.messages[-1].text
    # Only that one is asked for, after the judge's own answer.
    assert "warmth" not in again.messages[-1].text
    assert list(again.schema["properties"]) == ["quality"]  # type: ignore[index, arg-type, call-overload]
    assert [message.role for message in again.messages] == ["user", "assistant", "user"]


@pytest.mark.parametrize("score", ["7", " 7.0 ", 7.0])
async def test_a_number_is_a_number_however_it_is_written(score: object) -> None:
    judge = Judge(answer(quality=given(score, ["turn 2", 2, "#1"])))
    assert (await verdict(judge.line(), RUBRIC, shown(), Manner())).scores[0] == Score("quality", None, 7, (1, 2), "so")


async def test_after_two_more_times_it_is_missing_and_why_is_kept() -> None:
    judge = Judge(answer(quality=given(11)), json.dumps({"quality": given(0)}), json.dumps({"quality": given(99)}))
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert said.asked == 3
    assert said.scores[0].value is None
    assert said.scores[0].missing.startswith("its score 99 is not on the scale")
    assert said.scores[0].turns == ()
    assert said.trouble == ""


@pytest.mark.parametrize("text", ["I would rather not.", "{", '{"quality": {"score": 7', "[1, 2]", "null", "{" * 5000])
async def test_what_is_no_answer_leaves_everything_missing(text: str) -> None:
    judge = Judge(text)
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert said.asked == 3
    assert [score.value for score in said.scores] == [None] * 3
    assert {score.missing for score in said.scores} == {"the answer is not the JSON object that was asked for"}
    assert said.usage == USED + USED + USED


async def test_one_score_at_a_time() -> None:
    def reply(request: Request) -> str:
        if request.schema is None:
            return "In plain words."
        (name,) = request.schema["properties"]  # type: ignore[misc, attr-defined]
        return json.dumps({name: ALL[str(name)]})

    judge = Judge(reply)
    said = await verdict(judge.line(), RUBRIC, shown(), Manner(at_once=1))
    assert said.summary == "In plain words."
    assert [score.value for score in said.scores] == [7, 0.75, 0.0]
    assert said.asked == 4
    # Each begins with the same words, and none has an answer in it.
    starts = {request.messages[0].text.partition("=== transcript")[0] for request in judge.requests}
    assert len(starts) == 1
    assert all(len(request.messages) == 1 for request in judge.requests)


async def test_without_a_schema_the_words_ask_for_the_same() -> None:
    judge = Judge(answer())
    said = await verdict(judge.line(), RUBRIC, shown(), Manner(by_schema=False))
    assert judge.requests[0].schema is None
    assert said.scores[0].value == 7


async def test_who_said_nothing_is_not_scored() -> None:
    said_by_one = show(matter(turn(1, "Hello?", 1), turn(2, "Anybody?", 1)), (1, 2), hidden=False, room=10_000)
    judge = Judge(answer(warmth_Brook=None))
    said = await verdict(judge.line(), RUBRIC, said_by_one, Manner())
    assert said.asked == 1
    assert said.scores[2] == Score("warmth", 2, None, missing="the agent said nothing in what was judged")


async def test_trouble_that_may_pass_is_waited_for() -> None:
    judge = Judge(Trouble("rate_limit", "slow down", may_pass=True), answer())
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert (said.scores[0].value, said.asked, said.trouble) == (7, 2, "")


async def test_trouble_that_stays_is_told_and_nothing_is_made_up() -> None:
    judge = Judge(Trouble("authentication", "the key is wrong"))
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert (said.trouble, said.summary) == ("the key is wrong", "")
    assert [(score.value, score.missing) for score in said.scores] == [(None, "the key is wrong")] * 3


async def test_what_was_said_before_the_trouble_counts() -> None:
    judge = Judge(answer(quality=given(11)), Trouble("connection", "it broke off"))
    said = await verdict(judge.line(), RUBRIC, shown(), Manner())
    assert [score.value for score in said.scores] == [None, 0.75, 0.0]
    assert said.scores[0].missing.startswith("its score 11")
    assert (said.summary, said.trouble) == ("They talked.", "")


async def test_an_unknown_price_is_not_nothing() -> None:
    assert (await verdict(Judge(answer()).line(None), RUBRIC, shown(), Manner())).cost is None


async def test_a_judge_can_be_cancelled() -> None:
    started = asyncio.Event()

    async def forever(_: Trouble, __: int) -> bool:
        started.set()
        await asyncio.Event().wait()
        return True

    line = replace(Judge(Trouble("timeout", "slow", may_pass=True)).line(), again=forever)
    task = asyncio.create_task(verdict(line, RUBRIC, shown(), Manner()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_schema_holds_every_answer_to_scale_and_turns() -> None:
    one = shown()
    schema = schema_of(items_of(RUBRIC, one), one.turns, summary=True)
    assert list(schema["properties"]) == schema["required"] == ["summary", "quality", "warmth_Ada", "warmth_Brook"]
    quality, warmth = (schema["properties"][name]["properties"] for name in ("quality", "warmth_Ada"))
    assert quality["score"] == {"type": "integer", "enum": list(range(1, 11))}
    assert quality["turns"]["items"] == {"type": "integer", "enum": [1, 2]}
    assert warmth["score"]["enum"] == [number / 100 for number in range(101)]


@pytest.mark.parametrize(
    ("low", "high", "whole", "score"),
    [
        (0, 1000, True, {"type": "integer", "minimum": 0, "maximum": 1000}),
        (1, 10, False, {"type": "number", "enum": [number / 10 for number in range(10, 101)]}),
        (0, 100, False, {"type": "number", "minimum": 0, "maximum": 100}),
        (-1, 1, True, {"type": "integer", "enum": [-1, 0, 1]}),
    ],
)
def test_scales_of_every_kind(low: float, high: float, whole: bool, score: dict[str, Any]) -> None:
    rubric = Rubric("x", "x", (Measure("m", "", low, high, "", "", whole=whole),))
    schema = schema_of(items_of(rubric, shown()), (1,), summary=False)
    assert schema["properties"]["m"]["properties"]["score"] == score


def test_of_many_turns_the_range_is_told() -> None:
    schema = schema_of(items_of(RUBRIC, shown()), range(1, 500), summary=False)
    assert schema["properties"]["quality"]["properties"]["turns"]["items"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 499,
    }


def test_every_score_has_a_name_of_its_own() -> None:
    measures = tuple(replace(QUALITY, name=name) for name in ("Summary", "a-b", "a b", "!!", "日本"))
    rubric = Rubric("x", "x", (*measures, WARMTH, replace(WARMTH, name="warmth Ada", of="session")))
    keys = [item.key for item in items_of(rubric, shown())]
    assert keys == ["summary_2", "a_b", "a_b_2", "measure_4", "日本", "warmth_Ada", "warmth_Brook", "warmth_ada"]
