"""What a person has marked stands in pages and notes, as harmless as what was said; events stay events."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.formats.outgoing.jsonl import write_jsonl
from backrooms_tui.formats.outgoing.markdown import write_markdown
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.mark import Mark
from tests.formats.outgoing.browser import Browser, needs_chromium
from tests.formats.outgoing.evenings import STORABLE, full_evening, hostile_evening, record_of, written
from tests.formats.outgoing.test_html_in_a_browser import opened
from tests.formats.outgoing.test_markdown_read_by_a_parser import headings, nothing_but_words, parsed


def marked(record: Record, note: str = "why *this*?\n\n## mine") -> Record:
    """The session with a star on its second turn, and on itself."""
    return replace(record, marks={0: Mark(1.0, ("night",), "all of it"), 2: Mark(2.0, ("deep_er",), note)})


def test_a_note_in_markdown_has_its_star_tags_and_words() -> None:
    record = marked(record_of(full_evening().events))
    text = written(write_markdown, record)
    assert "> **Note**\n>\n> why *this*?\n>\n" in text
    assert "> **Note**\n>\n> all of it" in text
    assert re.search(r"session abcdefgh · ★ \\#night$", text, re.MULTILINE)
    told = [line for line in headings(parsed(record)) if "★" in line]
    assert [line.replace("\\", "") for line in told] == ["2 · ② Simulator · ★ #deep_er"]


@pytest.mark.parametrize("note", STORABLE)
def test_a_hostile_note_in_markdown_is_only_words(note: str) -> None:
    nothing_but_words(parsed(marked(record_of(hostile_evening().events), note)))


@needs_chromium
def test_a_page_shows_them_beneath_the_turn(tmp_path: Path) -> None:
    note = "\n".join(STORABLE)
    with Browser(tmp_path) as browser:
        opened(browser, tmp_path, marked(record_of(full_evening().events), note))
        notes = browser.run("[...document.querySelectorAll('p.note')].map(one => one.textContent)")
        assert notes == ["¶ all of it", f"¶ {harmless(note)}"]
        abouts = browser.run("[...document.querySelectorAll('article .when')].map(one => one.textContent)")
        assert [about.endswith("· ★ #deep_er") for about in abouts].count(True) == 1
        assert "★ #night" in browser.run("document.getElementById('facts').textContent")


@pytest.mark.parametrize("write", [write_jsonl, lambda record, out: write_markdown(replace(record, marks={}), out)])
def test_what_is_not_marked_and_events_are_as_they_were(write: Callable[..., None]) -> None:
    record = record_of(full_evening().events)
    assert written(write, marked(record)) == written(write, record)
