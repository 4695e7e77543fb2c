"""Whether a process that was started for a test is still there."""

import asyncio
import os
from pathlib import Path


def gone(pid: int) -> bool:
    """Whether it has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # One that nobody has waited for yet is still in the table.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def until_gone(pid: int) -> None:
    """Wait for its end."""
    async with asyncio.timeout(30):
        while not gone(pid):
            await asyncio.sleep(0.02)
