"""Rules and manners that are changed while a conversation runs hold from the next turn on, and are kept."""

import asyncio
import json
from dataclasses import replace

import pytest

from backrooms_tui.conversation.sending.xray import xray
from backrooms_tui.providers.base import Request
from backrooms_tui.session.codec import event_from_json, event_to_json
from backrooms_tui.session.entries import NoticeEntry
from backrooms_tui.session.setup import Cue, Memory, Remedy, Reminder, Rules
from backrooms_tui.session.state import apply
from backrooms_tui.session.trouble import OperatorError
from tests.conversation.gathering import Answer, Gathering, folded, gathered


def rules(table: Gathering) -> Rules:
    assert table.state.setup is not None
    return table.state.setup.rules


class High:
    """A meter that stands high."""

    def __call__(self, seat: int, text: str) -> tuple[float, dict[str, float]]:
        return 0.9, {}

    def rebuild(self, past: object) -> None: ...


def notices(table: Gathering) -> list[str]:
    return [entry.text for entry in table.state.entries if isinstance(entry, NoticeEntry)]


async def test_another_order_chooses_the_next_speaker() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy"))
    await table.conversation.run(turns=1)
    table.provider.answering = lambda *_: "What do you say, Cy?"
    await table.conversation.run(turns=1)
    table.conversation.change_rules(replace(rules(table), order="mention"))
    await table.conversation.run(turns=1)
    assert table.spoke() == ["Ada", "Bo", "Cy"]
    table.conversation.change_rules(replace(rules(table), order="manual"))
    await table.conversation.run()
    assert table.state.status == "paused"
    table.conversation.choose_speaker(1)
    await table.conversation.run(turns=1)
    assert table.spoke()[3:] == ["Ada"]


async def test_limits_can_be_raised_and_set_while_it_runs() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"max_turns": 2}))
    await table.conversation.run()
    assert (table.state.status, table.state.turn) == ("ended", 2)
    table.conversation.change_rules(replace(rules(table), max_turns=0, max_rounds=2))
    await table.conversation.run()
    assert (table.state.status, table.state.turn) == ("ended", 4)
    assert "the rules are changed: no limit of turns, ends after 2 rounds" in notices(table)


async def test_what_is_changed_while_somebody_speaks_comes_with_the_end_of_that_turn() -> None:
    reached = asyncio.Event()

    def answering(purpose: str, seat: int, request: Request) -> Answer:
        return reached if not reached.is_set() else "yes"

    table = Gathering(gathered("Ada", "Bo"), answering)
    runner = asyncio.create_task(table.conversation.run())
    await reached.wait()
    table.conversation.change_rules(replace(rules(table), max_turns=1))
    assert rules(table).max_turns == 0
    table.conversation.stop_speaking()
    await runner
    assert (table.state.status, table.spoke()) == ("ended", ["Ada"])


async def test_a_new_cue_comes_at_its_turn_and_one_for_a_turn_that_is_over_is_refused() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    await table.conversation.run(turns=2)
    late, soon = Cue(2, "Too late."), Cue(4, "The lamp goes out.")
    with pytest.raises(OperatorError, match="turn 2 is over") as refused:
        table.conversation.change_rules(replace(rules(table), cues=(late,)))
    assert "turn 3" in refused.value.cure
    with pytest.raises(OperatorError, match="no seat 9"):
        table.conversation.change_rules(replace(rules(table), cues=(Cue(4, "x", to=9),)))
    table.conversation.change_rules(replace(rules(table), cues=(soon,)))
    await table.conversation.run(turns=1)
    assert "lamp" not in table.provider.asked[-1][2].messages[-1].text
    await table.conversation.run(turns=1)
    assert "[The lamp goes out.]" in table.provider.asked[-1][2].messages[-1].text


async def test_a_ladder_put_up_in_the_middle_is_climbed_and_taken_down_again() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"stall_at": 0.5}), measure=High())
    await table.conversation.run(turns=3)
    assert not table.state.remedies
    table.conversation.change_rules(replace(rules(table), ladder=(Remedy("nudge", "Say it anew."),)))
    await table.conversation.run(turns=1)
    assert [taken.remedy for taken in table.state.remedies] == ["nudge"]
    table.conversation.change_rules(replace(rules(table), ladder=()))
    await table.conversation.run(turns=9)
    assert len(table.state.remedies) == 1
    assert "the rules are changed: a ladder of 1 step" in notices(table)
    assert "the rules are changed: no ladder" in notices(table)


async def test_manners_hold_from_the_next_turn_on() -> None:
    table = Gathering(gathered("Ada", "Bo"), lambda *_: "Fine.\nBo: I agree.")
    await table.conversation.run(turns=1)
    assert table.state.turns[1].text == "Fine."
    assert table.state.setup is not None
    ada = table.state.setup.agent(1)
    table.conversation.change_agent(replace(ada, guard=False, reminder=Reminder("You are cold.", every=1), name="X"))
    await table.conversation.run(turns=2)
    assert table.state.turns[3].text == "Fine.\nBo: I agree."
    assert "[Reminder: You are cold.]" in table.provider.asked[-1][2].messages[-1].text
    assert "Ada: guard off, reminded at each of its turns" in notices(table)
    assert table.state.agents[1].name == "Ada"


async def test_another_system_text_is_sent_from_the_next_turn_on_and_the_past_keeps_its_own() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    await table.conversation.run(turns=2)
    assert table.state.setup is not None
    before = table.state.setup.agent(1)
    table.conversation.change_agent(replace(before, system="You are a lighthouse.\0"))
    await table.conversation.run(turns=2)
    sent = [request.system for _, seat, request in table.provider.asked if seat == 1]
    assert sent == [before.system, "You are a lighthouse.\N{REPLACEMENT CHARACTER}"]
    assert notices(table) == ["Ada: another system text"]
    kept = [event_from_json(event_to_json(event)) for event in table.heard.events]
    assert [xray(kept, turn).system for turn in (1, 3)] == sent
    past = folded(kept)
    assert past.setup is not None
    again = Gathering(past.setup, state=past)
    await again.conversation.run(turns=1)
    assert again.provider.asked[-1][2].system == sent[-1]
    table.conversation.change_agent(replace(before, system=""))
    assert notices(table)[-1] == "Ada: no system text"


def test_a_record_from_before_system_texts_could_change_is_read() -> None:
    manners = {"description": "", "talkativeness": 0.5, "reminder": None, "memory": "drop", "guard": False}
    line = json.dumps({"kind": "agent_changed", "seq": 2, "at": 1.0, "agent": 1, **manners})
    table = Gathering(gathered("Ada", "Bo"))
    assert table.state.setup is not None
    system = table.state.setup.agent(1).system
    state = apply(table.state, event_from_json(line))
    assert state.setup is not None
    assert (state.setup.agent(1).guard, state.setup.agent(1).system) == (False, system)


@pytest.mark.parametrize("memory", ["summary", "notebook"])
async def test_another_manner_of_memory_is_called_by_its_name_at_once(memory: Memory) -> None:
    table = Gathering(gathered("Ada", "Bo"))
    table.conversation.change_memory(1, "A door.")
    first = table.conversation.perspective(1).messages[0].text
    assert table.state.setup is not None
    table.conversation.change_agent(replace(table.state.setup.agent(1), memory=memory))
    second = table.conversation.perspective(1).messages[0].text
    assert "What you remember" in first
    assert ("Your notebook" if memory == "notebook" else "Summary of what was said") in second


async def test_the_same_again_is_no_change_and_impossible_rules_are_refused() -> None:
    table = Gathering(gathered("Ada", "Bo"))
    assert table.state.setup is not None
    table.conversation.change_rules(rules(table))
    table.conversation.change_agent(table.state.setup.agent(2))
    assert table.heard.kinds() == ["session_opened"]
    with pytest.raises(OperatorError, match="unknown order 'chaos'"):
        table.conversation.change_rules(replace(rules(table), order="chaos"))
    with pytest.raises(OperatorError, match="no seat 5"):
        table.conversation.change_agent(replace(table.state.setup.agent(2), seat=5))


async def test_what_was_changed_holds_where_the_session_goes_on() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy"))
    await table.conversation.run(turns=1)
    table.conversation.change_rules(replace(rules(table), order="manual"))
    past = folded(event_from_json(event_to_json(event)) for event in table.heard.events)
    assert past.setup is not None
    again = Gathering(past.setup, state=past)
    again.conversation.choose_speaker(3)
    await again.conversation.run()
    assert again.spoke() == ["Ada", "Cy"]
    assert again.state.status == "paused"
