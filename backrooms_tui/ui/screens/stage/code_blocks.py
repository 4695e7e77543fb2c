"""The fenced code blocks of a turn."""

import re

_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<language>[^`\n]*)$")


def code_blocks(text: str) -> list[str]:
    """What stands between fences, in order, without the fences. A block that is not closed goes on to the end."""
    found: list[str] = []
    opened = ""
    block: list[str] = []
    for line in text.splitlines():
        match = _FENCE.match(line)
        if not opened:
            if match:
                opened = match["fence"]
        elif match and match["fence"].startswith(opened) and not match["language"].strip():
            found.append("\n".join(block))
            opened, block = "", []
        else:
            block.append(line)
    if opened and block:
        found.append("\n".join(block))
    return [code for code in found if code.strip()]
