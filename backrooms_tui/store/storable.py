"""What no database takes: NUL characters and lone surrogates. They become U+FFFD before they are kept.

Whoever makes events has already done so; this is the second fence, so that no text can stop the recording.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from backrooms_tui.session.codec import event_to_json
from backrooms_tui.session.events import AnyEvent

T = TypeVar("T")

_TABLE = {0: 0xFFFD, **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)}


def storable(text: str) -> str:
    """`text` as every database takes it. Almost always the very same string."""
    if "\0" not in text:
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return text.translate(_TABLE)


def body_of(event: AnyEvent) -> str:
    """The event as JSON that every database takes."""
    try:
        return event_to_json(event)
    except ValueError:
        return event_to_json(scrubbed(event))


def scrubbed(value: T) -> T:
    """A copy with every string in it made storable."""
    copy: Any = value
    if isinstance(value, str):
        copy = storable(value)
    elif is_dataclass(value) and not isinstance(value, type):
        # `kind` is a field that no caller may set to something else.
        copy = replace(value, **{each.name: scrubbed(getattr(value, each.name)) for each in fields(value)})
    elif isinstance(value, tuple):
        copy = tuple(scrubbed(each) for each in value)
    elif isinstance(value, Mapping):
        copy = {scrubbed(key): scrubbed(each) for key, each in value.items()}
    return copy  # type: ignore[no-any-return]
