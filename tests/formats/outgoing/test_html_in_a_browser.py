"""The page of a session in a real browser, from a file: it reads, it replays, and nothing that was said runs in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backrooms_tui.formats.outgoing.html import write_html
from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.harmless import harmless
from tests.formats.outgoing.browser import Browser, needs_chromium
from tests.formats.outgoing.evenings import STORABLE, full_evening, hostile_evening, record_of, saying, written
from tests.store.scripts import Script

pytestmark = needs_chromium

# What would show if anything of it ran, was fetched, or left its place in the page.
ATTACKS = (
    "</script><script>document.title = 'taken'; window.taken = 1</script>",
    "<!--<script>",
    "--> ]]> </textarea></style></title></noscript><img src=x onerror='window.taken = 2'>",
    "<img src=http://127.0.0.1:9/pixel.png><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<iframe src='javascript:parent.taken=3'></iframe><base href=http://127.0.0.1:9/>",
    "<svg onload='window.taken=4'><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "\u003cscript>window.taken=5\u003c/script> \\u003cscript\\u003e {{ script }} }}{{ policy }}",
    '"}]</script>',
    "javascript:window.taken=6",
    "constructor __proto__ toString",
)
WORDS = "[...document.querySelectorAll('#talk > section > *')].filter(e => e.offsetParent !== null)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


def opened(browser: Browser, folder: Path, record: Record) -> Browser:
    page = folder / "night ünd day.html"
    page.write_text(written(write_html, record), "utf-8")
    browser.open(page)
    return browser


def seen(browser: Browser) -> list[str]:
    """The texts that stand on the page and are not hidden."""
    found: list[str] = browser.run(f"{WORDS}.map(e => (e.querySelector('.text') || e).textContent)")
    return found


def head(browser: Browser) -> list[str]:
    found: list[str] = browser.run(
        f"{WORDS}.filter(e => e.querySelector('h2')).map(e => e.querySelector('.name').textContent)"
    )
    return found


def test_the_evening_can_be_read_at_once(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, record_of(full_evening().events, "The night"))
    assert browser.run("document.title") == "The night"
    assert browser.run("document.querySelector('h1').textContent") == "The night"
    assert "anthropic/claude-opus" in browser.run("document.querySelector('#cast').textContent")
    assert "4 turns" in browser.run("document.querySelector('#facts').textContent")
    assert seen(browser) == [
        "Hello, is anybody there?",
        "Look up.",
        "Say no.",
        "turn 2 is spoken again",
        "Yes, here below.",
        "the price is not known",
        "A third thing, put differently.",
        "And a fourth.",
        "But the fifth was never",
    ]
    assert head(browser)[:3] == ["① Explorer", "Operator", "Operator (only to Simulator)"]
    assert browser.said == []


def test_it_asks_for_nothing_but_itself(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, saying("words", *ATTACKS))
    assert [address for address in browser.requests if not address.startswith("file:")] == []
    assert len(browser.requests) == 1


@pytest.mark.parametrize("text", [*ATTACKS, *STORABLE])
def test_what_was_said_is_words_and_nothing_else(browser: Browser, tmp_path: Path, text: str) -> None:
    script = Script("abcdefgh").open(text)
    script.speak(text)
    opened(browser, tmp_path, record_of(script.events, text))
    assert seen(browser) == [harmless(text)]
    assert browser.run("document.title") != "taken"
    assert browser.run("window.taken === undefined && document.scripts.length === 3")
    assert browser.run("document.querySelectorAll('img, iframe, svg, base, link, style ~ style').length") == 0
    assert browser.said == []


def test_a_whole_hostile_evening_plays_to_its_end(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, record_of(hostile_evening().events, " ".join(STORABLE)))
    texts = seen(browser)
    browser.run("document.querySelector('#speed').value = '64'; document.querySelector('#play').click()")
    assert browser.run("document.documentElement.dataset.state") == "playing"
    browser.until("document.documentElement.dataset.state === 'end'", 60)
    assert seen(browser) == texts
    assert browser.said == []
    assert browser.run("window.taken === undefined")


def test_the_policy_stops_what_gets_in_all_the_same(browser: Browser, tmp_path: Path) -> None:
    """Were a tag ever to come through, it would still do nothing."""
    opened(browser, tmp_path, saying("words"))
    browser.run(
        "document.querySelector('#talk').innerHTML += "
        '`<img src="http://127.0.0.1:9/x" onerror="window.taken = 1"><p style="color: red" id=p>p</p>`;'
        "const s = document.createElement('script'); s.textContent = 'window.taken = 2'; document.body.append(s)"
    )
    browser.until("document.querySelector('img').complete")
    assert browser.run("window.taken") is None
    assert browser.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'stopped')") == "stopped"
    assert all("Content Security Policy" in line for line in browser.said)
    assert browser.said


def playing(browser: Browser, folder: Path) -> Browser:
    """Two turns: the first word of the first at 0.02 s, then one each second; a pause of an hour; the second turn."""
    script = Script("abcdefgh").open()
    script.start()
    for word in ("one ", "two ", "three"):
        script.at += 1.0
        script.say([word])
    script.end("one two three")
    script.at += 3600
    script.speak("four")
    return opened(browser, folder, record_of(script.events))


def at(browser: Browser, milliseconds: float) -> list[str]:
    """What can be read when the bar is moved there."""
    move = f"bar.value = {milliseconds}; bar.dispatchEvent(new Event('input'))"
    browser.run(f"{{ const bar = document.querySelector('#seek'); {move} }}")
    return seen(browser)


def test_it_replays_with_the_timing_that_it_had(browser: Browser, tmp_path: Path) -> None:
    playing(browser, tmp_path)
    assert at(browser, 0) == []
    assert at(browser, 500) == [""]
    assert at(browser, 1100) == ["one "]
    assert at(browser, 2200) == ["one two "]
    assert at(browser, 3060) == ["one two three"]
    # An hour in which nobody spoke takes two seconds.
    length = browser.run("Number(document.querySelector('#seek').max)")
    assert 5000 < length < 5500
    assert at(browser, length) == ["one two three", "four"]
    assert at(browser, 1100) == ["one "]
    assert browser.run("document.querySelector('#place').textContent") == "turn 1 of 2 · 0:01 of 0:05"


def test_it_plays_pauses_and_goes_at_another_speed(browser: Browser, tmp_path: Path) -> None:
    playing(browser, tmp_path)
    browser.run("document.querySelector('#play').click()")
    browser.until("document.querySelector('.speaking .text')?.textContent === 'one '")
    assert seen(browser) == ["one "]
    browser.run("document.querySelector('#play').click()")
    stood = browser.run("document.querySelector('#seek').value")
    browser.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert browser.run("document.querySelector('#seek').value") == stood
    began = browser.run("performance.now()")
    browser.run("document.querySelector('#speed').value = '16'; document.querySelector('#play').click()")
    browser.until("document.documentElement.dataset.state === 'end'")
    assert browser.run("performance.now()") - began < 3000
    assert seen(browser) == ["one two three", "four"]


def test_keys_go_from_turn_to_turn_and_a_click_plays_from_one(browser: Browser, tmp_path: Path) -> None:
    playing(browser, tmp_path)
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '{}', bubbles: true}}))"
    at(browser, 0)
    browser.run(press.format("ArrowRight"))
    assert seen(browser) == [""]
    browser.run(press.format("ArrowRight"))
    assert len(seen(browser)) == 2
    browser.run(press.format("ArrowLeft"))
    assert len(seen(browser)) == 1
    browser.run("document.querySelectorAll('.from')[1].click()")
    assert browser.run("document.documentElement.dataset.state") == "playing"
    browser.run("document.querySelector('#all').click()")
    assert seen(browser) == ["one two three", "four"]
    assert browser.run("document.documentElement.dataset.state") == "end"


def test_it_prints_whole_and_follows_the_colours_of_the_system(browser: Browser, tmp_path: Path) -> None:
    playing(browser, tmp_path)
    at(browser, 0)
    browser.emulate(media="print")
    assert seen(browser) == ["one two three", "four"]
    assert browser.run("getComputedStyle(document.querySelector('#transport')).display") == "none"

    def paper(scheme: str) -> Any:
        browser.emulate(media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        return browser.run("getComputedStyle(document.documentElement).backgroundColor")

    light, dark = paper("light"), paper("dark")
    assert light != dark
    browser.emulate(media="", features=[])


def test_drawings_can_be_read_in_letters_of_one_width(browser: Browser, tmp_path: Path) -> None:
    wide = "document.querySelectorAll('.text')[{}].getBoundingClientRect().width"
    opened(browser, tmp_path, saying("iiiiiiii", "MMMMMMMM"))
    browser.run("for (const text of document.querySelectorAll('.text')) text.style.display = 'inline-block'")
    assert browser.run(wide.format(0)) < browser.run(wide.format(1))
    browser.run("document.querySelector('#mono').click()")
    assert browser.run(wide.format(0)) == browser.run(wide.format(1))


def test_words_that_became_others_are_heard_as_they_were_said(browser: Browser, tmp_path: Path) -> None:
    opened(browser, tmp_path, record_of(full_evening().events))
    assert "A third thing, put differently." in seen(browser)
    browser.run("document.querySelectorAll('.turn .from')[2].click(); document.querySelector('#play').click()")
    began = browser.run("Number(document.querySelector('#seek').value)")
    assert at(browser, began + 25)[-1] == "A third "


def test_a_parser_of_json_reads_the_data_without_a_browser() -> None:
    page = written(write_html, record_of(hostile_evening().events))
    (data,) = re.findall(r'<script type="application/json" id="said">(.*?)</script>', page, re.DOTALL)
    said = json.loads(data)
    assert [one["text"] for one in said if one["k"] == "turn"] == [harmless(text) for text in STORABLE]
