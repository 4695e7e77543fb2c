"""What judges said: kept with its session, the same on both databases, and gone with it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from backrooms_tui.session.judgement import Judgement, Measure, Rubric, Score, Verdict
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Usage
from backrooms_tui.store.backing_up import back_up
from backrooms_tui.store.database import Store, open_store
from backrooms_tui.store.restoring import restore
from tests.hostile import HOSTILE
from tests.store.scripts import kept

QUALITY = Measure("Quality", "how good it is", 1, 10, "poor", "fine", of="agent", whole=False)
RUBRIC = Rubric("own", "Mine, „so“", (QUALITY, Measure("Depth", "", 0, 4, "shallow", "deep")), about="日本語")


def judgement(session: str, id: str = "one", at: float = 10.5, reason: str = "as in turn 1") -> Judgement:
    scores = (Score("Quality", 1, 7.5, (1, 2), reason), Score("Depth", None, None, missing="no number"))
    used = Usage(100, 20, 50)
    spoken = Verdict("scripted/a.txt", 1, (2, 1), True, "It went well.", scores, 2, used, None, round=1)
    silent = Verdict("openai/gpt", 2, (1, 2), False, "", (), 1, Usage(), 0.25, trouble="rate limit")
    return Judgement(id, session, at, RUBRIC, 2, (spoken, silent), wanted=4)


def test_a_judgement_is_kept_as_it_was_given(store: Store, database: str) -> None:
    session = kept(store, "one", "two").session
    assert store.judgements(session) == []
    first, second = judgement(session), judgement(session, "two", at=11)
    store.keep_judgement(first)
    store.keep_judgement(second)
    with open_store(database) as again:
        assert again.judgements(session) == [second, first]
    assert not first.whole
    assert first.cost is None


def test_more_verdicts_take_the_place_of_fewer(store: Store) -> None:
    session = kept(store, "one").session
    whole = judgement(session)
    store.keep_judgement(replace(whole, verdicts=whole.verdicts[:1]))
    store.keep_judgement(whole)
    assert store.judgements(session) == [whole]


def test_a_judgement_can_be_forgotten(store: Store) -> None:
    session = kept(store, "one").session
    store.keep_judgement(judgement(session))
    assert store.forget_judgement("one")
    assert not store.forget_judgement("one")
    assert store.judgements(session) == []


def test_a_judgement_goes_with_its_session(store: Store) -> None:
    session, other = kept(store, "one").session, kept(store, "two").session
    store.keep_judgement(judgement(session))
    store.keep_judgement(judgement(other, "two"))
    store.put_away(session)
    store.keep_judgement(judgement(session, "three"))  # it was deleted while it was being judged
    assert len(store.bring_back(session).id) > 0
    assert {one.id for one in store.judgements(session)} == {"one", "three"}
    store.delete(session)
    assert store.judgements(session) == []
    assert not store.forget_judgement("one")
    with pytest.raises(OperatorError, match="there is no session"):
        store.keep_judgement(judgement(session))
    assert [one.id for one in store.judgements(other)] == ["two"]


@pytest.mark.parametrize("text", [*HOSTILE, "a\0b", "lone \ud800 half"])
def test_whatever_a_judge_says_is_kept(tmp_path: Path, text: str) -> None:
    with open_store(tmp_path / "s.db") as store:
        session = kept(store, "one").session
        store.keep_judgement(judgement(session, reason=text))
        kept_reason = store.judgements(session)[0].verdicts[0].scores[0].reason
    assert kept_reason == text.replace("\0", "\ufffd").replace("\ud800", "\ufffd")


def test_a_backup_brings_the_judgements_along(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.db") as store:
        session = kept(store, "one").session
        given = judgement(session)
        store.keep_judgement(given)
        back_up(store, tmp_path / "b.db")
        store.forget_judgement(given.id)
    restore(tmp_path / "s.db", tmp_path / "b.db", date(2026, 1, 1))
    with open_store(tmp_path / "s.db") as store:
        assert store.judgements(session) == [given]
