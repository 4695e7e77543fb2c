"""Listing, finding, renaming, deleting and searching."""

import pytest

from backrooms_tui.session.events import SeatChanged, TurnEdited, TurnRetracted
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.query import QueryMistake
from backrooms_tui.store.summaries import AgentSummary
from backrooms_tui.store.words import pattern
from tests.store.scripts import BEGAN, Script, keep, kept


def test_the_newest_session_comes_first(store: Store) -> None:
    for hour in (2, 1, 3):
        kept(store, title=f"Night {hour}", began=BEGAN + hour * 3600)
    assert [session.title for session in store.list_sessions()] == ["Night 3", "Night 2", "Night 1"]
    assert [session.title for session in store.list_sessions(limit=2)] == ["Night 3", "Night 2"]
    assert store.list_sessions(limit=0) == []


def test_a_session_is_listed_with_what_matters(store: Store) -> None:
    script = kept(store, "one", "two", parent="parent00", parent_turn=3)
    keep(
        store,
        [SeatChanged(seq=len(script.events) + 1, at=script.at, agent=2, model="openai/gpt", asked="gpt")],
        script.session,
    )
    [session] = store.list_sessions()
    assert session == store.summary(script.session)
    assert (session.id, session.title, session.template) == (script.session, "Command line", "cli")
    assert session.agents == (
        AgentSummary(1, "Explorer", "anthropic/claude-opus"),
        AgentSummary(2, "Simulator", "openai/gpt"),
    )
    assert (session.turns, session.cost, session.unpriced) == (2, 0.5, 0)
    assert (session.input_tokens, session.output_tokens, session.cached_tokens) == (200, 40, 100)
    assert (session.started, session.last) == (script.events[0].at, script.at)
    assert (session.parent, session.parent_turn, session.seed) == ("parent00", 3, 7)
    assert (session.status, session.end_reason) == ("open", "")


def test_many_sessions_are_listed_whole(store: Store) -> None:
    scripts = [kept(store, title=f"Night {number}") for number in range(205)]  # all begun in the same moment
    listed = store.list_sessions()
    assert sorted(session.id for session in listed) == sorted(script.session for script in scripts)


def test_the_list_is_filtered_by_words(store: Store) -> None:
    kept(store, title="Übermut und Dreams")
    kept(store, title="Gallery")
    assert [session.title for session in store.list_sessions(filter="DREAMS über")] == ["Übermut und Dreams"]
    assert len(store.list_sessions(filter="claude-OPUS")) == 2
    assert len(store.list_sessions(filter="simulator cli")) == 2
    assert store.list_sessions(filter="simulator nowhere") == []


def test_sessions_are_found_by_what_people_write(store: Store) -> None:
    first = kept(store, title="Gallery of dreams", began=BEGAN).session
    second = kept(store, title="Fugue", began=BEGAN + 60).session
    assert store.find("last") == second
    assert store.find(first) == first
    assert store.find("fugue") == second
    assert store.find("gallery") == first
    assert store.find(first[:7].upper()) == first


def test_a_name_for_several_sessions_names_them(store: Store) -> None:
    ids = [kept(store, title="Fugue").session for _ in range(7)]
    with pytest.raises(OperatorError, match="7 sessions") as caught:
        store.find("fugue")
    assert sum(id in caught.value.cure for id in ids) == 5
    assert "2 more" in caught.value.cure


def test_an_unknown_name_gets_the_nearest(store: Store) -> None:
    with pytest.raises(OperatorError, match="no sessions yet"):
        store.find("last")
    session = kept(store, title="Fugue in the dark").session
    kept(store, title="Gallery", began=BEGAN + 60)
    for name in ("Fuge in the drak", "dark"):
        with pytest.raises(OperatorError, match="no session") as caught:
            store.find(name)
        assert f"did you mean {session} (Fugue in the dark)" in caught.value.cure
    with pytest.raises(OperatorError, match="no session ''") as caught:
        store.find("")
    assert "Gallery" in caught.value.cure


def test_ids_are_short_and_can_be_read_aloud(store: Store) -> None:
    ids = {store.new_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(len(id) == 8 and not set(id) - set("0123456789abcdefghjkmnpqrstvwxyz") for id in ids)


def test_a_renamed_session_keeps_its_setup(store: Store) -> None:
    script = kept(store, "one", title="Before")
    store.rename(script.session, "After")
    assert store.list_sessions()[0].title == "After"
    assert list(store.events(script.session)) == script.events


def test_a_deleted_session_is_gone_and_the_others_stay(store: Store) -> None:
    gone, stays = kept(store, "alpha beta", "gamma"), kept(store, "alpha delta")
    keep(store, [TurnEdited(seq=len(gone.events) + 1, at=gone.at, turn=1, text="alpha epsilon")], gone.session)
    store.delete(gone.session)
    assert [session.id for session in store.list_sessions()] == [stays.session]
    assert [hit.session for hit in store.search("alpha")] == [stays.session]
    assert store.search("epsilon") == store.search("gamma") == []
    assert list(store.events(stays.session)) == stays.events
    assert store.problems() == []
    new = kept(store, "zeta")  # whatever room was freed is used again without a mix-up
    assert [hit.session for hit in store.search("zeta")] == [new.session]


def test_totals_of_everything(store: Store) -> None:
    assert store.totals().turns == 0
    kept(store, "one", "two")
    kept(store, "three")
    totals = store.totals()
    assert (totals.sessions, totals.turns, totals.cost) == (2, 3, 0.75)
    assert (totals.input_tokens, totals.output_tokens, totals.cached_tokens) == (300, 60, 150)


def test_search_finds_turns_by_words_and_phrases(store: Store) -> None:
    script = kept(
        store,
        "The corridor hums. A door opens, slowly.",
        "No door here; the CORRIDOR ends.",
        "Café Zürich: naïve façades",
        "файл mainframe.txt и 日本語",
        title="Halls",
    )

    def found(text: str) -> list[int]:
        return [hit.turn for hit in store.search(text)]

    assert found("corridor") == [2, 1]
    assert found("corridor slowly") == [1]
    assert found('"door opens"') == [1]
    assert found('"opens door"') == []
    assert found("cafe ZURICH") == [3]
    assert found("façades") == found("facades") == [3]
    assert found("mainframe") == found("mainframe.txt") == found("ФАЙЛ") == [4]
    assert found("日本語") == [4]
    [hit] = store.search('"door opens"')
    assert (hit.session, hit.title, hit.agent, hit.name) == (script.session, "Halls", 1, "Explorer")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["door opens"]
    assert store.search("corridor", limit=1)[0].turn == 2


ODD = [
    '"',
    '""',
    '"open',
    "AND",
    "OR",
    "NEAR(a",
    "a*",
    "^a",
    "-a",
    "text:a",
    "(",
    "';",
    "\\",
    ":*",
    "a&b|!c",
    "!!!",
    "<->",
]
ODDER = [
    "%",
    "a:b:c",
    "'a'",
    "{a b}",
    "e\u0301",
    "ﬁ",
    "²",
    "½",
    "٣",
    "",
    "  ",
    "OR NOT",
    "a & b | !c",
    "a" * 10_000,
    "\0",
    "\ud800",
]


@pytest.mark.parametrize("text", [*ODD, *ODDER])
def test_no_search_text_breaks_the_search(store: Store, text: str) -> None:
    kept(store, "a quiet room")
    if text in ("text:a", "a:b:c"):  # what looks like a field
        with pytest.raises(QueryMistake):
            store.search(text)
    else:
        assert isinstance(store.search(text), list)


def test_long_turns_show_the_place_that_was_found(store: Store) -> None:
    kept(store, "word " * 500 + "needle " + "word " * 500)
    [hit] = store.search("needle")
    assert len(hit.snippet) < 200
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["needle"]


def test_an_enormous_turn_can_be_kept_and_found(store: Store) -> None:
    kept(store, "needle " + " ".join(f"word{number:x}{'x' * 60}" for number in range(40_000)))
    assert [hit.turn for hit in store.search("needle")] == [1]


def test_search_follows_edits_and_retractions(store: Store) -> None:
    script = kept(store, "alpha", "beta")
    count = len(script.events)
    keep(store, [TurnEdited(seq=count + 1, at=script.at, turn=1, text="gamma")], script.session)
    assert store.search("alpha") == []
    assert [hit.snippet for hit in store.search("gamma")] == ["gamma"]
    keep(store, [TurnRetracted(seq=count + 2, at=script.at, turn=2, agent=2)], script.session)
    assert store.search("beta") == []


def test_a_search_within_a_session_gives_its_turns_in_order(store: Store) -> None:
    began = kept(store, "a door opens", "the corridor", "door after door")
    other = kept(store, "a door elsewhere", "Café, naïve")
    # The first session goes on after the other one.
    more = Script(began.session, began.at)
    more.events, more.turn = list(began.events), began.turn
    more.speak("the last DOOR")
    keep(store, more.events[len(began.events) :], began.session)
    assert store.turns_saying(began.session, "door") == [1, 3, 4]
    assert store.turns_saying(began.session, '"a door"') == [1]
    assert store.turns_saying(other.session, "door") == [1]
    assert store.turns_saying(other.session, "cafe NAIVE") == [2]
    assert store.turns_saying(began.session, "doo") == store.turns_saying(began.session, "cafe") == []
    assert store.turns_saying("nowhere0", "door") == store.turns_saying(began.session, "?!") == []


def test_a_search_within_a_session_follows_edits_and_retractions(store: Store) -> None:
    script = kept(store, "alpha", "beta", "beta")
    count = len(script.events)
    keep(store, [TurnEdited(seq=count + 1, at=script.at, turn=2, text="gamma")], script.session)
    keep(store, [TurnRetracted(seq=count + 2, at=script.at, turn=3, agent=1)], script.session)
    assert store.turns_saying(script.session, "beta") == []
    assert store.turns_saying(script.session, "gamma") == [2]


@pytest.mark.parametrize("text", [*ODD, *ODDER])
def test_no_search_text_within_a_session_is_an_error(store: Store, text: str) -> None:
    script = kept(store, "a quiet room")
    assert store.turns_saying(script.session, text) in ([], [1])
    found = pattern(text)
    assert found is None or found.search("nothing") is None


@pytest.mark.parametrize(
    ("query", "said", "shown"),
    [
        ("door", "No doors, a Door; door_bell", ["Door", "door"]),
        ('"door opens" now', "The door – opens now", ["door – opens", "now"]),
        ("cafe", "Café, CAFE\u0301, cafés", ["Café", "CAFE\u0301"]),
        ("naïve", "naive and naïve", ["naive", "naïve"]),
        ("日本語 한글", "日本語 한글 日本", ["日本語", "한글"]),
        ("C++ a.b", "c a b b abc", ["c", "a b"]),
    ],
)
def test_what_was_found_is_found_again_in_the_text(query: str, said: str, shown: list[str]) -> None:
    found = pattern(query)
    assert found is not None
    assert found.findall(said) == shown


def test_a_store_reads_what_another_one_wrote(store: Store, database: str) -> None:
    with open_store(database) as other:
        script = kept(other, "hello")
    assert store.find("last") == script.session
