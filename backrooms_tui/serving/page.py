"""The page that draws the terminal, all of it from this machine: nothing is asked of anybody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

from backrooms_tui.session.trouble import OperatorError

_HERE = Path(__file__).parent

# Style sheets are written into the page by the terminal itself; scripts, fonts and connections are the server's own.
# `sandbox` without popups and downloads: what a model wrote cannot open another page, or put a file anywhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-scripts allow-same-origin"
)
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), clipboard-read=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Server": "backrooms",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class File:
    """Something that the page is made of."""

    content: bytes
    type: str


@cache
def page() -> str:
    """The page itself."""
    return (_HERE / "page.html").read_text("utf-8")


@cache
def files() -> Mapping[str, File]:
    """What the page asks for, by name: ours, and the terminal and its letters from textual-serve.

    Raises OperatorError where that is not installed, or has other files than we know.
    """
    spec = find_spec("textual_serve")
    if spec is None or spec.origin is None:
        raise not_installed()
    theirs = Path(spec.origin).parent / "static"
    wanted = {
        "page.css": (_HERE / "page.css", "text/css"),
        "page.js": (_HERE / "page.js", "text/javascript"),
        "xterm.css": (theirs / "css" / "xterm.css", "text/css"),
        "terminal.js": (theirs / "js" / "textual.js", "text/javascript"),
        "mono.ttf": (theirs / "fonts" / "RobotoMono-VariableFont_wght.ttf", "font/ttf"),
        "mono-italic.ttf": (theirs / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf", "font/ttf"),
    }
    try:
        return {name: File(path.read_bytes(), type) for name, (path, type) in wanted.items()}
    except OSError as error:
        cure = 'install it anew: pip install --force-reinstall "backrooms-tui[serve]"'
        raise OperatorError(f"textual-serve lacks a file that the page needs: {error.filename}", cure) from None


def not_installed() -> OperatorError:
    """What to say where the parts for a browser are missing."""
    return OperatorError(
        "showing the application in a browser takes textual-serve, which is not installed",
        'install it with: pip install "backrooms-tui[serve]"',
    )


def plain_page(what: str, cure: str) -> str:
    """A page that says one thing."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>backrooms</title>'
        f"<p>{escape(what)}</p><p>{escape(cure)}</p></html>"
    )
