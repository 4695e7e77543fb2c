"""Finding in all sessions: words, phrases and fields together, the same on both kinds of database."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from backrooms_tui.session.events import (
    AgentJoined,
    Interjected,
    SessionOpened,
    TurnEdited,
    TurnEnded,
    TurnRetracted,
    TurnStarted,
    Whispered,
)
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store import finding
from backrooms_tui.store.database import Store
from backrooms_tui.store.taking_in import take_in
from tests.store.scripts import BEGAN, Script, keep, kept


def night(
    store: Store,
    *said: str,
    names: Sequence[str] = ("Mara", "Jonas"),
    models: Sequence[str] = ("anthropic/claude-opus", "openai/gpt-4o"),
    template: str = "duo",
    stalls: Sequence[float | None] = (),
    began: float = BEGAN,
    title: str = "A night",
    cost: float | None = 0.25,
) -> Script:
    """A recorded session. What begins with > is the operator's word."""
    script = Script(store.new_id(), began).open(title)
    opened = script.events[0]
    assert isinstance(opened, SessionOpened)
    agents = tuple(AgentSetup(seat, *each) for seat, each in enumerate(zip(names, models, strict=True), start=1))
    script.events[0] = replace(opened, setup=replace(opened.setup, agents=agents, template=template))
    for text in said:
        if text.startswith(">"):
            script.add(Interjected, text=text[1:])
        else:
            script.speak(text, cost=cost)
            ended = script.events[-1]
            assert isinstance(ended, TurnEnded)
            stall = stalls[ended.turn - 1] if ended.turn <= len(stalls) else None
            script.events[-1] = replace(ended, stall=stall)
    keep(store, script.events)
    return script


@pytest.fixture
def found(store: Store) -> Callable[[str], list[tuple[str, int]]]:
    """What a search finds, as (title, turn)."""
    return lambda asked: [(hit.title, hit.turn) for hit in store.search(asked)]


Found = Callable[[str], list[tuple[str, int]]]


def test_the_operators_words_are_found(store: Store, found: Found) -> None:
    script = night(store, ">open the hatch", "a lamp", ">the hatch, please", "a hatch", "a wall", ">hatch again")
    assert found("hatch") == [("A night", turn) for turn in (3, 2, 2, 1)]
    [first, *_, last] = store.search("the hatch")
    assert (first.agent, first.name, first.turn) == (0, "operator", 2)
    assert [last.snippet[start:end] for start, end in last.marks] == ["the", "hatch"]
    assert found("agent:operator hatch") == [("A night", turn) for turn in (3, 2, 1)]
    assert found("-agent:operator hatch") == [("A night", 2)]
    assert store.turns_saying(script.session, "hatch") == [1, 2, 3]
    assert store.turns_saying(script.session, '"the hatch"') == [1, 2]


def test_whispers_and_cues_are_found(store: Store) -> None:
    script = Script(store.new_id()).open()
    script.speak("yes")
    script.add(Whispered, to=2, text="be brief")
    script.add(Interjected, text="the lights go out", source="cue")
    script.add(Whispered, to=1, text="a remedy\0\ud800", source="remedy")
    keep(store, script.events)
    assert [(hit.name, hit.agent) for hit in store.search("brief")] == [("operator", 0)]
    assert [hit.name for hit in store.search("lights agent:cue")] == ["cue"]
    assert [hit.name for hit in store.search("agent:remedy")] == ["remedy"]
    assert store.search("lights agent:operator") == store.search("lights model:claude") == []


def test_fields_say_who_where_and_when(store: Store, found: Found) -> None:
    night(store, "a lamp", "a mirror", title="One", template="cli", began=BEGAN)
    other = {"names": ("Ada", "Mara"), "models": ("local/tiny.gguf", "anthropic/claude-opus")}
    night(store, "lamp", "the mirror lamp", "no", title="Two", began=BEGAN + 86_400 * 30, cost=1.5, **other)
    assert found("lamp agent:mara") == [("Two", 2), ("One", 1)]
    assert found("lamp agent:ara agent:ada") == [("Two", 2), ("Two", 1), ("One", 1)]
    assert found("lamp -agent:mara") == [("Two", 1)]
    assert found("lamp model:opus template:cli") == [("One", 1)]
    assert found("lamp -model:opus") == found("lamp model:TINY") == [("Two", 1)]
    assert found("lamp cost>1") == [("Two", 2), ("Two", 1)]
    assert found("mirror turns<3") == [("One", 2)]
    assert found("mirror cost<=0.5 -lamp") == [("One", 2)]
    assert found("lamp -mirror") == [("Two", 1), ("One", 1)]
    assert found("-lamp") == [("Two", 3), ("One", 2)]
    assert found("lamp since:2026-12-01") == [("Two", 2), ("Two", 1)]
    assert found("lamp agent:nobody") == found("lamp template:fugue") == found("lamp cost>99") == []
    assert found('"the mirr" lamp') == []
    assert found("mirr* lam*") == [("Two", 2)]
    assert found("agent:mara mirr*") == [("Two", 2)]


def test_where_no_words_are_sought_each_session_comes_once(store: Store, found: Found) -> None:
    night(store, "a", "b", "c", title="One", began=BEGAN)
    night(store, "a", ">and you?", title="Two", template="cli", began=BEGAN + 60)
    night(store, title="Nothing said", began=BEGAN + 120)
    assert found("turns>=0") == [("Two", 1), ("One", 3)]
    assert found("agent:jonas") == [("One", 2)]
    assert found("agent:operator") == [("Two", 1)]
    assert found("-template:cli") == [("One", 3)]
    assert found("") == found("  ") == found("?!") == []


def test_turns_are_found_by_how_much_they_stall(store: Store, found: Found) -> None:
    night(store, "a lamp", "the lamp", "my lamp", "dark", stalls=(0.1, 0.7, None, 0.9))
    assert found("stall>0.6") == [("A night", 4), ("A night", 2)]
    assert found("stall>0.6 lamp") == [("A night", 2)]
    assert found("stall<=0.1") == [("A night", 1)]
    assert store.search("stall>0.6")[0].stall == 0.9


def test_an_edited_turn_keeps_its_place_and_how_much_it_stalls(store: Store, found: Found) -> None:
    script = night(store, "a lamp", "a door", "a lamp", stalls=(0.8, 0.8, 0.8))
    seq = len(script.events)
    keep(
        store,
        [
            TurnEdited(seq=seq + 1, at=script.at, turn=1, text="a lantern"),
            TurnRetracted(seq=seq + 2, at=script.at, turn=3, agent=1),
        ],
        script.session,
    )
    assert found("stall>0.5") == [("A night", 2), ("A night", 1)]
    assert found("lantern stall>0.5") == [("A night", 1)]
    assert found("lamp") == []
    assert store.problems() == []


def test_who_joined_later_is_found(store: Store, found: Found) -> None:
    script = night(store, "a lamp")
    began = len(script.events)
    script.add(AgentJoined, agent=3, setup=AgentSetup(3, "Ada", "local"))
    script.add(TurnStarted, turn=2, agent=3, name="Ada", attempt=1, model="local")
    done = {"stop_reason": "end", "usage": Usage(), "cost": None, "timings": Timings(0.0, 1.0)}
    script.add(TurnEnded, turn=2, agent=3, name="Ada", attempt=1, text="my lamp", **done)
    keep(store, script.events[began:], script.session)
    assert found("lamp agent:ada") == found("lamp model:local") == [("A night", 2)]


def test_what_is_in_the_trash_is_not_found(store: Store, found: Found) -> None:
    gone = night(store, "a lamp", ">and a lamp", stalls=(0.9,), title="Gone").session
    night(store, "the lamp", title="There")
    store.put_away(gone)
    for asked in ("lamp", "agent:mara", "agent:operator", "stall>0.1", "lamp agent:mara", "-door", "turns>0"):
        assert [title for title, _ in found(asked)] in ([], ["There"])
    store.bring_back(gone)
    assert len(found("lamp")) == 3
    store.delete(gone)
    assert len(found("lamp")) == 1
    assert store.problems() == []


@pytest.mark.parametrize("long", [False, True])
def test_what_was_carried_in_is_found(store: Store, found: Found, long: bool) -> None:
    kept(store, "a lamp elsewhere", title="Before")
    script = Script(store.new_id()).open("Carried in")
    script.speak("a lamp")
    script.add(Interjected, text="which lamp?")
    script.speak("this one")
    take_in(store, iter(script.events), long=long)
    assert found("lamp") == [("Carried in", 2), ("Carried in", 1), ("Before", 1)]
    assert found("lamp agent:operator") == [("Carried in", 2)]
    assert store.problems() == []


def test_no_more_than_wanted(store: Store) -> None:
    for number in range(4):
        night(store, "a lamp", "the lamp", "a wall", began=BEGAN + number)
    for asked in ("lamp", "lamp agent:mara", "turns>1", "-wall", "stall>=0", "agent:jonas"):
        everything = store.search(asked, 100)
        assert store.search(asked, 3) == everything[:3]


# However a search goes about it, it finds what is there ---------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A place as it was recorded."""

    session: str
    turn: int
    who: str
    words: frozenset[str]
    stall: float | None
    template: str


ASKED: dict[str, Callable[[Said], Any]] = {
    "a": lambda one: "a" in one.words,
    "a e -c": lambda one: {"a", "e"} <= one.words and "c" not in one.words,
    "-a": lambda one: "a" not in one.words,
    "a agent:mara": lambda one: "a" in one.words and one.who == "Mara",
    "g agent:ada": lambda one: "g" in one.words and one.who == "Ada",
    "-b agent:operator": lambda one: "b" not in one.words and one.who == "operator",
    "a agent:operator": lambda one: "a" in one.words and one.who == "operator",
    "b -agent:mara": lambda one: "b" in one.words and one.who != "Mara",
    "a template:cli": lambda one: "a" in one.words and one.template == "cli",
    "a stall>0.5": lambda one: "a" in one.words and (one.stall or 0) > 0.5,
    "stall>0.8": lambda one: (one.stall or 0) > 0.8,
    "c stall<0.5 template:duo -a": lambda one: (
        "c" in one.words
        and "a" not in one.words
        and one.stall is not None
        and one.stall < 0.5
        and one.template == "duo"
    ),
}


@pytest.fixture
def many(store: Store) -> list[Said]:
    """Short sessions with few words, newest first."""
    rng, places = random.Random(3), []
    for number in range(25):
        names = rng.sample(("Mara", "Jonas", "Ada"), 2)
        template = rng.choice(("cli", "duo"))
        said = [rng.choice(("", "", ">")) + " ".join(rng.choices("aaaabbbcdefg", k=4)) for _ in range(8)]
        stalls = [rng.random() for _ in said]
        script = night(store, *said, names=names, stalls=stalls, template=template, began=BEGAN + number)
        turn = 0
        for text in said:
            own = not text.startswith(">")
            turn += own
            who = names[1 - turn % 2] if own else "operator"
            stall = stalls[turn - 1] if own else None
            places.append(Said(script.session, turn, who, frozenset(text.strip(">").split()), stall, template))
    return places


@pytest.mark.parametrize("small", [False, True])
def test_every_way_of_seeking_finds_the_same(
    store: Store, many: list[Said], small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if small:  # as if there were thousands of times as many
        for name, value in (("_SELDOM", 4), ("_FIRST_BLOCK", 3), ("_LARGEST_BLOCK", 10), ("_NEAR", 2), ("_FEW", 3)):
            monkeypatch.setattr(finding, name, value)
    for asked, fits in ASKED.items():
        expected = [(one.session, one.who) for one in many if fits(one)]
        assert expected, asked
        for limit in (5, 1000):
            hits = [(hit.session, hit.name) for hit in store.search(asked, limit)]
            assert len(hits) == min(limit, len(expected)), asked
            assert set(hits) <= set(expected), asked
            if limit == 1000:
                assert sorted(hits) == sorted(expected), asked
