"""Cues: what happens by itself at a turn that the template names."""

from dataclasses import replace

from backrooms_tui.session.events import AnyEvent, TurnEnded
from backrooms_tui.session.setup import AgentSetup, Cue
from backrooms_tui.session.state import TurnEntry, WordEntry
from tests.conversation.gathering import Gathering, folded, gathered

CUES = (Cue(3, "The power fails."), Cue(4, "Your phone rings.", to=2), Cue(5, "A bell."), Cue(7, "A bell."))


def told(events: list[AnyEvent]) -> list[tuple[str, str]]:
    """What happened, in order: turns that began or ended and cues."""
    out: list[tuple[str, str]] = []
    for event in events:
        if event.kind == "turn_started":
            out.append(("turn", str(event.turn)))
        elif event.kind in ("interjected", "whispered") and event.source == "cue":
            out.append((event.kind, event.text))
    return out


def cued(table: Gathering) -> list[str]:
    """The cues that the timeline holds."""
    return [entry.text for entry in table.state.entries if isinstance(entry, WordEntry) and entry.source == "cue"]


async def test_a_cue_is_said_once_before_its_turn_to_all_or_to_one() -> None:
    table = Gathering(gathered("Ada", "Bo", "Cy", rules={"cues": CUES[::-1]}))
    await table.conversation.run(turns=7)
    assert told(table.heard.events) == [
        ("turn", "1"),
        ("turn", "2"),
        ("interjected", "The power fails."),
        ("turn", "3"),
        ("whispered", "Your phone rings."),
        ("turn", "4"),
        ("interjected", "A bell."),
        ("turn", "5"),
        ("turn", "6"),
        ("interjected", "A bell."),
        ("turn", "7"),
    ]
    texts = {
        seat: "\n".join(message.text for message in table.conversation.perspective(seat).messages) for seat in (1, 2)
    }
    assert "phone" in texts[2]
    assert "phone" not in texts[1]
    assert "[The power fails.]" in texts[1]


async def test_a_cue_waits_for_its_turn_and_not_for_the_pause_before() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"cues": CUES, "max_turns": 4}))
    await table.conversation.run(turns=2)
    assert cued(table) == []
    await table.conversation.run()
    assert cued(table) == ["The power fails.", "Your phone rings."]


async def test_a_turn_that_is_spoken_again_does_not_bring_its_cue_again() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"cues": CUES}))
    await table.conversation.run(turns=3)
    table.conversation.retry()
    table.conversation.retry()
    await table.conversation.run(turns=3)
    assert cued(table) == ["The power fails.", "Your phone rings."]


async def test_a_session_that_goes_on_elsewhere_says_what_is_left_and_nothing_twice() -> None:
    first = Gathering(gathered("Ada", "Bo", rules={"cues": CUES}))
    await first.conversation.run(turns=3)
    second = Gathering(gathered("Ada", "Bo", rules={"cues": CUES}), state=folded(first.heard.events))
    await second.conversation.run(turns=4)
    assert cued(second) == ["The power fails.", "Your phone rings.", "A bell.", "A bell."]


async def test_a_branch_from_before_a_cue_says_it_and_one_from_after_does_not() -> None:
    first = Gathering(gathered("Ada", "Bo", rules={"cues": CUES}))
    await first.conversation.run(turns=6)
    for turn, said in ((2, 0), (3, 1)):
        ended = next(event for event in first.heard.events if isinstance(event, TurnEnded) and event.turn == turn)
        past = folded(event for event in first.heard.events if event.seq <= ended.seq)
        again = Gathering(gathered("Ada", "Bo", rules={"cues": CUES}), state=past)
        assert len(cued(again)) == said
        await again.conversation.run(turns=1)
        assert cued(again)[:1] == ["The power fails."]
        assert len(cued(again)) == (1 if turn == 2 else 2)


async def test_a_cue_to_a_seat_that_is_empty_waits_until_somebody_sits_there() -> None:
    table = Gathering(gathered("Ada", "Bo", rules={"cues": (Cue(1, "Only you know.", to=3),)}))
    await table.conversation.run(turns=2)
    assert cued(table) == []
    table.conversation.add_agent(AgentSetup(0, "Cy", "played/one"))
    await table.conversation.run(turns=1)
    assert cued(table) == ["Only you know."]
    assert any("Only you know." in message.text for message in table.provider.asked[-1][2].messages)


async def test_who_is_away_misses_a_cue() -> None:
    chosen = gathered("Ada", "Bo", rules={"cues": CUES}, absent=[False, True])
    table = Gathering(chosen)
    await table.conversation.run(turns=4)
    table.conversation.bring_back(2)
    heard = "\n".join(message.text for message in table.conversation.perspective(2).messages)
    assert cued(table) == ["The power fails.", "Your phone rings."]
    assert "power" not in heard
    assert "phone" not in heard


async def test_a_cue_addresses_and_counts_for_whoever_speaks_next() -> None:
    rules: dict[str, object] = {"order": "mention", "cues": (Cue(2, "Cy, the door opens before you."),)}
    table = Gathering(gathered("Ada", "Bo", "Cy", rules=rules))
    table.conversation.choose_speaker(1)
    await table.conversation.run(turns=2)
    assert table.spoke() == ["Ada", "Cy"]
    assert table.reasons()[-1] == "addressed by a cue"


async def test_a_guest_comes_with_one_cue_and_goes_with_another() -> None:
    cues = (Cue(3, "A knock.", brings=3), Cue(6, "The guest bows.", sends_away=3))
    setup = gathered("Ada", "Bo", "Guest", rules={"cues": cues})
    agents = (*setup.agents[:2], replace(setup.agents[2], absent=True))
    table = Gathering(replace(setup, agents=agents))
    await table.conversation.run(turns=8)
    spoke = [entry.name for entry in table.state.entries if isinstance(entry, TurnEntry)]
    assert spoke[:2] == ["Ada", "Bo"]
    assert spoke[2:5].count("Guest") == 1
    assert "Guest" not in spoke[5:]
    heard = "\n".join(message.text for message in table.conversation.perspective(3).messages)
    assert "A knock." in heard
