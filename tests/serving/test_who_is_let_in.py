"""Without the secret, under another name, or from another page: nothing, on any route."""

import aiohttp
import pytest

from backrooms_tui.serving.admission import admission, allowed_name
from backrooms_tui.session.trouble import OperatorError
from tests.serving.conftest import Serve
from tests.serving.serving import Served, visited

ROUTES = ("/", "/ws", "/files/terminal.js", "/files/page.css", "/download/1", "/static/js/textual.js", "/nothing", "//")


async def answer(browser: aiohttp.ClientSession, address: str, **headers: str) -> tuple[int, str]:
    async with browser.get(address, headers=headers, allow_redirects=False) as response:
        return response.status, await response.text()


async def joined(browser: aiohttp.ClientSession, served: Served, **headers: str) -> int:
    """The status that a websocket is answered with: 101 where it is let in."""
    try:
        async with browser.ws_connect(f"{served.base}/ws", headers=headers):
            return 101
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


async def test_nothing_is_told_without_the_secret(serve: Serve) -> None:
    served = serve()
    async with aiohttp.ClientSession() as stranger:
        for route in ROUTES:
            for query in ("", "?token=", "?token=wrong", f"?token={served.token[:-1]}", f"?token={served.token}x"):
                status, text = await answer(stranger, served.base + route + query)
                assert status == 403, route
                assert len(text) < 400
                assert "terminal" not in text
        # The secret opens the page itself, and no more than that.
        assert (await answer(stranger, f"{served.base}/files/terminal.js?token={served.token}"))[0] == 403
        assert await joined(stranger, served, Origin=served.base) == 403
        assert await joined(stranger, served, Origin=served.base, Cookie="backrooms=1") == 403
    assert not served.children()


async def test_the_first_page_lets_its_browser_in(serve: Serve) -> None:
    served = serve()
    async with aiohttp.ClientSession() as browser, browser.get(served.address) as first:
        assert first.status == 200
        cookie = first.headers["Set-Cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
        assert served.token not in cookie
        assert served.token not in await first.text()
        assert first.headers["Referrer-Policy"] == "no-referrer"
        assert first.headers["X-Frame-Options"] == "DENY"
        assert first.headers["X-Content-Type-Options"] == "nosniff"
        assert first.headers["Cache-Control"] == "no-store"
        policy = first.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http:" not in policy
    async with visited(served) as browser:
        assert (await answer(browser, f"{served.base}/"))[0] == 200
        assert (await answer(browser, f"{served.base}/files/terminal.js"))[0] == 200
        assert (await answer(browser, f"{served.base}/files/..%2fserver.py"))[0] == 404
        assert (await answer(browser, f"{served.base}/nothing"))[0] == 404
        assert (await answer(browser, f"{served.base}/?token=wrong"))[0] == 403


async def test_a_page_of_somebody_else_is_not_let_in_with_our_cookie(serve: Serve) -> None:
    served = serve()
    port = served.host.rpartition(":")[2]
    async with visited(served) as browser:
        foreign = (
            "http://evil.example",
            "null",
            f"https://{served.host}",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "",
        )
        for origin in (*foreign, f"http://localhost:{port}", f"{served.base}.evil.example"):
            assert await joined(browser, served, Origin=origin) == 403, origin
        assert await joined(browser, served) == 403  # no page of a browser at all
        assert not served.children()
        assert await joined(browser, served, Origin=served.base) == 101


async def test_a_name_that_only_leads_here_is_not_ours(serve: Serve) -> None:
    served = serve("--allow-host", "talks.example")
    port = served.host.rpartition(":")[2]
    async with visited(served) as browser:
        for host in ("evil.example", f"evil.example:{port}", f"localhost.evil.example:{port}", "localhost:x", "@", ""):
            assert (await answer(browser, served.address, Host=host))[0] == 403, host
            assert await joined(browser, served, Host=host, Origin=f"http://{host}") == 403, host
        for host in (f"localhost:{port}", "[::1]:9", "127.0.0.1", "talks.example", "TALKS.example:80"):
            assert (await answer(browser, served.address, Host=host))[0] == 200, host


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("talks.example", "talks.example"),
        (" TALKS.example ", "talks.example"),
        ("my_machine-2", "my_machine-2"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("192.168.1.7", "192.168.1.7"),
        ("[FE80::0:1]", "fe80::1"),
    ],
)
def test_a_name_that_is_allowed_is_what_browsers_ask_for(written: str, meant: str) -> None:
    assert allowed_name(written) == meant
    host = f"[{meant}]" if ":" in meant else meant
    assert admission("127.0.0.1", [written]).knows_host(f"{host}:8765")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "*",
        "*.example",
        "http://talks.example",
        "talks.example:8765",
        "talks.example/x",
        "a b",
        "-a",
        "a..b",
        "\x1b[",
    ],
)
def test_what_nobody_would_ask_for_is_not_allowed(written: str) -> None:
    with pytest.raises(OperatorError):
        admission("127.0.0.1", [written])


async def test_the_secret_is_new_each_time_and_told_once(serve: Serve) -> None:
    first, second = serve(), serve()
    assert first.token != second.token
    async with visited(second), aiohttp.ClientSession() as stranger:
        assert (await answer(stranger, f"{second.base}/?token={first.token}"))[0] == 403
    for one in (first, second):
        assert one.printed.read_text().count(one.token) == 1
        assert one.complained.read_text() == ""


@pytest.mark.parametrize(
    ("origin", "host", "let_in"),
    [
        ("http://127.0.0.1:8765", "127.0.0.1:8765", True),
        ("http://[::1]:8765", "[::1]:8765", True),
        ("http://localhost:9000", "localhost:9000", True),  # a tunnel has a port of its own
        ("https://talks.example", "talks.example", True),  # a proxy with TLS
        ("http://talks.example:8765", "talks.example:8765", True),
        ("https://127.0.0.1:8765", "127.0.0.1:8765", False),
        ("http://127.0.0.1:8765", "localhost:8765", False),
        ("http://evil.example", "evil.example", False),
        ("file://", "127.0.0.1:8765", False),
        ("null", "127.0.0.1:8765", False),
        (None, "127.0.0.1:8765", False),
        ("http://127.0.0.1:8765", None, False),
        ("http://user@127.0.0.1:8765", "user@127.0.0.1:8765", False),
        ("http://127.0.0.1:8765;script-src *", "127.0.0.1:8765;script-src *", False),
    ],
)
def test_origins(origin: str | None, host: str | None, let_in: bool) -> None:
    assert admission("127.0.0.1", ["talks.example"]).knows_origin(origin, host) is let_in


def test_secrets_are_not_shown_where_the_admission_is() -> None:
    one = admission("127.0.0.1")
    assert one.token not in repr(one)
    assert one.cookie not in repr(one)
    assert len(one.token) >= 43
    assert one.knows_token(one.token)
    assert not one.knows_token("ä" * 43)
    assert not one.knows_token(one.cookie)
