"""An audience sees the session as it goes on, and cannot type: not even a page that was made to send keys."""

from tests.cli.conftest import CommandLine
from tests.serving.conftest import Serve
from tests.serving.serving import opened, until

MOUSE = "\x1b[<0;5;5M\x1b[<0;5;5m"


async def test_nothing_that_is_typed_reaches_the_application(serve: Serve, night: str) -> None:
    served = serve("--watch-only", "Lanterns")
    async with opened(served) as page:
        await page.until("▷ replay")
        (child,) = served.children()
        for keys in ("?", "\x1b", "\x10", MOUSE, "\x1b[200~?\x1b[201~", "\x11", "f"):
            await page.send("stdin", keys)
        await page.socket.send_bytes(b'["stdin", "\x11"]')
        await page.until_pong("heard")
        # A size is heard: what is drawn anew is still the replay, and no dialog or help stands over it.
        before = len(page.seen)
        await page.send("resize", {"width": 120, "height": 40})
        await page.until_drawn_anew("Lanterns", before)
        assert "what every key does" not in page.seen
        assert "Find any action" not in page.seen
        assert served.children() == [child]


async def test_a_session_that_has_ended_is_played_without_a_key(serve: Serve, night: str) -> None:
    served = serve("--watch-only")
    async with opened(served) as page:
        await page.until("The lantern goes out.")
        assert "Commands" not in page.seen  # nobody there could press a key


async def test_a_session_that_is_being_recorded_is_followed(serve: Serve, backrooms: CommandLine, night: str) -> None:
    slow = backrooms.script("slow", *(f"Words number {number} of a long evening." for number in range(200)))
    words = ("--lm", slow, slow, "--param", "rate=20", "--title", "Long evening", "--max-turns", "200")
    live = backrooms.start("run", "duo", *words)
    try:
        await until(lambda: "Long evening" in backrooms("sessions", "list").out, "it is being recorded")
        async with opened(serve("--watch-only")) as page:
            await page.until("Long evening")
            await page.until("number 4 of")
            number = 8
            await page.until(f"number {number} of")  # what is said after the page was opened
            assert live.poll() is None
    finally:
        live.terminate()
        live.communicate()
