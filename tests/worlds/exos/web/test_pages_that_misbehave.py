"""Servers and pages that mean no good: each gets an answer on the screen, soon, and reaches nothing."""

import asyncio
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.worlds.exos.web.fetching import MOST_BYTES
from backrooms_tui.worlds.exos.web.pages import MOST_TEXT
from backrooms_tui.worlds.exos.web.reading import read
from tests.hostile import HOSTILE
from tests.worlds.exos.sitting import Sitting
from tests.worlds.exos.web.conftest import Net
from tests.worlds.exos.web.site import answer, dripping, endless, sends_on, silent


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.example.org/",
        "http://mixed.example.org/",
        "http://mapped.example.org/",
        "http://cloud.example.org/",
    ],
)
async def test_private_places_are_not_reached(net: Net, address: str) -> None:
    from backrooms_tui.worlds.exos.web.fetching import Reaching
    from backrooms_tui.worlds.exos.web.web import Web

    asked = net.web._reaching.numbers_of  # the names of the tests, with the rules of the program

    async def numbers(host: str, port: int) -> object:
        import ipaddress

        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            return await asked(host, port)

    sitting = Sitting([Web(Reaching(numbers_of=numbers))], {"web": "allow"})  # type: ignore[arg-type]
    screen = await sitting.gives(f"web open {address}")
    assert "is not on the public internet" in screen
    assert sitting.outcome == "failed"
    assert net.site.heads == []


async def test_loopback_is_refused_as_the_program_is_made(net: Net) -> None:
    from backrooms_tui.worlds.exos.web.web import Web

    sitting = Sitting([Web()], {"web": "allow"})
    for address in ("http://127.0.0.1:8080/", "http://[::1]:8080/", "http://localhost:8080/", "http://0.0.0.0:8080/"):
        assert "not opened" in await sitting.gives(f"web open {address}"), address


@pytest.mark.parametrize(
    "onward",
    [
        "http://127.0.0.1/",
        "http://inside.example.org/",
        "file:///etc/passwd",
        "http://localhost/",
        "//user@two.example.org/",
    ],
)
async def test_a_redirection_to_a_private_place_is_not_followed(net: Net, sitting: Sitting, onward: str) -> None:
    net.site.pages["/a"] = sends_on(onward)
    await sitting.gives(f"web open {net.one}/a")
    assert sitting.outcome == "failed"
    assert len(net.site.heads) == 1


async def test_a_ring_of_redirections_ends(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/a": sends_on("/b"), "/b": sends_on("/a")}
    assert "more than 5 times" in await sitting.gives(f"web open {net.one}/a")
    assert len(net.site.heads) == 6


async def test_an_endless_page_is_cut(net: Net, sitting: Sitting) -> None:
    net.site.pages["/x"] = endless
    screen = await sitting.gives(f"web open {net.one}/x")
    assert "again and again" in screen
    assert "longer than what was read" in screen
    assert len(str(sitting.last[0].changes[0]["text"])) <= MOST_TEXT


@pytest.mark.parametrize("page", [dripping, silent])
async def test_a_page_that_does_not_come_is_given_up(net: Net, page: object) -> None:
    net.seconds = 0.3
    net.site.pages["/x"] = page  # type: ignore[assignment]
    sitting = Sitting([net.web], {"web": "allow"})
    assert "within 0.3 seconds" in await sitting.gives(f"web open {net.one}/x")


async def test_a_bomb_does_not_go_off(net: Net, sitting: Sitting) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    net.site.pages["/x"] = answer(bomb, "text/plain", headers={"Content-Encoding": "gzip"})
    net.site.pages["/html"] = answer(bomb, "text/html", headers={"Content-Encoding": "gzip"})
    await sitting.gives(f"web open {net.one}/x")
    assert len(str(sitting.last[0].changes[0]["text"])) <= MOST_TEXT < MOST_BYTES
    await sitting.gives(f"web open {net.one}/html")
    assert sitting.outcome == "done"


@pytest.mark.parametrize(
    "raw",
    [
        answer(b"short", length=5000),
        answer(b"long", headers={"Content-Encoding": "gzip"}),
        answer(b"long", headers={"Content-Encoding": "br"}),
        answer(b"x", headers={"Content-Length": "-5"}),
        b"",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 999999 ?\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        answer(b"no", status="500 \x1b[31mred"),
        answer(b"no", status="404 Not Found"),
    ],
)
async def test_what_breaks_the_protocol_is_said(net: Net, sitting: Sitting, raw: bytes) -> None:
    net.site.pages["/x"] = raw
    screen = await sitting.gives(f"web open {net.one}/x")
    assert "Traceback" not in screen
    assert sitting.outcome == ("failed" if not raw.startswith(b"HTTP/1.1 302 Found\r\nContent") else "done")


async def test_a_host_that_is_not_there_is_said(net: Net, sitting: Sitting) -> None:
    assert "There is no host nowhere.example.org" in await sitting.gives("web open nowhere.example.org")


async def test_a_command_that_is_stopped_leaves_nothing_running(net: Net, sitting: Sitting) -> None:
    net.site.pages["/x"] = silent
    giving = asyncio.create_task(sitting.gives(f"web open {net.one}/x"))
    async with asyncio.timeout(10):
        while not net.site.heads:
            await asyncio.sleep(0)
    giving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await giving
    assert asyncio.all_tasks() == {asyncio.current_task()}


DEEP = {
    "nested": "<div>" * 80_000,
    "bold": "<b>" * 100_000,
    "links": "<a href=x>" * 30_000,
    "attributes": "<a " + " ".join(f"a{number}=1" for number in range(30_000)) + ">",
    "open": "<a " * 100_000,
    "quoted": "<a b='" * 50_000,
    "comments": "<!--" * 80_000,
    "scripts": "<script>" * 40_000,
    "lists": "<ul><li>x" * 30_000,
    "signs": "&#" * 150_000,
    "digits": "&#" + "9" * 150_000 + ";",
    "less": "<" * 300_000,
    "tables": "<table><td>" * 30_000,
}


@pytest.mark.parametrize("kind", DEEP)
def test_no_page_takes_long_to_read(kind: str) -> None:
    began = time.process_time()
    read(DEEP[kind], "https://example.org/")
    # About a tenth of a second for each; what grows faster than its length takes minutes.
    assert time.process_time() - began < 10


@given(
    st.text(max_size=300),
    st.lists(st.sampled_from(["<", ">", "a", "/", "'", '"', "=", "!--", "&", "pre", "li ", "\n"])),
)
def test_any_page_is_read(text: str, signs: list[str]) -> None:
    for page in (text, "".join(signs), f"<{text}", *HOSTILE):
        found = read(page, "https://example.org/")
        assert "\n" not in found.title
