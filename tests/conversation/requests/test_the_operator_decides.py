"""The operator is asked, and may undo; what is taken back, gone on with or cut short stays right."""

import pytest

from backrooms_tui.session.events import AgentLeft, RequestMade, TurnEnded, Whispered, WordQueued
from backrooms_tui.session.setup import Rules
from backrooms_tui.session.state import apply
from backrooms_tui.session.trouble import OperatorError
from tests.conversation.gathering import folded
from tests.conversation.requests.asking import Table


async def test_it_stands_still_and_asks_with_the_exact_words() -> None:
    table = await Table('Hm.\n!invite played/new "a sailor" Dee', "Well.", requests={"invite": "ask"}).run(9)
    asked = table.conversation.asked
    assert asked is not None
    assert (asked.agent, asked.by, asked.name, asked.command) == (1, 1, "invite", '!invite played/new "a sailor" Dee')
    assert asked.reach == "played/new would join as Dee, and cost what it costs"
    assert table.state.status == "paused"
    assert table.state.reason == "Ada asks for invite"
    assert table.state.turn == 1
    table.conversation.decide("once")
    await table.conversation.go_on()
    assert table.state.agents[4].name == "Dee"
    assert table.state.turns[2].name == "Bo"


async def test_who_is_denied_hears_it_alone_with_the_word_and_need_not_speak_again() -> None:
    table = await Table("!leave", "Well.", "So.", requests={"leave": "ask"}).run(2)
    table.conversation.decide("deny", "please stay")
    await table.conversation.run(1)
    assert not table.state.agents[1].absent
    assert "Not done: !leave (the operator does not allow it: please stay)" in table.sent(1)
    assert "stay" not in table.sent(2)
    assert table.state.turns[2].name == "Bo"
    assert table.outcomes() == [("leave", "denied")]


async def test_what_is_allowed_for_the_session_is_asked_once_for_that_agent() -> None:
    table = await Table('!note "one"', requests={"note": "ask"}, names=("Ada", "Bo")).run(9)
    table.conversation.decide("session")
    await table.conversation.run(1)
    assert table.conversation.asked is not None
    assert table.conversation.asked.agent == 2
    table.conversation.decide("session")
    await table.conversation.run(4)
    assert [one.outcome for one in table.made()] == ["done"] * 6


async def test_going_on_without_an_answer_asks_again_and_does_not_say_it_twice() -> None:
    table = await Table("!leave", "Well.", requests={"leave": "ask"}).run(2)
    await table.conversation.run(2)
    assert table.conversation.asked is not None
    assert table.state.turn == 1
    assert len([event for event in table.events if event.kind == "permission_asked"]) == 1


async def test_nothing_is_asked_where_the_session_ends_anyway() -> None:
    table = await Table("!leave", requests={"leave": "ask"}, max_turns=1).run(9)
    assert table.state.status == "ended"
    assert table.conversation.asked is None


async def test_what_is_done_before_the_end_is_done() -> None:
    table = await Table('!note "last"', max_turns=1).run(9)
    assert table.state.status == "ended"
    assert table.outcomes() == [("note", "done")]


async def test_a_question_goes_with_the_turn_that_is_spoken_again() -> None:
    table = await Table("!leave", "Never mind.", "Well.", requests={"leave": "ask"}).run(2)
    table.conversation.retry()
    assert table.conversation.asked is None
    await table.conversation.run(2)
    assert not table.state.agents[1].absent
    assert table.state.turn == 2


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ('!whisper Bo "psst"', "psst"),
        ('!vote "Go?" "yes" "no"', "calls a vote"),
        ('!invite played/new "x" Dee', "Dee joins"),
        ("!leave", "Ada leaves"),
        ("!mute Bo 5", "only listens"),
    ],
)
async def test_a_turn_that_is_spoken_again_takes_its_requests_back(line: str, gone: str) -> None:
    table = await Table(f"Hm.\n{line}", "Never mind.", "Well.").run(1)
    assert any(gone in table.sent(seat) for seat in (1, 2, 3))
    table.conversation.retry()
    assert not any(gone in table.sent(seat) for seat in (1, 2, 3))
    state = table.state
    assert state.agents[1].speaks
    assert state.agents[2].speaks
    assert 4 not in state.agents or state.agents[4].absent
    assert state.requests.vote is None
    await table.conversation.run(2)
    assert [turn.name for turn in state.turns.values()] == ["Ada", "Bo"]


async def test_a_vote_goes_on_where_the_turn_that_ended_it_is_spoken_again() -> None:
    table = await Table('!vote "Go?" "yes" "no"\n!vote yes', "!vote no", "!vote yes", "!vote no").run(3)
    assert table.words()[-1] == "The vote on “Go?” is over: yes 2, no 1."
    table.conversation.retry()
    assert not any("is over" in word for word in table.words())
    await table.conversation.run(1)
    assert table.words()[-1] == "The vote on “Go?” is over: yes 1, no 2."


async def test_the_operator_undoes_each_kind_of_request() -> None:
    table = Table('!whisper Bo "psst"', "!mute Cy 5", "!leave", "Hm.", 'Hm.\n!vote "Go?" "yes" "no"')
    conversation, state = table.conversation, table.state
    await conversation.run(1)
    conversation.undo_request()
    assert "psst" not in table.sent(2)
    assert 'undone, of Ada: !whisper Bo "psst"' in table.notices()
    await conversation.run(1)
    assert state.agents[3].muted
    conversation.undo_request("2.1")
    assert not state.agents[3].muted
    assert "[Cy may speak again.]" in table.sent(1)
    await conversation.run(1)
    assert state.agents[3].absent
    conversation.undo_request()
    assert not state.agents[3].absent
    assert "[Cy is back.]" in table.sent(1)
    await conversation.run(2)
    assert state.requests.vote is not None
    conversation.undo_request()
    assert state.requests.vote is None
    assert "[The vote on “Go?” does not count.]" in table.sent(1)
    with pytest.raises(OperatorError, match="no agent has asked for anything"):
        conversation.undo_request()
    with pytest.raises(OperatorError, match=r"there is no request 2\.1"):
        conversation.undo_request("2.1")


async def test_an_invited_agent_leaves_when_that_is_undone_and_a_note_is_struck() -> None:
    table = await Table('!invite played/new "x" Dee\n!note "well"').run(1)
    table.conversation.undo_request("1.1")
    assert table.state.agents[4].absent
    assert "[Dee leaves again.]" in table.sent(2)
    table.conversation.undo_request("1.2")
    struck = [entry for entry in table.state.entries if getattr(entry, "text", "") == "Ada notes: well"]
    assert [entry.taken_back for entry in struck] == [True]  # type: ignore[union-attr]


async def test_an_undone_vote_does_not_count() -> None:
    table = await Table('!vote "Go?" "yes" "no"\n!vote yes', "!vote no", "!vote no").run(2)
    table.conversation.undo_request("1.2")
    await table.conversation.run(1)
    assert table.state.requests.vote is not None
    with pytest.raises(OperatorError, match=r"there is no request 1\.2"):
        table.conversation.undo_request("1.2")


async def test_who_is_unmuted_by_the_operator_and_muted_again_stays_so() -> None:
    table = await Table("!mute Bo 2", "Hm.", "Well.", "Oh.").run(1)
    table.conversation.mute(2, False)
    table.conversation.mute(2)
    await table.conversation.run(4)
    assert table.state.agents[2].muted


async def test_an_edit_does_not_tell_what_was_whispered() -> None:
    table = await Table('Hm.\n!whisper Bo "psst"').run(1)
    table.conversation.edit(1, 'Aha.\n!whisper Bo "pssst"')
    assert "Ada: Aha." in table.sent(3)
    assert "psst" not in table.sent(3)


async def test_the_state_folded_from_the_events_is_the_same() -> None:
    replies = ('!vote "Go?" "yes" "no"', '!invite played/new "x"', "!mute Ada 2\n!vote yes", "!leave", "!vote no")
    table = await Table(*replies).run(12)
    other = folded(table.events)
    assert other.requests == table.state.requests
    assert other.entries == table.state.entries


@pytest.mark.parametrize(
    "line", ['!whisper Bo "psst"', '!vote "Go?" "a" "b"', "!leave", "!mute Bo 3", "!leave\n!note x"]
)
async def test_a_session_cut_short_anywhere_does_everything_once(line: str) -> None:
    whole = await Table(f"Hm.\n{line}", "Well.", "So.").run(1)
    end = next(place for place, event in enumerate(whole.events, 1) if isinstance(event, TurnEnded))
    for cut in range(end, len(whole.events)):
        table = Table("Well.", "So.", state=folded(whole.events[:cut]))
        await table.run(1)
        events = [*whole.events[:cut], *table.events]
        for kind in (RequestMade, Whispered, AgentLeft):
            expected = [event for event in whole.events if isinstance(event, kind)]
            assert [type(event) for event in events if isinstance(event, kind)] == [type(event) for event in expected]
        told = [entry.text for entry in table.state.entries if entry.__class__.__name__ == "WordEntry"]
        assert told == whole.words()


async def test_the_meter_hears_nothing_of_requests() -> None:
    class Meter:
        heard: list[str] = []  # noqa: RUF012

        def __call__(self, seat: int, text: str) -> tuple[float, dict[str, float]]:
            self.heard.append(text)
            return 0.5, {}

        def rebuild(self, turns: object) -> None:
            self.heard.append(str(turns))

    meter = Meter()
    table = await Table("Hm.\n!note x", "!note y", "Well.", measure=meter).run(3)
    assert meter.heard == ["Hm.", "Well."]
    assert table.state.turns[2].stall is None


def test_a_whisper_in_the_operators_words_does_not_stand_for_the_operators() -> None:
    state = Table("Hm.").state
    apply(state, WordQueued(seq=2, at=1.0, text="look up", to=2))
    apply(state, Whispered(seq=3, at=1.0, text="look up", to=2, source="agent", by=1, name="Ada"))
    assert [word.text for word in state.queued] == ["look up"]
    apply(state, Whispered(seq=4, at=1.0, text="look up", to=2, queued=True))
    assert state.queued == []


async def test_what_one_agent_may_not_ask_for_any_more_is_refused_and_never_said_to_all() -> None:
    table = Table('Hm.\n!whisper Bo "the key is under the mat"', "Well.", requests={"whisper": "allow"})
    table.conversation.change_permissions(1, {"whisper": "deny"})
    await table.run(2)
    assert table.outcomes() == [("whisper", "denied")]
    assert "under the mat" not in table.sent(2)
    await table.conversation.run(2)
    assert "Not done: !whisper" in table.sent(1)
    assert "not allowed here" in table.sent(1)


async def test_what_the_rules_no_longer_allow_is_refused_and_never_said_to_all() -> None:
    table = Table("Well.", "Hm.", 'Hm.\n!whisper Ada "the key is under the mat"', requests={"whisper": "allow"})
    await table.run(2)
    table.conversation.change_rules(Rules(requests={}))
    await table.conversation.run(2)
    assert table.outcomes() == [("whisper", "denied")]
    assert "under the mat" not in table.sent(1) + table.sent(2)


async def test_agents_are_told_of_what_the_rules_allow_from_now_on() -> None:
    table = Table("Well.", "Hm.", '!note "the tide is late"', requests={"vote": "allow"})
    await table.run(1)
    assert "!note" not in table.sent(1)
    table.conversation.change_rules(Rules(requests={"vote": "allow", "note": "allow", "mute": "deny"}))
    await table.conversation.run(2)
    assert table.outcomes() == [("note", "done")]
    for seat in (1, 2, 3):
        sent = table.sent(seat)
        assert sent.count("[Only to you: You may ask for the following") == sent.count('!note "text"') == 1
        assert "!vote" not in sent  # they knew
        assert "!mute" not in sent  # they may not
