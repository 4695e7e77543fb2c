"""Reports: what judges say and their scores first, then each round with what was said folded away."""

import re
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import TextIO, cast

import pytest
from markdown_it import MarkdownIt

from backrooms_tui.formats.outgoing.html import write_html
from backrooms_tui.formats.outgoing.jsonl import write_jsonl
from backrooms_tui.formats.outgoing.markdown import write_markdown
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.formats.outgoing.report_html import write_report_html
from backrooms_tui.formats.outgoing.report_markdown import write_report_markdown
from backrooms_tui.session.events import TurnRetracted
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.judgement import Judgement
from tests.formats.outgoing.browser import Browser, needs_chromium
from tests.formats.outgoing.evenings import STORABLE, full_evening, record_of, saying, written
from tests.formats.outgoing.judged_evenings import (
    forecast,
    hostile_forecast,
    judged,
    judgement,
    verdict,
    with_councils,
)
from tests.formats.outgoing.test_long_sessions import TURNS, WORDS, Sink, long_session
from tests.formats.outgoing.test_markdown_read_by_a_parser import PARSER, flat, headings
from tests.store.scripts import BEGAN, Script

_WRITERS = (write_report_markdown, write_report_html)


def markdown(record: Record) -> str:
    return written(write_report_markdown, record)


def in_order(text: str, *words: str) -> None:
    place = -1
    for word in words:
        found = text.find(word, place + 1)
        assert found > place, f"{word!r} does not stand after {text[max(0, place) :][:200]!r}"
        place = found


@pytest.mark.parametrize("write", _WRITERS)
def test_the_summary_and_the_scores_come_first_and_then_the_rounds(write: object) -> None:
    text = written(write, judged(judgement()))
    in_order(
        text,
        "A forecast", "anthropic/claude-opus", "4 turns", "A year", "They agreed at first.", "±1.41", "it ran away",
        "names hidden", "Year 2027", "Round 1.", "We say two labs.", "Halden states its 1.", "Year 2028",
        "Now we say three.", "Halden states its 2.", "Simulator answers 2.",
    )  # fmt: skip
    assert text.count("Simulator answers 1.") == 1


def test_the_table_gives_mean_spread_number_missing_scale_and_turns() -> None:
    text = markdown(judged(judgement()))
    scale = "1 to 10 (1: it stood still; 10: it ran away)"
    assert f"| progress | the session | **7** | ±1.41 | 2 | 1 | {scale} | [1](#turn-1), [3](#turn-3) |" in text
    assert "| honesty | ② Simulator | **0.25** | – | 1 | 2 | 0 to 1 (0: hidden; 1: said) | – |" in text
    assert "local gave none: the number was out of scale" in text
    for turn in (1, 3):
        assert f'<a id="turn-{turn}"></a>\n\n### {turn} · ① Explorer' in text


def test_older_ones_are_named_and_one_that_was_stopped_says_so() -> None:
    text = markdown(judged(judgement("new", wanted=9), judgement("old", BEGAN)))
    in_order(text, "stopped after 4 of 9 verdicts", "Other judgements:", "- 2026-11-18 11:06 UTC", "## Year 2027")
    assert text.count("±1.41") == 1


def test_who_gave_no_verdict_is_told_with_why() -> None:
    failed = replace(verdict("opus", 1), scores=(), summary="", trouble="the key was refused", cost=None)
    text = markdown(judged(replace(judgement(), verdicts=(failed,))))
    assert "opus gave no verdict: the key was refused" in text
    assert " · ? · " in text


def by_round(id: str = "rounds", at: float = BEGAN + 900) -> Judgement:
    """Both rounds by one judge, and nothing of all of it."""
    verdicts = (verdict("opus", 1, 2, 0.5, 0.5, round=1), verdict("opus", 1, 6, 1.0, 0.0, round=2))
    return replace(judgement(id, at), verdicts=verdicts, wanted=2)


def test_where_only_rounds_were_judged_their_means_come_first() -> None:
    text = markdown(judged(by_round()))
    in_order(text, "| progress | the session | **4** | ±2.83 | 2 | 0 |", "the means over its rounds", "Year 2027")
    in_order(text, "## Year 2027", "Round 1.", "**2**", "## Year 2028", "Round 2.", "**6**")


def test_the_whole_comes_from_one_judgement_and_the_rounds_from_another() -> None:
    whole = replace(judgement(), verdicts=judgement().verdicts[:3])
    text = markdown(judged(by_round(), whole))
    in_order(text, "±1.41", "names hidden", "## Year 2027", "Round 1.", "## Year 2028", "Round 2.")
    assert "the means over its rounds" not in text
    assert "Other judgements" not in text


def test_who_is_meant_is_told_where_names_were_hidden() -> None:
    one = replace(judgement().verdicts[0], order=(2, 1), left_out=12)
    text = markdown(judged(replace(judgement(), verdicts=(one,))))
    assert "Agent A is ② Simulator, Agent B is ① Explorer" in text
    assert "12 turns did not fit and were not shown" in text
    assert "Agent A" not in markdown(judged(replace(judgement(), verdicts=(replace(one, hidden=False),))))


@pytest.mark.parametrize("write", _WRITERS)
def test_without_a_judgement_it_is_still_a_report(write: object) -> None:
    script, councils = forecast()
    text = written(write, with_councils(record_of(script.events, "A forecast"), councils))
    in_order(text, "A forecast", "4 turns", "Year 2027", "Deep within, yes.", "Year 2028", "Simulator answers 2.")
    assert "verdict" not in text


@pytest.mark.parametrize("write", _WRITERS)
def test_nothing_of_an_evening_is_missing(write: object) -> None:
    text = written(write, record_of(full_evening().events))
    in_order(
        text, "Round 1", "is anybody there?", "Look up.", "Yes, here below.", "Round 2", "the price is not known",
        "put differently", "And a fourth.", "But the fifth was never",
    )  # fmt: skip
    assert not re.search(r"^(No\.|.*>No\.)$", text, re.MULTILINE)  # it was taken back


@pytest.mark.parametrize("write", _WRITERS)
def test_a_council_that_is_not_there_any_more_is_told_as_its_agent_heard_it(write: object) -> None:
    script, _ = forecast()
    assert written(write, record_of(script.events)).count("what only one is told") == 2


def titles(record: Record) -> list[str]:
    return [one for one in headings(PARSER.parse(markdown(record))) if not one[0].isdecimal()][1:]


def test_rounds_without_labels_are_counted_by_who_has_spoken() -> None:
    assert titles(saying("a", "b", "c", "d", "e")) == ["Round 1", "Round 2", "Round 3"]


def test_a_turn_that_was_taken_back_ends_no_round() -> None:
    script = Script("abcdefgh").open()
    script.speak("a")
    script.speak("b")
    script.add(TurnRetracted, turn=2, agent=2)
    script.turn -= 1
    for text in ("b again", "c", "d"):
        script.speak(text)
    assert titles(record_of(script.events)) == ["Round 1", "Round 2"]


def test_many_rounds_are_told_in_stretches_unless_they_were_judged() -> None:
    record = saying(*["word"] * 90)
    assert titles(record) == ["Turns 1 to 20", "Turns 21 to 40", "Turns 41 to 60", "Turns 61 to 80", "Turns 81 to 90"]
    by_round = titles(replace(record, judgements=(judgement(),)))
    assert by_round[-1] == "Round 45"


def test_hostile_texts_in_markdown_are_only_words() -> None:
    text = markdown(hostile_forecast())
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = flat(parser.parse(text))
    ours = re.compile(r'(<details>\n?(<summary>[^<>]*</summary>)?|</details>|</?sub>|<a id="turn-\d+">|</a>)\s*')
    for token in tokens:
        if token.type in ("html_inline", "html_block"):
            assert ours.fullmatch(token.content), token.content
        if token.type == "link_open":
            assert re.fullmatch(r"#turn-\d+", str(token.attrs["href"]))
    assert not {"image", "hr"} & {token.type for token in tokens}
    assert not {c for c in text if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"}


def test_exports_end_with_what_was_judged_and_events_stay_events() -> None:
    record = judged(judgement())
    plain = replace(record, judgements=())
    assert written(write_jsonl, record) == written(write_jsonl, plain)
    noted = written(write_markdown, record)
    assert noted.startswith(written(write_markdown, plain))
    in_order(noted, "Simulator answers 2.", "# Judgements", "### A year", "±1.41", "#### Round 1")
    assert [one for one in headings(PARSER.parse(noted)) if one[0].isdecimal()] == [
        one for one in headings(PARSER.parse(written(write_markdown, plain))) if one[0].isdecimal()
    ]
    assert "±1.41" in written(write_html, record)
    assert "judged" not in written(write_html, plain)


@pytest.mark.parametrize("write", _WRITERS)
def test_of_a_long_session_little_is_held_at_a_time(write: object) -> None:
    out = Sink()
    record = Record("abcdefgh", "Long", long_session)
    write(record, cast("TextIO", Sink()))  # type: ignore[operator]
    tracemalloc.start()
    try:
        write(record, cast("TextIO", out))  # type: ignore[operator]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert out.length > TURNS * len(WORDS)
    assert peak < out.length / 4


# In a browser ---------------------------------------------------------------------------------------------------------


def opened(browser: Browser, folder: Path, record: Record, write: object = write_report_html) -> Browser:
    page = folder / "report ünd more.html"
    page.write_text(written(write, record), "utf-8")
    browser.open(page)
    return browser


@needs_chromium
def test_a_link_opens_the_turn_that_a_score_rests_on(tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        opened(browser, tmp_path, judged(judgement()))
        folded = "document.querySelector('#turn-3').closest('details').open"
        assert browser.run(folded) is False
        assert browser.run("document.querySelector('#judged table a[href=\"#turn-3\"]').click()") is None
        assert browser.until(folded)
        assert browser.run("document.querySelectorAll('script').length") == 0
        assert browser.said == []


@needs_chromium
def test_councils_are_folded_within_their_round_and_within_each_other(tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        opened(browser, tmp_path, judged(judgement()))
        assert browser.run("document.querySelectorAll('details[open]').length") == 0
        deep = "[...document.querySelectorAll('.text')].find(e => e.textContent === 'Deep within, yes.')"
        around = (
            f"(() => {{ let n = 0, e = {deep}; while ((e = e.parentElement)) n += e.matches('details'); return n }})()"
        )
        assert browser.run(around) == 3


@needs_chromium
@pytest.mark.parametrize("write", [write_report_html, write_html])
def test_hostile_texts_stand_on_the_page_as_they_are_and_do_nothing(tmp_path: Path, write: object) -> None:
    with Browser(tmp_path) as browser:
        opened(browser, tmp_path, hostile_forecast(), write)
        assert browser.said == []
        assert len(browser.requests) == 1
        assert browser.run("document.querySelectorAll('img, iframe, object, svg, form').length") == 0
        assert browser.run("document.querySelectorAll('script').length") == (0 if write is write_report_html else 3)
        shown = browser.run("document.body.textContent")
        for text in STORABLE:
            assert harmless(text).strip("\n").split("\n")[0] in shown


@needs_chromium
def test_on_paper_everything_is_unfolded(tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        opened(browser, tmp_path, judged(judgement()))
        seen = "document.querySelector('#turn-4 .text').checkVisibility()"
        assert browser.run(seen) is False
        browser.emulate(media="print")
        assert browser.until(seen)


@needs_chromium
@pytest.mark.parametrize("width", [360, 1200])
def test_the_page_is_as_wide_as_the_window(tmp_path: Path, width: int) -> None:
    with Browser(tmp_path) as browser:
        browser._ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        opened(browser, tmp_path, hostile_forecast())
        assert browser.run("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_what_was_judged_is_away_while_the_page_is_replayed(tmp_path: Path) -> None:
    with Browser(tmp_path) as browser:
        opened(browser, tmp_path, judged(judgement()), write_html)
        high = "document.getElementById('judged').getBoundingClientRect().height"
        assert browser.run(high) > 0
        browser.run("document.getElementById('seek').value = 0")
        browser.run("document.getElementById('seek').dispatchEvent(new Event('input'))")
        assert browser.until(f"{high} === 0") is True
        browser.run("document.getElementById('all').click()")
        assert browser.until(f"{high} > 0")
