"""Judging a session: honest by construction, kept with the session, and nothing lost where it is stopped."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from backrooms_tui.assembly import judging
from backrooms_tui.assembly.judging import Step, Wishes, judge_session
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.session.judgement import Measure, Rubric
from backrooms_tui.session.tallying import tallied
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from tests.assembly.conftest import Played, Script
from tests.misbehaving import MisbehavingServer, Recorded, Reply

RUBRIC = Rubric(
    "own",
    "Manners",
    (Measure("quality", "How good it is.", 1, 10, "", ""), Measure("warmth", "", 1, 10, "", "", of="agent")),
)
ENDPOINTS = """
[endpoints.first]
base_url = "{url}"
dialect = "xai"
[endpoints.second]
base_url = "{url}"
dialect = "xai"
[defaults]
retries = 1
"""


def answering(request: Recorded) -> Reply:
    """What a judge says: a score for everything that the schema wants, and a reason that nobody else has."""
    schema = request.json["response_format"]["json_schema"]["schema"]
    number = crc32(request.body)
    values: dict[str, Any] = {"summary": f"In short, secret{number}."}
    for name, one in schema["properties"].items():
        if name != "summary":
            turns = one["properties"]["turns"]["items"]["enum"]
            values[name] = {"reason": f"secret{number}", "turns": turns[:1], "score": 3 + len(name) % 5}
    return Reply(json.dumps(values), usage=(100, 20, 0, 0))


@pytest.fixture
def judges(tmp_path: Path) -> Iterator[MisbehavingServer]:
    """A server behind two endpoints, `first` and `second`."""
    with MisbehavingServer(answering) as server:
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / "config.toml").write_text(ENDPOINTS.format(url=server.openai_url), "utf-8")
        yield server


def asked(judges: MisbehavingServer) -> list[str]:
    """What was sent, a text a request."""
    return ["\n".join(message["content"] for message in request.json["messages"]) for request in judges.requests]


async def test_each_verdict_is_asked_for_by_itself_and_sees_no_other(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()
    wishes = Wishes(("first/m", "second/m"), repeats=2, swap=True, hide_names=True)
    judgement = await judge_session(workspace, session, RUBRIC, wishes)
    assert len(judgement.verdicts) == judgement.wanted == 8
    assert len(judges.requests) == 8
    for text in asked(judges):
        assert "secret" not in text
        assert "Mara" not in text
        assert "Jonas" not in text
        assert text.count("Agent A") > text.count("[turn ") / 2
    assert [(one.judge, one.repeat, one.order) for one in judgement.verdicts] == [
        (model, repeat, order) for model in ("first/m", "second/m") for repeat in (1, 2) for order in ((1, 2), (2, 1))
    ]
    first_lines = {re.search(r"\[turn 1\] (.*)", text)[1] for text in asked(judges)}  # type: ignore[index]
    assert first_lines == {"Agent A", "Agent B"}
    assert all(one.hidden for one in judgement.verdicts)


async def test_what_was_said_is_kept_with_the_session(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()
    judgement = await judge_session(workspace, session, RUBRIC, Wishes(("first/m",)))
    assert workspace.store.judgements(session) == [judgement]
    assert (judgement.turn, judgement.whole, judgement.rubric) == (4, True, RUBRIC)
    assert {(tally.measure, tally.agent): tally.count for tally in tallied(judgement)} == {
        ("quality", None): 1,
        ("warmth", 1): 1,
        ("warmth", 2): 1,
    }
    assert judgement.cost == 0.0  # what runs on this machine is free
    assert judgement.verdicts[0].usage.input_tokens == 100


async def test_costs_are_counted_where_a_price_is_known(
    judges: MisbehavingServer, workspace: Workspace, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", judges.openai_url)
    judgement = await judge_session(workspace, await played(), RUBRIC, Wishes(("gpt-4o",), repeats=2))
    assert judgement.cost is not None
    assert judgement.cost > 0
    assert judgement.cost == sum(one.cost or 0 for one in judgement.verdicts)


async def test_each_round_has_a_verdict_of_its_own(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played(turns=5)
    judgement = await judge_session(workspace, session, RUBRIC, Wishes(("first/m",), by_round=True))
    assert [one.round for one in judgement.verdicts] == [1, 2, 3]
    cited = {one.round: {turn for score in one.scores for turn in score.turns} for one in judgement.verdicts}
    assert cited == {1: {1}, 2: {3}, 3: {5}}
    silent = judgement.verdicts[2].scores[2]
    assert (silent.agent, silent.value, silent.missing) == (2, None, "the agent said nothing in what was judged")
    by_round = {one.json["messages"][-1]["content"].count("[turn ") for one in judges.requests}
    assert by_round == {2, 4, 5}


async def test_seeds_differ_from_verdict_to_verdict_and_repeat_themselves(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()
    for _ in range(2):
        await judge_session(workspace, session, RUBRIC, Wishes(("first/m",), repeats=3, seed=7))
    assert sorted(request.json["seed"] for request in judges.requests) == [7, 7, 8, 8, 9, 9]


async def test_how_far_it_is_is_told(judges: MisbehavingServer, workspace: Workspace, played: Played) -> None:
    told: list[Step] = []
    await judge_session(workspace, await played(), RUBRIC, Wishes(("first/m",), repeats=3), told.append)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert (told[0].done, told[-1].done, told[-1].total) == (0, 3, 3)
    assert "first/m has judged" in told[-1].text


async def test_stopped_in_the_middle_what_is_finished_is_kept(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()
    slow = Reply(ending="stall")
    judges.script(slow)
    finished = asyncio.Event()

    def told(step: Step) -> None:
        if step.done == 2:
            finished.set()

    wishes = Wishes(("first/m",), repeats=3)
    task = asyncio.create_task(judge_session(workspace, session, RUBRIC, wishes, told))
    await asyncio.wait_for(finished.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (kept,) = workspace.store.judgements(session)
    assert (len(kept.verdicts), kept.wanted, kept.whole) == (2, 3, False)
    assert all(score.value is not None for one in kept.verdicts for score in one.scores)


async def test_what_is_finished_is_kept_from_time_to_time(
    judges: MisbehavingServer, workspace: Workspace, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_KEEP_EVERY", 0.0)
    session = await played()
    judges.script(Reply(ending="stall"))
    task = asyncio.create_task(judge_session(workspace, session, RUBRIC, Wishes(("first/m",), repeats=3)))
    kept = []
    async with asyncio.timeout(30):
        while not kept or len(kept[0].verdicts) < 2:
            kept = await asyncio.to_thread(workspace.store.judgements, session)
    assert not kept[0].whole
    judges.release()
    whole = await task
    assert [one.id for one in workspace.store.judgements(session)] == [whole.id] == [kept[0].id]


async def test_stopped_before_anything_was_said_nothing_is_kept(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()
    judges.script(Reply(ending="stall"))
    task = asyncio.create_task(judge_session(workspace, session, RUBRIC, Wishes(("first/m",))))
    while not judges.requests:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert workspace.store.judgements(session) == []


async def test_one_judge_s_trouble_is_not_another_s(
    judges: MisbehavingServer, workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played()
    given = {"reason": "", "turns": [1], "score": 5}
    whole = json.dumps({"summary": "s", **dict.fromkeys(("quality", "warmth_Mara", "warmth_Jonas"), given)})
    judges.script(*[Reply.refusing(401, "bad key")] * 9)
    wishes = Wishes(("first/m", script("judge", whole)), repeats=2)
    judgement = await judge_session(workspace, session, RUBRIC, wishes)
    hosted, scripted = judgement.verdicts[:2], judgement.verdicts[2:]
    assert all(one.trouble for one in hosted)
    assert all(not one.trouble and one.scores[0].value == 5 for one in scripted)
    assert judgement.cost is None or judgement.cost >= 0


async def test_where_no_judge_can_say_anything_that_is_trouble_and_nothing_is_kept(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()
    judges.script(*[Reply.refusing(401, "bad key")] * 9)
    with pytest.raises(ProviderTrouble, match="key"):
        await judge_session(workspace, session, RUBRIC, Wishes(("first/m",), repeats=20))
    assert workspace.store.judgements(session) == []
    # It is of no use to ask twenty times with a wrong key.
    assert len(judges.requests) <= 4


async def test_trouble_that_may_pass_is_waited_for(
    judges: MisbehavingServer, workspace: Workspace, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "Patience", lambda retries: Patience(retries=retries, first=0.0))
    session = await played()
    judges.script(Reply.refusing(529, "overloaded"))
    told: list[Step] = []
    judgement = await judge_session(workspace, session, RUBRIC, Wishes(("first/m",)), told.append)
    assert judgement.verdicts[0].asked == 2
    assert any("again in" in one.text for one in told)


async def test_a_transcript_that_is_too_long_is_halved(
    judges: MisbehavingServer, workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played(script("long", *(f"{number} " + "word " * 3000 for number in range(8))), turns=8)
    judges.script(*[Reply.refusing(400, "This model's maximum context length is 4096 tokens")] * 2)
    judgement = await judge_session(workspace, session, RUBRIC, Wishes(("first/m",)))
    lengths = [len(text) for text in asked(judges)]
    assert lengths[0] > lengths[1] > lengths[2]
    assert judgement.verdicts[0].asked == 3
    assert not judgement.verdicts[0].trouble


async def test_what_cannot_be_judged_is_said_before_anybody_is_asked(
    judges: MisbehavingServer, workspace: Workspace, played: Played, script: Script
) -> None:
    session = await played()
    for wishes, what in (
        (Wishes(()), "nobody is asked to judge"),
        (Wishes(("first/m", "nowhere/m")), "nowhere"),
        (Wishes(("scripted/missing.txt",)), "missing.txt"),
    ):
        with pytest.raises(OperatorError, match=what):
            await judge_session(workspace, session, RUBRIC, wishes)
    with pytest.raises(OperatorError, match="there is no session"):
        await judge_session(workspace, "nowhere", RUBRIC, Wishes(("first/m",)))
    empty = await played(turns=0)
    with pytest.raises(OperatorError, match="nothing has been said"):
        await judge_session(workspace, empty, RUBRIC, Wishes(("first/m",)))
    assert judges.requests == []


async def test_a_very_long_session_is_read_from_both_its_ends(
    judges: MisbehavingServer, workspace: Workspace, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_READ_WHOLE", 10)
    monkeypatch.setattr(judging, "_FROM_BEGINNING", 3)
    monkeypatch.setattr(judging, "_FROM_END", 4)
    session = await played(turns=20)
    judgement = await judge_session(workspace, session, RUBRIC, Wishes(("first/m",)))
    assert judgement.verdicts[0].left_out == 13
    assert judgement.turn == 20
    assert [int(one) for one in re.findall(r"\[turn (\d+)\]", asked(judges)[0])] == [1, 2, 3, 17, 18, 19, 20]
    with pytest.raises(OperatorError, match="too many to judge each round"):
        await judge_session(workspace, session, RUBRIC, Wishes(("first/m",), by_round=True))


async def test_a_session_that_goes_away_meanwhile_is_said(
    judges: MisbehavingServer, workspace: Workspace, played: Played
) -> None:
    session = await played()

    def told(step: Step) -> None:
        if step.text == "judging":
            workspace.store.delete(session)

    with pytest.raises(OperatorError, match="there is no session"):
        await judge_session(workspace, session, RUBRIC, Wishes(("first/m",)), told)


async def test_the_scales_ends_belong_to_it(judges: MisbehavingServer, workspace: Workspace, played: Played) -> None:
    narrow = replace(RUBRIC, measures=(Measure("quality", "", 3, 10, "", ""),))
    judgement = await judge_session(workspace, await played(), narrow, Wishes(("first/m",)))
    assert judgement.verdicts[0].scores[0].value == 3 + len("quality") % 5
