"""A page and its application live and end together; what a page sends wrongly harms nobody."""

import json
import os
import signal

import aiohttp
import pytest

from tests.cli.conftest import CommandLine
from tests.serving.conftest import Serve
from tests.serving.serving import is_there, opened, opened_when_free, until, visited


async def test_the_application_is_drawn_and_hears_what_is_typed(serve: Serve, night: str) -> None:
    async with opened(serve()) as page:
        await page.until("Lanterns")
        await page.send("stdin", "p")
        await page.until("▷ replay")
        await page.until("hums quietly")


async def test_an_application_ends_with_its_page(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as one, opened(served) as other:
        await one.until("Lanterns")
        await other.until("Lanterns")
        both = served.children()
        assert len(both) == 2
        await one.socket.close()
        await until(lambda: len(served.children()) == 1, "the application of the closed page ends")
        await other.send("stdin", "?")
        await other.until("what every key does")
    await until(lambda: not any(map(is_there, both)), "all applications end")


async def test_a_page_ends_with_its_application(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as page:
        await page.until("Lanterns")
        await page.send("stdin", "\x11")  # ctrl+q
        await page.until_closed()
    async with opened(served) as page:
        await page.until("Lanterns")
        os.kill(served.children()[0], signal.SIGKILL)
        await page.until_closed()
    async with opened(served) as page:
        await page.until("Lanterns")  # and another can be opened
    assert "token" not in served.complained.read_text()


async def test_ctrl_c_ends_the_server_and_all_applications(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as page, opened(served) as other:
        await page.until("Lanterns")
        await other.until("Lanterns")
        children = served.children()
        served.process.send_signal(signal.SIGINT)
        await until(lambda: served.process.poll() is not None, "the server ends")
        assert served.process.returncode == 130
        assert not any(map(is_there, children))
        await page.until_closed()
    assert "Traceback" not in served.complained.read_text()


async def test_no_application_is_left_of_a_server_that_was_killed(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as page:
        await page.until("Lanterns")
        children = served.children()
        served.process.kill()
        await until(lambda: not any(map(is_there, children)), "the applications notice")


async def test_there_are_only_so_many_places(serve: Serve, night: str) -> None:
    served = serve("--at-most", "1")
    async with visited(served) as browser:
        async with opened(served) as page:
            await page.until("Lanterns")
            async with browser.get(served.base) as full:
                assert full.status == 503
                assert "taken" in await full.text()
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await browser.ws_connect(f"{served.base}/ws", origin=served.base)
            assert refused.value.status == 503
        await until(lambda: not served.children(), "the application has ended")
        async with opened_when_free(served) as page:
            await page.until("Lanterns")


RUBBISH = (
    "",
    "nothing",
    "[" * 100_000,
    "{}",
    "[]",
    "[1]",
    '["stdin"]',
    '["stdin", null]',
    '["stdin", {"a": 1}]',
    '["stdin", "\\ud800\\udfff\\ud800"]',
    '["resize"]',
    '["resize", {"width": "a", "height": 2}]',
    '["resize", {"width": 1e400, "height": NaN}]',
    '["resize", {"width": -5, "height": 99999999999999999999}]',
    '["resize", {"width": true, "height": false}]',
    '["ping", ["a"]]',
    '["ping"]',
    '["quit"]',
    '["deliver_chunk_request", {"key": "1", "size": 10}]',
    '["meta", {"type": "exit"}]',
    f'["resize", {{"width": {"9" * 5000}, "height": 1}}]',
)


async def test_rubbish_on_the_websocket_harms_nobody(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as other:
        await other.until("Lanterns")
        async with opened(served) as page:
            await page.until("Lanterns")
            for rubbish in RUBBISH:
                await page.socket.send_str(rubbish)
            await page.socket.send_bytes(b"\x00\xff" * 5000)
            await page.socket.send_bytes(b'["stdin", "\x11"]')
            await page.until_pong("still here")
            await page.send("resize", {"width": 90, "height": 25})
            await page.send("stdin", "?")
            await page.until("what every key does")
            # Bytes that no terminal sends.
            await page.send("stdin", "".join(map(chr, range(0x80, 0x300))) + "\x1b[<" * 200)
            await page.until_pong("and still")
        async with opened(served) as page:
            await page.until("Lanterns")
            await page.socket.send_str("x" * 2_000_000)  # more than a message may be
            await page.until_closed()
        await other.send("stdin", "?")
        await other.until("what every key does")
    assert "Traceback" not in served.complained.read_text()


async def test_a_broken_frame_ends_only_its_own_page(serve: Serve, night: str) -> None:
    served = serve()
    async with opened(served) as page:
        await page.until("Lanterns")
        connection = page.socket._conn  # a client does not send such a thing by itself
        assert connection is not None
        assert connection.transport is not None
        connection.transport.write(os.urandom(5000))
        await page.until_closed()
    async with opened(served) as page:
        await page.until("Lanterns")


async def test_an_application_that_cannot_start_is_told_of_where_the_server_runs(
    serve: Serve, backrooms: CommandLine
) -> None:
    served = serve()
    backrooms.configure("[defaults\n")
    async with opened(served) as page:
        await page.until_closed()
    await until(lambda: "config.toml, line 1" in served.complained.read_text(), "the reason is told")
    assert "config.toml" not in page.seen


async def test_a_size_that_no_screen_has_is_a_size_that_one_has(serve: Serve, night: str) -> None:
    served = serve()
    async with visited(served) as browser:
        for query in ("width=999999999999&height=-1", "width=a&height=", "width=0&height=0", "width=٣&height=1e5"):
            async with browser.ws_connect(f"{served.base}/ws?{query}", origin=served.base) as socket:
                message = await socket.receive(timeout=30)
                assert message.type == aiohttp.WSMsgType.BINARY, json.dumps(query)
