"""A real browser, Chromium, shows the stage, and shows nothing to who was not let in."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.cli.conftest import CommandLine
from tests.formats.outgoing.browser import Browser, needs_chromium
from tests.serving.conftest import Serve
from tests.serving.serving import SECONDS

pytestmark = needs_chromium

# The page keeps its terminal to itself; this takes hold of it while it is made.
TAKE_HOLD = """
Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(addon) {
  window.__terminal = this.terminal;
  Object.defineProperty(this, "fitAddon", {value: addon, writable: true});
}});
"""
SCREEN = """(() => {
  if (!window.__terminal) return "";
  const screen = __terminal.buffer.active, lines = [];
  for (let row = 0; row < __terminal.rows; row++) lines.push(screen.getLine(row)?.translateToString(true) ?? "");
  return lines.join("\\n");
})()"""


class Window(Browser):
    """A browser that goes to addresses, and reads what its terminal shows."""

    def visit(self, address: str) -> int:
        """Go there and wait until it is loaded; how many bytes the page has."""
        self.requests.clear()
        self.said.clear()
        self._loaded = False
        self._ask("Page.addScriptToEvaluateOnNewDocument", source=TAKE_HOLD)
        self._ask("Page.navigate", url=address)
        end = monotonic() + SECONDS
        while not self._loaded:
            self._hear(end)
        return int(self.run("document.documentElement.outerHTML.length"))

    def read(self, *words: str) -> None:
        """Wait until all these words stand in the terminal."""
        wanted = " && ".join(f"text.includes({word!r})" for word in words)
        try:
            self.until(f"(() => {{ const text = {SCREEN}; return {wanted}; }})()", SECONDS)
        except AssertionError:
            raise AssertionError(f"{words} never stood there:\n{self.run(SCREEN)}") from None

    def press(self, *keys: str) -> None:
        """Press keys on the keyboard: letters, or Enter."""
        for key in keys:
            text, code = ("\r", 13) if key == "Enter" else (key, ord(key.upper()))
            self._ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
            self._ask("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with Window(tmp_path) as browser:
        browser._ask("Emulation.setDeviceMetricsOverride", width=1300, height=800, deviceScaleFactor=1, mobile=False)
        yield browser


@pytest.fixture
def evening(backrooms: CommandLine) -> None:
    """A session with models that a browser may use, since the settings name them."""
    one = backrooms.script("one", "The corridor hums.", "A lantern is lit.", "Nobody comes.")
    two = backrooms.script("two", "Somebody answers.", "It goes out.")
    backrooms.configure(f'[aliases]\nada = "{one}"\nben = "{two}"\n')
    backrooms("run", "duo", "--lm", "ada", "ben", "--max-turns", "2", "--title", "By name")


def test_the_live_stage_is_drawn(serve: Serve, evening: None, window: Window) -> None:
    served = serve()
    window.visit(served.address)
    window.read("By name", "Commands")
    assert window.run("location.href") == f"{served.base}/"  # the secret does not stay where it could be seen
    window.press("Enter")
    window.read("Operator", "The corridor hums.", "Interject")
    window.press("n")
    window.read("A lantern is lit.")
    # It is painted, in letters of its own, and nobody else was asked for anything.
    assert window.run("document.fonts.check('16px \"Roboto Mono\"')")
    assert window.run("document.querySelectorAll('.xterm-screen canvas').length") > 0
    assert all(address.startswith(served.base + "/") for address in window.requests), window.requests
    assert not [said for said in window.said if "Content Security Policy" in said]


def test_what_somebody_else_records_is_seen_as_it_comes(
    serve: Serve, backrooms: CommandLine, evening: None, window: Window
) -> None:
    slow = backrooms.script("slow", *(f"Number {number} of a long evening." for number in range(100)))
    words = ("--lm", slow, slow, "--param", "rate=15", "--title", "Long evening", "--max-turns", "100")
    live = backrooms.start("run", "duo", *words)
    try:
        end = monotonic() + SECONDS
        while "Long evening" not in backrooms("sessions", "list").out:
            assert monotonic() < end
        window.visit(serve("--watch-only").address)
        window.read("Long evening", "Number 3 of")
        window.press("f", "n", "x", "q", "Enter")
        window.read("Long evening", "Number 6 of")
        assert live.poll() is None
    finally:
        live.terminate()
        live.communicate()


def test_without_the_secret_there_is_nothing(serve: Serve, evening: None, window: Window) -> None:
    served = serve()
    for address in (f"{served.base}/?token=wrong", served.base, f"{served.base}/files/terminal.js"):
        assert window.visit(address) < 500
        assert not window.run("!!document.getElementById('terminal')")
    assert not served.children()


def test_a_page_of_another_server_gets_nothing(serve: Serve, evening: None, window: Window) -> None:
    """This browser was let in, and holds the cookie; a page from another port of this machine wants to use it."""
    served, other = serve(), serve()
    window.visit(served.address)
    window.read("By name")
    window.visit(f"{other.base}/nothing")  # a page without a policy of its own stands for any other
    window._ask("Page.setBypassCSP", enabled=True)
    window.visit(f"{other.base}/nothing")
    joined = f"""new Promise(done => {{
      const socket = new WebSocket("ws://{served.host}/ws");
      socket.onopen = () => done("open");
      socket.onerror = () => done("refused");
    }})"""
    assert window.run(joined) == "refused"
    fetched = f"fetch('{served.base}/', {{credentials: 'include'}}).then(r => r.text(), () => 'refused')"
    assert window.run(fetched) == "refused"
    framed = f"""new Promise(done => {{
      const frame = document.createElement("iframe");
      frame.onload = () => {{
        let seen = "refused";
        try {{ if (frame.contentDocument.getElementById("terminal")) seen = "seen"; }} catch {{ }}
        done(seen);
      }};
      frame.src = "{served.base}/";
      document.body.append(frame);
    }})"""
    assert window.run(framed) == "refused"
