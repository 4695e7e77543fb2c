"""Pages are opened, read on, left and returned to."""

import pytest

from tests.worlds.exos.sitting import WORLD, Sitting
from tests.worlds.exos.web.conftest import Net
from tests.worlds.exos.web.site import answer, packed, sends_on

PAGE = """<!doctype html><html><head><title>The  garden
 of paths</title><style>p { color: red }</style><script>var x = "<p>not this</p>";</script></head><body>
<nav><a href="/">Home</a> <a href="#top">Top</a></nav>
<main><h1>Paths &amp; forks</h1><p>One path leads <a href="/left?a=1&amp;b=2">left</a>,
another <a href="right">to the   right</a>, and <a href="javascript:alert(1)">one</a> nowhere.</p>
<ul><li>moss<li>stone <ul><li>granite</li></ul></ul><ol><li>first<li>second</ol>
<pre>  kept
    as it is</pre><table><tr><th>tree<th>age<tr><td>oak<td>400</table>
<img src="x.png" alt="a gate"><!-- <p>nor this</p> --></main></body></html>"""


async def test_a_page_is_readable_and_its_links_have_numbers(net: Net, sitting: Sitting) -> None:
    net.site.pages["/garden/"] = answer(PAGE.encode())
    screen = await sitting.gives(f"web open {net.one}/garden/")
    for told in (
        "The garden of paths",
        "# Paths & forks",
        "One path leads left [2], another to the right [3], and one nowhere.",
        "- moss\n- stone\n  - granite\n",
        "1. first\n2. second",
        "  kept\n    as it is",
        "tree | age\noak | 400",
        "(image: a gate)",
        "— around the page —\nHome [1] Top",
    ):
        assert told in screen, screen
    assert "not this" not in screen
    assert "nor this" not in screen
    links = await sitting.gives("web links")
    assert f"[2] left\n    {net.one}/left?a=1&b=2" in links
    assert f"[3] to the right\n    {net.one}/garden/right" in links


async def test_a_link_is_followed_by_its_number_and_back_leads_back(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/garden/": answer(PAGE.encode()), "/garden/right": answer(b"<p>The right side.")}
    await sitting.gives(f"web open {net.one}/garden/")
    assert "The right side." in await sitting.gives("web open [3]")
    assert "Paths & forks" in await sitting.gives("web back")
    assert net.site.paths == ["/garden/", "/garden/right"]
    assert "No page was open before" in await sitting.gives("web back")


async def test_a_branch_goes_on_without_the_net(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/garden/": answer(PAGE.encode()), "/long": answer(b"word " * 3000, "text/plain")}
    await sitting.gives(f"web open {net.one}/garden/")
    await sitting.gives(f"web open {net.one}/long")
    before = len(net.site.heads)
    sitting.again([net.web])
    assert "part 2 of 4" in await sitting.gives("web more")
    assert "Paths & forks" in await sitting.gives("web back")
    assert "to the right" in await sitting.gives("web links")
    assert len(net.site.heads) == before


async def test_a_turn_that_is_taken_back_was_not_read(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/a": answer(b"page of apples", "text/plain"), "/b": answer(b"page of beans", "text/plain")}
    await sitting.gives(f"web open {net.one}/a")
    await sitting.gives(f"web open {net.one}/b")
    sitting.retract()
    assert "apples" in await sitting.gives("web find page")


async def test_each_agent_has_its_own_page(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/a": answer(b"page of apples", "text/plain"), "/b": answer(b"page of beans", "text/plain")}
    await sitting.gives(f"web open {net.one}/a", by=1)
    assert "No page is open" in await sitting.gives("web find page", by=2)
    await sitting.gives(f"web open {net.one}/b", by=2)
    assert "apples" in await sitting.gives("web find page", by=1)


async def test_a_long_page_comes_in_parts_that_make_the_whole(net: Net, sitting: Sitting) -> None:
    text = "\n".join(f"line {number} of the long page" for number in range(500))
    net.site.pages["/long"] = answer(text.encode(), "text/plain")
    screens = [await sitting.gives(f"web open {net.one}/long")]
    while "web more" in screens[-1].splitlines()[-1]:
        screens.append(await sitting.gives("web more"))
    assert len(screens) == 4
    assert all(len(screen) < 4600 for screen in screens)
    lines = [line for screen in screens for line in screen.splitlines() if line.startswith("line ")]
    assert lines == text.splitlines()
    assert "4 parts" in await sitting.gives("web more")
    assert "line 0 of" in await sitting.gives("web more 1")
    assert "part 4: line 499" in await sitting.gives("web find LINE 499")


async def test_plain_text_and_json_are_as_they_are(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {
        "/json": answer(b'{"a": "<b>&amp;</b>"}', "application/json"),
        "/text": answer("a <b>\n  ä".encode(), "text/plain"),
    }
    assert '{"a": "<b>&amp;</b>"}' in await sitting.gives(f"web open {net.one}/json")
    assert "a <b>\n  ä" in await sitting.gives(f"web open {net.one}/text")


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "video/mp4", "application/pdf"])
async def test_other_kinds_are_named_and_not_shown(net: Net, sitting: Sitting, kind: str) -> None:
    net.site.pages["/x"] = answer(b"\x89PNG" * 100, kind)
    screen = await sitting.gives(f"web open {net.one}/x")
    assert kind in screen
    assert "400 bytes" in screen
    assert sitting.outcome == "failed"


@pytest.mark.parametrize("how", ["gzip", "deflate", "bare"])
async def test_packed_pages_are_unpacked(net: Net, sitting: Sitting, how: str) -> None:
    net.site.pages["/x"] = packed(b"<p>unpacked", how)
    assert "unpacked" in await sitting.gives(f"web open {net.one}/x")


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("grün".encode("latin-1"), "text/plain; charset=iso-8859-1", "grün"),
        ("“grün”".encode("cp1252"), "text/plain", "“grün”"),
        ("日本".encode("shift_jis"), "text/plain; charset=Shift_JIS", "日本"),
        (b"<meta charset=koi8-r><p>" + "мир".encode("koi8-r"), "text/html", "мир"),
        ("grün".encode("utf-16"), "text/plain", "grün"),
        ("grün".encode(), "text/plain; charset=nonsense", "grün"),
        ("grün".encode(), "text/plain; charset=punycode", "grün"),
        (b"a\xffb", "text/plain; charset=utf-8", "a\ufffdb"),
    ],
)
async def test_pages_are_read_in_their_letters(net: Net, sitting: Sitting, body: bytes, kind: str, text: str) -> None:
    net.site.pages["/x"] = answer(body, kind)
    assert text in await sitting.gives(f"web open {net.one}/x")


async def test_redirections_are_followed_and_said(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/a": sends_on("/b"), "/b": sends_on(f"{net.two}/c"), "/c": answer(b"<p>arrived")}
    screen = await sitting.gives(f"web open {net.one}/a")
    assert "arrived" in screen
    assert f"{net.two}/c" in screen
    assert "sent on to it" in screen


async def test_nothing_of_the_person_is_sent_and_no_cookie_is_kept(net: Net, sitting: Sitting) -> None:
    net.site.pages |= {"/a": answer(b"x", headers={"Set-Cookie": "id=7; Path=/"}), "/b": answer(b"y")}
    await sitting.gives(f"web open {net.one}/a")
    await sitting.gives(f"web open {net.one}/b")
    assert "cookie" not in net.site.heads[1].lower()
    assert f"Host: one.example.org:{net.site.port}\r\n" in net.site.heads[1]
    assert "User-Agent: backrooms-tui" in net.site.heads[1]
    assert "referer" not in net.site.heads[1].lower()


async def test_no_proxy_stands_in_between(net: Net, sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    net.site.pages["/a"] = answer(b"<p>directly")
    assert "directly" in await sitting.gives(f"web open {net.one}/a")


async def test_a_number_that_does_not_answer_is_followed_by_the_next(net: Net, sitting: Sitting) -> None:
    net.site.pages["/a"] = answer(b"<p>at the second number")
    screen = await sitting.gives(f"web open http://several.example.org:{net.site.port}/a")
    assert "at the second number" in screen


async def test_the_operator_is_told_where_a_number_leads(net: Net) -> None:
    sitting = Sitting([net.web], {"web": "allow"})
    net.site.pages["/garden/"] = answer(PAGE.encode())
    assert sitting.taken("web open 2")[0].reach == "opens nothing: there is no link 2 on a page that is open"
    await sitting.gives(f"web open {net.one}/garden/")
    assert f"{net.one}/left?a=1&b=2" in sitting.taken("web open 2")[0].reach
    assert "one.example.org" in sitting.taken("web open 2")[0].reach
    assert "localhost" in sitting.taken("web open http://localhost/")[0].reach
    assert sitting.taken("web open 2", by=2)[0].reach.startswith("opens nothing")
    sitting.again([net.web])
    assert f"{net.one}/left?a=1&b=2" in sitting.taken("web open 2")[0].reach


async def test_nothing_is_allowed_unless_it_was_said(net: Net) -> None:
    (taken,) = Sitting([net.web]).taken("web open https://example.org/")
    assert (taken.name, taken.otherwise) == ("web.open", "deny")


async def test_what_was_allowed_once_does_not_lead_elsewhere(net: Net) -> None:
    sitting = Sitting([net.web], {"web": "ask"})
    net.site.pages |= {"/a": sends_on(f"{net.two}/c"), "/w": sends_on(net.one.replace("//", "//www.") + "/c")}
    net.site.pages |= {"/c": answer(b"<p>arrived"), "/garden/": answer(PAGE.encode())}
    screen = await sitting.gives(f"web open {net.one}/a")
    assert "arrived" not in screen
    assert f"{net.two}/c" in screen
    assert "arrived" in await sitting.gives(f"web open {net.one}/w")
    # The number was asked about when no page had links; in the same turn another page was opened.
    before = len(net.site.heads)
    screen = await sitting.gives(f"```\nweb open {net.one}/garden/\nweb open 2\n```")
    assert "leads elsewhere now" in screen
    assert len(net.site.heads) == before + 1


async def test_the_page_is_kept_raw(net: Net, sitting: Sitting) -> None:
    net.site.pages["/x"] = answer(b"<title>a\x1b[2J</title><p>red \x1b[31m text", "text/html")
    await sitting.gives(f"web open {net.one}/x")
    assert "\x1b[31m" in str(sitting.state.turns[sitting.state.turn].exchanges[0].changes[0]["text"])
    assert sitting.state.turns[sitting.state.turn].agent == WORLD


async def test_a_page_with_more_than_is_kept_is_the_same_after_a_new_start(net: Net, sitting: Sitting) -> None:
    links = "".join(
        f"<a href=/{'x' * 1500}{number}>link {number}</a> and some words after it. " for number in range(150)
    )
    net.site.pages["/x"] = answer((links + "<p>word " * 20_000).encode())
    first = await sitting.gives(f"web open {net.one}/x")
    assert "longer than what is kept" in first
    listed = await sitting.gives("web links")
    assert len(listed) < 6000
    assert "[2] link 1\n" in listed
    sitting.again([net.web])
    assert (await sitting.gives("web more 1")).partition("part 1")[2] == first.partition("part 1")[2]
    seen, number = 0, 1
    while "There is no link" not in (screen := await sitting.gives(f"web links {number}")):
        seen += screen.count("] link ")
        number = seen + 1
    assert f"{seen} links" in first
