"""What an agent remembers from before the talk, as several tools write it: a list of role and content."""

from collections.abc import Callable

from backrooms_tui.formats.incoming.saying import Remarks, Text
from backrooms_tui.formats.incoming.source import Source
from backrooms_tui.session.setup import Role


def messages(
    source: Source, context: object, line: int | None, fill: Callable[[str], Text], unplaced: Remarks
) -> tuple[tuple[Role, Text], ...]:
    """The messages of a `context`, as an agent remembers them."""
    if not isinstance(context, list):
        raise source.wrong("context is not a list", 'write "context": [{"role": "user", "content": "…"}]', line)
    told: list[tuple[Role, Text]] = []
    for number, message in enumerate(context, 1):
        text = message.get("content") if isinstance(message, dict) else None
        role = message.get("role") if isinstance(message, dict) else None
        if not isinstance(text, str) or role not in ("user", "assistant"):
            cure = 'a message is {"role": "user" or "assistant", "content": "…"}'
            raise source.wrong(f"message {number} of context is none", cure, line)
        if text.strip():
            told.append((role, fill(text)))
        else:
            unplaced.add(f"message {number} of context is empty", line)
    return tuple(told)
