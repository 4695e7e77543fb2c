"""What an application says to its server and hears from it: the packets of Textual's web driver.

A packet is one letter (D for the terminal's data, M for something about it in JSON, P for a file), the length of what
follows in four bytes, the largest first, and that many bytes. See textual/drivers/web_driver.py.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Literal

PRELUDE = b"__GANGLION__\n"
DATA, META = b"D", b"M"
_KINDS = (DATA, META, b"P")
# A frame of the largest screen is some hundred kilobytes.
_LARGEST = 16_000_000
# Lines that something may print before the application has the screen.
_LINES_BEFORE = 50


class NotAnApplication(Exception):
    """What came is not what an application says."""


async def begun(stream: asyncio.StreamReader) -> bool:
    """Wait until the application has taken the screen; false where it ended before."""
    for _ in range(_LINES_BEFORE):
        try:
            line = await stream.readline()
        except ValueError:  # a line without an end
            return False
        if line == PRELUDE:
            return True
        if not line:
            return False
    return False


async def next_packet(stream: asyncio.StreamReader) -> tuple[bytes, bytes] | None:
    """The kind of the next packet and what is in it; None at the end. Raises NotAnApplication for anything else."""
    try:
        head = await stream.readexactly(5)
        size = int.from_bytes(head[1:], "big")
        if head[:1] not in _KINDS or size > _LARGEST:
            raise NotAnApplication
        return head[:1], await stream.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def data(text: str) -> bytes:
    """What was typed, as a packet. Half a letter (a lone surrogate) is none."""
    return _packet(DATA, text.encode("utf-8", "ignore"))


def meta(kind: Literal["resize", "focus", "blur", "quit"], **values: int) -> bytes:
    """What happened around the terminal, as a packet."""
    return _packet(META, json.dumps({"type": kind, **values}).encode())


def read_meta(payload: bytes) -> Mapping[str, object]:
    """What the application says of itself. Empty for what cannot be read."""
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _packet(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "big") + payload
