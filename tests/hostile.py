"""One corpus of hostile strings, for every place that shows text from outside."""

HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;aGFja2Vk\x07clipboard",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H cleared",
    "\x9b31m C1 \x90 DCS \x9d52;c;eA==\x9c",
    "\x1bPq sixel \x1b\\",
    "\r overwritten",
    "\x08\x08\x08 backspaces",
    "\x00 nul",
    "\x7f delete",
    "\u202eright to left\u202c \u2066isolate\u2069",
    "x[/] [bold] [link=http://example.invalid]link[/link] [@click=app.quit]quit[/]",
    "{{ config }} {% for x in y %}",
    "<script>alert(1)</script>",
    "\u2028line\u2029paragraph",
    "\ud800 lone surrogate",
    "e\u0301\u0301\u0301\u0301 combining",
    "[/]]]][[[",
    "a\tb\x0bc\x0cd",
)


def control_bytes(output: bytes) -> set[str]:
    """The control characters in what a terminal was sent, but for newlines, returns and tabs."""
    text = output.decode("utf-8", "replace")
    return {
        c for c in text if (c < " " and c not in "\n\r\t") or "\x7f" <= c <= "\x9f" or c in "\u202e\u202c\u2066\u2069"
    }
