"""`backrooms sessions find`: what was said, by words and fields."""

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def nights(backrooms: CommandLine) -> CommandLine:
    for title, text, say in (
        ("Rain", "drops on the roof", "listen to the roof"),
        ("Sun", "a warm stone on the roof", "look"),
    ):
        model = backrooms.script(title, text)
        backrooms("run", "duo", "--lm", model, "--max-turns", "2", "--title", title, "--say", say)
    return backrooms


def test_words_and_fields_are_found_newest_first(nights: CommandLine) -> None:
    hits = nights("sessions", "find", "roof", "--json").json()
    assert [set(hit) for hit in hits] == [{"session", "turn", "agent", "name", "text"}] * 5
    assert [(hit["turn"], hit["agent"]) for hit in hits] == [(2, 2), (1, 1), (2, 2), (1, 1), (1, 0)]
    assert nights("sessions", "find", "roof", "agent:operator", "--json").json() == hits[-1:]
    assert nights("sessions", "find", 'agent:operator "the roof"', "--json").json() == hits[-1:]
    assert nights("sessions", "find", "roof", "-drops", "-listen", "--json").json() == hits[:2]
    assert nights("sessions", "find", "roof", "--limit", "1", "--json").json() == hits[:1]
    assert len(nights("sessions", "find", "template:duo", "turns>1", "since:today", "--json").json()) == 2
    assert nights("sessions", "find", "roof", "cost>1", "--json").json() == []


def test_a_person_sees_where_and_who(nights: CommandLine) -> None:
    out = nights("sessions", "find", "listen").out
    assert [word in out for word in ("session", "turn", "by", "operator", "listen to the roof")] == [True] * 5
    assert nights("sessions", "find", "snow").out == "Nobody said that.\n"
    assert nights("sessions", "find", "template:fugue").out == "Nothing fits.\n"


def test_a_mistake_is_told_with_its_place(nights: CommandLine) -> None:
    told = nights("sessions", "find", "roof", "agnt:Ada", status=2)
    assert told.out == ""
    what, cure = told.err.splitlines()
    assert "at character 6: there is no field agnt" in what
    assert "did you mean agent?" in cure
