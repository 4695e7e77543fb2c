"""What people write to find something, and what they are told where it cannot be understood."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.store.query import Bound, Name, Query, QueryMistake, parse
from backrooms_tui.store.words import Phrase

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def words(*said: str) -> tuple[Phrase, ...]:
    return tuple(Phrase(tuple(each.split(" "))) for each in said)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("", Query()),
        (" ?! - ", Query()),
        ("mirror door", Query(words("mirror", "door"))),
        ('a "quiet room"', Query(words("a", "quiet room"))),
        ('"quiet room', Query(words("quiet room"))),
        ("well-known 12:30 it's", Query(words("well known", "12 30", "it s"))),
        ("mirr* mi*", Query((Phrase(("mirr",), open=True), *words("mi")))),
        ('-door -"a wall" mirror', Query(words("mirror"), words("door", "a wall"))),
        ("https://example.org a=b note: x>y", Query(words("https example org", "a b", "note", "x y"))),
        ("agent:Mara", Query(names={"agent": (Name("mara", True),)})),
        ('AGENT:"The Host" -agent:bo', Query(names={"agent": (Name("the host", True), Name("bo", False))})),
        (
            "model:gpt-4o template:cli",
            Query(names={"model": (Name("gpt-4o", True),), "template": (Name("cli", True),)}),
        ),
        ("cost>1", Query(bounds={"cost": (Bound(">", 1),)})),
        ("cost>=$0.5 cost<2", Query(bounds={"cost": (Bound(">=", 0.5), Bound("<", 2))})),
        ("turns=20 stall<=.6", Query(bounds={"turns": (Bound("=", 20),), "stall": (Bound("<=", 0.6),)})),
        ("since:3h", Query(since=(NOW - timedelta(hours=3)).timestamp())),
        ("since:7d", Query(since=(NOW - timedelta(days=7)).timestamp())),
        ("since:2W", Query(since=(NOW - timedelta(days=14)).timestamp())),
        ("since:today", Query(since=datetime(2026, 11, 20, tzinfo=UTC).timestamp())),
        ("since:Yesterday", Query(since=datetime(2026, 11, 19, tzinfo=UTC).timestamp())),
        ('agent:"Mara" lamp', Query(words("lamp"), names={"agent": (Name("mara", True),)})),
    ],
)
def test_what_is_written_is_understood(asked: str, meant: Query) -> None:
    assert parse(asked, now=NOW) == meant


def test_a_date_is_the_persons_own_day() -> None:
    since = parse("since:2026-11-18").since
    assert since == datetime(2026, 11, 18).astimezone().timestamp()


@pytest.mark.parametrize(
    ("asked", "place", "what", "cure"),
    [
        ("mirror agnet:Mara", (7, 17), "at character 8: there is no field agnet", "did you mean agent?"),
        ("-colour:red", (0, 11), "no field colour", 'in quotes it is sought as words: "colour:red"'),
        ("agent:", (0, 6), "agent: says nothing", "agent:NAME"),
        ("a cost>", (2, 7), "cost> says nothing", "cost>1"),
        ("cost:1", (0, 6), "cost is compared", "cost>1"),
        ("turns>many", (0, 10), "many is not an amount", "turns>20"),
        ("cost>nan", (0, 8), "nan is not an amount", "cost>1"),
        ("cost>-1", (0, 7), "-1 is not an amount", "cost>1"),
        ("stall>6", (0, 7), "stall goes from 0 to 1", "stall>0.6"),
        ("-cost>1", (0, 7), "cannot be left out", "< for >"),
        ("since:soon", (0, 10), "soon is no time", "yesterday"),
        ("since:2026-13-40", (0, 16), "is no time", "2026-11-20"),
        ("-since:7d", (0, 9), "cannot be left out", "leave it away"),
        ("agent>Mara", (0, 10), "agent is not measured", "write agent:"),
        ("since=7d", (0, 8), "since is not measured", "7d"),
        ("since:99999d\x1b", (0, 13), "is no time", "12h"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_to_do(asked: str, place: tuple[int, int], what: str, cure: str) -> None:
    with pytest.raises(QueryMistake) as caught:
        parse(asked, now=NOW)
    assert (caught.value.start, caught.value.end) == place
    assert what in caught.value.what
    assert cure in caught.value.cure
    assert (caught.value.what + caught.value.cure).isprintable()


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ("a mirr", Phrase(("mirr",), open=True)),
        ("a mirr ", Phrase(("mirr",))),
        ("a mi", Phrase(("mi",))),
        ('a "the mirr', Phrase(("the", "mirr"), open=True)),
        ('a "the mirr"', Phrase(("the", "mirr"))),
        ('a "the mi', Phrase(("the",))),  # too short for a beginning; what fits so far stays
        ('a "the mirr, ', Phrase(("the", "mirr"))),
        ('a "mi', Phrase(("mi",))),
        ("a mirr.", Phrase(("mirr",))),
        ("a half-wa", Phrase(("half", "wa"))),
        ("a half-way", Phrase(("half", "way"), open=True)),
    ],
)
def test_the_word_that_is_being_typed_may_go_on(asked: str, last: Phrase) -> None:
    assert parse(asked, typing=True).said[-1] == last
    assert parse("agent:mar", typing=True).names == parse("agent:mar").names


@given(st.text(alphabet=st.sampled_from('aZé 日-":*<>=.$7d\x00\ud800\n') | st.characters(), max_size=40))
def test_anything_is_understood_or_told(asked: str) -> None:
    for typing in (False, True):
        try:
            query = parse(asked, typing=typing)
        except QueryMistake as mistake:
            assert 0 <= mistake.start < mistake.end <= len(asked)  # noqa: PT017
        else:
            # The words alone can be asked for again.
            assert parse(query.words).said == query.said
