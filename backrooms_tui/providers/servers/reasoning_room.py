"""How much room a model gets for its reasoning, on top of the room for its reply.

`max_tokens` means the longest reply. Anthropic and OpenAI count reasoning towards the same limit, so that 1,024 tokens
might all go on reasoning and the reply would be cut off or empty. The figures are ours, about what each effort uses;
the largest stays below the 32,000 tokens of output that Claude Opus 4.1 gives at most.
"""

_ROOM = {"none": 0, "minimal": 1024, "low": 2048, "medium": 8192, "high": 16384, "xhigh": 24576, "max": 24576}
DEFAULT_ROOM = 8192


def reasoning_room(effort: object = None) -> int:
    """Tokens to add to the limit of a reply for reasoning at `effort` (a choice in `session.parameters`, or None)."""
    return _ROOM.get(effort, DEFAULT_ROOM) if isinstance(effort, str) else DEFAULT_ROOM
