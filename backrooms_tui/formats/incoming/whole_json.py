"""A JSON document that is small enough to be read whole."""

import json
from collections.abc import Mapping
from typing import Any

from backrooms_tui.formats.incoming.source import Source, short_line

_CURE = "the file is damaged, or was cut short: save it or fetch it again"


def whole_object(source: Source) -> Mapping[str, Any]:
    """The object that the file is. Raises OperatorError with the line where it is none."""
    text = source.whole()
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise source.wrong(f"is not JSON: {error.msg[0].lower()}{error.msg[1:]}", _CURE, error.lineno) from None
    except RecursionError:
        raise source.wrong("is nested too deeply", _CURE) from None
    except ValueError as error:
        raise source.wrong(f"is not JSON: {short_line(str(error))}", _CURE) from None
    if not isinstance(value, dict):
        raise source.wrong("is not a JSON object", _CURE, 1)
    return value
